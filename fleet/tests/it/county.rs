//! Made-up counties: their parts add up, and two engines agree about them.

use crate::support::SqliteStore;
use grainloss_fleet::county::County;
use grainloss_fleet::engine::{Asked, QUESTIONS, StorePlace, Value, ask};

fn county(seed: u64) -> (tempfile::TempDir, StorePlace, Asked) {
    let folder = tempfile::tempdir().unwrap();
    let county = County { machines: 40, days: 4, seed, seconds_per_day: 600 };
    county.write(folder.path()).unwrap();
    let place = StorePlace::Folder(folder.path().to_owned());
    (folder, place, Asked { now_s: county.end_s(), missing_days: 2, ..Asked::default() })
}

#[test]
fn sqlite_and_the_embedded_engine_agree_on_every_question() {
    for seed in [1, 2] {
        let (_folder, place, asked) = county(seed);
        let sqlite = SqliteStore::of(&place, &asked);
        for question in QUESTIONS {
            let answer = ask(&place, question.sql, &asked).unwrap();
            assert!(!answer.rows.is_empty(), "seed {seed}, {}", question.name);
            assert_eq!(answer.sha256(), sqlite.ask(question.sql).sha256(), "seed {seed}, {}", question.name);
        }
    }
}

#[test]
fn seconds_add_to_their_sessions_exactly() {
    let (_folder, place, asked) = county(4);
    let differing = "SELECT s.session FROM sessions s JOIN (
            SELECT device, session, COUNT(*) AS n, SUM(CASE WHEN state = 'cutting' THEN 1 ELSE 0 END) AS cutting,
              SUM(grain_g) AS grain, SUM(header_loss_dg) AS header, SUM(rear_loss_dg) AS rear, MIN(t_s) AS first, MAX(t_s) AS last
            FROM seconds GROUP BY device, session
        ) x ON x.device = s.device AND x.session = s.session
        WHERE x.n <> s.seconds OR x.cutting <> s.cutting_s OR x.grain <> s.grain_g OR x.first <> s.start_s OR x.last <> s.end_s
          OR x.header <> COALESCE(s.header_loss_dg, 0) OR x.rear <> COALESCE(s.rear_loss_dg, 0)
          OR (s.loss_dg IS NOT NULL AND s.loss_dg <> s.header_loss_dg + s.rear_loss_dg)";
    assert!(ask(&place, differing, &asked).unwrap().rows.is_empty());
    let counts = "SELECT COUNT(*) AS sessions, COUNT(loss_dg) AS known, SUM(1 - counts) AS revised FROM sessions";
    let counts: Vec<i64> = ask(&place, counts, &asked).unwrap().rows[0].iter().filter_map(Value::whole).collect();
    // Forty machines, two of them (7 and 36 of 58) not all days: 38 × 4 + 2 + 0 days of two sessions, and the revised ones.
    assert_eq!(counts[0] - counts[2], 308);
    assert!(counts[1] < counts[0] && counts[2] > 0, "{counts:?}");
}

#[test]
fn the_same_county_has_the_same_bytes_and_another_seed_has_others() {
    let files = |seed| {
        let (folder, _, _) = county(seed);
        let mut found = Vec::new();
        let mut folders = vec![folder.path().to_owned()];
        while let Some(next) = folders.pop() {
            for entry in next.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    found.push((entry.strip_prefix(folder.path()).unwrap().to_owned(), std::fs::read(&entry).unwrap()));
                }
            }
        }
        found.sort();
        found
    };
    assert_eq!(files(5), files(5));
    assert_ne!(files(5), files(6));
}

#[test]
fn a_county_is_not_written_over_a_store() {
    let (folder, _, _) = county(7);
    assert!(County { machines: 1, days: 1, seed: 1, seconds_per_day: 600 }.write(folder.path()).is_err());
}
