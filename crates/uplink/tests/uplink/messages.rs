//! The payloads beside their schemas.

use std::path::Path;

use grainloss_uplink::{Alarms, Topic, Waiting, online, state};
use serde_json::Value;

use super::simulated::{raised, snapshot};

/// The schema of a payload in docs/schema.
pub fn assert_fits(name: &str, payload: &Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schema/uplink-{name}.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(payload).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}: {payload}");
}

#[test]
fn payloads_fit_their_schemas_and_a_schema_refuses_what_it_does_not_know() {
    let mut seen = snapshot();
    let nothing_known = state("0123456789abcdef", &seen, Waiting::default());
    assert_fits("state", &nothing_known);
    assert!(nothing_known["percentage_crop_loss_ppm"].is_null() && nothing_known["total_area_m2"].is_null());
    for is_online in [true, false] {
        assert_fits("online", &online("0123456789abcdef", is_online, "1.0"));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut alarms = Alarms::open(folder.path());
    seen.timeline = vec![raised(5, "loss-level"), raised(6, "plate-fault")];
    let taken = alarms.look(&seen);
    alarms.keep(taken);
    for topic in [Topic::Limit, Topic::Alarm] {
        let news = alarms.first().unwrap().0.clone();
        alarms.arrived(&news);
        assert_eq!(news.topic(), topic);
        let payload = news.payload("0123456789abcdef", true);
        assert_fits(if topic == Topic::Limit { "limit" } else { "alarm" }, &payload);
        if topic == Topic::Limit {
            // 1.85 % of the grain are 18,500 ppm; 2 is the word for above the limit.
            assert_eq!(payload["percentage_crop_loss_ppm"], 18_500);
            assert_eq!(payload["excess"], "above");
        }
        assert_eq!((&payload["late"], payload["session"].as_i64()), (&Value::Bool(true), Some(12)));
    }
    assert_eq!(Topic::Limit.of("0123456789abcdef"), "grainloss/v1/0123456789abcdef/limit");
}
