//! Check lists that were gone through while no service ran: kept beside the journal until the next session begins.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use grainloss_core::check_result::CheckResult;
use grainloss_core::record::EventRecord;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};

/// Most lists that are taken over (our choice: a month of shifts).
const MOST: usize = 100;

/// It names people: for owner and group, as the journal.
const MODE: u32 = 0o640;

/// The file beside this journal.
fn file_of(journal: &Path) -> PathBuf {
    let mut name = journal.file_name().unwrap_or_default().to_owned();
    name.push(".checks");
    journal.with_file_name(name)
}

/// Keeps a list for the next session of this journal; gives the file.
///
/// # Errors
/// When the file cannot be written.
pub fn keep_check(journal: &Path, result: &CheckResult) -> io::Result<PathBuf> {
    let file = file_of(journal);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut line = serde_json::to_string(result)?;
    line.push('\n');
    let mut out = std::fs::OpenOptions::new().create(true).append(true).mode(MODE).open(&file)?;
    out.write_all(line.as_bytes())?;
    out.sync_all()?;
    Ok(file)
}

/// The lists that wait, as events of `t_us`; the file is renamed, so that none is taken twice. A line that cannot be read is
/// left in it.
pub fn take_checks(journal: &Path, t_us: i64) -> Vec<EventRecord> {
    let file = file_of(journal);
    if !file.is_file() {
        return Vec::new();
    }
    let text = match read_text_bounded(&file, LONGEST_TEXT) {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!("{}: {error}", file.display());
            return Vec::new();
        }
    };
    if let Err(error) = std::fs::rename(&file, file.with_extension("checks-taken")) {
        tracing::warn!("{}: {error}; its check lists wait for the next session", file.display());
        return Vec::new();
    }
    let mut events = Vec::new();
    for (at, line) in text.lines().enumerate().take(MOST) {
        match serde_json::from_str::<CheckResult>(line) {
            Ok(result) => events.extend(result.events(t_us, "checklist")),
            Err(error) => tracing::warn!("{}:{}: {error}", file.display(), at + 1),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_core::check_result::{CheckAnswer, CheckSummary, CheckedItem};

    #[test]
    fn a_list_is_taken_once_and_a_damaged_line_costs_itself_only() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j.sqlite");
        let item = CheckedItem { id: "knife".to_owned(), answer: CheckAnswer::NotOk, note: None };
        let result = CheckResult { list: "shift".to_owned(), at_us: 7_000_000, who: None, items: vec![item] };
        let file = keep_check(&journal, &result).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o007, 0, "others may not read who checked: {mode:o}");
        std::fs::write(&file, format!("{}not JSON\n", std::fs::read_to_string(&file).unwrap())).unwrap();
        keep_check(&journal, &CheckResult { list: "after".to_owned(), ..result }).unwrap();
        let events = take_checks(&journal, 9);
        let lists: Vec<String> = events.iter().filter_map(CheckSummary::of).map(|sum| sum.list).collect();
        assert_eq!((lists, events.len(), events[0].t_us), (vec!["shift".to_owned(), "after".to_owned()], 4, 9));
        assert_eq!(take_checks(&journal, 9), []);
    }
}
