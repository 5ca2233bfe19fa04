//! The page for a phone from outside, over a real socket: who gets in, what can be done, what it costs the service. What a
//! browser makes of it is in `web_page.rs`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use grainloss_knowledge::{Lang, Words};
use grainloss_tui::{App, Capabilities, Remembered};
use serde_json::{Value, json};

use crate::support::page::{Page, serve};
use crate::support::run::{Sandbox, wait_for};
use crate::support::screen::{Drawn, at, draw_app, key};

/// An answer: status, header in lower case, body.
struct Answer {
    status: u16,
    header: String,
    body: String,
}

/// What the page answers to these bytes.
fn raw(page: &Page, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(&page.host).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    // The answer may come, and the connection end, before all of it is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (header, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no header: {answer:?}"));
    let status = header.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Answer { status, header: header.to_lowercase(), body: body.to_owned() }
}

/// A question with these lines in its header besides the host.
fn ask(page: &Page, method: &str, path: &str, lines: &[&str], body: &str) -> Answer {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", page.host);
    for line in lines {
        text = text + line + "\r\n";
    }
    if !body.is_empty() {
        text = text + "Content-Length: " + &body.len().to_string() + "\r\n";
    }
    raw(page, (text + "\r\n" + body).as_bytes())
}

/// As the page's own script asks.
fn post(page: &Page, path: &str, body: &Value) -> (u16, Value) {
    let lines = [cookie(page), format!("Origin: http://{}", page.host), "Content-Type: application/json".to_owned()];
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let answer = ask(page, "POST", path, &lines, &body.to_string());
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn cookie(page: &Page) -> String {
    format!("Cookie: other=1; grainloss={}", page.token)
}

fn status(sandbox: &Sandbox, format: &str) -> Value {
    serde_json::from_str(&sandbox.ok(&["watch", "--once", "--format", format]).out).unwrap()
}

#[test]
fn only_who_has_the_token_gets_in_and_only_by_our_own_name() {
    let sandbox = Sandbox::new();
    let page = serve(&sandbox, &["--speed", "20"]);
    // The token was made, and its user alone may read it.
    assert_eq!(sandbox.text("grainloss/web-token").trim(), page.token);
    let mode = sandbox.path("grainloss/web-token").metadata().unwrap().permissions().mode();
    assert_eq!((mode & 0o777, page.token.len()), (0o600, 22));

    let refused = ask(&page, "GET", "/", &[], "");
    assert_eq!(refused.status, 401);
    assert!(refused.body.contains("口令") && refused.body.contains("token"), "{}", refused.body);
    for path in ["/?t=", "/?t=wrong", &format!("/?t={}x", page.token), &format!("/?t={}", &page.token[1..])] {
        let answer = ask(&page, "GET", path, &[], "");
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.header.contains("set-cookie"), "{path}");
    }
    for path in ["/events", "/?lang=zh"] {
        assert_eq!(ask(&page, "GET", path, &["Cookie: grainloss=wrong"], "").status, 401, "{path}");
    }

    let opened = ask(&page, "GET", &format!("/?t={}", page.token), &[], "");
    assert_eq!(opened.status, 200);
    let kept = format!("set-cookie: grainloss={}; httponly; samesite=strict", page.token.to_lowercase());
    assert!(opened.header.contains(&kept), "{}", opened.header);
    for line in [
        "content-security-policy: default-src 'self';",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
    ] {
        for answer in [&opened, &refused] {
            assert!(answer.header.contains(line), "{line}: {}", answer.header);
        }
    }
    assert_eq!(ask(&page, "GET", "/", &[&cookie(&page)], "").status, 200);

    // A name that only leads here, with the right token.
    let own = format!("Host: {}", page.host);
    for (host, expected) in [("evil.example", 421), ("evil.example:80", 421), ("localhost:1", 200), ("[::1]", 200)] {
        let text = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{}\r\n\r\n", cookie(&page));
        assert_eq!(raw(&page, text.as_bytes()).status, expected, "{host}");
    }
    let twice = format!("GET / HTTP/1.1\r\n{own}\r\n{own}\r\nConnection: close\r\n{}\r\n\r\n", cookie(&page));
    assert!(raw(&page, twice.as_bytes()).status >= 400);
    let none = format!("GET / HTTP/1.0\r\n{}\r\n\r\n", cookie(&page));
    assert_eq!(raw(&page, none.as_bytes()).status, 421);
}

#[test]
fn what_changes_something_must_come_from_the_page_and_nothing_else_exists() {
    let sandbox = Sandbox::new();
    let page = serve(&sandbox, &["--speed", "20"]);
    let (own, json_type) = (format!("Origin: http://{}", page.host), "Content-Type: application/json");
    let cookie = cookie(&page);
    let drop = r#"{"kind":"rear"}"#;
    let long = format!("{{\"kind\":\"{}\"}}", "x".repeat(5000));
    for (expected, lines, body) in [
        (401, vec![&*own, json_type], drop),
        (403, vec![&*cookie, json_type], drop),
        (403, vec![&*cookie, json_type, "Origin: http://evil.example"], drop),
        (403, vec![&*cookie, json_type, "Origin: null"], drop),
        (403, vec![&*cookie, json_type, &*own, "Sec-Fetch-Site: cross-site"], drop),
        (415, vec![&*cookie, &*own], drop),
        (415, vec![&*cookie, &*own, "Content-Type: text/plain"], drop),
        (400, vec![&*cookie, &*own, json_type], "{"),
        (400, vec![&*cookie, &*own, json_type], r#"{"kind":"upward"}"#),
        (400, vec![&*cookie, &*own, json_type], r#"{"kind":"rear","more":1}"#),
        (413, vec![&*cookie, &*own, json_type], &*long),
    ] {
        assert_eq!(ask(&page, "POST", "/pans/drop", &lines, body).status, expected, "{lines:?} {body:.40}");
    }
    assert_eq!(status(&sandbox, "json")["pans_on_the_ground"], 0);

    let all = [&*cookie, &*own, json_type];
    for (method, path, expected) in [
        ("POST", "/", 405),
        ("DELETE", "/pans/drop", 405),
        ("GET", "/acknowledge", 405),
        ("GET", "/pans/count", 405),
        ("POST", "/events", 405),
        ("POST", "/setting", 404),
        ("POST", "/session", 404),
        ("GET", "/journal.sqlite", 404),
        ("GET", "/../grainloss/web-token", 404),
        ("GET", "/%2e%2e/grainloss/web-token", 404),
    ] {
        assert_eq!(ask(&page, method, path, &all, "").status, expected, "{method} {path}");
    }
    let header = format!("X-Long: {}", "x".repeat(40_000));
    assert!([400, 431].contains(&ask(&page, "GET", "/", &[&header], "").status));
    let many = ["X-A: 1"; 200];
    assert!([400, 431].contains(&ask(&page, "GET", "/", &many, "").status));
}

#[test]
fn a_pan_on_the_page_goes_the_way_of_a_screens_and_is_named() {
    let sandbox = Sandbox::new();
    let page = serve(&sandbox, &["--speed", "20"]);
    wait_for("cutting", || {
        let status = status(&sandbox, "json");
        status["loss_10s"]["total_pct"]["value"].is_number().then_some(())
    });
    let (code, said) = post(&page, "/pans/drop?lang=en", &json!({"kind": "rear"}));
    assert_eq!((code, &said["done"]), (200, &true.into()), "{said}");
    assert!(said["text"][0].as_str().unwrap().contains('1'), "{said}");
    wait_for("the pan", || (status(&sandbox, "json")["pans_on_the_ground"] == 1).then_some(()));

    let form = |amount: &str, area: &str| json!({"drop": 1, "amount": amount, "area": area, "width": "", "shed": ""});
    // What the terminal refuses the page refuses, in the same words; nothing was entered.
    for (wrong, why) in [
        (form("142", "0"), "area"),
        (form("-5", "0.3"), "number"),
        (form("1e9", "0.3"), "number"),
        (json!({"drop": 9, "amount": "1", "area": "0.3"}), "no pan"),
    ] {
        for (path, expected) in [("/pans/preview?lang=en", 200), ("/pans/count?lang=en", 409)] {
            let (code, said) = post(&page, path, &wrong);
            assert_eq!((code, &said["done"]), (expected, &false.into()), "{wrong}: {said}");
            let text = said["text"][0].as_str().unwrap().to_lowercase();
            assert!(text.contains(why), "{wrong}: {text}");
        }
    }
    let (code, said) = post(&page, "/pans/preview?lang=en", &form("142", "0.3"));
    assert_eq!(code, 200, "{said}");
    // 142 kernels on 0.3 m², with the demo's kernel mass and widths: kg/ha as the snapshot's own figures have it.
    let snapshot = status(&sandbox, "snapshot");
    let measure = |name: &str| snapshot["session"]["measures"][name].as_f64().unwrap();
    let concentration = measure("header_width_m") / measure("discharge_width_m");
    let kg_ha = 142.0 * measure("kernel_mass_kg") / 0.3 / concentration * 1e4;
    let text = said["text"][0].as_str().unwrap();
    assert!(text.contains(&format!("{kg_ha:.0} kg/ha")), "{kg_ha}: {text}");
    assert_eq!(status(&sandbox, "json")["pans_on_the_ground"], 1, "a preview enters nothing");

    let (code, said) = post(&page, "/pans/count?lang=zh", &form("142", "0.3"));
    assert_eq!((code, &said["done"]), (200, &true.into()), "{said}");
    let of_page = wait_for("the pan to be judged", || {
        let snapshot = status(&sandbox, "snapshot");
        let events = snapshot["timeline"].as_array().unwrap().clone();
        let ours: Vec<Value> = events.into_iter().filter(|event| event["stream"] == "page").collect();
        ours.iter().any(|event| event["kind"] == "pan").then_some(ours)
    });
    assert!(of_page.iter().any(|event| event["kind"] == "pan-dropped"), "{of_page:?}");
    assert_eq!(status(&sandbox, "json")["pans_on_the_ground"], 0);
    let (code, said) = post(&page, "/acknowledge?lang=zh", &json!({"what": 1}));
    assert_eq!((code, said), (400, Value::Null));
}

/// A stream of events that was not refused: places of browsers that have gone become free a moment later.
fn stream(page: &Page) -> (TcpStream, Vec<u8>) {
    wait_for("a stream", || {
        let mut stream = TcpStream::connect(&page.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        write!(stream, "GET /events?lang=en HTTP/1.1\r\nHost: {}\r\n{}\r\n\r\n", page.host, cookie(page)).unwrap();
        let mut begin = vec![0; 4096];
        let read = stream.read(&mut begin).unwrap();
        begin.truncate(read);
        begin.starts_with(b"HTTP/1.1 200").then_some((stream, begin))
    })
}

/// Reads events until `is` says that this is the one.
fn event(page: &Page, name: &str, is: impl Fn(&Value) -> bool) -> Value {
    let ((mut stream, mut text), mut bytes) = (stream(page), vec![0; 65536]);
    loop {
        let whole = String::from_utf8_lossy(&text);
        // In chunks of HTTP/1.1: a line of its length before each event.
        let events = whole.split("\n\n").filter_map(|event| event.split_once(&format!("event: {name}\n")));
        let found =
            events.filter_map(|(_, rest)| serde_json::from_str(rest.strip_prefix("data: ")?).ok()).find(|e| is(e));
        if let Some(found) = found {
            return found;
        }
        let read = stream.read(&mut bytes).unwrap();
        assert!(read > 0, "the stream ended: {whole}");
        text.extend_from_slice(&bytes[..read]);
    }
}

#[test]
fn events_are_the_status_document_and_a_browser_that_takes_nothing_costs_nothing() {
    let sandbox = Sandbox::new();
    let page = serve(&sandbox, &["--speed", "20"]);
    // Twenty browsers that ask and never read; those beyond the limit are sent away.
    let stuck: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&page.host).unwrap();
            write!(stream, "GET /events HTTP/1.1\r\nHost: {}\r\n{}\r\n\r\n", page.host, cookie(&page)).unwrap();
            stream
        })
        .collect();
    // Others ask for far more than a socket holds, and read none of it.
    let asking: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&page.host).unwrap();
            stream.set_nonblocking(true).unwrap();
            let question = format!("GET /page.js HTTP/1.1\r\nHost: {}\r\n\r\n", page.host);
            let many = question.repeat(2000);
            for _ in 0..20 {
                let _ = stream.write_all(many.as_bytes());
                std::thread::sleep(Duration::from_millis(10));
            }
            stream
        })
        .collect();
    let bus_time = || status(&sandbox, "json")["bus_time_unix_s"].as_f64();
    let began = wait_for("bus time", bus_time);
    wait_for("a minute of harvest", || bus_time().filter(|now| *now > began + 60.0));
    let health = status(&sandbox, "json")["journal"].clone();
    assert_eq!((&health["lost"], &health["error"]), (&0.into(), &Value::Null), "{health}");
    drop((stuck, asking));

    let sent = event(&page, "message", |event| event["status"]["loss_10s"]["total_pct"]["value"].is_number());
    assert_eq!((&sent["status"]["format"], &sent["status"]["version"]), (&"grainloss-status".into(), &1.into()));
    // The page's words say the same figure, to its digits.
    let loss = sent["status"]["loss_10s"]["total_pct"]["value"].as_f64().unwrap();
    assert_eq!(sent["texts"]["loss"], format!("{loss:.1}%"), "{}", sent["texts"]);
    assert_eq!(sent["texts"]["freshness"], "live");
    let charts =
        event(&page, "charts", |charts| charts["map"]["track"].as_array().is_some_and(|track| track.len() > 1));
    assert!(charts["session"].as_array().is_some_and(|rows| !rows.is_empty()), "{charts}");
}

#[test]
fn an_address_that_others_can_reach_is_warned_of_and_one_that_is_none_is_refused() {
    let sandbox = Sandbox::new();
    for (lang, word) in [("en", "without encryption"), ("zh", "没有加密")] {
        let db = format!("{lang}.sqlite");
        let args = ["demo", "--headless", "--seconds", "1", "--db", &db, "--web", "0.0.0.0:0", "--lang", lang];
        let ended = sandbox.ok(&args);
        assert!(ended.err.contains(word) && ended.err.contains("http://"), "{}", ended.err);
    }
    let quiet = sandbox.ok(&["demo", "--headless", "--seconds", "1", "--db", "q.sqlite", "--web", "127.0.0.1:0"]);
    assert!(!quiet.err.contains("encryption"), "{}", quiet.err);
    let off = sandbox.ok(&["demo", "--headless", "--seconds", "1", "--db", "o.sqlite"]);
    assert!(!off.err.contains("http://"), "{}", off.err);
    sandbox.refused(&["demo", "--headless", "--web", "cab.example", "--db", "w.sqlite"], &["--web", "cab.example"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    sandbox.refused(&["demo", "--headless", "--web", &address, "--db", "t.sqlite"], &["--web", &address]);
}

/// What a reader of another make finds on the screen; `None`, said aloud, where it is not installed.
fn scanned(sandbox: &Sandbox, drawn: &Drawn) -> Option<String> {
    // Four points for each module, dark where the sign is drawn: the theme of the day has a white ground.
    let (columns, rows, points) = (37_u16, 3..22_u16, 4);
    let mut picture = Vec::new();
    for y in rows.clone() {
        for half in ["█▀", "█▄"] {
            let row = (1..=columns).flat_map(|x| {
                let dark = half.contains(drawn.buffer[(x, y)].symbol());
                std::iter::repeat_n(if dark { 0_u8 } else { 255 }, points)
            });
            let row: Vec<u8> = row.collect();
            (0..points).for_each(|_| picture.extend(&row));
        }
    }
    let size = format!("P5 {} {} 255\n", usize::from(columns) * points, rows.len() * 2 * points);
    sandbox.write("code.pgm", [size.into_bytes(), picture].concat());
    match Command::new("zbarimg").args(["-q", "--raw"]).arg(sandbox.path("code.pgm")).output() {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
        Err(why) => {
            eprintln!("SKIPPED: zbarimg is not here ({why}); .ci/readers installs it");
            assert!(std::env::var_os("GRAINLOSS_NEED_READERS").is_none(), "zbarimg is needed: {why}");
            None
        }
    }
}

#[test]
fn the_settings_show_the_address_as_a_code_that_a_phone_reads_and_only_where_there_is_a_page() {
    let sandbox = Sandbox::new();
    let urls =
        ["http://192.168.100.100:8460/?t=AbCdEfGhIjKlMnOpQrStUv", "http://10.0.0.7:8460/?t=AbCdEfGhIjKlMnOpQrStUv"];
    for (lang, item) in [(Lang::Zh, "手机页面"), (Lang::En, "Page for a phone")] {
        let with = |page: &[&str]| {
            let page = page.iter().map(|url| (*url).to_owned()).collect();
            let mut remembered = Remembered::default();
            remembered.page = page;
            let mut app = App::new(Words::new(lang), remembered, Capabilities::default(), at("wheat", 11, 60));
            app.key(&key("s"));
            app
        };
        let without = draw_app(&with(&[]), (80, 24)).text();
        assert!(!without.contains(item), "{without}");
        let mut app = with(&urls);
        assert!(draw_app(&app, (80, 24)).text().contains(item));
        for word in ["up", "enter"] {
            app.key(&key(word));
        }
        for url in urls {
            let drawn = draw_app(&app, (80, 24));
            assert!(drawn.cut.is_empty(), "{:?}", drawn.cut);
            if let Some(read) = scanned(&sandbox, &drawn) {
                assert_eq!(read, url, "{}", drawn.text());
            }
            app.key(&key("enter"));
        }
        // After the last address the settings are there again.
        assert!(draw_app(&app, (80, 24)).text().contains(item));
    }
}
