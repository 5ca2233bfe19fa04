# Words of grainloss-fleet. Crops, habits and verdicts have those of the cab.
fleet-about = Gathers the packets of many combines and answers questions about losses
fleet-no-store = no store is given: add --store FOLDER, or set GRAINLOSS_STORE
