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
