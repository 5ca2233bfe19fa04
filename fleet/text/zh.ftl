# Words of grainloss-fleet. Crops, habits and verdicts have those of the cab.
fleet-about = 汇集多台收割机的数据包,统计损失
fleet-no-store = 没有指定数据仓库:请加 --store 文件夹,或设置环境变量 GRAINLOSS_STORE
