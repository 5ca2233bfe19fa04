//! What the crop is like, by two keys: how it stands, whether it is wet or weedy, and the slope; and what that calls for.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use grainloss_core::advice::NextStep;
use grainloss_core::crop_conditions::{CropConditions, Stand};
use grainloss_protocol::command::OperatorCommand;

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let KeyCode::Char(digit @ '0'..='9') = key.code else { return false };
    let crop = changed(state.crop_said(), digit);
    if crop != state.crop_said() {
        state.pending_crop = Some(crop);
        state.ask(Effect::Send(OperatorCommand::Conditions(crop)));
    }
    true
}

/// What is said after this digit: a stand, which a second press takes back, or the next answer.
fn changed(crop: CropConditions, digit: char) -> CropConditions {
    let next = |answer: Option<bool>| match answer {
        None => Some(true),
        Some(true) => Some(false),
        Some(false) => None,
    };
    let stand = |stand: Stand| CropConditions { stand: (crop.stand != Some(stand)).then_some(stand), ..crop };
    match digit {
        '0' => CropConditions::UNKNOWN,
        '1' => stand(Stand::Standing),
        '2' => stand(Stand::Leaning),
        '3' => stand(Stand::Lodged),
        '4' => CropConditions { wet: next(crop.wet), ..crop },
        '5' => CropConditions { weedy: next(crop.weedy), ..crop },
        '6' => CropConditions { slope: next(crop.slope), ..crop },
        _ => crop,
    }
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let crop = view.state.crop_said();
    for (at, stand) in Stand::ALL.into_iter().enumerate() {
        let is_so = crop.stand == Some(stand);
        let mark = if is_so { "▶" } else { " " };
        let text = format!("{mark} {}  {}", at + 1, view.word(&format!("crop-said-{}", stand.word())));
        canvas.line(3 + at as u16, &text, if is_so { Role::Value } else { Role::Text });
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
    }
    canvas.line(9, &view.word("conditions-keys"), Role::Label);
    canvas.rule(10, &view.word("conditions-advice"));
    advice(canvas, 11, crop, view);
}

/// What the crop calls for, with the sources.
fn advice(canvas: &mut Canvas<'_>, mut y: u16, crop: CropConditions, view: &View<'_>) {
    const LAST: u16 = 21;
    let lies = matches!(crop.stand, Some(Stand::Lodged | Stand::Leaning));
    let steps = [
        (lies, NextStep::WorkLodged),
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
        if y > LAST {
            return;
        }
        canvas.rest(3, y, adjustment.text.get(lang), Role::Value);
        y += 1;
    }
    // The source of a single one has room; of several, the advice screen shows that of the step at hand.
    if let [rule] = &*rules {
        let source = view.words.with("why-source", &[("source", rule.source_in(lang))]);
        canvas.paragraph(1, y, (LAST + 1).saturating_sub(y), &source, Role::Label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_say_it_and_take_it_back() {
        let said = |digits: &str| digits.chars().fold(CropConditions::UNKNOWN, changed).words();
        assert_eq!(said("34"), "lodged wet");
        assert_eq!(said("3445"), "lodged dry weedy");
        assert_eq!(said("3144466"), "standing level");
        assert_eq!((said("33"), said("3450")), (String::new(), String::new()));
    }
}
