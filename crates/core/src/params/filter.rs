//! Priors and process noise of the loss filter. All states are logarithms.

group! {
    /// Priors and process noise of the loss filter: standard deviations of logarithms.
    FilterParams, "filter" {
        /// Prior of a path's constant gain. Processing loss without a loss sensor is known to a factor of 3 to 4 (90 %), a
        /// standard deviation of 0.76 for both paths together.
        gain_sd: "1" = 0.88, "best published analogue: Xinjiang-2A, R² 0.83 when fitted to the same machine and field";
        /// Share of the variance of gain and load exponent that both paths have in common: crop and machine are the same.
        gain_common: "1" = 0.5, "our choice";
        /// Random walk of a constant gain: a pan does not calibrate for ever.
        gain_drift_per_sqrt_h: "1/√h" = 0.10, "assumed";
        /// Stationary spread of the part that wanders with the crop.
        wander_sd: "1" = 0.4, "assumed";
        /// Memory of the part that wanders, header and rear.
        wander_memory_s: "s" = 900.0, "proposed: 10 to 20 min";
        /// What the model gets wrong from place to place where no sensor sees the feed. Load varies by 12 % within a pass,
        /// which loss takes to the power of about 1.9: 0.23; beside it straw that is not like straw, 0.19.
        local_unseen_sd: "1" = 0.30, "yield maps of seven machines; the rest assumed";
        /// The same where a sensor sees the feed: its noise of 6 % to the power of about 1.9, 0.11, beside the same 0.19.
        local_sd: "1" = 0.22, "assumed";
        /// Memory of the local part: load has one of 4 to 26 s.
        local_memory_s: "s" = 15.0, "yield maps of seven machines";
        /// Prior of the load exponent's error, separator: log-normal about 1.9 with 0.45.
        separation_power_sd: "1" = 0.8, "1.0 to 3.8 seen";
        /// Prior of the load exponent's error, sieves: loss is least at a middling load, so that either sign is possible.
        cleaning_power_sd: "1" = 1.0, "Craessaerts et al. 2010; the figure assumed";
        /// Prior of the plates' efficiency: a data sheet leaves a factor of 3.7 (90 %), so that one that promises half or twice
        /// what a plate counts is nothing unusual.
        plate_sd: "1" = 0.80, "our choice";
        /// The same where the profile has no figures of the plates: a factor of 14 (90 %).
        plate_unknown_sd: "1" = 1.6, "our choice";
        /// Plates tell the level of the loss, and not only its changes, when their efficiency is known this well.
        plate_level_sd_most: "1" = 1.0, "our choice";
        /// Share of the plates' variance that both paths have in common: data sheet, moisture, kernel mass, threshold.
        plate_common: "1" = 0.75, "our choice";
        /// Random walk of the plates' efficiency.
        plate_drift_per_sqrt_h: "1/√h" = 0.15, "proposed";
        /// Prior of the header model's constant gain in a crop that stands: a factor of 2.7 (90 %). Whether it stands no sensor
        /// says: see `crop_conditions`.
        header_sd: "1" = 0.60, "our choice";
        /// Stationary spread of the header's part that wanders with the crop, as behind the machine.
        header_wander_sd: "1" = 0.4, "assumed";
        /// What the header loses from place to place beside it, which no sensor sees. Over a session it averages out.
        header_local_sd: "1" = 0.4, "assumed: samples in front differ by half to one and more";
    }
}
