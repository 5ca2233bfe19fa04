//! The marks file that the guide writes: one line for each mark, on the disk before the screen says so.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::super::find::marks;
use crate::cli::error::CliError;
use crate::cli::said::Said as _;
use grainloss_find::{Event, Noted, Reading};
use grainloss_knowledge::Words;
use grainloss_tui::MarkLine;

const HEAD: &str = "t_unix,mark,value";

/// A marks file, and what it holds.
pub(super) struct MarksFile {
    path: PathBuf,
    lines: Vec<MarkLine>,
    /// The file's length before each mark of this run.
    before: Vec<u64>,
}

impl MarksFile {
    /// Reads the marks of an earlier run; the file is made for the first mark. Refuses a file that `machine find` would
    /// refuse, or whose columns are in another order.
    pub fn open(path: &Path, words: &Words) -> Result<Self, CliError> {
        let mut file = Self { path: path.to_owned(), lines: Vec::new(), before: Vec::new() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(file),
            Err(error) => return Err(CliError::input(format!("--marks {}: {}", path.display(), error.said()))),
        };
        if text.is_empty() {
            return Ok(file);
        }
        let mut rows = text.lines();
        if rows.next().map(|head| head.trim_start_matches('\u{feff}').trim()) != Some(HEAD) {
            let name = path.display().to_string();
            return Err(CliError::input(words.with("learn-marks-head", &[("file", &name)])));
        }
        // A run that the power ended may have left half of a line, which was never said to be saved. A whole line without
        // its end, as editors leave it, stays.
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        let is_half = end < text.len() && line(&text[end..]).is_none();
        let whole = if is_half { end } else { text.len() };
        if is_half {
            let cut = OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(whole as u64));
            cut.map_err(|error| CliError::input(format!("--marks {}: {}", path.display(), error.said())))?;
        }
        file.noted(words)?;
        file.lines = text[..whole].lines().skip(1).filter_map(line).collect();
        Ok(file)
    }

    pub fn lines(&self) -> &[MarkLine] {
        &self.lines
    }

    /// The marks as `machine find` reads them.
    pub fn noted(&self, words: &Words) -> Result<Vec<Noted>, CliError> {
        if self.path.exists() { marks::read(&self.path, words) } else { Ok(Vec::new()) }
    }

    /// Adds a mark. What was there before stays as it was if that fails.
    pub fn add(&mut self, mark: &MarkLine) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&self.path)?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut text = String::new();
        if length == 0 {
            text += HEAD;
            text.push('\n');
        } else {
            // An editor may have left the last line without its end.
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            text += if last == *b"\n" { "" } else { "\n" };
        }
        let (s, us) = (mark.t_us.div_euclid(1_000_000), mark.t_us.rem_euclid(1_000_000));
        let text = format!("{text}{s}.{us:06},{},{}\n", mark.word, mark.value);
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half of a line is no mark.
            let _ = file.set_len(length);
            return Err(error);
        }
        self.before.push(length);
        self.lines.push(mark.clone());
        Ok(())
    }

    /// Takes the last mark of this run back. False when there is none.
    pub fn undo(&mut self) -> io::Result<bool> {
        let Some(length) = self.before.last() else { return Ok(false) };
        let file: File = OpenOptions::new().write(true).open(&self.path)?;
        file.set_len(*length)?;
        file.sync_data()?;
        self.before.pop();
        self.lines.pop();
        Ok(true)
    }
}

/// A whole line: a time, a word that there is, and a value where the word has one.
fn line(text: &str) -> Option<MarkLine> {
    let mut parts = text.split(',').map(str::trim);
    let t_us = (parts.next()?.parse::<f64>().ok()? * 1e6).round() as i64;
    let (word, value) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let is_whole = Event::of(&word).is_some() || Reading::of(&word).is_some() && !value.is_empty();
    is_whole.then_some(MarkLine { t_us, word, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_knowledge::Lang;

    fn mark(t_us: i64, word: &str, value: &str) -> MarkLine {
        MarkLine { t_us, word: word.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn marks_are_on_the_disk_at_once_and_a_later_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        let words = Words::new(Lang::En);
        let mut first = MarksFile::open(&path, &words).unwrap();
        assert!(!path.exists());
        first.add(&mark(1_749_427_200_500_000, "drive", "")).unwrap();
        first.add(&mark(1_749_427_210_000_001, "speed-km-h", "5.0")).unwrap();
        // Without any end of the first run, as after a crash.
        let text = "t_unix,mark,value\n1749427200.500000,drive,\n1749427210.000001,speed-km-h,5.0\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        let mut second = MarksFile::open(&path, &words).unwrap();
        assert_eq!(second.lines(), first.lines());
        assert!(!second.undo().unwrap(), "an earlier run's marks stay");
        second.add(&mark(1_749_427_220_000_000, "stop", "")).unwrap();
        assert!(second.undo().unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(second.noted(&words).unwrap().len(), 2);
    }

    #[test]
    fn half_a_line_of_a_crash_is_cut_off_and_another_order_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        let words = Words::new(Lang::En);
        std::fs::write(&path, "t_unix,mark,value\n1749427200.5,drive,\n174942").unwrap();
        let mut file = MarksFile::open(&path, &words).unwrap();
        assert_eq!(file.lines(), [mark(1_749_427_200_500_000, "drive", "")]);
        file.add(&mark(1_749_427_201_000_000, "stop", "")).unwrap();
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept.ends_with("1749427200.5,drive,\n1749427201.000000,stop,\n"), "{kept}");
        std::fs::write(&path, "t_unix,mark,value\n1749427200.5,drive,\n1749427201,speed-km-h,5.2").unwrap();
        assert_eq!(MarksFile::open(&path, &words).unwrap().lines().len(), 2, "an editor's last line");
        std::fs::write(&path, "mark,t_unix,value\ndrive,1749427200,\n").unwrap();
        assert!(MarksFile::open(&path, &words).is_err());
    }
}
