//! The office's page through the front door: the file in a browser, the server over its socket, the form as a workbook.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;

fn fleet(store: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"));
    command.args(args).env("GRAINLOSS_STORE", store).env("LANG", "zh_CN.UTF-8").env("TZ", "Asia/Shanghai");
    command.output().unwrap()
}

fn ok(store: &Path, args: &[&str]) -> String {
    let ended = fleet(store, args);
    assert!(ended.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}

/// A made-up county with 12 machines.
fn county() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let out = store.to_str().unwrap();
    ok(&store, &["county", "--machines", "12", "--days", "3", "--seconds-per-day", "600", "--out", out]);
    (folder, store)
}

/// What the page has between these.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let from = text.find(before).unwrap_or_else(|| panic!("no {before}")) + before.len();
    &text[from..from + text[from..].find(after).unwrap()]
}

fn figures(page: &str) -> Json {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).unwrap()
}

fn sum(figures: &Json, column: &str) -> i64 {
    let rows = &figures["rows"];
    let at = rows["columns"].as_array().unwrap().iter().position(|name| name == column).unwrap();
    rows["rows"].as_array().unwrap().iter().filter_map(|row| row[at].as_i64()).sum()
}

#[test]
fn the_file_has_the_sums_of_the_store_and_asks_for_nothing_else() {
    let (folder, store) = county();
    let file = folder.path().join("page.html");
    ok(&store, &["page", "--out", file.to_str().unwrap()]);
    let page = std::fs::read_to_string(&file).unwrap();
    // The sums of the question of townships, as JSON.
    let asked: Json = serde_json::from_str(&ok(&store, &["ask", "township", "--format", "json"])).unwrap();
    let rows = asked.as_array().or_else(|| asked["rows"].as_array()).unwrap();
    for column in ["sessions", "cutting_s", "area_dm2", "grain_g", "loss_dg", "loss_lo_dg", "loss_hi_dg"] {
        let expected: i64 = rows.iter().filter_map(|row| row[column].as_i64()).sum();
        assert!(expected > 0, "{column}: {asked}");
        assert_eq!(sum(&figures(&page), column), expected, "{column}");
    }
    // A training is judged as the question judges it.
    let asked: Json = serde_json::from_str(&ok(&store, &["ask", "training", "--format", "json"])).unwrap();
    let judged = asked["verdicts"].as_array().unwrap();
    let verdicts = judged.iter().map(|row| row["verdict"].clone()).collect::<Vec<_>>();
    assert!(!verdicts.is_empty());
    assert_eq!(figures(&page)["training_verdicts"], Json::Array(verdicts));
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_name_cannot_end_the_script_that_it_is_in() {
    let (folder, store) = county();
    let devices = ok(&store, &["ask", "machine", "--format", "json"]);
    let asked: Json = serde_json::from_str(&devices).unwrap();
    let rows = asked.as_array().or_else(|| asked["rows"].as_array()).unwrap();
    let device = rows[0]["device"].as_str().unwrap();
    let hostile = "</script><script>document.title='taken'</script><!--";
    let set = fleet(&store, &["machines", "set", device, "--plate", hostile]);
    let file = folder.path().join("page.html");
    ok(&store, &["page", "--out", file.to_str().unwrap()]);
    let page = std::fs::read_to_string(&file).unwrap();
    assert_eq!(page.matches("</script>").count(), 2, "the data and the script end once each");
    if set.status.success() {
        assert!(figures(&page)["machines"].to_string().contains("taken"), "the name is there, as text");
    }
}

/// Chromium here, if any.
fn chromium() -> Option<&'static str> {
    let found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = found.into_iter().find(|path| Path::new(path).exists());
    if found.is_none() {
        eprintln!("SKIPPED: no Chromium");
    }
    found
}

#[test]
fn a_browser_shows_the_sums_the_table_and_the_map() {
    let Some(chromium) = chromium() else { return };
    let (folder, store) = county();
    let file = folder.path().join("page.html");
    ok(&store, &["page", "--out", file.to_str().unwrap()]);
    let profile = folder.path().join("profile");
    let shown = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=360,740",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", file.display()))
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout);
    // The crop with the largest area is shown; its sums come from the same rows, made here by hand.
    let page = std::fs::read_to_string(&file).unwrap();
    let figures = figures(&page);
    let columns: Vec<&str> =
        figures["rows"]["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let of = |crop: &str, name: &str| -> f64 {
        let rows = figures["rows"]["rows"].as_array().unwrap();
        rows.iter().filter(|row| row[at("crop")] == crop).filter_map(|row| row[at(name)].as_f64()).sum()
    };
    let crops = ["wheat", "maize", "rice", "soybean", "canola", "barley"];
    let crop = crops.into_iter().max_by(|a, b| of(a, "area_dm2").total_cmp(&of(b, "area_dm2"))).unwrap();
    let loss = of(crop, "loss_dg") / (of(crop, "known_grain_g") * 10.0) * 100.0;
    assert!(between(&shown, "id=\"cards\"", "id=\"verdict\"").contains(&format!("{loss:.2} %")), "{crop} {loss}");
    let table = between(&shown, "id=\"table\"", "</section>");
    assert!(
        table.contains("<tbody>") && table.contains("示例镇1") && table.contains("aria-sort=\"descending\""),
        "{table}"
    );
    assert!(between(&shown, "id=\"legend\"", "id=\"spot\"").contains('%'), "the map has its scale");
    assert!(between(&shown, "id=\"map\"", "</canvas>").contains("个地块"), "the map says what it shows");
    // When each machine was last seen: three of four were heard by MQTT after their packets; the newest stand first.
    let seen = between(&shown, "id=\"seen\"", "</section>");
    let of = |word: &str| seen.matches(&format!(">{word}</td>")).count();
    assert_eq!((of("MQTT"), of("数据包"), of("离线"), seen.matches("<tr>").count()), (9, 3, 8, 13), "{seen}");
    // One of them has a clock that is 25 minutes ahead.
    assert!(seen.contains(">离线, 时钟快(分钟): 25</td>"), "{seen}");
    assert!(seen.contains("损失超限") && seen.contains("停车"), "{seen}");
    assert!(seen.find(">MQTT</td>").unwrap() < seen.find(">数据包</td>").unwrap(), "{seen}");
    let missing = between(&shown, "id=\"missing\"", "</section>");
    assert!(missing.contains(">MQTT</td>") && missing.contains(">数据包</td>"), "{missing}");
}

struct Serving {
    child: Child,
    url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(store: &Path) -> Serving {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("GRAINLOSS_STORE", store).env("LANG", "en_GB.UTF-8");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = Vec::new();
    let stdout = child.stdout.as_mut().unwrap();
    // Its first line is its address.
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "it has ended");
        line.push(byte[0]);
    }
    let line = String::from_utf8(line).unwrap();
    let url = line[line.find("http://").unwrap()..].trim().to_owned();
    Serving { child, url }
}

/// The whole answer to a question.
fn ask(host: &str, method: &str, path: &str, headers: &str) -> String {
    let mut socket = TcpStream::connect(host).unwrap();
    write!(socket, "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_server_opens_to_its_token_and_to_its_own_hosts_only_and_takes_nothing() {
    let (_folder, store) = county();
    let serving = serve(&store);
    let rest = serving.url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let token = path.split_once("?t=").unwrap().1;
    let own = format!("Host: {host}\r\n");
    let opened = ask(host, "GET", path, &own);
    assert!(opened.starts_with("HTTP/1.1 200") && opened.contains("id=\"data\""), "{opened:.300}");
    assert!(opened.contains("content-security-policy: default-src 'self'") && !opened.contains("<style>"));
    assert!(opened.contains("HttpOnly; SameSite=Strict"), "{opened:.600}");
    let with_cookie = format!("{own}Cookie: grainloss-fleet={token}\r\n");
    assert!(ask(host, "GET", "/", &with_cookie).starts_with("HTTP/1.1 200"));
    assert!(ask(host, "GET", "/?lang=en", &with_cookie).contains("<html lang=\"en\">"));
    for wrong in ["/", "/?t=", "/?t=AAAAAAAAAAAAAAAAAAAAAA"] {
        let refused = ask(host, "GET", wrong, &own);
        assert!(refused.starts_with("HTTP/1.1 401") && !refused.contains("id=\"data\""), "{wrong}: {refused:.200}");
    }
    let foreign = ask(host, "GET", path, "Host: evil.example\r\n");
    assert!(foreign.starts_with("HTTP/1.1 421") && !foreign.contains("id=\"data\""), "{foreign:.200}");
    for method in ["POST", "PUT", "DELETE"] {
        assert!(ask(host, method, path, &with_cookie).starts_with("HTTP/1.1 405"), "{method}");
    }
    assert!(ask(host, "GET", "/../register.sqlite", &with_cookie).starts_with("HTTP/1.1 404"));
    assert!(ask(host, "GET", "/page.js", &own).contains("function verdict"));
}

#[test]
fn the_form_is_a_workbook_whose_columns_can_be_chosen() {
    let (folder, store) = county();
    let out = folder.path().join("form.xlsx");
    let said = ok(&store, &["form", "--out", out.to_str().unwrap()]);
    assert!(said.contains("form.xlsx"), "{said}");
    assert_eq!(std::fs::read(&out).unwrap()[..4], *b"PK\x03\x04");
    // What it prints can be changed and given back.
    let columns = folder.path().join("own.toml");
    std::fs::write(&columns, ok(&store, &["form", "--show-columns"]).replace("\"loss_pct\"", "\"profit\"")).unwrap();
    let args = ["form", "--out", out.to_str().unwrap(), "--columns", columns.to_str().unwrap()];
    let refused = fleet(&store, &args);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("own.toml") && said.contains("profit") && said.contains("loss_pct"), "{said}");
}
