-- grainloss journal, version 7: what the driver says of the crop, in every second.

ALTER TABLE sample ADD COLUMN crop TEXT;   -- such as 'lodged wet'; NULL where nothing was said
