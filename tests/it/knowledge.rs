//! The data files: crops, limits, rules and words are whole; a user's own file takes an embedded one's place; a wrong
//! line in one of them, or in a machine profile, is named with its file and number.

use std::path::Path;
use std::process::{Command, Output};

use grainloss_can::Database;
use grainloss_core::advice::{AlarmId, Excess, LoadBasis, NextStep, Suppression, Verdict, setting_names};
use grainloss_core::data_file::FileError;
use grainloss_core::harvest::{Activity, Basis, Interval90, Stream};
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_core::machine::{Channel, Profile, ReadingState};
use grainloss_knowledge::profiles;
use grainloss_knowledge::{Guide, Lang, LimitComparison, ModeChoice, Rules, Words};
use tempfile::TempDir;

fn table(text: &str) -> toml::Table {
    text.parse().unwrap()
}

fn crops() -> toml::Table {
    table(include_str!("../../knowledge/crops.toml"))
}

fn limits() -> Vec<toml::Value> {
    table(include_str!("../../knowledge/limits.toml"))["limit"].as_array().unwrap().clone()
}

#[test]
fn every_crop_loads_with_figures_in_si_units() {
    for name in crops().keys() {
        let entry = grainloss_knowledge::crop(name).unwrap();
        let crop = entry.model(None, None);
        // From canola (3.7 g a thousand) to maize (302 g), in kg; yields of 1 to 15 t/ha in kg/m².
        assert!((3e-6..4e-4).contains(&crop.kernel_mass_kg), "{name}: {crop:?}");
        assert!((0.1..1.5).contains(&crop.yield_kg_m2), "{name}: {crop:?}");
        assert!((0.3..3.0).contains(&crop.straw_to_grain), "{name}");
        for share in [crop.header_loss, crop.separation_loss, crop.cleaning_loss] {
            assert!(share > 0.0 && share < 0.1, "{name}: {share}");
        }
        for source in
            [&entry.kernel_mass_source, &entry.yield_source, &entry.loss_source, &entry.name.zh, &entry.name.en]
        {
            assert!(!source.trim().is_empty(), "{name}");
        }
    }
    // A thousand kernels of 45 g: 45 mg each. 7000 kg/ha on 10000 m².
    let wheat = grainloss_knowledge::crop("wheat").unwrap();
    let own = wheat.model(Some(8400.0), Some(38.0));
    let usual = wheat.model(None, None);
    assert!((usual.kernel_mass_kg - 45e-6).abs() < 1e-12 && (usual.yield_kg_m2 - 0.7).abs() < 1e-12);
    assert!((own.kernel_mass_kg - 38e-6).abs() < 1e-12 && (own.yield_kg_m2 - 0.84).abs() < 1e-12);
    assert!(own.yield_is_measured && !usual.yield_is_measured);
    let unknown = grainloss_knowledge::crop("spelt").unwrap_err().to_string();
    assert!(unknown.contains("spelt") && unknown.contains("wheat") && unknown.contains("canola"), "{unknown}");
}

#[test]
fn the_default_limit_of_a_crop_is_a_limit_for_it() {
    for name in crops().keys() {
        let entry = grainloss_knowledge::crop(name).unwrap();
        let limit = grainloss_knowledge::limit(None, name, &entry).unwrap().expect(name);
        assert_eq!(Some(&limit.id), entry.default_limit.as_ref(), "{name}");
        assert_eq!((limit.crop.as_str(), limit.mode), (name.as_str(), entry.modes.first().copied()));
        // Each way of harvest has a limit of its own, and no figure that is only remembered is one.
        for mode in &entry.modes {
            let choice = ModeChoice { asked: Some(*mode), machine: &[] };
            let limit = grainloss_knowledge::limit_of_mode(None, choice, name, &entry).unwrap().expect(name);
            assert_eq!(limit.mode, Some(*mode), "{name}");
        }
        for recalled in grainloss_knowledge::recalled(name).unwrap() {
            assert!(recalled.mode.is_none_or(|mode| entry.modes.contains(&mode)), "{recalled:?}");
        }
    }
    let of = |crop: &str, asked: Option<HarvestMode>, machine: &[HarvestMode]| {
        let entry = grainloss_knowledge::crop(crop).unwrap();
        grainloss_knowledge::limit_of_mode(None, ModeChoice { asked, machine }, crop, &entry)
            .map(|l| l.unwrap().percent)
    };
    // A half-feed machine is judged by its own limit in rice, and by the usual one in wheat; what is asked for goes first.
    assert_eq!(of("rice", None, &[HarvestMode::HalfFeed]).unwrap(), 2.5);
    assert_eq!(of("rice", Some(HarvestMode::FullFeed), &[HarvestMode::HalfFeed]).unwrap(), 3.5);
    assert_eq!(of("wheat", None, &[HarvestMode::HalfFeed]).unwrap(), 1.2);
    assert_eq!(of("maize", Some(HarvestMode::Ear), &[]).unwrap(), 3.5);
    assert_eq!(of("canola", Some(HarvestMode::PickUp), &[]).unwrap(), 6.0);
    let refused = of("maize", Some(HarvestMode::HalfFeed), &[]).unwrap_err().to_string();
    assert!(refused.contains("--mode half-feed") && refused.contains("expected grain, ear"), "{refused}");
    let wheat = grainloss_knowledge::crop("wheat").unwrap();
    assert_eq!(grainloss_knowledge::limit(None, "wheat", &wheat).unwrap().unwrap().id, "cn.wheat.guidance_1p2");
}

#[test]
fn every_limit_has_a_source_and_wheat_has_its_three() {
    let mut of_wheat = Vec::new();
    for entry in limits() {
        let (id, crop) = (entry["id"].as_str().unwrap(), entry["crop"].as_str().unwrap());
        let limit =
            grainloss_knowledge::limit(Some(id), crop, &grainloss_knowledge::crop(crop).unwrap()).unwrap().unwrap();
        assert!(limit.source.len() > 20 && limit.percent > 0.0 && limit.percent <= 10.0, "{limit:?}");
        assert!(!limit.name.get(Lang::Zh).is_empty() && limit.name.get(Lang::En).is_ascii(), "{limit:?}");
        if crop == "wheat" {
            of_wheat.push(limit.percent);
        }
    }
    // Industry standard, national guidance of 2025, Shandong's target for 2025.
    assert_eq!(of_wheat, [2.0, 1.2, 1.0]);
}

#[test]
fn a_limit_of_ones_own_is_a_number_of_per_cent() {
    let wheat = grainloss_knowledge::crop("wheat").unwrap();
    let own = grainloss_knowledge::limit(Some("1.5"), "wheat", &wheat).unwrap().unwrap();
    assert_eq!((own.percent, own.id.as_str(), own.crop.as_str()), (1.5, "own", "wheat"));
    assert!(!own.source.is_empty() && own.name.zh.contains("1.5") && own.name.en.contains("1.5"));
    for (asked, said) in [("0", "50"), ("-1", "50"), ("51", "50"), ("nan", "50"), ("inf", "50")] {
        let error = grainloss_knowledge::limit(Some(asked), "wheat", &wheat).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("--limit"), "{asked}: {error}");
    }
    let unknown = grainloss_knowledge::limit(Some("2pct"), "wheat", &wheat).unwrap_err().to_string();
    assert!(unknown.contains("2pct") && unknown.contains("cn.wheat.industry_2pct"), "{unknown}");
    let other = grainloss_knowledge::limit(Some("cn.rice.full_feed"), "wheat", &wheat).unwrap_err().to_string();
    assert!(other.contains("rice") && other.contains("wheat"), "{other}");
}

#[test]
fn every_next_step_has_a_sourced_rule_in_every_crop() {
    for crop in crops().keys() {
        let rules = Rules::load(crop).unwrap();
        for step in NextStep::ALL {
            let rule = rules.get(step).unwrap();
            assert!(rule.step == step && rule.source.len() > 20, "{crop} {}", step.word());
            assert!(rule.crops.is_empty() || rule.crops.contains(crop), "{crop} {}", step.word());
        }
    }
    let separation = |crop: &str| Rules::load(crop).unwrap().get(NextStep::CheckSeparation).unwrap().clone();
    let wheat = separation("wheat");
    assert!(wheat.disagree.unwrap().contains("slow down first"), "who disagrees is told, too");
    assert_eq!(wheat.adjust[0].setting, Some(Channel::ConcaveClearance));
    assert_eq!(separation("canola").crops, ["canola"], "a crop's own rule goes first");
}

#[test]
fn every_crop_of_a_rule_is_a_crop() {
    for file in [
        include_str!("../../knowledge/advice/operator.toml"),
        include_str!("../../knowledge/advice/machine.toml"),
        include_str!("../../knowledge/advice/measuring.toml"),
    ] {
        for rule in table(file)["rule"].as_array().unwrap() {
            for crop in rule.get("crops").and_then(|crops| crops.as_array()).into_iter().flatten() {
                assert!(crops().contains_key(crop.as_str().unwrap()), "{crop}");
            }
        }
    }
}

#[test]
fn a_price_is_the_users_own_or_unknown() {
    assert_eq!(Guide::load("wheat").unwrap().economy, None);
    let own = "[wheat]\ncurrency = \"CNY\"\nprice_per_kg = 2.4\nprice_source = \"mill\"\ncost_per_h = 300.0\n\
        cost_source = \"contractor\"\n";
    let read = replay_with("advice/economy.toml", own, &[]);
    assert_eq!(read.status.code(), Some(0), "{}", String::from_utf8_lossy(&read.stderr));
    let unsourced = own.replace("\"mill\"", "\"\"");
    assert_refused(&replay_with("advice/economy.toml", &unsourced, &[]), &["knowledge/advice/economy.toml:4: "]);
}

#[test]
fn a_loss_stands_under_or_over_a_limit_with_its_whole_interval() {
    use LimitComparison::{Over, Undecided, Under};
    let standings = |lo, value, hi| {
        let limits = grainloss_knowledge::limits("wheat").unwrap();
        limits.iter().map(|limit| limit.compare(Interval90 { value, lo, hi })).collect::<Vec<_>>()
    };
    // Against 2.0, 1.2 and 1.0 %.
    assert_eq!(standings(0.5, 0.7, 0.9), [Under; 3]);
    assert_eq!(standings(1.05, 1.3, 1.9), [Under, Undecided, Over]);
    assert_eq!(standings(2.1, 3.0, 4.0), [Over; 3]);
}

#[test]
fn every_state_that_is_shown_has_its_words_in_both_languages() {
    let states = [
        ReadingState::NotMapped,
        ReadingState::NeverSeen,
        ReadingState::Valid,
        ReadingState::NotAvailable,
        ReadingState::Error,
        ReadingState::NotCalibrated,
        ReadingState::Stale,
        ReadingState::Implausible,
    ];
    let activities = [Activity::Stopped, Activity::Transport, Activity::Cutting, Activity::Turning];
    let bases = [Basis::ModelOnly, Basis::Sensed, Basis::Calibrated, Basis::Fault];
    let streams = [Stream::Header, Stream::Separation, Stream::Cleaning];
    let settings = setting_names();
    let keys = (NextStep::ALL.map(|step| format!("next-{}", step.word())).into_iter())
        .chain(Suppression::ALL.map(|why| format!("suppressed-{}", why.word())))
        .chain(states.map(|state| format!("state-{}", state.word())))
        .chain(activities.map(|activity| format!("activity-{}", activity.word())))
        .chain(bases.map(|basis| format!("basis-{}", basis.word())))
        .chain(streams.map(|stream| format!("stream-{}", stream.word())))
        .chain(["activity-unknown", "unknown", "mark-lugging", "mark-turning-cut"].map(str::to_owned))
        .chain(AlarmId::all().filter(|id| *id != AlarmId::LossLevel).map(|id| format!("alarm-{}", id.word())))
        .chain(Excess::ALL.map(|excess| format!("alarm-loss-level-{}", excess.word())))
        .chain(Excess::ALL.map(|excess| format!("report-alarm-loss-level-{}", excess.word())))
        .chain(Excess::ALL.map(|excess| format!("excess-{}", excess.word())))
        .chain(streams.map(|stream| format!("next-take-pan-{}", stream.word())))
        .chain([LoadBasis::Learned, LoadBasis::Stated].map(|basis| format!("speed-basis-{}", basis.word())))
        .chain(
            ["check-header", "check-separation", "check-cleaning", "slow-down"].map(|step| format!("goal-what-{step}")),
        )
        .chain(settings.split(", ").map(|name| format!("goal-{}", name.replace('.', "-"))))
        .chain(["alarm-notice", "goal-ground-speed", "goal-now", "speed-basis-none"].map(str::to_owned))
        .chain(Verdict::ALL.map(|verdict| format!("change-{}", verdict.word())))
        .chain([1, 2, 3].map(|level| format!("alarm-level-{level}")));
    let (zh, en) = (Words::new(Lang::Zh), Words::new(Lang::En));
    for key in keys {
        assert!(zh.has(&key) && en.has(&key), "{key}");
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(is_chinese(&zh.get(&key)) && !is_chinese(&en.get(&key)), "{key}: {} {}", zh.get(&key), en.get(&key));
    }
    assert_eq!(zh.get("no-such-key"), "no-such-key");
}

/// Replays a log of one frame with this file in the user's knowledge folder.
fn replay_with(name: &str, text: &str, more: &[&str]) -> Output {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("grainloss/knowledge");
    std::fs::create_dir_all(folder.join("advice")).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
    let log = home.path().join("one.log");
    std::fs::write(&log, "(1749520800.000000) can0 0CF00400#F0FFFF401FFFFFFF\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
    command.env("XDG_CONFIG_HOME", home.path()).env("HOME", home.path()).env("XDG_STATE_HOME", home.path());
    command.arg("--lang").arg("en").arg("replay").arg(&log).args(["--machine", "combine-demo", "--crop", "wheat"]);
    command.args(more).output().unwrap()
}

fn assert_refused(output: &Output, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{words:?}: {text}");
}

const OWN_LIMIT: &str = "[[limit]]\nid = \"club\"\ncrop = \"wheat\"\npercent = 0.7\n\
    name = { zh = \"社\", en = \"club\" }\nsource = \"our machinery club\"\n";

#[test]
fn a_users_own_limits_take_the_place_of_the_embedded_ones() {
    let own = replay_with("limits.toml", OWN_LIMIT, &["--limit", "club"]);
    assert_eq!(own.status.code(), Some(0), "{}", String::from_utf8_lossy(&own.stderr));
    let embedded = replay_with("limits.toml", OWN_LIMIT, &["--limit", "cn.wheat.industry_2pct"]);
    assert_refused(&embedded, &["cn.wheat.industry_2pct", "club"]);
}

#[test]
fn a_broken_own_file_names_its_line() {
    let typo = OWN_LIMIT.replace("percent = 0.7", "percent = often");
    assert_refused(&replay_with("limits.toml", &typo, &[]), &["knowledge/limits.toml:4: "]);
    let unknown = OWN_LIMIT.replace("source =", "sauce =");
    assert_refused(&replay_with("limits.toml", &unknown, &[]), &["knowledge/limits.toml:6: ", "sauce"]);
    let rules = include_str!("../../knowledge/advice/measuring.toml");
    let misnamed = rules.replace("step = \"take-pan\"", "step = \"take-pans\"");
    assert_refused(&replay_with("advice/measuring.toml", &misnamed, &[]), &["advice/measuring.toml:", "take-pans"]);
    let missing = rules.replace("step = \"take-pan\"", "step = \"compare\"");
    assert_refused(&replay_with("advice/measuring.toml", &missing, &[]), &["knowledge/advice", "take-pan"]);
    let settings = include_str!("../../knowledge/advice/machine.toml").replacen("fan.speed", "fan.sped", 1);
    assert_refused(&replay_with("advice/machine.toml", &settings, &[]), &["advice/machine.toml:", "fan.sped"]);
    // A goal with its ends the wrong way round, or of another setting.
    let machine = include_str!("../../knowledge/advice/machine.toml");
    for (right, wrong) in
        [("low = 1.1, high", "low = 1.3, high"), ("goal = { at_most = 0.15 }", "goal = { speed = -0.1 }")]
    {
        let rules = machine.replacen(right, wrong, 1);
        assert_ne!(rules, machine);
        let refused = replay_with("advice/machine.toml", &rules, &[]);
        assert_refused(&refused, &["advice/machine.toml:", "does not fit its setting; expected reel_index"]);
    }
    assert_refused(&replay_with("crops.toml", "[wheat]\nname = 1\n", &[]), &["knowledge/crops.toml:2: "]);
}

#[test]
fn own_figures_that_make_no_sense_are_refused() {
    let crops = include_str!("../../knowledge/crops.toml");
    for (figure, wrong) in [
        ("straw_to_grain = 1.0", "straw_to_grain = 0.0"),
        ("kernel_mass_g_1000 = 45.0", "kernel_mass_g_1000 = -45.0"),
        ("yield_kg_ha = 7000.0", "yield_kg_ha = nan"),
        ("header_loss = 0.0075", "header_loss = 5.0"),
    ] {
        let name = wrong.split(' ').next().unwrap();
        let output = replay_with("crops.toml", &crops.replacen(figure, wrong, 1), &[]);
        assert_refused(&output, &["knowledge/crops.toml", name]);
    }
    assert_refused(&replay_with("limits.toml", &OWN_LIMIT.replace("0.7", "-0.7"), &["--limit", "club"]), &["percent"]);
}

/// Eight lines; what a test adds begins on line 9.
const HEAD: &str = "name = \"own\"\ndbc = \"combine-demo\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
    rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n# a line of its own\n";

fn load(folder: &Path, profile: &str) -> Result<Profile, FileError> {
    let path = folder.join("own.toml");
    std::fs::write(&path, profile).unwrap();
    profiles::load(path.to_str().unwrap())
}

fn refused(profile: &str) -> FileError {
    let folder = TempDir::new().unwrap();
    load(folder.path(), profile).map(|_| ()).expect_err(profile)
}

#[test]
fn a_wrong_channel_is_named_with_its_line_and_what_to_do() {
    let speed = "signal = \"MSS.MachineSelectedSpeed\"";
    let plate = "signal = \"LOSS_CNT.LossCountSepLeft\"";
    let channel = |name: &str, source: &str| format!("[[channel]]\nname = \"{name}\"\nsources = [{{ {source} }}]\n");
    let cases = [
        (channel("ground.sped", speed), 10, vec!["ground.sped", "ground.speed", "header.height"]),
        (
            channel("ground.speed", speed) + &channel("ground.speed", speed),
            13,
            vec!["ground.speed", "twice", "one list"],
        ),
        (channel("header.height", speed), 11, vec!["header.height", "'m/s'", "mm"]),
        (channel("ground.speed", "signal = \"MSS.Speed\""), 11, vec!["MSS", "'Speed'", "MachineSelectedSpeed"]),
        (channel("ground.speed", "signal = \"MSX.Speed\""), 11, vec!["MSX", "combine-demo.dbc"]),
        (channel("ground.speed", "signal = \"Speed\""), 11, vec!["Speed", "MESSAGE.Signal"]),
        (channel("ground.speed", &format!("{speed}, status = \"MSS.No\"")), 11, vec!["'No'", "MSS"]),
        (channel("loss.separation_left", &format!("{plate}, counter_modulus = 0")), 11, vec!["counter_modulus", "0"]),
        (channel("ground.speed", speed) + "plausible = [5.0, 1.0]\n", 12, vec!["plausible", "lowest"]),
        (channel("ground.speed", speed) + "plausible = [nan, 1.0]\n", 12, vec!["plausible", "lowest"]),
        (channel("ground.speed", speed) + "timeout = 5\n", 12, vec!["timeout", "timeout_ms"]),
        (channel("ground.speed", &format!("{speed}, factor = 2")), 11, vec!["factor", "counter_modulus"]),
    ];
    for (channels, line, words) in cases {
        let error = refused(&format!("{HEAD}{channels}"));
        assert!(error.file.ends_with("own.toml") && error.line == Some(line), "line {line} expected: {error}");
        assert!(words.iter().all(|word| error.problem.contains(word)), "{words:?}: {error}");
    }
}

#[test]
fn a_measure_out_of_range_is_named_with_the_range() {
    for (right, wrong, words) in [
        ("header_width_m = 2.75", "header_width_m = 275.0", ["header_width_m", "275", "20"]),
        ("discharge_width_m = 1.3", "discharge_width_m = 0.0", ["discharge_width_m", "0", "0.3"]),
        ("rated_feed_kg_s = 8.0", "rated_feed_kg_s = nan", ["rated_feed_kg_s", "NaN", "60"]),
        ("rated_engine_rpm = 2200.0", "rated_engine_rpm = -1.0", ["rated_engine_rpm", "-1", "500"]),
        ("dbc = \"combine-demo\"", "dbc = \"no.dbc\"", ["no.dbc", "bundled", "dbc"]),
    ] {
        let error = refused(&HEAD.replace(right, wrong));
        assert!(error.line.is_some_and(|line| (2..=8).contains(&line)), "{error}");
        assert!(words.iter().all(|word| error.problem.contains(word)), "{words:?}: {error}");
    }
    let plates = "[loss_plates]\narea_share = 5.0\ndetection_share = 0.6\ndead_time_s = 0.0025\n";
    let error = refused(&format!("{HEAD}{plates}"));
    assert!(error.problem.contains("area_share") && error.line.is_some_and(|line| line >= 9), "{error}");
}

#[test]
fn a_wrong_database_is_named_with_its_own_line() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("own.dbc"), "VERSION \"\"\n\nBO_ 5000 M: 8 X\n").unwrap();
    let error = load(folder.path(), &HEAD.replace("combine-demo", "own.dbc")).unwrap_err();
    assert!(error.file.ends_with("own.dbc") && error.line == Some(3) && error.problem.contains('M'), "{error}");
}

#[test]
fn a_period_of_any_length_does_no_harm() {
    let folder = TempDir::new().unwrap();
    let text = Database::bundled_text("combine-demo").unwrap();
    let text = text.replace("BO_ 2364547824 100;", "BO_ 2364547824 2000000000;");
    std::fs::write(folder.path().join("own.dbc"), text).unwrap();
    let channel = "[[channel]]\nname = \"ground.speed\"\nsources = [{ signal = \"MSS.MachineSelectedSpeed\" }]\n";
    assert!(load(folder.path(), &(HEAD.replace("combine-demo", "own.dbc") + channel)).is_ok());
}

#[test]
fn the_list_of_limits_names_documents_and_says_what_is_only_remembered() {
    let list = |lang: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_grainloss")).args(["--lang", lang, "limits"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let (zh, en) = (list("zh"), list("en"));
    let (limits, recalled) = zh.split_once("不作限值").unwrap();
    for id in [
        "cn.wheat.guidance_1p2*",
        "cn.rice.full_feed*",
        "cn.rice.half_feed",
        "cn.corn.grain_2008*",
        "cn.soy.sheet_3pct*",
    ] {
        assert!(limits.contains(id), "{id}: {zh}");
    }
    assert!(limits.contains("借用其他作物") && limits.contains("15 cm") && !limits.contains("NY/T 738-2020"), "{zh}");
    assert!(recalled.contains("NY/T 738-2020") && recalled.contains("GB/T 21962-2020"), "{zh}");
    assert!(en.contains("another crop's") && en.contains("half-feed"), "{en}");
}
