//! What the driver says of the crop: how the loss model's means and spreads change with it.

group! {
    /// Factors on the modelled loss for crop that does not stand, is wet or weedy, or grows on a slope: natural logarithms,
    /// and how unsure they are.
    CropConditionParams, "crop_conditions" {
        /// Header, lodged crop: about 5 times the loss of crop that stands; lodged wheat loses about 13 % where it is flat, and
        /// fields lie in part.
        lodged_log: "1" = 1.6, "a Chinese trade magazine, 2021; the share of a field assumed";
        /// Spread of it.
        lodged_sd: "1" = 0.7, "assumed";
        /// Header, leaning crop.
        leaning_log: "1" = 0.5, "assumed";
        /// Spread of it.
        leaning_sd: "1" = 0.45, "assumed";
        /// Header, where nobody has said how the crop stands: more spread.
        stand_unknown_sd: "1" = 0.6, "our choice: one field in ten lies";
        /// Separator and sieves, crop that is wet from dew or rain.
        wet_log: "1" = 0.4, "guidance: slower in dew; the figure assumed";
        /// Separator and sieves, green weeds.
        weedy_log: "1" = 0.4, "assumed";
        /// Sieves, on a slope.
        slope_log: "1" = 0.4, "assumed";
        /// Separator and sieves, lodged crop: more straw, and wetter.
        lodged_rear_log: "1" = 0.2, "assumed";
        /// More spread behind the machine once one of them has been said, whichever.
        rear_sd: "1" = 0.3, "assumed";
    }
}
