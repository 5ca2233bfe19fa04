//! What the keys of the guide do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::state::{Choice, Learn, LearnEffect, MarkLine, Page, Prompt, SURE};
use crate::technician::form::Typed;
use crate::technician::steps::Note;
use grainloss_find::Quantity;

/// Longest reading that is typed.
const LONGEST: usize = 12;

pub(super) fn key(learn: &mut Learn, key: &KeyEvent) {
    learn.note = None;
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        if key.code == KeyCode::Char('c') {
            learn.effects.push(LearnEffect::Quit);
        }
        return;
    }
    if typed(learn, key) {
        return;
    }
    let asked = std::mem::take(&mut learn.asks_quit);
    match learn.page {
        Page::Step => step(learn, key, asked),
        Page::Choose => choose(learn, key, asked),
        Page::Form => form(learn, key),
    }
}

/// A key while a reading is typed. False when none is.
fn typed(learn: &mut Learn, key: &KeyEvent) -> bool {
    let Some(prompt) = &mut learn.prompt else { return false };
    match key.code {
        KeyCode::Char(c) if (c.is_ascii_digit() || c == '.') && prompt.text.len() < LONGEST => prompt.text.push(c),
        KeyCode::Char(',' | '。') if prompt.text.len() < LONGEST => prompt.text.push('.'),
        KeyCode::Backspace => drop(prompt.text.pop()),
        KeyCode::Esc => learn.prompt = None,
        KeyCode::Enter => {
            if prompt.text.parse::<f64>().is_ok_and(f64::is_finite) {
                let Prompt { t_us, word, text } = prompt.clone();
                learn.prompt = None;
                learn.effects.push(LearnEffect::Mark(MarkLine { t_us, word, value: text }));
            } else {
                let text = learn.look.word("learn-no-number");
                learn.say(text);
            }
        }
        _ => {}
    }
    true
}

fn step(learn: &mut Learn, key: &KeyEvent, asked: bool) {
    if let KeyCode::Char(digit @ '1'..='9') = key.code {
        return mark(learn, digit as usize - '1' as usize);
    }
    match key.code {
        KeyCode::Char('n') if learn.step + 1 < learn.steps.len() => learn.step += 1,
        KeyCode::Char('n') => learn.page = Page::Choose,
        KeyCode::Char('p') => learn.step = learn.step.saturating_sub(1),
        KeyCode::Char('u') => learn.effects.push(LearnEffect::Undo),
        KeyCode::Char('o') => {
            learn.rows.by_news = !learn.rows.by_news;
            let (traffic, now_us) = learn.deck.shown();
            learn.rows.reorder(traffic, now_us);
        }
        _ => everywhere(learn, key, asked),
    }
}

/// Notes a mark: an event at once, a reading as soon as it is typed, both with the time of the key.
fn mark(learn: &mut Learn, number: usize) {
    let Some((word, note)) = learn.note_of(number) else { return };
    let t_us = learn.deck.now_us();
    if t_us <= 0 {
        let text = learn.look.word("learn-no-frames");
        return learn.say(text);
    }
    match note {
        Note::Event(_) => learn.effects.push(LearnEffect::Mark(MarkLine { t_us, word, value: String::new() })),
        Note::Reading(_) => learn.prompt = Some(Prompt { t_us, word, text: String::new() }),
    }
}

/// Keys of the pages with a list: other pages, the rows, the log.
fn everywhere(learn: &mut Learn, key: &KeyEvent, asked: bool) {
    match key.code {
        KeyCode::Char('c') => open_choices(learn),
        KeyCode::Char('f') => learn.page = Page::Form,
        KeyCode::Char('s') | KeyCode::Esc => learn.page = Page::Step,
        KeyCode::Char('r') => learn.effects.push(LearnEffect::Rank),
        KeyCode::Char('q') if asked => learn.effects.push(LearnEffect::Quit),
        KeyCode::Char('q') => {
            learn.asks_quit = true;
            let text = learn.look.word("learn-quit-again");
            learn.say(text);
        }
        KeyCode::Char(letter @ ('j' | 'k')) => {
            let to = learn.rows.cursor().filter(|_| learn.deck.is_log());
            if to.is_some_and(|cursor| !learn.deck.seek_change(cursor, learn.rows.byte, letter == 'j')) {
                let text = learn.look.word("learn-no-change");
                learn.say(text);
            }
        }
        _ if learn.deck.key(key) => {}
        _ => drop(learn.rows.key(key, &learn.deck)),
    }
}

fn choose(learn: &mut Learn, key: &KeyEvent, asked: bool) {
    let quantity = Quantity::ALL[learn.quantity.min(Quantity::ALL.len() - 1)];
    match key.code {
        KeyCode::Up => learn.quantity = learn.quantity.saturating_sub(1),
        KeyCode::Down => learn.quantity = (learn.quantity + 1).min(Quantity::ALL.len() - 1),
        KeyCode::Char('0') => decide(learn, quantity, Choice::Absent),
        KeyCode::Backspace => learn.choose(quantity, Choice::Open),
        KeyCode::Char(digit @ '1'..='9') => {
            if let Some(offer) = learn.offers(quantity).get(digit as usize - '1' as usize).cloned() {
                decide(learn, quantity, Choice::Field(Box::new(offer)));
            }
        }
        KeyCode::Char('a') => take_sure(learn),
        KeyCode::Char('n') => learn.page = Page::Form,
        KeyCode::Char('p') => learn.page = Page::Step,
        _ => everywhere(learn, key, asked),
    }
}

/// Decides, and goes on to the next quantity.
fn decide(learn: &mut Learn, quantity: Quantity, choice: Choice) {
    learn.choose(quantity, choice);
    learn.quantity = (learn.quantity + 1).min(Quantity::ALL.len() - 1);
}

/// Opens the candidates; from a step at its first quantity that is open.
fn open_choices(learn: &mut Learn) {
    if learn.page == Page::Step
        && let Some(step) = learn.steps.get(learn.step)
        && let Some(first) = step.quantities().find(|quantity| *learn.choice(*quantity) == Choice::Open)
    {
        learn.quantity = Quantity::ALL.iter().position(|quantity| *quantity == first).unwrap_or(0);
    }
    learn.page = Page::Choose;
}

/// Takes the first candidate of each open quantity that is sure enough; never one whose plate is not known.
fn take_sure(learn: &mut Learn) {
    let mut taken = 0;
    for &quantity in Quantity::ALL.iter().filter(|quantity| !quantity.is_loss()) {
        let first = learn.offers(quantity).first().filter(|offer| offer.candidate.score >= SURE).cloned();
        if let Some(first) = first.filter(|_| *learn.choice(quantity) == Choice::Open) {
            learn.choose(quantity, Choice::Field(Box::new(first)));
            taken += 1;
        }
    }
    let text = learn.look.words.with("learn-taken", &[("count", &taken.to_string())]);
    learn.say(text);
}

fn form(learn: &mut Learn, key: &KeyEvent) {
    if key.code == KeyCode::Esc {
        learn.page = Page::Choose;
        return;
    }
    match learn.form.key(key) {
        Typed::Height(place) => {
            learn.form.raw[place] = learn.height_raw();
            if learn.form.raw[place].is_none() {
                learn.form.at = Learn::height_line(place);
                let text = learn.look.word("learn-no-height");
                learn.say(text);
            }
        }
        Typed::Write => write(learn),
        // What is no text moves the log: the header stands elsewhere there.
        Typed::Other => drop(learn.deck.key(key)),
        Typed::Taken => {}
    }
}

fn write(learn: &mut Learn) {
    learn.trouble = None;
    if let Some((line, wrong)) = learn.form.first_wrong() {
        learn.form.at = line;
        let text = learn.wrong_text(line, &wrong);
        return learn.say(text);
    }
    if !learn.choices.iter().any(|(_, choice)| matches!(choice, Choice::Field(_))) {
        let text = learn.look.word("learn-nothing-chosen");
        return learn.say(text);
    }
    if let Some(draft) = learn.draft() {
        learn.effects.push(LearnEffect::Write(Box::new(draft)));
    }
}
