//! What the labels of a value table say: that there is no value, in whatever words, or an ordinary choice.

use super::codes::State;

/// What a label says of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It names a state in a short form that can mean nothing else, wherever its code lies.
    Plainly(State),
    /// It tells that this is no value, in words that an ordinary choice may hold too ("fault present"): believed at the end
    /// of the codes only.
    Likely(State),
    /// It names a choice: a code of this label is a value.
    Choice,
    /// It says nothing: no letter in it.
    Nothing,
}

/// The whole label, in small letters, words parted by one space.
const PLAIN: [(&str, State); 19] = [
    ("not available", State::NotAvailable),
    ("notavailable", State::NotAvailable),
    ("signal not available", State::NotAvailable),
    ("data not available", State::NotAvailable),
    ("not available or not installed", State::NotAvailable),
    ("not available not installed", State::NotAvailable),
    ("n a", State::NotAvailable),
    ("sna", State::NotAvailable),
    ("不可用", State::NotAvailable),
    ("未安装", State::NotAvailable),
    ("无数据", State::NotAvailable),
    ("error", State::Error),
    ("error indicator", State::Error),
    ("error condition", State::Error),
    ("传感器故障", State::Error),
    ("not calibrated", State::NotCalibrated),
    ("notcalibrated", State::NotCalibrated),
    ("未标定", State::NotCalibrated),
    ("未校准", State::NotCalibrated),
];

/// Parts of a label, in small letters; looked for in this order, in the text with and without its spaces.
const PARTS: [(&str, State); 73] = [
    ("not calibrated", State::NotCalibrated),
    ("uncalibrated", State::NotCalibrated),
    ("未标定", State::NotCalibrated),
    ("未校准", State::NotCalibrated),
    ("not avail", State::NotAvailable),
    ("non avail", State::NotAvailable),
    ("no avail", State::NotAvailable),
    ("unavail", State::NotAvailable),
    ("not install", State::NotAvailable),
    ("not fitted", State::NotAvailable),
    ("not equipped", State::NotAvailable),
    ("not present", State::NotAvailable),
    ("not support", State::NotAvailable),
    ("unsupported", State::NotAvailable),
    ("not applicable", State::NotAvailable),
    ("not implemented", State::NotAvailable),
    ("not connected", State::NotAvailable),
    ("not requested", State::NotAvailable),
    ("not used", State::NotAvailable),
    ("not valid", State::NotAvailable),
    ("not known", State::NotAvailable),
    ("unused", State::NotAvailable),
    ("unknown", State::NotAvailable),
    ("invalid", State::NotAvailable),
    ("no signal", State::NotAvailable),
    ("no data", State::NotAvailable),
    ("no sensor", State::NotAvailable),
    ("no value", State::NotAvailable),
    ("no action", State::NotAvailable),
    ("no request", State::NotAvailable),
    ("no change", State::NotAvailable),
    ("no information", State::NotAvailable),
    ("missing", State::NotAvailable),
    ("dont care", State::NotAvailable),
    ("don t care", State::NotAvailable),
    ("do not care", State::NotAvailable),
    ("nicht verfügbar", State::NotAvailable),
    ("不可用", State::NotAvailable),
    ("不可得", State::NotAvailable),
    ("不支持", State::NotAvailable),
    ("不适用", State::NotAvailable),
    ("不存在", State::NotAvailable),
    ("不关心", State::NotAvailable),
    ("不动作", State::NotAvailable),
    ("无动作", State::NotAvailable),
    ("无请求", State::NotAvailable),
    ("无效", State::NotAvailable),
    ("无信号", State::NotAvailable),
    ("无数据", State::NotAvailable),
    ("无传感器", State::NotAvailable),
    ("未安装", State::NotAvailable),
    ("未装", State::NotAvailable),
    ("未配", State::NotAvailable),
    ("未接", State::NotAvailable),
    ("未知", State::NotAvailable),
    ("未使用", State::NotAvailable),
    ("没有", State::NotAvailable),
    ("缺失", State::NotAvailable),
    ("error", State::Error),
    ("fault", State::Error),
    ("failure", State::Error),
    ("failed", State::Error),
    ("malfunction", State::Error),
    ("defect", State::Error),
    ("fehler", State::Error),
    ("错误", State::Error),
    ("故障", State::Error),
    ("异常", State::Error),
    ("reserv", State::Reserved),
    ("not defined", State::Reserved),
    ("undefined", State::Reserved),
    ("保留", State::Reserved),
    ("未定义", State::Reserved),
];

/// Whole words too short to be looked for inside others.
const WORDS: [(&str, State); 7] = [
    ("na", State::NotAvailable),
    ("sna", State::NotAvailable),
    ("n a", State::NotAvailable),
    ("nan", State::NotAvailable),
    ("err", State::Error),
    ("rsvd", State::Reserved),
    ("spare", State::Reserved),
];

/// Reads a label.
pub(crate) fn said(label: &str) -> Said {
    let words = words(label);
    if !words.chars().any(char::is_alphabetic) || words.starts_with("0x") || words == "ff" || words == "ffff" {
        return Said::Nothing;
    }
    let closed: String = words.split(' ').collect();
    // "NotAvailable", "NOT_AVAILABLE" and "not available" are one.
    let is = |text: &str| words == text || closed == text.split(' ').collect::<String>();
    if let Some((_, state)) = PLAIN.iter().find(|(text, _)| is(text)) {
        return Said::Plainly(*state);
    }
    // "No error" and "无故障" are good news.
    let good = ["noerror", "nofault", "nofailure", "nomalfunction", "notdefective", "无故障", "无错误", "无异常"];
    if good.iter().any(|text| closed.contains(text)) {
        return Said::Choice;
    }
    let holds = |text: &str| words.contains(text) || closed.contains(&text.split(' ').collect::<String>());
    let word = |text: &str| format!(" {words} ").contains(&format!(" {text} "));
    let found = PARTS.iter().find(|(text, _)| holds(text)).or_else(|| WORDS.iter().find(|(text, _)| word(text)));
    found.map_or(Said::Choice, |(_, state)| Said::Likely(*state))
}

/// Small letters, a space for whatever is neither letter nor digit, and between the humps of "NotAvailable".
fn words(label: &str) -> String {
    let mut text = String::with_capacity(label.len() + 8);
    let mut was_small = false;
    for c in label.chars() {
        if c.is_alphanumeric() {
            if was_small && c.is_uppercase() {
                text.push(' ');
            }
            was_small = c.is_lowercase();
            text.extend(c.to_lowercase());
        } else {
            was_small = false;
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        }
    }
    text.trim_end().to_owned()
}

/// The state of a labelled code. `ruled` is the standard's, `is_last` is true of the two highest codes of a message to which
/// no standard applies, `has_unit` of a measured quantity: of eight bits and more it has no choices.
pub(crate) fn labelled_state(label: &str, ruled: State, width: u32, is_last: bool, has_unit: bool) -> State {
    // A flag of one bit has no code to spare.
    if width == 1 {
        return State::Valid;
    }
    match (said(label), ruled) {
        (Said::Plainly(state), _) => state,
        (Said::Likely(state), State::Valid) if is_last && (has_unit || state == State::NotAvailable) => state,
        (Said::Choice, _) if width < 8 || !has_unit => State::Valid,
        (Said::Likely(_) | Said::Choice | Said::Nothing, ruled) => ruled,
    }
}
