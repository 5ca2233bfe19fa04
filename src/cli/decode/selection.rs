//! Which signals were asked for.

use grainloss_can::{Database, Message, Signal};

/// Chosen signals, message by message.
pub(super) enum Selection {
    All,
    /// For each message of the database the places of its chosen signals, in order.
    Some(Vec<Vec<usize>>),
}

impl Selection {
    /// `NAME` is that signal of every message, `MESSAGE.NAME` of one. No name at all chooses everything. The error lists
    /// names that are near.
    pub fn new(database: &Database, names: &[String]) -> Result<Self, String> {
        if names.is_empty() {
            return Ok(Self::All);
        }
        let mut chosen = vec![Vec::new(); database.messages().len()];
        for name in names {
            let mut found = false;
            for (message, chosen) in database.messages().iter().zip(&mut chosen) {
                let wanted = |signal: &Signal| signal.name == *name || full_name(message, signal) == *name;
                let places = message.signals.iter().enumerate().filter(|(_, signal)| wanted(signal));
                for (place, _) in places {
                    found = true;
                    if !chosen.contains(&place) {
                        chosen.push(place);
                    }
                }
                chosen.sort_unstable();
            }
            if !found {
                return Err(unknown(database, name));
            }
        }
        Ok(Self::Some(chosen))
    }

    /// True when the signal at this place of a message, which is at `index` of the database, was chosen.
    #[inline]
    pub fn has(&self, index: usize, place: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(chosen) => chosen[index].binary_search(&place).is_ok(),
        }
    }
}

fn full_name(message: &Message, signal: &Signal) -> String {
    format!("{}.{}", message.name, signal.name)
}

/// Names that are a slip away, the nearest first.
fn unknown(database: &Database, name: &str) -> String {
    const NEAR: f64 = 0.75;
    const SHOWN: usize = 5;
    let lower = name.to_lowercase();
    // Behind a point is the signal's own name; the message may be the one that is wrong.
    let own = lower.rsplit('.').next().unwrap_or(&lower);
    let mut near: Vec<(f64, String)> = Vec::new();
    for message in database.messages() {
        for signal in &message.signals {
            let full = full_name(message, signal);
            let signal = signal.name.to_lowercase();
            let likeness = if signal.contains(own) {
                1.0
            } else {
                strsim::jaro_winkler(&signal, own).max(strsim::jaro_winkler(&full.to_lowercase(), &lower))
            };
            if likeness >= NEAR {
                near.push((likeness, full));
            }
        }
    }
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let file = &database.file;
    if near.is_empty() {
        return format!("--signal {name}: {file} has no such signal, nor one of a similar name");
    }
    let names: Vec<String> = near.into_iter().take(SHOWN).map(|(_, name)| name).collect();
    format!("--signal {name}: {file} has no such signal; near it are {}", names.join(", "))
}
