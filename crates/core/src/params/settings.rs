//! Settings and moisture that the loss model does not know of.

group! {
    /// Settings and moisture that the loss model does not know of. The powers: by which power of the setting the loss of the
    /// path changes; nothing is known of that but its spread.
    SettingParams, "settings" {
        /// Power of the fan's speed in the sieves' loss. Air goes with its square, and blow-out is steep.
        fan_power_sd: "1" = 4.0, "field trials: soybean rear loss up to 4 % from fan speed alone, canola 217 kg/ha of 2 t/ha";
        /// Power of the upper sieve's opening in the sieves' loss.
        upper_sieve_power_sd: "1" = 1.5, "assumed";
        /// Power of the lower sieve's opening in the sieves' loss.
        lower_sieve_power_sd: "1" = 0.7, "assumed";
        /// Power of the thresher's speed in the separator's loss.
        thresher_separation_power_sd: "1" = 2.0, "assumed";
        /// Power of the concave's clearance in the separator's loss.
        concave_power_sd: "1" = 1.0, "assumed";
        /// Power of the thresher's speed in the sieves' loss.
        thresher_cleaning_power_sd: "1" = 1.0, "assumed";
        /// Settings are looked at as means over so long.
        mean_s: "s" = 3.0, "our choice";
        /// First after so long at work, when shafts have run up and the operator has chosen.
        chosen_after_s: "s" = 60.0, "our choice";
        /// No move counts as more than this: logarithm of the ratio.
        move_most: "1" = 0.7, "our choice";
        /// Loss model and plates answer to the crop's moisture by 5 % for each point: per share of wet mass.
        moisture_sd: "1" = 5.0, "assumed";
        /// Moisture that has moved by less than this, share of wet mass, changes nothing.
        moisture_moved: "1" = 0.005, "our choice";
        /// Moisture is a mean over so long.
        moisture_mean_s: "s" = 10.0, "our choice";
    }
}
