//! Logs that are text: one line, at most one frame.

use std::io::{self, Read};

use super::asc::Asc;
use super::busmaster::Busmaster;
use super::counts::{LogCounts, LogProblem, Place};
use super::csv::Csv;
use super::gvret::Gvret;
use super::input::{Input, LineRead};
use super::record::{Kind, Out, count};
use super::trc::Trc;
use crate::candump::{Fast, Line, Screen, parse_line};

/// What the lines look like, and what must be remembered from one to the next.
#[derive(Debug)]
pub(super) enum Syntax {
    Candump(Fast),
    Screen(Screen),
    Asc(Asc),
    Trc(Trc),
    Gvret(Gvret),
    Csv(Csv),
    Busmaster(Busmaster),
}

/// A text log.
#[derive(Debug)]
pub(super) struct Text<R> {
    input: Input<R>,
    syntax: Syntax,
    line_number: u64,
}

impl<R: Read> Text<R> {
    pub fn new(input: Input<R>, syntax: Syntax) -> Self {
        Self { input, syntax, line_number: 0 }
    }

    /// Reads up to the next frame; false at the end.
    #[inline]
    pub fn next(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<bool> {
        loop {
            if self.input.has_line_feeds()
                && let Some(used) = Self::usual(&mut self.syntax, self.input.ready(), out)
            {
                self.input.pass(used);
                self.line_number += 1;
                counts.frames += 1;
                return Ok(true);
            }
            match self.line(out, counts)? {
                None => return Ok(false),
                Some(true) => return Ok(true),
                Some(false) => {}
            }
        }
    }

    /// Reads a line of the usual shape at the beginning of these bytes: its length; `None` leaves it to the slow way.
    #[inline]
    fn usual(syntax: &mut Syntax, bytes: &[u8], out: &mut Out) -> Option<usize> {
        match syntax {
            Syntax::Candump(fast) => fast.parse(bytes, &mut out.frame),
            Syntax::Asc(asc) => asc.usual(bytes, out),
            Syntax::Trc(trc) => trc.usual(bytes, out),
            Syntax::Screen(_) | Syntax::Gvret(_) | Syntax::Csv(_) | Syntax::Busmaster(_) => None,
        }
    }

    /// Reads one line the slow way; true when it was a frame, `None` at the end.
    fn line(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<Option<bool>> {
        let Some(line) = self.input.line()? else { return Ok(None) };
        self.line_number += 1;
        let found = match line {
            LineRead::TooLong => Err(LogProblem::TooLong),
            LineRead::Whole(line) => match &mut self.syntax {
                Syntax::Candump(fast) => candump(fast, line, out),
                Syntax::Screen(screen) => screen.line(line, out),
                Syntax::Asc(asc) => asc.line(line, out),
                Syntax::Trc(trc) => trc.line(line, out),
                Syntax::Gvret(gvret) => {
                    let found = gvret.line(line, out);
                    counts.clock_wraps = gvret.wraps;
                    found
                }
                Syntax::Csv(csv) => csv.line(line, out),
                Syntax::Busmaster(busmaster) => busmaster.line(line, out),
            },
        };
        Ok(Some(count(counts, Place::Line(self.line_number), found)))
    }
}

/// A line of candump's log format, by the general parser.
fn candump(fast: &mut Fast, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
    Ok(match parse_line(line)? {
        Line::Frame { interface, mut frame } => {
            frame.interface = out.interfaces.place(interface)?;
            fast.learn(line, interface, &frame);
            out.frame = frame;
            Kind::Frame
        }
        Line::Remote => Kind::Remote,
        Line::BusError { .. } => Kind::BusError,
        Line::Dropped { frames } => Kind::Dropped(frames),
        Line::Empty => Kind::Nothing,
    })
}
