# Words of grainloss-fleet. Crops, habits and verdicts have those of the cab.
fleet-about = 汇集多台收割机的数据包,统计损失
