# 屏幕和报告用语。键与 en.ftl 一一对应。

unknown = 未知

state-valid = 有数据
state-not-available = 机器无此数据
state-error = 传感器故障
state-not-calibrated = 未标定
state-implausible = 数值不合理
state-stale = 已过期
state-never-seen = 从未收到
state-not-mapped = 未配置

activity-stopped = 停车
activity-transport = 行驶
activity-cutting = 收割
activity-turning = 掉头
activity-unknown = 作业状态未知
mark-turning-cut = 边转边收
mark-lugging = 发动机转速过低
mark-unloading = 卸粮

basis-model-only = 仅模型估算
basis-sensed = 有传感器,未标定
basis-calibrated = 已标定
basis-fault = 传感器故障

stream-header = 割台
stream-separation = 夹带
stream-cleaning = 清选

source-live = 实时
source-replay = 回放
source-demo = 演示

screen-session = 作业编号 { $id }
screen-total = 总损失率
screen-interval = 90% 区间
screen-per-area = 单位面积
screen-basis = 依据
screen-limit = 限值
screen-no-limit = 未设限值
screen-activity = 状态
screen-streams = 损失构成
screen-share = 损失率
screen-height = 割台高度
screen-feed = 喂入量
screen-speed = 行驶速度
screen-engine = 发动机
screen-modelled = 推算
screen-age = { $seconds } 秒前
screen-faults = 操作: 掉头 { $turns } 次   边转边收 { $cuts } 次   油门控制不当 { $luggings } 次
screen-area = 本次: { $area } 亩   籽粒 { $grain } kg   损失 { $loss } kg
screen-nothing-cut = 本次: 尚未收割
screen-next = 下一步
screen-next-none = 无
screen-bus = 总线 { $frames } 帧/秒
screen-bus-silent = 总线无数据
screen-stored = 已存 { $seconds } 秒
screen-not-stored = 无法存储!等待 { $waiting } 条,丢失 { $lost } 条
screen-no-journal = 不存储
screen-ended = 数据结束
screen-keys = q 退出  l English
screen-too-small = 窗口太小,至少需要 80×24

unit-per-area = kg/亩

alarm-none = 无报警
alarm-level-1 = 低
alarm-level-2 = 中
alarm-level-3 = 高
alarm-loss-level = 损失率很可能超过{ $limit }:主要在{ $stream }
alarm-plate-fault = 损失传感器无响应: { $plate }
suppressed-no-limit = 未设限值,不报警
suppressed-not-cutting = 未收割,不报警
suppressed-just-started = 刚开始收割,数据未稳
suppressed-turning-cut = 边转边收中,不报警
suppressed-no-estimate = 损失未知,不报警

plate-left-separation = 夹带传感器(左)
plate-right-separation = 夹带传感器(右)
plate-left-cleaning = 清选传感器(左)
plate-right-cleaning = 清选传感器(右)

next-raise-header = 转弯前先升起割台,停止切割
next-hold-throttle = 保持大油门,用行驶速度调节负荷
next-fewer-turns = 掉头过多:沿长边收割,减少掉头
next-slow-down = 喂入量过大:请降低行驶速度,或减小割幅到约八成
next-check-separation = 夹带损失偏高:检查凹板间隙、滚筒转速和筛片开度,或减速
next-check-cleaning = 清选损失偏高:检查风量和上筛开度,一次只调一项
next-check-header = 割台损失偏高:检查拨禾轮转速(车速的1.1–1.2倍)和割台高度
next-check-plate = 损失传感器:检查表面是否积垢、插头是否松动
next-check-signals = 缺少车速、割台或喂入信号:检查总线和机型配置
next-take-pan = 损失未标定:放接粮盘取样,才能知道真实损失

cli-frames = 帧: { $read } 读入, { $decoded } 已识别, { $unknown } 未知
cli-not-frames = 非数据帧: { $bad } 坏行, { $remote } 远程请求, { $errors } 总线错误, { $dropped } 记录时丢失
cli-first-bad = 第一处坏行: { $what }
cli-damaged = 文件损坏: { $what }
cli-times = 时长: { $minutes } 分钟, 其中收割 { $cutting } 分钟
cli-area = 收割: { $ha } 公顷({ $mu } 亩), 籽粒 { $grain } kg
cli-no-loss = 损失: 未知(没有收割, 或缺少信号)
cli-header-loss = 割台损失: { $band } kg
cli-rear-loss = 脱粒分离清选损失: { $band } kg
cli-total-loss = 总损失: { $band } kg
cli-total-pct = 损失率: { $band } %
cli-basis = 依据: { $basis }
cli-faults = 操作: 掉头 { $turns } 次, 边转边收 { $cuts } 次, 油门控制不当 { $luggings } 次
cli-stored = 已存储: 作业编号 { $id } ({ $file })

sessions-id = 编号
sessions-start = 开始(UTC)
sessions-minutes = 分钟
sessions-machine = 机型
sessions-crop = 作物
sessions-loss = 损失率(90%)
sessions-basis = 依据
sessions-end = 结束
end-end-of-input = 数据结束
end-stopped = 人工结束
end-input-failed = 输入中断
end-open = 未结束

screen-ended-line = 数据结束:以下为最后的数值,不再更新
screen-stored-lost = 已存 { $seconds } 秒,丢失 { $lost } 条
cli-bad-frames = 非数据帧: { $bad }

machine-name = 名称
machine-standing = 依据
machine-width = 割幅
machine-discharge = 排草宽度
machine-reel = 拨禾轮直径
machine-feed = 额定喂入量
machine-engine = 额定转速
machine-threshing = 脱粒分离
machine-yield-lag = 产量滞后
machine-plates = 损失传感器
machine-no-plates = 无
machine-channels = 通道数
machine-channel = 通道
machine-unit = 单位
machine-sources = 来源(先者优先)
machine-list-hint = 查看:grainloss machine show 名称;新机器:grainloss machine seen 记录文件
standing-demonstration = 演示,非真实机器
standing-public-decode = 公开解码,未上机核对
standing-checked = 已与机器显示核对
standing-own = 自有
threshing-walkers = 键式逐稿器
threshing-axial = 轴流滚筒
threshing-tangential-axial = 切流加轴流

seen-total = { $frames } 帧,{ $ids } 个标识符,{ $seconds } 秒
seen-id = 标识符
seen-interface = 接口
seen-pgn = PGN
seen-from = 源
seen-frames = 帧数
seen-period = 周期 ms
seen-bytes = 变化字节
seen-counts = 疑似计数
seen-name = 名称
seen-proprietary-a = 厂家专用 A
seen-proprietary-b = 厂家专用 B
seen-beyond = 另有过多的标识符,共 { $frames } 帧,未列出
seen-claim = 地址 { $address }:厂家 { $maker }({ $who }),设备类 { $class },功能 { $function }
seen-long = 多帧报文 { $id } { $name }:{ $count } 次,{ $bytes } 字节
seen-trouble = 地址 { $address } 报故障:SPN { $spn } FMI { $fmi },次数 { $count }

check-channel = 通道
check-source = 在用来源
check-valid = 有效
check-otherwise = 其余
check-raw = 原始值
check-value = 最近值
check-range = 范围
check-silent = 收到但没有有效值:{ $channels }
check-unseen = 从未收到:{ $channels }
check-unmapped = 未映射:{ $channels }
check-frames = { $frames } 帧,其中已知 { $known } 帧;未知标识符 { $others } 个
check-unknown = 最多的未知标识符(帧数):{ $ids }
check-broken = 未收完的多帧报文:{ $count }

suggest-channel = 通道
suggest-signal = 信号
suggest-points = 分数
suggest-why = 依据
suggest-none = 没有候选信号:{ $channels }
suggest-hint = 仅为推测:请与机器显示核对后再用;加 --toml 输出可粘贴的配置
suggest-not-in-log = 记录中没有
suggest-values = { $share } % 有效,{ $range }
suggest-no-values = 记录中没有有效值

bus-gone = 适配器已拔出
bus-down = 接口已关闭
bus-bus-off = 总线关闭
bus-lost = 丢帧
bus-overrun = 适配器丢帧
bus-passive = 错误被动
bus-no-ack = 无应答
bus-warning = 错误警告
bus-bus-error = 总线错误
bus-transceiver = 线路故障
bus-tx-problem = 无法发送
bus-restarted = 已重启
bus-up = 接口已恢复
bus-back = 适配器已恢复
bus-active = 正常
cli-bus = 总线 { $iface }: { $state }, { $frames } 帧
cli-bus-errors = 错误帧: { $bad }

cli-doubt = 可疑:{ $what }({ $seconds } 秒),请检查 { $channels }
doubt-drives-without-engine = 车在走而发动机不转
doubt-stands-and-moves = 车速为零而位置在变
doubt-thresher-turns-undriven = 滚筒在转而离合信号为分
doubt-header-height-frozen = 行进中割台高度丝毫不变

check-result = 结果
check-simulated = 仿真值
check-from = 下限
check-to = 上限
check-unit = 单位
check-what = 比较项目
check-source = 来源(实测)
check-passed = { $all } 行中有 { $passed } 行通过
