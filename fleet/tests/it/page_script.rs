//! The page's script adds up and judges as the cab does. Needs Node.js; without it the test says so.

use std::process::Command;

use grainloss_core::harvest::Interval90;
use grainloss_knowledge::limits;

/// What the script prints for this expression, with its functions as `p`; `None` without Node.js.
fn node(expression: &str) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page/page.js");
    let program = format!("const p = require('{script}'); console.log(JSON.stringify({expression}));");
    let ran = match Command::new("node").args(["-e", &program]).output() {
        Ok(ran) => ran,
        Err(error) => {
            eprintln!("SKIPPED: node: {error}");
            return None;
        }
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8(ran.stdout).unwrap().trim().to_owned())
}

#[test]
fn a_verdict_is_that_of_the_cab() {
    let mut limit = limits("wheat").unwrap().into_iter().next().unwrap();
    limit.percent = 1.2;
    let mut cases = Vec::new();
    let mut expected = Vec::new();
    for lo in [0.0_f64, 0.1, 0.5, 0.9, 1.0, 1.19, 1.2, 1.21, 2.0] {
        for width in [1.0_f64, 1.05, 1.2, 1.44, 1.8, 2.5, 6.0, 40.0] {
            let (value, hi) = (lo * width * 0.5 + 0.5 * lo, (lo * width).max(0.05));
            cases.push(format!("p.verdict({{value:{value},lo:{lo},hi:{hi}}},1.2)"));
            expected.push(limit.verdict(Interval90 { value, lo, hi }).word());
        }
    }
    let Some(found) = node(&format!("[{}]", cases.join(","))) else { return };
    assert_eq!(found, format!("{expected:?}").replace(", ", ","));
}

#[test]
fn sums_leave_out_what_is_unknown_and_crops_limits_are_not_mixed() {
    // 9,000 kg with 90 kg lost are 1 %; a session with an unknown loss adds to the grain, and not to the per cent.
    let known = "{device:'a',limit_ppm:12000,sessions:1,sessions_known:1,grain_g:9000000,known_grain_g:9000000,loss_dg:900000,loss_lo_dg:450000,loss_hi_dg:1800000}";
    let unknown = "{device:'b',limit_ppm:12000,sessions:1,sessions_known:0,grain_g:5000000,known_grain_g:null,loss_dg:null,loss_lo_dg:null,loss_hi_dg:null}";
    let of = |rows: &str| format!("(s => [s.grain_g, p.percent(s), p.limitOf(s), s.machines.size])(p.sums([{rows}]))");
    let Some(found) = node(&of(&format!("{known},{unknown}"))) else { return };
    assert_eq!(found, r#"[14000000,{"value":1,"lo":0.5,"hi":2},1.2,2]"#);
    assert_eq!(node(&of(unknown)).unwrap(), "[5000000,null,1.2,1]");
    let other = known.replace("12000", "20000");
    assert_eq!(node(&of(&format!("{known},{other}"))).unwrap(), r#"[18000000,{"value":1,"lo":0.5,"hi":2},null,1]"#);
}
