# Words of grainloss-fleet. Crops, habits and verdicts have those of the cab.
fleet-about = Gathers the packets of many combines and answers questions about losses
