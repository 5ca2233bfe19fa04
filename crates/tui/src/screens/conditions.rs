//! What the crop is like, by two keys: how it stands, whether it is wet or weedy, and the slope; and what that calls for.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::tap::Tap;
use grainloss_core::advice::NextStep;
use grainloss_core::crop_conditions::{CropConditions, Lie, Stand, Travel};
use grainloss_core::machine::Channel;
use grainloss_protocol::command::OperatorCommand;

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let KeyCode::Char(digit @ '0'..='9') = key.code else { return false };
    let course_rad = state.snapshot().readings.value(Channel::GroundCourse);
    let crop = changed(state.crop_said(), digit, course_rad);
    if crop != state.crop_said() {
        state.pending_crop = Some(crop);
        state.ask(Effect::Send(OperatorCommand::Conditions(crop)));
    }
    true
}

/// What is said after this digit: a stand, which a second press takes back, or the next answer. `course_rad` is where the
/// machine drives now: what lies as it drives, or against it, needs that.
fn changed(crop: CropConditions, digit: char, course_rad: Option<f64>) -> CropConditions {
    let next = |answer: Option<bool>| match answer {
        None => Some(true),
        Some(true) => Some(false),
        Some(false) => None,
    };
    let stand = |stand: Stand| {
        let said = (crop.stand != Some(stand)).then_some(stand);
        // What stands points nowhere.
        CropConditions { stand: said, lie: crop.lie.filter(|_| lies(said)), ..crop }
    };
    let course = course_rad.and_then(Lie::of_course);
    match digit {
        '0' => CropConditions::UNKNOWN,
        '1' => stand(Stand::Standing),
        '2' => stand(Stand::Leaning),
        '3' => stand(Stand::Lodged),
        '4' => CropConditions { wet: next(crop.wet), ..crop },
        '5' => CropConditions { weedy: next(crop.weedy), ..crop },
        '6' => CropConditions { slope: next(crop.slope), ..crop },
        '7' if lies(crop.stand) => CropConditions { lie: next_point(crop.lie), ..crop },
        '8' if lies(crop.stand) => CropConditions { lie: course.or(crop.lie), ..crop },
        '9' if lies(crop.stand) => CropConditions { lie: course.map(Lie::opposite).or(crop.lie), ..crop },
        _ => crop,
    }
}

/// Something that points somewhere.
const fn lies(stand: Option<Stand>) -> bool {
    matches!(stand, Some(Stand::Lodged | Stand::Leaning))
}

/// The next of the eight points of the compass from north on, and behind the last "not known".
fn next_point(lie: Option<Lie>) -> Option<Lie> {
    match lie {
        None => Lie::new(0),
        Some(lie) if lie.point() == 7 => None,
        Some(lie) => Lie::new((lie.point() + 1) * 45),
    }
}

/// Which way it lies, and how the machine drives to it now.
fn lie_text(crop: CropConditions, view: &View<'_>) -> String {
    let not_said = || view.word("conditions-not-said");
    let lie = crop.lie.map_or_else(not_said, |lie| {
        let point = view.word(&format!("compass-{}", lie.point()));
        format!("{point} {}°", lie.deg())
    });
    let travel = crop.travel(view.snapshot.readings.value(Channel::GroundCourse));
    let now = travel.map_or_else(String::new, |travel| {
        view.words.with("conditions-travel-now", &[("travel", &view.word(&format!("travel-{}", travel.word())))])
    });
    view.words.with("conditions-lie", &[("lie", &lie), ("now", &now)])
}

/// The losses of each direction that has any, a line each.
fn by_travel(view: &View<'_>) -> Vec<String> {
    let said = |travel| view.words.travel_loss(travel, view.snapshot.by_travel.of(travel));
    Travel::ALL.into_iter().filter_map(said).collect()
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let crop = view.state.crop_said();
    for (at, stand) in Stand::ALL.into_iter().enumerate() {
        let is_so = crop.stand == Some(stand);
        let mark = if is_so { "▶" } else { " " };
        let text = format!("{mark} {}  {}", at + 1, view.word(&format!("crop-said-{}", stand.word())));
        canvas.line(3 + at as u16, &text, if is_so { Role::Value } else { Role::Text });
        canvas.tap_row(3 + at as u16, Tap::digit(at + 1));
    }
    let answers = [("wet", crop.wet), ("weedy", crop.weedy), ("slope", crop.slope)];
    for (row, (what, answer)) in answers.into_iter().enumerate() {
        let answer_key = match answer {
            None => "conditions-not-said",
            Some(true) => "conditions-yes",
            Some(false) => "conditions-no",
        };
        let mark = if answer.is_some() { "▶" } else { " " };
        let what = view.word(&format!("conditions-{what}"));
        let text = format!("{mark} {}  {what}: {}", row + 4, view.word(answer_key));
        canvas.line(6 + row as u16, &text, if answer.is_some() { Role::Value } else { Role::Text });
        canvas.tap_row(6 + row as u16, Tap::digit(row + 4));
    }
    let mut y = 9;
    if lies(crop.stand) {
        let mark = if crop.lie.is_some() { "▶" } else { " " };
        let role = if crop.lie.is_some() { Role::Value } else { Role::Text };
        canvas.line(y, &format!("{mark} 7  {}", lie_text(crop, view)), role);
        canvas.tap_row(y, Tap::digit(7));
        y += 1;
    }
    canvas.line(y, &view.word("conditions-keys"), Role::Label);
    canvas.rule(y + 1, &view.word("conditions-advice"));
    let losses = by_travel(view);
    let first = 22 - losses.len() as u16;
    advice(canvas, y + 2..first, crop, view);
    for (y, loss) in (first..).zip(&losses) {
        canvas.line(y, loss, Role::Value);
    }
}

/// What the crop calls for, with the sources, in these rows.
fn advice(canvas: &mut Canvas<'_>, rows: Range<u16>, crop: CropConditions, view: &View<'_>) {
    let mut y = rows.start;
    let steps = [
        (lies(crop.stand), NextStep::WorkLodged),
        (crop.is_wet(), NextStep::WorkWet),
        (crop.is_weedy(), NextStep::WorkWeedy),
        (crop.is_on_slope(), NextStep::WorkSlope),
    ];
    let rules = &view.snapshot.session.guide.rules;
    let rules = steps.into_iter().filter(|(said, _)| *said).filter_map(|(_, step)| rules.get(step));
    let lang = view.words.lang;
    let rules: Vec<_> = rules.collect();
    if rules.is_empty() {
        canvas.line(y, &view.word("conditions-none"), Role::Text);
    }
    for adjustment in rules.iter().flat_map(|rule| &rule.adjust) {
        if y >= rows.end {
            return;
        }
        canvas.rest(3, y, adjustment.text.get(lang), Role::Value);
        y += 1;
    }
    // The source of a single one has room; of several, the advice screen shows that of the step at hand.
    if let [rule] = &*rules {
        let source = view.words.with("why-source", &[("source", rule.source_in(lang))]);
        canvas.paragraph(1, y, rows.end.saturating_sub(y), &source, Role::Label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn digits_say_it_and_take_it_back() {
        let press = |course_rad| move |crop, digit| changed(crop, digit, course_rad);
        let on = |course_rad, digits: &str| digits.chars().fold(CropConditions::UNKNOWN, press(course_rad)).words();
        let said = |digits: &str| on(None, digits);
        assert_eq!(said("34"), "lodged wet");
        assert_eq!(said("3445"), "lodged dry weedy");
        assert_eq!(said("3144466"), "standing level");
        assert_eq!((said("33"), said("3450")), (String::new(), String::new()));
        // The way it lies, by the compass or by the course: a quarter round is east.
        assert_eq!(
            (said("3777"), said("377777777"), said("3777777777")),
            ("lodged lie-90".into(), "lodged lie-315".into(), "lodged".into())
        );
        assert_eq!(
            (on(Some(FRAC_PI_2), "38"), on(Some(FRAC_PI_2), "39")),
            ("lodged lie-90".into(), "lodged lie-270".into())
        );
        assert_eq!((said("38"), said("7"), said("371")), ("lodged".into(), String::new(), "standing".into()));
    }
}
