//! What is on a bus, for people.

use grainloss_can::WarningLamp;
use grainloss_core::machine::LampLight;
use grainloss_fitting::{Period, Seen};

use super::Recording;
use super::named::Named;
use crate::cli::error::CliError;
use crate::cli::table::{columns, say, short, transfers};

/// Prints everything; every byte, where that is asked for.
pub(super) fn print(recording: &Recording, named: &Named<'_>, each_byte: bool) -> Result<(), CliError> {
    let (survey, words) = (&recording.survey, named.words);
    let (frames, ids) = (survey.frames().to_string(), survey.ids().count().to_string());
    say(&words.with("seen-total", &[("frames", &frames), ("ids", &ids), ("seconds", &short(survey.span_s()))]))?;
    let printer = Printer { recording, named };
    printer.identifiers()?;
    if survey.beyond() > 0 {
        say(&words.with("seen-beyond", &[("frames", &survey.beyond().to_string())]))?;
    }
    if each_byte {
        printer.bytes()?;
    }
    printer.process_data()?;
    printer.claims()?;
    printer.long_messages()?;
    printer.troubles()?;
    transfers(words, survey.transfers(), survey.bad_trouble_messages())?;
    printer.legend()
}

struct Printer<'a> {
    recording: &'a Recording,
    named: &'a Named<'a>,
}

impl Printer<'_> {
    fn several(&self) -> bool {
        self.recording.interfaces.len() > 1
    }

    fn interface(&self, interface: u8) -> String {
        self.recording.interfaces.get(usize::from(interface)).cloned().unwrap_or_default()
    }

    /// Which bus, where there is more than one.
    fn on(&self, interface: u8) -> String {
        if self.several() { format!("{}  ", self.interface(interface)) } else { String::new() }
    }

    /// Prints rows below these heads; the interface comes first where there are several. Nothing without rows.
    fn rows(&self, heads: &[&str], rows: impl Iterator<Item = (u8, Vec<String>)>) -> Result<(), CliError> {
        let words = self.named.words;
        let mut all = vec![(None, heads.iter().map(|key| words.get(&format!("seen-{key}"))).collect::<Vec<_>>())];
        all.extend(rows.map(|(interface, row)| (Some(interface), row)));
        if all.len() == 1 {
            return Ok(());
        }
        let with_interface = |(interface, mut row): (Option<u8>, Vec<String>)| {
            if self.several() {
                row.insert(0, interface.map_or_else(|| words.get("seen-interface"), |at| self.interface(at)));
            }
            row
        };
        columns(&all.into_iter().map(with_interface).collect::<Vec<_>>())
    }

    fn identifiers(&self) -> Result<(), CliError> {
        let heads = ["id", "pgn", "from", "frames", "period", "bytes", "counts", "name"];
        let rows = self.recording.survey.ids().map(|(id, interface, seen)| {
            let j1939 = id.j1939();
            let row = vec![
                id.to_string(),
                j1939.map_or(String::new(), |id| id.pgn.number().to_string()),
                j1939.map_or(String::new(), |id| id.source.0.to_string()),
                seen.count.to_string(),
                period(&seen.period),
                changing(seen),
                seen.likely_counters().join(" "),
                self.named.name(id),
            ];
            (interface, row)
        });
        self.rows(&heads, rows)
    }

    fn bytes(&self) -> Result<(), CliError> {
        let heads = ["id", "byte", "range", "bits", "values", "entropy", "name"];
        let rows = self.recording.survey.ids().flat_map(|(id, interface, seen)| {
            let moving = seen.bytes().filter(|byte| byte.flipped != 0);
            let rows = moving.map(move |byte| {
                let row = vec![
                    id.to_string(),
                    byte.byte.to_string(),
                    format!("{:02X}–{:02X}", byte.range.0, byte.range.1),
                    bits(byte.flipped),
                    byte.values.map_or_else(String::new, |values| values.to_string()),
                    byte.entropy_bits.map_or_else(String::new, |bits| format!("{bits:.1}")),
                    self.named.name(id),
                ];
                (interface, row)
            });
            rows.collect::<Vec<_>>()
        });
        self.rows(&heads, rows)
    }

    fn process_data(&self) -> Result<(), CliError> {
        let survey = &self.recording.survey;
        if survey.process_data().next().is_some() {
            say(&self.named.words.get("seen-process"))?;
        }
        let heads = ["from", "to", "element", "frames", "period", "range", "newest", "ddi"];
        let rows = survey.process_data().map(|(key, value)| {
            let id = key.id.j1939();
            let text = |raw| self.named.value(key.ddi, raw);
            let (low, high) = value.range;
            let range = if low == high { text(low) } else { format!("{} – {}", text(low), text(high)) };
            let row = vec![
                id.map_or(String::new(), |id| id.source.0.to_string()),
                id.and_then(|id| id.destination).map_or(String::new(), |to| to.to_string()),
                key.element.to_string(),
                value.count.to_string(),
                period(&value.period),
                range,
                text(value.last),
                self.named.ddi(key.ddi),
            ];
            (key.interface, row)
        });
        self.rows(&heads, rows)
    }

    fn claims(&self) -> Result<(), CliError> {
        let Named { groups, words, .. } = self.named;
        for (source, interface, claim) in self.recording.survey.claims() {
            let (address, maker) = (source.0.to_string(), claim.maker().to_string());
            let (class, function) = (claim.device_class().to_string(), claim.function().to_string());
            let [industry, kind, does] = self.named.roles(claim).map(|name| name.unwrap_or("?"));
            let values = [
                ("address", &*address),
                ("maker", &maker),
                ("who", groups.maker(claim.maker()).unwrap_or("?")),
                ("industry", industry),
                ("class", &class),
                ("kind", kind),
                ("function", &function),
                ("does", does),
            ];
            say(&(self.on(interface) + &words.with("seen-claim", &values)))?;
        }
        Ok(())
    }

    fn long_messages(&self) -> Result<(), CliError> {
        for (id, interface, message) in self.recording.survey.long_messages() {
            let (count, bytes) = (message.count.to_string(), message.last.len().to_string());
            let (id, name) = (id.to_string(), self.named.name(id));
            let values = [("id", &*id), ("name", &name), ("count", &count), ("bytes", &bytes)];
            say(&(self.on(interface) + &self.named.words.with("seen-long", &values)))?;
        }
        Ok(())
    }

    fn troubles(&self) -> Result<(), CliError> {
        let (survey, words) = (&self.recording.survey, self.named.words);
        for (source, interface, lamps) in survey.lamps() {
            for lamp in WarningLamp::ALL.into_iter().rev() {
                let light = LampLight::of(lamps, lamp);
                if light != LampLight::Off {
                    let light = words.get(&format!("lamp-is-{}", light.word()));
                    let lamp = words.get(&format!("lamp-{}", lamp_word(lamp)));
                    let values = [("address", &*source.0.to_string()), ("lamp", &lamp), ("light", &light)];
                    say(&(self.on(interface) + &words.with("machine-lamp", &values)))?;
                }
            }
        }
        for (source, interface, code) in survey.troubles() {
            let (address, what) = (source.0.to_string(), self.named.trouble(source.0, *code));
            let values = [("address", &*address), ("what", &what), ("count", &code.count.to_string())];
            say(&(self.on(interface) + &words.with("seen-trouble", &values)))?;
        }
        Ok(())
    }

    /// What the marks in the table mean; only those that it has.
    fn legend(&self) -> Result<(), CliError> {
        let (survey, words) = (&self.recording.survey, self.named.words);
        let mut keys = Vec::new();
        if survey.ids().any(|(_, _, seen)| seen.period.mean_and_jitter_ms().is_some()) {
            keys.push("seen-legend-period");
        }
        if survey.ids().any(|(_, _, seen)| !seen.likely_counters().is_empty()) {
            keys.push("seen-legend-counts");
        }
        if survey.claims().next().is_some() {
            keys.push("seen-legend-unknown");
        }
        for key in keys {
            say(&words.get(key))?;
        }
        Ok(())
    }
}

pub(super) const fn lamp_word(lamp: WarningLamp) -> &'static str {
    match lamp {
        WarningLamp::Malfunction => "malfunction",
        WarningLamp::Protect => "protect",
        WarningLamp::Amber => "amber",
        WarningLamp::Red => "red",
    }
}

/// `100.0 ±1.2`, in ms.
fn period(period: &Period) -> String {
    period.mean_and_jitter_ms().map_or_else(String::new, |(mean, jitter)| format!("{mean:.1} ±{jitter:.1}"))
}

/// `1-4 7`: runs of bytes.
fn changing(seen: &Seen) -> String {
    runs(seen.changing_bytes().into_iter())
}

/// The bits of a mask as runs, from 1 for the lowest.
pub(super) fn bits(mask: u8) -> String {
    runs((1..=8).filter(|bit| mask >> (bit - 1) & 1 == 1))
}

fn runs(numbers: impl Iterator<Item = usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => runs.push((number, number)),
        }
    }
    let text = |(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") };
    runs.into_iter().map(text).collect::<Vec<_>>().join(" ")
}
