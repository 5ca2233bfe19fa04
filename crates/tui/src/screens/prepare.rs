//! Before the harvest: go or wait, machine matching, check lists.

use crossterm::event::{KeyCode, KeyEvent};

use super::typed_figure::{Typed, figure_line, typing_key};
use crate::app::effect::Effect;
use crate::app::prepare::{Figure, ListForm, PreparePage};
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::flow::Page;
use crate::widgets::tap::Tap;
use grainloss_core::check_result::CheckAnswer;
use grainloss_core::machine::Channel;
use grainloss_core::params::HarvestWindowParams;
use grainloss_knowledge::local_time::short_time;
use grainloss_preparation::{Costs, Ground, Inputs, Matching, Ripeness, StartInputs, card, card_text, start_lines};
use grainloss_protocol::command::{CommandError, OperatorCommand};

/// Mu in a hectare.
const MU_PER_HA: f64 = 15.0;
/// kg/mu in a kg/m².
const KG_MU: f64 = 10_000.0 / MU_PER_HA;
/// The pages before the check lists.
const PAGES: [PreparePage; 2] = [PreparePage::Window, PreparePage::Match];

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    if key_of_text(state, key) {
        return true;
    }
    match key.code {
        KeyCode::Backspace => open_page(state, PreparePage::Menu),
        // Elsewhere they move the lines.
        KeyCode::Down | KeyCode::Up if !matches!(state.prepare.page, PreparePage::List(_)) => return false,
        KeyCode::Down => {
            let list = &mut state.prepare.list;
            list.at = (list.at + 1).min(list.ids.len().max(1) - 1);
        }
        KeyCode::Up => state.prepare.list.at = state.prepare.list.at.saturating_sub(1),
        KeyCode::Enter => keep_list(state),
        KeyCode::Char(digit @ '0'..='9') => {
            // '0' to '9' are digits.
            let number = digit.to_digit(10).unwrap_or(0) as usize;
            match state.prepare.page {
                PreparePage::Menu => open(state, number),
                PreparePage::Window => window_key(state, number),
                PreparePage::Match => {
                    let figures = [Figure::Yield, Figure::Straw, Figure::Width, Figure::Field];
                    if let Some(figure) = number.checked_sub(1).and_then(|at| figures.get(at)) {
                        state.prepare.type_figure(*figure);
                    }
                }
                PreparePage::List(_) => {
                    if let Some(answer) = number.checked_sub(1).and_then(|at| CheckAnswer::ALL.get(at)) {
                        state.prepare.list.answer(*answer);
                    }
                }
            }
        }
        _ => return false,
    }
    true
}

/// A key of the note or the number that is being typed: every character belongs to it.
fn key_of_text(state: &mut State, key: &KeyEvent) -> bool {
    let list = &mut state.prepare.list;
    if let Some(note) = list.note.as_mut().filter(|_| matches!(state.prepare.page, PreparePage::List(_))) {
        match key.code {
            KeyCode::Char(typed) => note.push(typed),
            KeyCode::Backspace => drop(note.pop()),
            KeyCode::Enter | KeyCode::Esc => {
                if key.code == KeyCode::Esc {
                    note.clear();
                }
                if !list.end_note() {
                    let text = state.refused(CommandError::BadName);
                    state.say(text);
                }
            }
            _ => return false,
        }
        return true;
    }
    typing_key(state, key) != Typed::NotForIt
}

fn open_page(state: &mut State, page: PreparePage) {
    state.prepare.page = page;
    state.shown.get_mut().reset();
}

fn open(state: &mut State, number: usize) {
    let Some(at) = number.checked_sub(1) else { return };
    let (crop, mode) = {
        let session = &state.snapshot().session;
        (session.crop_id.clone(), session.limit.as_ref().and_then(|limit| limit.mode))
    };
    if let Some(page) = PAGES.get(at) {
        open_page(state, *page);
        if *page == PreparePage::Window {
            state.ask(Effect::ReadForecast);
        }
    } else if let Some(list) = state.prepare.facts.lists().get(at - PAGES.len()) {
        let items = state.prepare.facts.items(list, &crop, mode);
        let ids = items.iter().map(|item| item.id.clone()).collect();
        state.prepare.list = ListForm::new(ids);
        open_page(state, PreparePage::List(at - PAGES.len()));
    }
}

fn window_key(state: &mut State, number: usize) {
    let prepare = &mut state.prepare;
    match number {
        1 => {
            prepare.ripeness = match prepare.ripeness {
                None => Some(Ripeness::Unripe),
                Some(Ripeness::Unripe) => Some(Ripeness::Ripe),
                Some(Ripeness::Ripe) => Some(Ripeness::Overripe),
                Some(Ripeness::Overripe) => None,
            }
        }
        2 => {
            prepare.wet = match prepare.wet {
                None => Some(true),
                Some(true) => Some(false),
                Some(false) => None,
            }
        }
        3 => {
            prepare.ground = match prepare.ground {
                None => Some(Ground::Firm),
                Some(Ground::Firm) => Some(Ground::Soft),
                Some(Ground::Soft) => Some(Ground::Boggy),
                Some(Ground::Boggy) => None,
            }
        }
        4 => prepare.type_figure(Figure::Drying),
        5 => prepare.type_figure(Figure::Risk),
        _ => {}
    }
}

/// A list that is whole goes to the service.
fn keep_list(state: &mut State) {
    let PreparePage::List(at) = state.prepare.page else { return };
    let (at_us, who) = (state.snapshot().readings.t_us, state.snapshot().session.operator.clone());
    let Some(list) = state.prepare.facts.lists().get(at) else { return };
    let result = state.prepare.list.result(&list.id, at_us, who);
    let next = state.prepare.list.found.iter().position(Option::is_none);
    let missing = next.and_then(|next| list.item(state.prepare.list.ids.get(next)?));
    let missing = missing.map(|item| item.get(state.words().lang).to_owned());
    if let Some(result) = result {
        state.ask(Effect::Send(OperatorCommand::Checklist(result)));
        open_page(state, PreparePage::Menu);
    } else {
        let text = state.words().with("checklist-not-all", &[("item", &missing.unwrap_or_default())]);
        state.prepare.list.at = next.unwrap_or(0);
        state.say(text);
    }
}

pub(crate) fn page(view: &View<'_>) -> Page {
    match view.state.prepare.page {
        PreparePage::Menu => menu(view),
        PreparePage::Window => window(view),
        PreparePage::Match => matching(view),
        PreparePage::List(at) => list(at, view),
    }
}

fn menu(view: &View<'_>) -> Page {
    let mut page = Page::new(view.word("prepare-keys"));
    page.line(view.word("emergency-which"), Role::Label);
    let lists = view.state.prepare.facts.lists().iter().map(|list| list.name.get(view.words.lang).to_owned());
    let names = [view.word("prepare-window"), view.word("prepare-match")].into_iter().chain(lists);
    for (at, name) in names.enumerate() {
        page.line(format!("  {}  {name}", at + 1), Role::Value);
        page.tap(Tap::digit(at + 1));
    }
    page
}

fn moisture_pct(view: &View<'_>) -> Option<f64> {
    view.snapshot.readings.value(Channel::GrainMoisture).map(|share| share * 100.0)
}

fn window(view: &View<'_>) -> Page {
    let prepare = &view.state.prepare;
    let mut page = Page::new(view.word("window-keys"));
    let session = &view.snapshot.session;
    let Some(crop) = prepare.facts.crop(&session.crop_id) else {
        page.line(view.word("window-no-crop"), Role::Text);
        return page;
    };
    let now_us = view.snapshot.readings.t_us;
    let economy = session.guide.economy.as_ref();
    let forecast = prepare.forecast.as_ref().and_then(|read| read.as_ref().ok());
    let inputs = Inputs {
        crop,
        facts: &prepare.facts,
        now_us,
        moisture_pct: moisture_pct(view),
        ripeness: prepare.ripeness,
        wet: prepare.wet,
        ground: prepare.ground,
        forecast,
        costs: Costs {
            yield_kg_mu: view.yield_kg_m2().map(|kg_m2| kg_m2 * KG_MU),
            drying_per_t: prepare.figure(Figure::Drying),
            price_per_kg: economy.and_then(|economy| economy.figures().price_per_kg),
            risk_pct: prepare.figure(Figure::Risk),
        },
    };
    let currency = view.currency(economy.map_or("CNY", |economy| &*economy.currency));
    let text = card_text(&card(&inputs), &prepare.facts, now_us, &currency, view.words);
    page.line(text.advice, Role::Chosen);
    text.reasons.into_iter().for_each(|reason| page.line(format!("· {reason}"), Role::Value));
    if let Some(missing) = text.missing {
        page.line(missing, Role::Low);
    }
    let said = |key: &str, what: Option<&str>| {
        let what = what.map_or_else(|| view.word("conditions-not-said"), |what| view.word(&format!("window-{what}")));
        view.words.with(&format!("window-said-{key}"), &[("what", &what)])
    };
    let ripe = prepare.ripeness.map(|ripeness| match ripeness {
        Ripeness::Unripe => "ripe-unripe",
        Ripeness::Ripe => "ripe-ripe",
        Ripeness::Overripe => "ripe-overripe",
    });
    let wet = prepare.wet.map(|wet| if wet { "wet-yes" } else { "wet-no" });
    let ground = prepare.ground.map(|ground| match ground {
        Ground::Firm => "ground-firm",
        Ground::Soft => "ground-soft",
        Ground::Boggy => "ground-boggy",
    });
    let parts = [said("ripe", ripe), said("wet", wet), said("ground", ground)];
    page.line(parts.join("  "), Role::Text);
    for (digit, figure) in [(4, Figure::Drying), (5, Figure::Risk)] {
        let (text, role) = figure_line(digit, figure, None, view);
        page.line(text, role);
    }
    text.cost.into_iter().for_each(|cost| page.line(cost, Role::Text));
    let (forecast, role) = match &prepare.forecast {
        None => (view.words.with("window-forecast-none", &[("file", "~/.config/grainloss/forecast.csv")]), Role::Label),
        Some(Ok(forecast)) => {
            let until_us = forecast.hours().last().map_or(now_us, |hour| hour.until_us);
            (view.words.with("window-forecast-until", &[("time", &short_time(until_us, now_us))]), Role::Label)
        }
        Some(Err(why)) => (why.clone(), Role::Low),
    };
    page.line(forecast, role);
    page.line(view.word("window-signs"), Role::Label);
    for sign in &crop.signs {
        let (mark, lang) = (prepare.facts.mark(&sign.source, view.words), view.words.lang);
        page.line(format!("· {}{mark} [{}]", sign.get(lang), prepare.facts.source(&sign.source, lang)), Role::Text);
    }
    for source in &text.sources {
        page.line(view.words.with("window-source", &[("source", source)]), Role::Label);
    }
    page
}

fn matching(view: &View<'_>) -> Page {
    let prepare = &view.state.prepare;
    let mut page = Page::new(view.word("match-keys"));
    let session = &view.snapshot.session;
    let (Some(crop), Ok(entry)) = (prepare.facts.crop(&session.crop_id), grainloss_knowledge::crop(&session.crop_id))
    else {
        page.line(view.word("window-no-crop"), Role::Text);
        return page;
    };
    let measures = &session.measures;
    let straw = prepare.figure(Figure::Straw).unwrap_or_else(|| entry.model(None, None).straw_to_grain);
    let yield_kg_mu = prepare.figure(Figure::Yield).or_else(|| Some(view.yield_kg_m2()? * KG_MU));
    let width_m = prepare.figure(Figure::Width).unwrap_or(measures.header_width_m);
    let matched = yield_kg_mu.and_then(|kg_mu| Matching::new(measures.rated_feed_kg_s, kg_mu, straw).ok());
    let text = |value: Option<f64>, decimals: usize| value.map(|value| format!("{value:.decimals$}"));
    let lines = [
        (1, Figure::Yield, text(yield_kg_mu, 0)),
        (2, Figure::Straw, text(Some(straw), 2)),
        (3, Figure::Width, text(Some(width_m).filter(|m| *m > 0.0), 2)),
        (4, Figure::Field, None),
    ];
    for (digit, figure, default) in lines {
        let (line, role) = figure_line(digit, figure, default, view);
        page.line(line, role);
    }
    if let Some(range) = &crop.straw {
        let ends = [("low", &*range.low.to_string()), ("high", &range.high.to_string())];
        let mark = prepare.facts.mark(&range.source, view.words);
        page.line(format!("{}{mark}", view.words.with("match-straw-range", &ends)), Role::Label);
    }
    let said = view.state.crop_said();
    match matched.filter(|_| width_m > 0.0) {
        None => page.line(view.word("match-unknown-here"), Role::Low),
        Some(_) if said.is_lodged() || said.is_wet() || said.is_weedy() => {
            let what = view.words.crop_said(&said);
            page.line(view.words.with("match-no-target", &[("said", &what)]), Role::Low);
        }
        Some(matched) => {
            let speed = format!("{:.2}", matched.speed_km_h(width_m));
            let (feed, width) = (format!("{}", measures.rated_feed_kg_s), format!("{width_m:.2}"));
            let (yields, straw) = (text(yield_kg_mu, 0).unwrap_or_default(), format!("{straw:.2}"));
            let values =
                [("feed", &*feed), ("width", &width), ("yield", &yields), ("straw", &straw), ("speed", &speed)];
            page.line(view.words.with("match-formula", &values), Role::Text);
            page.line(view.words.with("match-ceiling", &values), Role::Value);
            let efficiency = HarvestWindowParams::DEFAULT.efficiency;
            let ha_h = matched.area_ha_h(efficiency);
            let (ha, mu) = (format!("{ha_h:.2}"), format!("{:.1}", ha_h * MU_PER_HA));
            let values = [("ha", &*ha), ("mu", &mu), ("efficiency", &format!("{:.0}", 100.0 * efficiency))];
            page.line(view.words.with("match-area", &values), Role::Text);
            if let Some(field_mu) = prepare.figure(Figure::Field) {
                let hours = format!("{:.1}", field_mu / MU_PER_HA / ha_h);
                let values = [("field", &*format!("{field_mu}")), ("hours", &hours)];
                page.line(view.words.with("match-hours", &values), Role::Text);
            }
        }
    }
    let inputs = StartInputs { crop, facts: &prepare.facts, moisture_pct: moisture_pct(view), drum_diameter_m: None };
    for (at, line) in start_lines(&inputs, view.words).into_iter().enumerate() {
        page.line(line, if at == 0 { Role::Label } else { Role::Text });
    }
    let source = prepare.facts.source("deere-moisture", view.words.lang);
    page.line(view.words.with("window-source", &[("source", source)]), Role::Label);
    page
}

fn list(at: usize, view: &View<'_>) -> Page {
    let prepare = &view.state.prepare;
    let (form, lang) = (&prepare.list, view.words.lang);
    let mut page = Page::new(view.word("checklist-keys"));
    let Some(list) = prepare.facts.lists().get(at) else { return page };
    page.line(
        format!("{}  {}/{}", list.name.get(lang), form.found.iter().flatten().count(), form.ids.len()),
        Role::Value,
    );
    for (nth, (id, found)) in form.ids.iter().zip(&form.found).enumerate() {
        let name = list.item(id).map_or(&**id, |item| item.get(lang));
        let at_hand = nth == form.at;
        let answer = match found {
            None => String::new(),
            Some((answer, note)) => {
                let note = note.as_deref().map_or_else(String::new, |note| format!(": {note}"));
                format!(" [{}{note}]", view.word(&format!("checklist-answer-{}", answer.word())))
            }
        };
        let role = match (found, at_hand) {
            (_, true) => Role::Value,
            (Some((CheckAnswer::NotOk, _)), _) => Role::Low,
            _ => Role::Text,
        };
        page.line(format!("{} {:>2} {name}{answer}", if at_hand { "▶" } else { " " }, nth + 1), role);
        if at_hand {
            page.focus();
        }
        if let Some(note) = form.note.as_ref().filter(|_| at_hand) {
            page.line(format!("     {}{note}_", view.word("checklist-ask-note")), Role::Chosen);
        }
    }
    page
}
