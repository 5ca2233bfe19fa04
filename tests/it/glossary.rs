//! The words of the field: what Chinese operators and offices say, and one word for one thing.

use std::fs;
use std::path::{Path, PathBuf};

/// A word that is not used, and the one that is.
const NOT_USED: [(&str, &str); 16] = [
    // Taking grain at the unloading auger: another thing.
    ("接粮", "取样"),
    ("接样", "取样"),
    ("取盘", "取样"),
    ("数盘", "填数"),
    ("盘数", "取样数"),
    ("掉粮", "落粒"),
    ("丢粒", "落粒"),
    // The standards: header, unthreshed, separated, cleaned; the last three together are the body of the machine.
    ("机后损失", "机体损失"),
    ("机后合计", "机体损失"),
    ("机尾损失", "机体损失"),
    ("操作员", "机手"),
    ("驾驶员", "机手"),
    ("车牌", "号牌"),
    ("牌照", "号牌"),
    ("憋熄", "即将熄火"),
    ("车速值", "车速与收益"),
];

/// Every file that people read in Chinese.
fn chinese_files() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "toml" || extension == "ftl") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("README.zh.md"), root.join("docs/glossary.md")];
    for folder in ["knowledge", "simulator/scenarios", "machines"] {
        walk(&root.join(folder), &mut found);
    }
    assert!(found.len() > 30, "{found:?}");
    found
}

#[test]
fn chinese_texts_use_the_words_of_the_field() {
    let mut wrong = Vec::new();
    for path in chinese_files() {
        // What a signal may be called on a bus is not our word.
        if path.ends_with("knowledge/hints.toml") {
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for (word, instead) in NOT_USED.into_iter().filter(|(word, _)| line.contains(word)) {
                wrong.push(format!("{}:{}: {word}, write {instead}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
