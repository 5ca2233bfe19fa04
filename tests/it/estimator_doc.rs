//! The table of parameters in `docs/estimator.md` is that of the code. Renew it with
//! `GRAINLOSS_RENEW_TRACES=1 cargo test --test it estimator_doc`.

use std::fmt::Write as _;
use std::path::Path;

use grainloss_core::params::Params;

const BEGIN: &str = "<!-- parameters -->\n";
const END: &str = "<!-- end of parameters -->";

fn table() -> String {
    let mut table = "| parameter | value | unit | meaning | source |\n|---|---|---|---|---|\n".to_owned();
    for param in Params::default().list() {
        let (group, field) = param.name;
        let (value, unit, meaning, source) = (param.value, param.unit, param.meaning.trim(), param.source);
        writeln!(table, "| `{group}.{field}` | {value} | {unit} | {meaning} | {source} |").unwrap();
    }
    table
}

#[test]
fn the_parameters_in_the_document_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/estimator.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("GRAINLOSS_RENEW_TRACES").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    } else {
        let table = table();
        let differs = found.lines().zip(table.lines()).find(|(found, expected)| found != expected);
        assert!(found == table, "renew with GRAINLOSS_RENEW_TRACES=1 cargo test --test it estimator_doc: {differs:?}");
    }
}

#[test]
fn every_parameter_has_a_name_of_its_own_and_fits_into_the_table() {
    let list = Params::default().list();
    let mut names: Vec<_> = list.iter().map(|param| param.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), list.len(), "a name twice");
    assert!(list.iter().all(|param| !param.meaning.contains('|') && !param.source.contains('|')), "a table's border");
}
