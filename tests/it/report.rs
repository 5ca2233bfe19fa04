//! Reports from outside: what they say, who can read them, and that no name gets out of its place.
//!
//! Independent readers are used where they are installed (`.ci/readers` does it); without one its test says so aloud, and
//! fails when GRAINLOSS_NEED_READERS=1.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use crate::support::run::Sandbox;
use crate::support::table::Table;
use serde_json::Value;

const OPERATOR: &str = "=HYPERLINK(\"http://x\",\"张三\")";
const FIELD: &str = "../../etc/<script>alert(1)</script>";
const MACHINE: &str = "@SUM(1+1)*cmd|' /C calc'!A0";
const PLATE: &str = "鲁P·B7K21";

/// A journal with a session of hostile names and one with pans, made once for all tests.
fn journal() -> &'static Sandbox {
    static MADE: OnceLock<Sandbox> = OnceLock::new();
    MADE.get_or_init(|| {
        let sandbox = Sandbox::new();
        let args = ["demo", "--headless", "--seed", "3", "--seconds", "1500", "--db", "j.sqlite"];
        let names = [
            "--operator",
            OPERATOR,
            "--field",
            FIELD,
            "--machine-name",
            MACHINE,
            "--plate",
            PLATE,
            "--township",
            "+甲镇",
        ];
        sandbox.ok(&[&args[..], &names[..]].concat());
        sandbox.ok(&[
            "simulate",
            "--scenario",
            "wheat",
            "--seed",
            "5",
            "--seconds",
            "1500",
            "--out",
            "w.log",
            "--pans",
            "p.csv",
        ]);
        sandbox.ok(&[
            "replay",
            "w.log",
            "--machine",
            "combine-demo",
            "--crop",
            "wheat",
            "--pans",
            "p.csv",
            "--db",
            "j.sqlite",
            "--operator",
            "李四",
            "--field",
            "北地块",
            "--township",
            "乙镇",
        ]);
        sandbox
    })
}

fn report(sandbox: &Sandbox, id: &str, format: &str, out: &str, more: &[&str]) {
    let args = ["report", id, "--db", "j.sqlite", "--format", format, "--out", out];
    sandbox.ok(&[&args[..], more].concat());
}

/// A reader's output; `None`, said aloud, where it is not installed.
pub(crate) fn reader(name: &str, command: &mut Command) -> Option<Vec<u8>> {
    let absent = |why: &str| {
        eprintln!("SKIPPED: {name} is not here ({why}); .ci/readers installs it");
        assert!(std::env::var_os("GRAINLOSS_NEED_READERS").is_none(), "{name} is needed: {why}");
        None
    };
    match command.output() {
        Ok(output) if output.status.success() => Some(output.stdout),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            if told.contains("No module named") || told.contains("Cannot find module") {
                return absent("its module is missing");
            }
            panic!("{name}: {told}")
        }
        Err(error) => absent(&error.to_string()),
    }
}

pub(crate) fn source(path: &str) -> String {
    format!("{}/tests/readers/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// Where npm's modules are.
pub(crate) fn modules() -> String {
    std::env::var("GRAINLOSS_NODE_MODULES").unwrap_or_default()
}

/// What openpyxl reads of a workbook.
pub(crate) fn workbook(sandbox: &Sandbox, file: &str) -> Option<Value> {
    let mut command = Command::new("/usr/bin/python3");
    let read = reader("openpyxl", command.arg(source("workbook.py")).arg(sandbox.path(file)))?;
    Some(serde_json::from_slice(&read).unwrap())
}

/// The first row of a column of a sheet in which a text stands.
pub(crate) fn find<'a>(sheet: &'a Value, text: &str) -> Option<&'a str> {
    let found = sheet.as_object().unwrap().iter().find(|(_, cell)| cell[1].as_str().is_some_and(|t| t == text));
    found.map(|(at, _)| at.as_str())
}

#[test]
fn the_same_session_gives_the_same_bytes_twice() {
    let sandbox = journal();
    let mut formats = vec!["xlsx", "html", "csv", "json", "geojson"];
    if Command::new("fc-list").arg(":lang=zh-cn").output().is_ok_and(|o| !o.stdout.is_empty()) {
        formats.push("pdf");
    }
    for format in formats {
        for out in ["once", "twice"] {
            report(sandbox, "2", format, &format!("{out}.{format}"), &["--lang", "both"]);
        }
        let (once, twice) = (sandbox.bytes(&format!("once.{format}")), sandbox.bytes(&format!("twice.{format}")));
        assert!(once == twice && !once.is_empty(), "{format}");
        let mode = fs::metadata(sandbox.path(&format!("once.{format}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{format}");
    }
}

#[test]
fn a_workbook_has_living_formulas_and_their_values() {
    let sandbox = journal();
    report(sandbox, "2", "xlsx", "w.xlsx", &["--lang", "en"]);
    let Some(book) = workbook(sandbox, "w.xlsx") else { return };
    assert_eq!(book["created"], "2025-06-10 02:25:00", "the newest second, not today");
    let (formulas, values) = (&book["formulas"]["Loss sheet"], &book["values"]["Loss sheet"]);
    let number = |at: String| values[&at][1].as_f64().unwrap_or_else(|| panic!("{at}: {}", values[&at]));
    // The first pan, by hand: kernels × thousand-kernel weight / area × discharge over header width.
    let pans = Table::parse(&sandbox.text("p.csv"));
    let first = find(values, "Area no.").unwrap()[1..].parse::<u32>().unwrap() + 1;
    let rear: Vec<usize> = (0..pans.rows.len()).filter(|&n| pans.texts("kind")[n] == "rear").collect();
    let expected = |n: usize| pans.numbers("kernels")[n].unwrap() * 45.0 / 1000.0 / 0.25 * 1.30 / 2.75;
    let told: Vec<f64> = (0..20)
        .filter(|n| values[format!("B{}", first + n)][1] == "behind")
        .map(|n| number(format!("M{}", first + n)))
        .collect();
    let mut expected: Vec<f64> = rear.into_iter().map(expected).collect();
    let mut sorted = told.clone();
    for list in [&mut expected, &mut sorted] {
        list.sort_by(f64::total_cmp);
    }
    assert!(!told.is_empty() && told.len() <= expected.len(), "{told:?} {expected:?}");
    for value in &sorted {
        assert!(expected.iter().any(|e| (e - value).abs() < 1e-6), "{value} of {expected:?}");
    }
    // Both denominators, by hand from the sheet's own yield: 1 kg/mu is 1.5 g/m².
    let yield_at = format!("E{}", find(values, "Yield (kg/mu)").unwrap()[1..].parse::<u32>().unwrap());
    let (grain, loss) = (number(yield_at) * 1.5, number(format!("M{first}")));
    assert!((number(format!("N{first}")) - 100.0 * loss / grain).abs() < 1e-9);
    assert!((number(format!("O{first}")) - 100.0 * loss / (grain + loss)).abs() < 1e-9);
    for column in ["M", "N", "O"] {
        assert_eq!(formulas[format!("{column}{first}")][0], "f", "{column}{first} is a formula");
    }
    // Empty areas have formulas and show nothing, not 0.
    let empty = first + told.len() as u32 + 1;
    let blank = (empty..empty + 4).find(|row| values[format!("B{row}")][1] == "all").unwrap();
    assert_eq!(formulas[format!("M{blank}")][0], "f");
    assert!(values[format!("M{blank}")][1].as_str().unwrap_or("").is_empty(), "{}", values[format!("M{blank}")]);
}

#[test]
fn a_workbook_says_what_the_journal_says() {
    let sandbox = journal();
    report(sandbox, "2", "xlsx", "s.xlsx", &["--lang", "en"]);
    report(sandbox, "2", "json", "s.json", &[]);
    report(sandbox, "2", "csv", "s.csv", &[]);
    let Some(book) = workbook(sandbox, "s.xlsx") else { return };
    let summary = &book["values"]["Summary"];
    let number = |column: &str, name: &str| {
        let row = &find(summary, name).unwrap()[1..];
        summary[format!("{column}{row}")][1].as_f64().unwrap_or_else(|| panic!("{name} is a number"))
    };
    let loss = &sandbox.json("s.json")["totals"]["total_loss_pct"];
    let part = |key: &str| loss[key].as_f64().unwrap();
    for (column, key) in [("B", "value"), ("C", "lo"), ("D", "hi")] {
        assert!((number(column, "Loss over yield and loss (%)") - part(key)).abs() < 1e-9, "{key}");
        let of_yield = 100.0 * part(key) / (100.0 - part(key));
        assert!((number(column, "Loss over yield (%)") - of_yield).abs() < 1e-9, "{key}");
    }
    // Minutes, summed by hand from the seconds of the CSV; what still leaves in a turn belongs to the minute as well.
    let seconds = Table::parse(&sandbox.text("s.csv"));
    let minutes = &book["values"]["Minutes"];
    let grains = seconds.numbers("grain_in_kg_s");
    let (headers, rears) = (seconds.numbers("header_loss_kg_s"), seconds.numbers("rear_loss_kg_s"));
    // What was learned later corrects the seconds, so that the minutes add up to the session.
    let totals = &sandbox.json("s.json")["totals"];
    let corrected = |key: &str, rates: &[Option<f64>]| {
        let known = (0..rates.len()).filter_map(|n| grains[n].and(headers[n]).and(rears[n]).and(rates[n]));
        totals[key]["value"].as_f64().unwrap() / known.sum::<f64>()
    };
    let (at_header, behind) = (corrected("header_loss_kg", &headers), corrected("rear_loss_kg", &rears));
    let mut compared = 0;
    for minute in 0..25 {
        let of_it = minute * 60..(minute + 1) * 60;
        let known =
            of_it.filter_map(|n| Some((grains[n]?, at_header * headers[n]? + behind * rears[n]?))).collect::<Vec<_>>();
        let (grain, loss) = known.iter().fold((0.0, 0.0), |(g, l), (grain, loss)| (g + grain, l + loss));
        let told = minutes[format!("Q{}", minute + 2)][1].as_f64();
        match told {
            Some(told) => {
                assert!((told - 100.0 * loss / grain).abs() < 1e-4, "minute {minute}: {told} {}", 100.0 * loss / grain);
            }
            None => assert!(grain <= 0.0, "minute {minute}"),
        }
        compared += usize::from(told.is_some());
    }
    assert!(compared > 15, "{compared}");
}

#[test]
fn no_name_becomes_a_formula_or_a_script_or_a_path() {
    let sandbox = journal();
    report(sandbox, "1", "html", "hostile.html", &["--lang", "both"]);
    let page = sandbox.text("hostile.html");
    assert!(!page.contains("<script") && !page.contains("javascript:"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("=HYPERLINK(&quot;http://x&quot;"));
    // A folder: the file's name is made of the field's, and stays in it.
    fs::create_dir_all(sandbox.path("a/exports")).unwrap();
    report(sandbox, "1", "csv", "a/exports", &[]);
    let names: Vec<String> = fs::read_dir(sandbox.path("a/exports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| name.starts_with("grainloss-1-20250610-_.._etc__script_alert_1___script_.csv")),
        "{names:?}"
    );
    assert_eq!(fs::read_dir(sandbox.path("a")).unwrap().count(), 1);
    // A link of that name in the folder is replaced, what it leads to is not touched.
    fs::write(sandbox.path("secret"), "untouched").unwrap();
    fs::create_dir_all(sandbox.path("b")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("secret"), sandbox.path("b").join(&names[0])).unwrap();
    report(sandbox, "1", "csv", "b", &[]);
    assert_eq!(sandbox.text("secret"), "untouched");
    // A list as CSV: a spreadsheet program must see texts.
    let list = sandbox.ok(&["followup", "county", "--db", "j.sqlite", "--format", "csv"]).out;
    assert!(list.contains("'+甲镇") && !list.contains("\n+甲镇"), "{list}");
    report(sandbox, "1", "xlsx", "hostile.xlsx", &["--lang", "en"]);
    let Some(book) = workbook(sandbox, "hostile.xlsx") else { return };
    let mut seen = 0;
    for (sheet, cells) in book["formulas"].as_object().unwrap() {
        for (at, cell) in cells.as_object().unwrap() {
            let text = cell[1].as_str().unwrap_or("");
            if text.contains("HYPERLINK") || text.starts_with('@') {
                assert_eq!(cell[0], "s", "{sheet} {at}: {text}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn redacted_reports_name_nobody() {
    let sandbox = journal();
    for format in ["xlsx", "html", "json", "csv"] {
        let file = format!("redacted.{format}");
        report(sandbox, "1", format, &file, &["--redact", "--lang", "both"]);
        if format != "xlsx" {
            let text = sandbox.text(&file);
            for name in ["张三", "script", PLATE, "@SUM", "B7K21"] {
                assert!(!text.contains(name), "{format}: {name}");
            }
        }
    }
    let csv = Table::parse(&sandbox.text("redacted.csv"));
    assert!(csv.texts("latitude_deg").iter().all(|text| text.is_empty()));
    sandbox.refused(&["report", "1", "--db", "j.sqlite", "--format", "geojson", "--redact"], &["--redact", "places"]);
    let Some(book) = workbook(sandbox, "redacted.xlsx") else { return };
    let told = book.to_string();
    assert!(!told.contains("张三") && !told.contains("script") && !told.contains("B7K21"));
}

#[test]
fn the_page_needs_nothing_and_complains_of_nothing() {
    let sandbox = journal();
    report(sandbox, "2", "html", "page.html", &["--lang", "both"]);
    let page = sandbox.text("page.html");
    for chart in ["loss-over-time", "loss-over-feed", "map", "budget", "front-drivers", "code"] {
        assert!(page.contains(&format!("<svg id=\"{chart}\"")), "{chart}");
    }
    for outside in ["src=\"http", "href=\"http", "url(", "@import", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let Some(seen) = browse(sandbox, "page.html") else { return };
    assert_eq!(seen.dom.matches("<svg").count(), 6, "five charts and the square code are in the page as it was read");
    assert_eq!((seen.complaints, seen.requests), (Vec::<String>::new(), Vec::<String>::new()));
    // The same browser sees what is wrong: a page that asks for a picture and a style, and one that may not.
    let outside = "<img src=\"http://127.0.0.1:9/picture.png\"><link rel=\"stylesheet\" href=\"beside.css\"></body>";
    let policy = page.find("<meta http-equiv").unwrap()..page.find("<link rel=\"icon\"").unwrap();
    let mut asking = page.replace("</body>", outside);
    sandbox.write("forbidden.html", &asking);
    asking.replace_range(policy, "");
    sandbox.write("asking.html", &asking);
    let asked = browse(sandbox, "asking.html").unwrap().requests;
    assert_eq!(asked, ["/beside.css", "http://127.0.0.1:9/picture.png"]);
    let forbidden = browse(sandbox, "forbidden.html").unwrap();
    assert!(forbidden.complaints.iter().any(|line| line.contains("Content Security Policy")));
    assert_eq!(forbidden.requests, Vec::<String>::new(), "its policy keeps a page from asking, whatever is in it");
}

/// What a browser makes of a page.
struct Browsed {
    dom: String,
    /// What it writes on its console.
    complaints: Vec<String>,
    /// What the page asks for, beside itself: of where it came from, and elsewhere.
    requests: Vec<String>,
}

/// Serves one page; what else was asked for.
fn serve(page: Vec<u8>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, others) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&others);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = String::new();
            // A browser opens connections that it does not use.
            if BufReader::new(&stream).read_line(&mut head).is_err() {
                continue;
            }
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = if path == "/page" { ("200 OK", page.as_slice()) } else { ("404 Not Found", &[][..]) };
            if path != "/page" && !path.is_empty() {
                seen.lock().unwrap().push(path);
            }
            let length = body.len();
            let kind = "Content-Type: text/html; charset=utf-8\r\nConnection: close";
            let _ = write!(stream, "HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n");
            let _ = stream.write_all(body);
        }
    });
    (port, others)
}

fn browse(sandbox: &Sandbox, file: &str) -> Option<Browsed> {
    let (port, others) = serve(sandbox.bytes(file));
    let (origin, url) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{port}/page"));
    let folder = format!("--user-data-dir={}", sandbox.path("chromium").display());
    let log = format!("--log-net-log={}", sandbox.path("net.json").display());
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"];
    let mut command = Command::new("chromium");
    command.args(arguments).args([&folder, &log, &url]);
    let Ok(output) = command.output() else {
        reader("chromium", &mut command);
        return None;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let complaints = told.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    // The browser talks to its maker on its own; what a page asks for has the page's origin as its initiator.
    let net = sandbox.json("net.json");
    let events = net["events"].as_array().unwrap().iter().map(|event| &event["params"]);
    let of_page = events.filter(|params| params["initiator"] == origin.as_str());
    let elsewhere = of_page.filter_map(|params| params["url"].as_str()).filter(|url| !url.starts_with(&origin));
    let mut requests: Vec<String> = others.lock().unwrap().clone();
    requests.extend(elsewhere.map(str::to_owned));
    Some(Browsed { dom: String::from_utf8_lossy(&output.stdout).into_owned(), complaints, requests })
}

#[test]
fn the_pdf_can_be_read_in_chinese() {
    let sandbox = journal();
    let fonts = Command::new("fc-list").arg(":lang=zh-cn").output();
    if fonts.is_err() || fonts.unwrap().stdout.is_empty() {
        reader("a Chinese font", &mut Command::new("no-such-program-here"));
        return;
    }
    report(sandbox, "2", "pdf", "r.pdf", &["--lang", "zh"]);
    let Some(text) = reader("pdftotext", Command::new("pdftotext").arg(sandbox.path("r.pdf")).arg("-")) else { return };
    let text = String::from_utf8(text).unwrap();
    for words in ["机收损失报告", "占产量与损失之和", "李四", "北地块", "机收损失率测定表"] {
        assert!(text.contains(words), "{words}");
    }
    let fonts = reader("pdffonts", Command::new("pdffonts").arg(sandbox.path("r.pdf"))).unwrap();
    let fonts = String::from_utf8(fonts).unwrap();
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row.contains(" yes yes yes")),
        "embedded, subset, Unicode: {fonts}"
    );
    assert!(!fonts.contains("CJKjp"), "{fonts}");
    // Without a font the error says what to install.
    fs::create_dir_all(sandbox.path("nofonts")).unwrap();
    let args = ["report", "2", "--db", "j.sqlite", "--format", "pdf", "--out", "n.pdf"];
    let output = sandbox.command(&args).env("GRAINLOSS_FONTS", sandbox.path("nofonts")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("fonts-noto-cjk"));
    assert!(!sandbox.path("n.pdf").exists());
}

#[test]
fn geojson_puts_the_loss_where_the_crop_stood() {
    let sandbox = journal();
    report(sandbox, "2", "geojson", "r.geojson", &[]);
    report(sandbox, "2", "csv", "g.csv", &[]);
    let json = sandbox.json("r.geojson");
    let (features, seconds) = (json["features"].as_array().unwrap(), Table::parse(&sandbox.text("g.csv")));
    assert_eq!(json["type"], "FeatureCollection");
    let points: Vec<&Value> = features.iter().filter(|f| f["geometry"]["type"] == "Point").collect();
    assert_eq!(points.len() + 1, features.len(), "and the track");
    for point in &points {
        let [longitude, latitude] = [0, 1].map(|at| point["geometry"]["coordinates"][at].as_f64().unwrap());
        assert!((115.0..116.0).contains(&longitude) && (36.0..37.0).contains(&latitude), "longitude first");
    }
    // By hand, from the estimator's residence times: header loss now, separation after 5.3 s, cleaning after 6.9 s.
    let numbers = |name: &str| seconds.numbers(name);
    let (header, separation, cleaning) =
        (numbers("header_loss_kg_s"), numbers("separation_loss_kg_s"), numbers("cleaning_loss_kg_s"));
    // What was learned later corrects the seconds, so that they add up to the session.
    let corrected = |sum: &str, rate: &str| {
        let total = numbers(sum).into_iter().flatten().next_back().unwrap();
        total / numbers(rate).into_iter().flatten().sum::<f64>()
    };
    let at_header = corrected("cum_header_loss_kg", "header_loss_kg_s");
    let behind = corrected("cum_rear_loss_kg", "rear_loss_kg_s");
    let mut compared = 0;
    for (n, point) in points.iter().enumerate().take(1400) {
        let Some(told) = point["properties"]["loss_kg_s"].as_f64() else { continue };
        let expected =
            at_header * header[n].unwrap() + behind * (separation[n + 5].unwrap() + cleaning[n + 7].unwrap());
        assert!((told / expected - 1.0).abs() < 0.01, "second {n}: {told} {expected}");
        let p = &point["properties"];
        assert!(
            p["loss_pct_lo"].as_f64() <= p["loss_pct"].as_f64() && p["loss_pct"].as_f64() <= p["loss_pct_hi"].as_f64()
        );
        compared += 1;
    }
    assert!(compared > 600, "{compared}");
}

#[test]
fn a_track_is_geojson_for_others_too() {
    let sandbox = journal();
    report(sandbox, "2", "geojson", "valid.geojson", &[]);
    let check = |file: &str| -> Option<Value> {
        let mut command = Command::new("node");
        command.arg(source("geojson.js")).arg(sandbox.path(file)).env("NODE_PATH", modules());
        Some(serde_json::from_slice(&reader("npm check-geojson", &mut command)?).unwrap())
    };
    let Some(good) = check("valid.geojson") else { return };
    assert_eq!(good["issues"].as_array().unwrap().len(), 0, "{good}");
    assert_eq!((&good["kinds"]["MultiLineString"], &good["kinds"]["Point"]), (&1.into(), &1500.into()));
    // It sees what is wrong: a place that is no number.
    let text = sandbox.text("valid.geojson");
    let at = text.find("\"Point\"").unwrap();
    let broken = text[..at].to_owned() + &text[at..].replacen("[115", "[\"115\",115", 1);
    assert_ne!(broken, text);
    sandbox.write("broken.geojson", broken);
    assert_ne!(check("broken.geojson").unwrap()["issues"].as_array().unwrap().len(), 0);
}

#[test]
fn a_task_is_read_by_isoxml() {
    let sandbox = journal();
    report(sandbox, "2", "isoxml", "iso", &[]);
    sandbox.refused(
        &["report", "2", "--db", "j.sqlite", "--format", "isoxml", "--out", "iso"],
        &["TASKDATA", "another folder"],
    );
    report(sandbox, "2", "csv", "i.csv", &[]);
    let mut command = Command::new("node");
    command.arg(source("isoxml.js")).arg(sandbox.path("iso/TASKDATA")).env("NODE_PATH", modules());
    let Some(read) = reader("npm isoxml", &mut command) else { return };
    let read: Value = serde_json::from_slice(&read).unwrap();
    assert_eq!(read["warnings"].as_array().unwrap().len(), 0, "{}", read["warnings"]);
    let log = &read["tasks"][0]["logs"][0];
    let (records, seconds) = (log["records"].as_array().unwrap(), Table::parse(&sandbox.text("i.csv")));
    let (moistures, speeds) = (seconds.numbers("moisture_pct"), seconds.numbers("ground_speed_m_s"));
    let latitudes = seconds.numbers("latitude_deg");
    assert_eq!(records.len(), 1500);
    let mut without = 0;
    for (n, record) in records.iter().enumerate() {
        let value = |ddi: &str| record["values"][format!("{ddi}_DET-1")].as_f64();
        // Percent in ppm, metres a second in millimetres: what is unknown is not there.
        let near = |told: Option<f64>, expected: Option<f64>| match (told, expected) {
            (Some(told), Some(expected)) => (told - expected).abs() <= 0.51,
            (told, expected) => told == expected,
        };
        assert!(near(value("0063"), moistures[n].map(|pct| pct * 1e4)), "record {n}");
        assert!(near(value("018D"), speeds[n].map(|speed| speed * 1e3)), "record {n}");
        assert_eq!(record["status"], "15", "nothing is known of how good a position in a log is");
        assert!((record["north"].as_f64().unwrap() - latitudes[n].unwrap()).abs() < 1e-7);
        let loss = value("0060");
        without += usize::from(loss.is_none());
        assert!(loss != Some(0.0) && value("0057") != Some(0.0), "no points filled with zero");
        if let (Some(loss), Some(harvested), Some(share)) = (loss, value("0057"), value("0062")) {
            assert!((share - loss / harvested * 1e6).abs() < 1.0 + share * 1e-3, "record {n}");
        }
    }
    assert!(without > 50, "turns have no loss: {without}");
}

#[test]
fn sessions_are_chosen_by_period_and_name() {
    let sandbox = journal();
    let base = ["report", "--db", "j.sqlite", "--format", "html", "--lang", "en", "--out", "c.html"];
    let choose = |more: &[&str]| {
        sandbox.ok(&[&base[..], more].concat());
        sandbox.text("c.html")
    };
    let both = choose(&["--from", "2025-06-10", "--to", "2025-06-11"]);
    assert!(both.contains("Harvest-loss report: 2 sessions") && both.contains("李四"));
    assert!(choose(&["--operator", "李四"]).contains("Harvest-loss report: session 2"));
    assert!(choose(&["--machine", PLATE]).contains("Harvest-loss report: session 1"));
    let refused = |more: &[&str], words: &[&str]| sandbox.refused(&[&base[..], more].concat(), words);
    refused(&["--from", "2026-01-01"], &["no session is like that"]);
    refused(&[], &["no session", "--from"]);
    refused(&["1", "--operator", "李四"], &["not both"]);
    refused(&["--from", "gestern"], &["2025-06-10"]);
    let csv = ["report", "1", "2", "--db", "j.sqlite", "--format", "csv", "--out", "none.csv"];
    sandbox.refused(&csv, &["2 sessions", "folder"]);
}

/// 2025-06-10 02:00 UTC, when the demonstration begins, is ten in the morning at eight hours east. `CST-8` says so without a
/// database of zones.
#[test]
fn people_read_their_own_time_and_programs_utc() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "70", "--db", "j.sqlite"]);
    let told = |args: &[&str]| {
        let mut command = sandbox.command(&[args, &["--db", "j.sqlite"]].concat());
        crate::support::run::Ended::from(command.env("TZ", "CST-8").output().unwrap())
    };
    assert!(told(&["sessions"]).out.contains("2025-06-10 10:00:0"));
    assert_eq!(told(&["report", "last", "--format", "html", "--out", "r.html"]).code, Some(0));
    let page = sandbox.text("r.html");
    // The text of the square code is for programs.
    let page = page
        .split("<p class=\"code\">")
        .enumerate()
        .map(|(nth, part)| if nth == 0 { part } else { part.split_once("</p>").map_or("", |(_, after)| after) });
    let page: String = page.collect();
    let at = page.find("02:00:0").map(|at| page[at.saturating_sub(200)..].chars().take(400).collect::<String>());
    assert!(page.contains("2025-06-10 10:00:0") && page.contains("UTC+8") && at.is_none(), "{at:?}");
    let json = told(&["report", "last", "--format", "json"]).out;
    assert!(json.contains("2025-06-10T02:00:0") && !json.contains("10:00:0"), "{json}");
    // The day begins eight hours before that of UTC: 2025-06-09T16:00Z.
    let on = |from: &str, to: &str| told(&["report", "--from", from, "--to", to, "--format", "json"]).code;
    assert_eq!((on("2025-06-10", "2025-06-11"), on("2025-06-09", "2025-06-10")), (Some(0), Some(2)));
}

/// A word of the program is no name for a reader.
#[test]
fn everything_that_a_report_tells_has_a_name() {
    use grainloss_core::advice::{AlarmId, Notice};
    use grainloss_core::harvest::{PanKind, PanRejection};
    use grainloss_knowledge::{Lang, Words};

    let alarms = [
        AlarmId::LossLevel,
        AlarmId::LossStep,
        AlarmId::LossRelative,
        AlarmId::BusSilent,
        AlarmId::PlatesSilent,
        AlarmId::PlateFault(grainloss_core::machine::Channel::LossCleaningLeft),
        AlarmId::SignalFault(grainloss_core::machine::Channel::FeedRate),
    ];
    let rejections = [
        PanRejection::NotCutting,
        PanRejection::TooOld,
        PanRejection::ShedUnknown,
        PanRejection::OutsideSession,
        PanRejection::Impossible,
    ];
    let mut keys: Vec<String> = Vec::new();
    keys.extend(alarms.map(|alarm| format!("report-alarm-{}", alarm.word())));
    keys.extend(Notice::ALL.map(|notice| format!("report-notice-{}", notice.word())));
    keys.extend([PanKind::Rear, PanKind::Front, PanKind::Whole].map(|kind| format!("report-pan-{}", kind.word())));
    keys.extend(rejections.map(|why| format!("pan-{}", why.word())));
    for lang in [Lang::Zh, Lang::En] {
        let words = Words::new(lang);
        for key in &keys {
            assert!(words.has(key), "{lang:?}: {key}");
        }
    }
}
