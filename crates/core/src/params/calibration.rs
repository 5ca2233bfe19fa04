//! What earlier fields tell of this one.

group! {
    /// How much wider a calibration is taken on another day, another field or another machine: standard deviations of
    /// logarithms, each added to the spread that was left.
    CalibrationParams, "calibration" {
        /// Another field of the same crop: constant gain of a path.
        field_gain_sd: "1" = 0.30, "assumed: a third of what is not known of a machine in a crop";
        /// Another field: the header's constant gain; how the crop stands differs more than how it threshes.
        field_header_sd: "1" = 0.40, "assumed";
        /// Another field: what the plates count of the kernels that fall, by the size and hardness of the kernels.
        field_plate_sd: "1" = 0.15, "assumed";
        /// What a day between changes of a gain, at the header and behind it.
        gain_drift_per_sqrt_d: "1/√d" = 0.15, "assumed: between fields a machine stands or drives for most of the day";
        /// What a day between changes of the plates: dirt, wear, the threshold.
        plate_drift_per_sqrt_d: "1/√d" = 0.15, "assumed";
        /// Pans count as calibration on a later field for so long.
        fresh_d: "d" = 3.0, "our choice";
        /// Another machine of the same kind: constant gain of a path, beside the other field.
        sister_gain_sd: "1" = 0.40, "assumed: how machines of a kind are set and worn";
        /// Another machine of the same kind: the header's constant gain.
        sister_header_sd: "1" = 0.40, "assumed";
        /// Another machine of the same kind: share of what was learned of load exponents and setting powers that is kept.
        sister_power_keep: "1" = 0.7, "our choice";
        /// Share of the evidence on the transit time, a logarithm, that is kept on another field.
        transit_keep: "1" = 0.5, "our choice";
    }
}
