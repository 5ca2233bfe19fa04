//! Page one and the ticket: one sentence, the verdicts, figures that add up, no name without consent.

use std::sync::OnceLock;

use crate::support::run::Sandbox;

fn journal() -> &'static Sandbox {
    static MADE: OnceLock<Sandbox> = OnceLock::new();
    MADE.get_or_init(|| {
        let sandbox = Sandbox::new();
        let demo = ["demo", "--headless", "--scenario", "wheat-hurried", "--seconds", "1800"];
        let names = ["--operator", "张三", "--field", "北地块", "--machine-name", "1号机", "--plate", "鲁P12345"];
        sandbox.ok(&[&demo[..], &["--db", "j.sqlite"], &names].concat());
        sandbox
    })
}

fn page(more: &[&str]) -> String {
    let args = ["report", "last", "--db", "j.sqlite", "--format", "html"];
    journal().ok(&[&args[..], more].concat()).out
}

/// The first section of the page.
fn first(page: &str) -> &str {
    let from = page.find("<section").unwrap();
    &page[from..from + page[from..].find("</section>").unwrap()]
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let from = text.find(before).unwrap_or_else(|| panic!("{before}")) + before.len();
    &text[from..from + text[from..].find(after).unwrap()]
}

#[test]
fn page_one_is_one_sentence_with_its_verdict_and_its_reason() {
    let sandbox = journal();
    sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "json", "--out", "f.json"]);
    let totals = &sandbox.json("f.json")["totals"];
    let part = |key: &str| totals["total_loss_pct"][key].as_f64().unwrap();
    // Fifteen mu are a hectare; three digits, as people say them.
    let mu = totals["area_ha"].as_f64().unwrap() * 15.0;
    let zh = page(&["--lang", "zh"]);
    let lead = between(&zh, "<p class=\"lead\">", "</p>").to_owned();
    let mu = if mu >= 10.0 { format!("{mu:.1}") } else { format!("{mu:.2}") };
    assert!(
        lead.starts_with(&format!("小麦 {mu} 亩,损失 {:.2}%({:.2}–{:.2})", part("value"), part("lo"), part("hi"))),
        "{lead}"
    );
    assert!(part("lo") < 1.2 && part("hi") > 1.2, "the case that this test is of");
    // A bell curve of the loss's logarithm over the interval: how likely it is above 1.2 %. The words are those of the screen.
    let half_width = 1.645;
    let (middle, half) = ((part("lo") * part("hi")).sqrt(), 0.5 * (part("hi") / part("lo")).ln());
    let deviations = half_width * (middle / 1.2).ln() / half;
    assert!(deviations > 0.75 && deviations < half_width, "above 1.2 % with 77 to 95 %: the case that this test is of");
    assert!(lead.contains("可能超过限值 1.2%"), "{lead}");
    let en = page(&["--lang", "en"]);
    assert!(between(&en, "<p class=\"lead\">", "</p>").contains("likely above the limit of 1.2 %"));
    let page_one = first(&en);
    for part in [
        "no price set",
        "id=\"map\"",
        "id=\"front-drivers\"",
        "id=\"code\"",
        "Stamp",
        "none taken",
        "<td>likely above</td>",
    ] {
        assert!(page_one.contains(part), "{part}");
    }
    // Every place says the same of a limit: the sentence, the verdicts, the limits further on, and no finding accuses.
    assert!(!page_one.replace("likely above", "").contains("above the limit") && !en.contains("<td>above</td>"));
    let findings = sandbox.ok(&["followup", "findings", "--db", "j.sqlite", "--format", "json", "--lang", "en"]).out;
    assert!(!findings.contains("above the limit"), "{findings}");
    // A limit in the middle is passed as likely as not.
    let even = format!("{middle:.2}");
    let zh = page(&["--lang", "zh", "--limit", &even]);
    let lead = between(&zh, "<p class=\"lead\">", "</p>");
    assert!(lead.contains(&format!("因没有取样,不能按限值 {even}% 判定")), "{lead}");
    let en = page(&["--lang", "en", "--limit", &even]);
    let lead = between(&en, "<p class=\"lead\">", "</p>");
    assert!(lead.contains(&format!("cannot be judged against {even} % because no pan was taken")), "{lead}");
    assert!(first(&en).contains("<td>cannot tell</td>"), "{}", first(&en));
    // With a limit below the whole interval it is above, and a finding says so.
    let low = ((part("lo") * 50.0).round() / 100.0).to_string();
    let above = page(&["--lang", "en", "--limit", &low]);
    let lead = between(&above, "<p class=\"lead\">", "</p>");
    assert!(lead.contains(&format!("above the limit of {low} %")), "{lead}");
}

#[test]
fn the_kilograms_of_page_one_add_up() {
    let en = page(&["--lang", "en"]);
    let kg = |name: &str| -> f64 {
        let row = between(first(&en), &format!("<th>{name}"), "</td>");
        let value = row.rsplit("<td>").next().unwrap().split(' ').next().unwrap();
        value.parse().unwrap_or_else(|_| panic!("{row}"))
    };
    let (header, rear, total) = (kg("Loss at the header"), kg("Loss behind"), kg("Total loss"));
    assert!((header + rear - total).abs() < 1e-9, "{header} + {rear} = {total}");
}

#[test]
fn the_settings_are_those_that_a_hand_moved() {
    // No setting is touched in this scenario; reel, fan and drum move all the time.
    let sandbox = journal();
    let db = rusqlite::Connection::open(sandbox.path("j.sqlite")).unwrap();
    let moved: i64 = db.query_row("SELECT count(*) FROM setting", [], |row| row.get(0)).unwrap();
    assert!(moved > 50, "{moved}");
    let zh = page(&["--lang", "zh"]);
    let section = between(&zh, "<section id=\"settings-1\"", "</section>");
    assert!(!section.contains("<tr>") && section.contains("未改动") && section.contains("凹板间隙 16 mm"), "{section}");
}

#[test]
fn a_ticket_and_page_one_name_nobody_without_consent() {
    for more in [&["--ticket"][..], &[]] {
        let open = page(&[more, &["--lang", "zh"]].concat());
        for name in ["张三", "北地块", "1号机", "鲁P12345"] {
            assert!(open.contains(name), "{name}");
        }
        let redacted = page(&[more, &["--lang", "zh", "--redact"]].concat());
        for name in ["张三", "北地块", "1号机", "12345"] {
            assert!(!redacted.contains(name), "{name} {more:?}");
        }
    }
    let ticket = page(&["--ticket", "--lang", "zh"]);
    assert!(ticket.contains("机收作业单") && !ticket.contains("附件") && ticket.matches("<section").count() == 1);
    journal()
        .refused(&["report", "1", "--db", "j.sqlite", "--format", "xlsx", "--ticket"], &["--ticket", "html or pdf"]);
}
