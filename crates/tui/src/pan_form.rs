//! The fields in which a pan is counted.

use crossterm::event::{KeyCode, KeyEvent};

use super::preferences::PanMeasures;
use grainloss_core::pan_sample::GrainAmount;
use grainloss_protocol::command::{CommandError, PanCount};
use grainloss_protocol::snapshot::{Measures, PendingDrop};

/// A figure has no more signs than this.
const LONGEST: usize = 8;

/// A field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field {
    /// Kernels or grams.
    #[default]
    Amount,
    /// Area of the pan, m².
    Area,
    /// Width over which the rear's loss falls, m.
    Width,
    /// Kernels per m² that lay there before.
    Shed,
}

impl Field {
    pub const ALL: [Self; 4] = [Self::Amount, Self::Area, Self::Width, Self::Shed];
}

/// What has been typed, and for which drop.
#[derive(Clone, Debug)]
pub(super) struct PanForm {
    typed: [String; 4],
    pub field: Field,
    pub weighed: bool,
    /// The drop's number; the newest when none was chosen.
    pub drop: Option<u32>,
}

impl PanForm {
    /// The pan of last time.
    pub fn new(measures: &PanMeasures) -> Self {
        let figure = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let typed = [
            String::new(),
            figure(Some(measures.area_m2)),
            figure(measures.discharge_width_m),
            figure(measures.shed_kernels_m2),
        ];
        Self { typed, field: Field::Amount, weighed: measures.weighed, drop: None }
    }

    pub fn typed(&self, field: Field) -> &str {
        &self.typed[field as usize]
    }

    /// Drops come and go: one that is there stays chosen, otherwise the oldest that waits is.
    pub fn keep_to(&mut self, drops: &[PendingDrop]) {
        if !drops.iter().any(|drop| Some(drop.id) == self.drop) {
            self.drop = drops.first().map(|drop| drop.id);
        }
    }

    /// The drop that is being counted.
    pub fn chosen<'a>(&self, drops: &'a [PendingDrop]) -> Option<&'a PendingDrop> {
        drops.iter().find(|drop| Some(drop.id) == self.drop)
    }

    /// The pan has been judged; its measures stay for the next.
    pub fn counted(&mut self) {
        self.typed[Field::Amount as usize].clear();
        self.field = Field::Amount;
    }

    /// The measures to be remembered.
    pub fn measures(&self, before: &PanMeasures) -> PanMeasures {
        PanMeasures {
            area_m2: self.figure(Field::Area).unwrap_or(before.area_m2),
            discharge_width_m: self.figure(Field::Width),
            shed_kernels_m2: self.figure(Field::Shed),
            weighed: self.weighed,
        }
    }

    fn figure(&self, field: Field) -> Option<f64> {
        self.typed(field).parse().ok()
    }

    /// What has been typed as a count. `Ok(None)` when there is no amount yet.
    pub fn count(&self) -> Result<Option<PanCount>, CommandError> {
        let figure = |field, why| match self.typed(field) {
            "" => Ok(None),
            text => text.parse::<f64>().map(Some).map_err(|_| why),
        };
        let Some(amount) = figure(Field::Amount, CommandError::ImpossibleAmount)? else { return Ok(None) };
        Ok(Some(PanCount {
            amount: if self.weighed { GrainAmount::Grams(amount) } else { GrainAmount::Kernels(amount) },
            area_m2: figure(Field::Area, CommandError::ImpossibleArea)?.ok_or(CommandError::ImpossibleArea)?,
            discharge_width_m: figure(Field::Width, CommandError::ImpossibleWidth)?,
            shed_kernels_m2: figure(Field::Shed, CommandError::ImpossibleShed)?,
        }))
    }

    /// What the pan would be, in the figures of this machine; `Ok(None)` when nothing has been typed or dropped.
    pub fn pan(
        &self,
        drops: &[PendingDrop],
        now_us: i64,
        measures: &Measures,
    ) -> Result<Option<(PanCount, grainloss_core::harvest::Pan)>, CommandError> {
        let Some((count, drop)) = self.count()?.zip(self.chosen(drops)) else { return Ok(None) };
        Ok(Some((count, count.pan(*drop, now_us, measures)?)))
    }

    /// A key of the form; true when it was one.
    pub fn key(&mut self, key: &KeyEvent, drops: &[PendingDrop]) -> bool {
        let typed = &mut self.typed[self.field as usize];
        let step = |by: usize| {
            let place = drops.iter().position(|drop| Some(drop.id) == self.drop).unwrap_or(0);
            drops.get((place + by) % drops.len().max(1)).map(|drop| drop.id)
        };
        match key.code {
            KeyCode::Char(sign @ ('0'..='9' | '.')) => {
                if typed.len() < LONGEST && !(sign == '.' && typed.contains('.')) {
                    typed.push(sign);
                }
            }
            KeyCode::Backspace => {
                typed.pop();
            }
            KeyCode::Tab => {
                let place = Field::ALL.iter().position(|field| *field == self.field).unwrap_or(0);
                self.field = Field::ALL[(place + 1) % Field::ALL.len()];
            }
            KeyCode::Char('g' | 'G') => self.weighed = !self.weighed,
            KeyCode::Down => self.drop = step(1),
            KeyCode::Up => self.drop = step(drops.len().saturating_sub(1)),
            _ => return false,
        }
        true
    }
}
