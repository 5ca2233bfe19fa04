//! Every text is shown somewhere: a key that nothing asks for is deleted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Stems that are put before an identifier by a function, so that no text in the code shows it: its whole name.
const STEMS: [&str; 6] = ["scenario-name", "fault-name", "profile-name", "verdict", "verdict-short", "crop-said"];

/// The texts of the code in quotes, tests apart, and the names in the pages' templates.
fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target" && name != "tests") {
                quoted(&path, found);
            }
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let Some(text) = fs::read_to_string(&path).ok().filter(|_| ["rs", "toml", "html", "js"].contains(&ending)) else {
            continue;
        };
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for quote in ['"', '\''] {
            found.extend(text.split(quote).map(str::to_owned));
        }
        found.extend(text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim().to_owned())));
    }
}

/// `a-{x}-b` asks for every key that begins with `a-` and ends with `-b`.
fn asks(pattern: &str, key: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('{') else { return false };
    let end = rest.rsplit_once('}').map_or("", |(_, end)| end);
    start.len() + end.len() >= 3
        && key.len() > start.len() + end.len()
        && key.starts_with(start)
        && key.ends_with(end)
}

#[test]
fn no_text_is_left_that_nothing_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for folder in ["src", "crates", "can-dbc/src", "simulator", "knowledge"] {
        quoted(&root.join(folder), &mut found);
    }
    let plain = |text: &&String| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:{}".contains(c));
    let templates: Vec<&String> = found.iter().filter(plain).filter(|text| text.contains('{')).collect();
    let stems: Vec<&String> = found.iter().filter(plain).filter(|text| text.len() > 3 && text.ends_with('-')).collect();
    let text = fs::read_to_string(root.join("knowledge/text/zh.ftl")).unwrap();
    let keys = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once(" = ")?.0));
    let unused: Vec<&str> = keys
        .filter(|key| !found.contains(*key))
        .filter(|key| !templates.iter().any(|pattern| asks(pattern, key)))
        .filter(|key| !stems.iter().any(|stem| key.starts_with(stem.as_str())))
        .filter(|key| !STEMS.iter().any(|stem| key.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-'))))
        .collect();
    assert_eq!(unused, Vec::<&str>::new(), "to be deleted from both files of knowledge/text, or shown");
}
