//! Go or wait: what counts as rain, as a storm, as dew.

group! {
    /// What counts as rain, as a storm and as dew on the card that says whether to go or to wait.
    HarvestWindowParams, "harvest_window" {
        /// From this rain on it rains.
        rain_mm_h: "mm/h" = 0.1, "our choice: the smallest amount that forecasts state";
        /// So much rain in a day is a storm ahead.
        storm_mm: "mm" = 10.0, "our choice: moderate rain; a field is not passable the day after";
        /// How far is looked ahead for a storm.
        look_ahead_h: "h" = 48.0, "our choice: the day and the day after";
        /// From this humidity of the air on dew stays on the crop.
        dew_humidity_pct: "%" = 85.0, "assumed";
        /// Share of the hours in which a machine cuts, unless another is entered.
        efficiency: "1" = 0.75, "assumed";
    }
}
