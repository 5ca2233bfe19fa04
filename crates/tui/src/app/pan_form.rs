//! The form in which the content of a pan is entered.

use crossterm::event::{KeyCode, KeyEvent};

use super::preferences::PanMeasures;
use grainloss_core::pan_sample::GrainAmount;
use grainloss_protocol::command::{CommandError, PanCount};
use grainloss_protocol::snapshot::{Measures, PendingDrop};

/// Longest number that can be typed.
const MAX_LENGTH: usize = 8;

/// A field of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FormField {
    /// Kernels or grams.
    #[default]
    Amount,
    /// Area of the pan, m².
    Area,
    /// Width over which the loss behind the machine falls, m.
    Width,
    /// Natural shed: kernels per m² on the ground before harvest.
    Shed,
}

impl FormField {
    pub const ALL: [Self; 4] = [Self::Amount, Self::Area, Self::Width, Self::Shed];
}

/// The numbers typed, and the dropped pan that they are for.
#[derive(Clone, Debug)]
pub(crate) struct PanForm {
    typed: [String; 4],
    /// The field being edited.
    pub field: FormField,
    /// True when the content is weighed in grams, false when kernels are counted.
    pub weighed: bool,
    /// The number of the chosen drop; `None` when no drop waits.
    pub drop: Option<u32>,
}

impl PanForm {
    /// A form with the measures of the pan used last.
    pub fn new(measures: &PanMeasures) -> Self {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let typed = [
            String::new(),
            number(Some(measures.area_m2)),
            number(measures.discharge_width_m),
            number(measures.shed_kernels_m2),
        ];
        Self { typed, field: FormField::Amount, weighed: measures.weighed, drop: None }
    }

    /// A form that was filled in elsewhere: amount, area, width and shed as they were typed. `None` where a field holds what
    /// cannot be typed here.
    pub fn filled(typed: [String; 4], weighed: bool, drop: u32) -> Option<Self> {
        let can_be_typed = |text: &String| {
            text.len() <= MAX_LENGTH
                && text.bytes().all(|c| c.is_ascii_digit() || c == b'.')
                && text.bytes().filter(|c| *c == b'.').count() <= 1
        };
        let fits = typed.iter().all(can_be_typed);
        fits.then_some(Self { typed, field: FormField::Amount, weighed, drop: Some(drop) })
    }

    /// The text of a field.
    pub fn typed(&self, field: FormField) -> &str {
        &self.typed[field as usize]
    }

    /// Takes the drops that wait. The chosen one stays chosen as long as it waits; after that the oldest is chosen.
    pub fn follow_drops(&mut self, drops: &[PendingDrop]) {
        if !drops.iter().any(|drop| Some(drop.id) == self.drop) {
            self.drop = drops.first().map(|drop| drop.id);
        }
    }

    /// The chosen drop.
    pub fn chosen<'a>(&self, drops: &'a [PendingDrop]) -> Option<&'a PendingDrop> {
        drops.iter().find(|drop| Some(drop.id) == self.drop)
    }

    /// Clears the amount after a pan was accepted; its measures stay for the next one.
    pub fn clear_amount(&mut self) {
        self.typed[FormField::Amount as usize].clear();
        self.field = FormField::Amount;
    }

    /// The measures to remember; `before` gives the area when the form has none.
    pub fn measures(&self, before: &PanMeasures) -> PanMeasures {
        PanMeasures {
            area_m2: self.number(FormField::Area).unwrap_or(before.area_m2),
            discharge_width_m: self.number(FormField::Width),
            shed_kernels_m2: self.number(FormField::Shed),
            weighed: self.weighed,
        }
    }

    fn number(&self, field: FormField) -> Option<f64> {
        self.typed(field).parse().ok()
    }

    /// The form as a count. `Ok(None)` when there is no amount yet.
    ///
    /// # Errors
    /// The field that is no number or missing.
    pub fn count(&self) -> Result<Option<PanCount>, CommandError> {
        let number = |field, why| match self.typed(field) {
            "" => Ok(None),
            text => text.parse::<f64>().map(Some).map_err(|_| why),
        };
        let Some(amount) = number(FormField::Amount, CommandError::ImpossibleAmount)? else { return Ok(None) };
        Ok(Some(PanCount {
            amount: if self.weighed { GrainAmount::Grams(amount) } else { GrainAmount::Kernels(amount) },
            area_m2: number(FormField::Area, CommandError::ImpossibleArea)?.ok_or(CommandError::ImpossibleArea)?,
            discharge_width_m: number(FormField::Width, CommandError::ImpossibleWidth)?,
            shed_kernels_m2: number(FormField::Shed, CommandError::ImpossibleShed)?,
        }))
    }

    /// The pan as it would be entered, with the measures of this machine; `Ok(None)` when no amount was typed or no drop
    /// waits.
    ///
    /// # Errors
    /// The field that is no number, missing, or out of range.
    pub fn pan(
        &self,
        drops: &[PendingDrop],
        now_us: i64,
        measures: &Measures,
    ) -> Result<Option<(PanCount, grainloss_core::harvest::Pan)>, CommandError> {
        let Some((count, drop)) = self.count()?.zip(self.chosen(drops)) else { return Ok(None) };
        Ok(Some((count, count.pan(*drop, now_us, measures)?)))
    }

    /// A key of the form. False when the key is not for it.
    pub fn key(&mut self, key: &KeyEvent, drops: &[PendingDrop]) -> bool {
        let typed = &mut self.typed[self.field as usize];
        let step = |by: usize| {
            let place = drops.iter().position(|drop| Some(drop.id) == self.drop).unwrap_or(0);
            drops.get((place + by) % drops.len().max(1)).map(|drop| drop.id)
        };
        match key.code {
            KeyCode::Char(key @ ('0'..='9' | '.')) => {
                if typed.len() < MAX_LENGTH && !(key == '.' && typed.contains('.')) {
                    typed.push(key);
                }
            }
            KeyCode::Backspace => {
                typed.pop();
            }
            KeyCode::Tab => {
                let place = FormField::ALL.iter().position(|field| *field == self.field).unwrap_or(0);
                self.field = FormField::ALL[(place + 1) % FormField::ALL.len()];
            }
            KeyCode::Char('g' | 'G') => self.weighed = !self.weighed,
            KeyCode::Down => self.drop = step(1),
            KeyCode::Up => self.drop = step(drops.len().saturating_sub(1)),
            _ => return false,
        }
        true
    }
}
