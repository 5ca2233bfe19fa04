//! The loss model behind the machine, and when counts are used.

group! {
    /// The loss model behind the machine, and when counts are used.
    RearParams, "rear" {
        /// The share lost behind the separator rises as this power of the load; the filter learns the exponent's error.
        separation_power: "1" = 1.9, "power: Nyborg 1967; 1.0 to 3.8 seen";
        /// The same behind the sieves, which lose least at a middling load.
        cleaning_power: "1" = 0.5, "Craessaerts et al. 2010; the figure assumed";
        /// Below this load, a share of the rated one, the model is not followed.
        load_least: "1" = 0.2, "our choice";
        /// Above this load it is not followed.
        load_most: "1" = 2.0, "our choice";
        /// Below this share of the rated straw counts tell of shaking and the last straw.
        working_share: "1" = 0.1, "our choice";
        /// Settings are looked at above this share of the rated straw at the feeder house.
        settings_share: "1" = 0.1, "our choice";
        /// False counts, as a share of the counts in ordinary work: what is no grain must not hide a small loss.
        false_share: "1" = 0.05, "our choice";
        /// Kernels that fill a window, once it is long enough.
        window_kernels: "1" = 30.0, "our choice";
        /// A window is longer than this.
        window_least_s: "s" = 1.95, "our choice";
        /// After so long a window with at least one kernel is used as it is.
        window_most_s: "s" = 10.0, "our choice";
        /// Both plates of a path are out when they count nothing for so long, while `silent_kernels` are expected.
        silent_s: "s" = 60.0, "our choice";
        /// Kernels that are expected meanwhile: the level would have to be wrong by a factor of more than 10.
        silent_kernels: "1" = 60.0, "our choice";
        /// Counts are not used where the model's logarithm spreads by more than this since the transit time is not known.
        transit_sd_most: "1" = 0.4, "our choice";
        /// Share of the lost grain that falls on one plate, where the profile does not say.
        unknown_area_share: "1" = 0.05, "assumed";
        /// Share of those kernels that are counted, where the profile does not say.
        unknown_detection_share: "1" = 0.6, "assumed";
        /// Dead time of a plate, where the profile does not say.
        unknown_dead_time_s: "s" = 0.0025, "Zhao et al. 2012, an upper bound";
        /// So much of that spread is the unevenness of ordinary work, which the filter knows of.
        transit_sd_usual: "1" = 0.12, "our choice";
        /// A path counts as sensed for so long under load after its last measurement.
        sensed_for_s: "s" = 120.0, "our choice";
        /// A pan can rest on plates that counted within so long.
        fresh_for_s: "s" = 15.0, "our choice";
        /// More spread with a plate out: how the loss lies across the machine is not seen.
        fault_sd: "1" = 0.3, "our choice";
        /// Below this share of the rated engine speed crop lies in the machine, and comes out in a heap.
        disturbed_rpm_share: "1" = 0.75, "our choice: three times as deep as full load takes it";
        /// For so long after the engine is back nothing is learned of what leaves.
        disturbed_for_s: "s" = 30.0, "our choice: twice what crop needs through the machine";
        /// More spread meanwhile.
        disturbed_sd: "1" = 0.7, "our choice";
        /// What was in the machine when the feed became known again is gone after this, nine tenths even for the longest
        /// transit time followed.
        unknown_for_s: "s" = 20.0, "our choice";
    }
}
