//! How a report prints: page set-up of every sheet, and the number of pages that LibreOffice makes of it.

use std::process::Command;

use crate::report::{reader, workbook};
use crate::support::run::Sandbox;

fn session(seconds: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let log =
        ["simulate", "--scenario", "wheat", "--seed", "5", "--seconds", seconds, "--out", "w.log", "--pans", "p.csv"];
    sandbox.ok(&log);
    let replay = ["replay", "w.log", "--machine", "combine-demo", "--crop", "wheat", "--pans", "p.csv"];
    sandbox.ok(&[&replay[..], &["--db", "j.sqlite", "--operator", "李四"]].concat());
    sandbox
}

#[test]
fn every_sheet_is_landscape_as_wide_as_the_page_with_heads_filters_and_charts() {
    let sandbox = session("1500");
    sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "xlsx", "--lang", "en", "--out", "p.xlsx"]);
    let Some(book) = workbook(&sandbox, "p.xlsx") else { return };
    let sheets = book["pages"].as_object().unwrap();
    for (name, page) in sheets {
        assert_eq!(
            (&page["orientation"], &page["fit"], &page["wide"]),
            (&"landscape".into(), &true.into(), &1.into()),
            "{name}"
        );
        assert_eq!(page["paper"], 9, "{name}: A4");
    }
    for name in ["Minutes", "Log", "Pans"] {
        let page = &sheets[name];
        assert_eq!((&page["frozen"], &page["titles"]), (&"A2".into(), &"$1:$1".into()), "{name}");
        assert!(page["filter"].as_str().is_some_and(|range| range.starts_with("A1:")), "{name}: {page}");
    }
    assert!(sheets["Summary"]["charts"].as_u64() >= Some(2), "loss over time, drivers");
    assert_eq!(book["pictures"], 2, "map and square code");
    // What has a unit in its heading is a number, or nothing.
    for name in ["Minutes", "Pans"] {
        let cells = book["values"][name].as_object().unwrap();
        let heads = cells.iter().filter(|(at, _)| at.trim_start_matches(char::is_alphabetic) == "1");
        let with_unit: Vec<&str> = heads
            .filter(|(_, head)| {
                head[1].as_str().is_some_and(|head| ["(kg", "(%", "(g", "(m"].iter().any(|unit| head.contains(unit)))
            })
            .map(|(at, _)| at.trim_end_matches('1'))
            .collect();
        assert!(!with_unit.is_empty());
        let below = |at: &str| {
            with_unit.contains(&at.trim_end_matches(char::is_numeric))
                && !at.ends_with(|c: char| c == '1' && at.len() == 2)
        };
        for (at, cell) in cells.iter().filter(|(at, _)| below(at)) {
            assert!(cell[1].is_number(), "{name} {at}: {cell}");
        }
    }
}

/// Pages of a file as a PDF; `None`, said aloud, where LibreOffice or poppler is not installed.
fn pages(sandbox: &Sandbox, file: &str) -> Option<u32> {
    let pdf = file.replace(".xlsx", ".pdf");
    if pdf != file {
        let home = format!("-env:UserInstallation=file://{}/office", sandbox.folder().display());
        let mut office = sandbox.program("soffice", &[&home, "--headless", "--convert-to", "pdf", file]);
        reader("LibreOffice", &mut office)?;
    }
    let pages = reader("pdfinfo", Command::new("pdfinfo").arg(sandbox.path(&pdf)))?;
    let pages = String::from_utf8(pages).unwrap();
    pages.lines().find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok())
}

/// LibreOffice is asked for apart: it is large.
fn office_is_here() -> bool {
    let here = Command::new("soffice").arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("SKIPPED: LibreOffice is not here; GRAINLOSS_NEED_OFFICE=1 makes that a failure");
        assert!(std::env::var_os("GRAINLOSS_NEED_OFFICE").is_none(), "LibreOffice is needed");
    }
    here
}

#[test]
fn an_hour_prints_on_six_pages_and_seven_sessions_on_twelve() {
    if !office_is_here() {
        return;
    }
    let sandbox = session("3600");
    for lang in ["zh", "en"] {
        sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "xlsx", "--lang", lang, "--out", "one.xlsx"]);
        let Some(one) = pages(&sandbox, "one.xlsx") else { return };
        assert!(one <= 6, "{lang}: {one}");
    }
    for seed in ["1", "2", "3", "4", "5", "6"] {
        sandbox.ok(&[
            "demo",
            "--headless",
            "--scenario",
            "wheat-hurried",
            "--seed",
            seed,
            "--seconds",
            "1800",
            "--db",
            "j.sqlite",
        ]);
    }
    let ids: Vec<String> = (1..=7).map(|id| id.to_string()).collect();
    let args = ["--db", "j.sqlite", "--format", "xlsx", "--lang", "zh", "--out", "seven.xlsx"];
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    sandbox.ok(&[&["report"][..], &ids, &args].concat());
    let seven = pages(&sandbox, "seven.xlsx").unwrap();
    assert!(seven <= 12, "{seven}");
}

#[test]
fn a_pdf_has_four_pages_before_its_annexes() {
    let sandbox = session("3600");
    if !Command::new("fc-list").arg(":lang=zh-cn").output().is_ok_and(|fonts| !fonts.stdout.is_empty()) {
        reader("a Chinese font", &mut Command::new("no-such-program-here"));
        return;
    }
    for (lang, annex) in [("zh", "附件"), ("en", "Annex")] {
        sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "pdf", "--lang", lang, "--out", "a.pdf"]);
        let Some(text) = reader("pdftotext", Command::new("pdftotext").arg(sandbox.path("a.pdf")).arg("-")) else {
            return;
        };
        let text = String::from_utf8(text).unwrap();
        // A form feed ends each page.
        let before = text.split('\u{c}').position(|page| page.contains(annex)).expect("there is an annex");
        assert!(before <= 4, "{lang}: {before}");
        assert!(
            text.split('\u{c}').next().unwrap().contains(if lang == "zh" { "单位盖章" } else { "Stamp" }),
            "on page one"
        );
        sandbox
            .ok(&["report", "1", "--db", "j.sqlite", "--format", "pdf", "--lang", lang, "--ticket", "--out", "t.pdf"]);
        assert_eq!(pages(&sandbox, "t.pdf"), Some(1), "a ticket is one page");
    }
}
