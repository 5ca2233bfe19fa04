//! What is on a bus, for programs.

use grainloss_can::WarningLamp;
use grainloss_core::machine::LampLight;
use grainloss_fitting::Ddi;
use serde_json::{Map, Value, json};

use super::Recording;
use super::named::Named;
use super::table::lamp_word;
use crate::cli::table::transfers_json;

pub(super) fn to_json(recording: &Recording, named: &Named<'_>) -> Value {
    let survey = &recording.survey;
    let on = |interface: u8| recording.interfaces.get(usize::from(interface));
    let ids: Vec<Value> = survey
        .ids()
        .map(|(id, interface, seen)| {
            let period = seen.period.mean_and_jitter_ms();
            let bytes: Vec<Value> = seen
                .bytes()
                .map(|byte| {
                    json!({
                        "byte": byte.byte, "min": byte.range.0, "max": byte.range.1, "changing_bits": byte.flipped,
                        "values": byte.values, "entropy_bits": byte.entropy_bits,
                    })
                })
                .collect();
            json!({
                "id": id.to_string(),
                "interface": on(interface),
                "pgn": id.j1939().map(|id| id.pgn.number()),
                "source": id.j1939().map(|id| id.source.0),
                "destination": id.j1939().and_then(|id| id.destination),
                "name": named.name(id),
                "frames": seen.count,
                "period_ms": period.map(|(mean, _)| mean),
                "jitter_ms": period.map(|(_, jitter)| jitter),
                "gaps": seen.period.gaps(),
                "length": [seen.lengths.0, seen.lengths.1],
                "changing_bytes": seen.changing_bytes(),
                "likely_counters": seen.likely_counters(),
                "bytes": bytes,
            })
        })
        .collect();
    let claims: Vec<Value> = survey
        .claims()
        .map(|(source, interface, claim)| {
            let [industry, class, function] = named.roles(claim);
            json!({
                "interface": on(interface), "source": source.0, "name": format!("{:016X}", claim.name), "maker": claim.maker(),
                "maker_name": named.groups.maker(claim.maker()), "industry_group": claim.industry(),
                "industry_group_name": industry, "device_class": claim.device_class(), "device_class_name": class,
                "function": claim.function(), "function_name": function,
            })
        })
        .collect();
    let long: Vec<Value> = survey
        .long_messages()
        .map(|(id, interface, message)| json!({"interface": on(interface), "id": id.to_string(), "count": message.count, "bytes": message.last.len()}))
        .collect();
    let troubles: Vec<Value> = survey
        .troubles()
        .map(|(source, interface, code)| json!({"interface": on(interface), "source": source.0, "spn": code.spn, "fmi": code.fmi, "count": code.count}))
        .collect();
    let lamps: Vec<Value> = survey
        .lamps()
        .map(|(source, interface, lamps)| {
            let light = |lamp| (lamp_word(lamp).to_owned(), json!(LampLight::of(lamps, lamp).word()));
            let mut object: Map<String, Value> = WarningLamp::ALL.into_iter().map(light).collect();
            object.insert("interface".into(), json!(on(interface)));
            object.insert("source".into(), json!(source.0));
            Value::Object(object)
        })
        .collect();
    json!({
        "frames": survey.frames(), "seconds": survey.span_s(), "ids": ids, "claims": claims, "long_messages": long, "trouble_codes": troubles,
        "frames_of_further_ids": survey.beyond(), "process_data": process_data(recording, named), "lamps": lamps,
        "bad_trouble_messages": survey.bad_trouble_messages(), "transfers": transfers_json(survey.transfers()),
    })
}

fn process_data(recording: &Recording, named: &Named<'_>) -> Vec<Value> {
    let values = recording.survey.process_data().map(|(key, value)| {
        let (id, ddi) = (key.id.j1939(), named.ddis.get(key.ddi));
        let period = value.period.mean_and_jitter_ms();
        // In the unit; null where the kind is not known.
        let physical = |raw| ddi.map(|ddi| ddi.value(raw));
        json!({
            "interface": recording.interfaces.get(usize::from(key.interface)), "source": id.map(|id| id.source.0),
            "destination": id.and_then(|id| id.destination), "element": key.element, "ddi": key.ddi,
            "name": ddi.map(|ddi| ddi.name(named.words.lang)), "unit": ddi.map(Ddi::unit),
            "count": value.count, "period_ms": period.map(|(mean, _)| mean), "jitter_ms": period.map(|(_, jitter)| jitter),
            "raw": {"min": value.range.0, "max": value.range.1, "last": value.last},
            "min": physical(value.range.0), "max": physical(value.range.1), "last": physical(value.last),
        })
    });
    values.collect()
}
