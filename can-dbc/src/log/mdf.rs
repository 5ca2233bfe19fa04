//! ASAM MDF 4 (MF4) of CAN loggers: the groups `CAN_DataFrame`, `CAN_RemoteFrame` and `CAN_ErrorFrame` of ASAM's bus logging.
//!
//! A file whose one data block follows its head, as loggers write it, is read as a stream, whether its lengths have been
//! filled in or not (`UnFinMF`). Any other is first copied, to memory and from 64 MiB on to a temporary file, since its
//! blocks lie anywhere; groups that are stored one after the other are then merged by time. Layout of the blocks as
//! asammdf 8.8 reads and writes them.

mod head;
mod records;
mod segments;

use std::io::{self, Read};

use self::head::{BLOCK_HEAD, Bytes, Data, Plan};
use self::records::Records;
use self::segments::{Segments, Spool};
use super::counts::{LogCounts, Place};
use super::input::Input;
use super::record::Out;
use crate::frame::Frame;

/// The head of a stream is looked for up to here.
const HEAD_LIMIT: u64 = 1 << 22;

/// A measurement.
#[derive(Debug)]
pub(super) struct Mdf<R> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    New(Input<R>),
    /// One data block, at the end of what has been read.
    Stream(Box<Records<R>>),
    /// Each group of records with its next frame, and what broke the file off.
    Copied(Vec<(Records<Segments>, Option<Frame>)>, Option<io::Error>),
}

/// The beginning of a stream, without using it up.
struct Ahead<'a, R>(&'a mut Input<R>);

impl<R: Read> Bytes for Ahead<'_, R> {
    fn at(&mut self, offset: u64, len: usize) -> Option<&[u8]> {
        let end = offset.checked_add(len as u64).filter(|&end| end <= HEAD_LIMIT)? as usize;
        self.0.ahead(end).get(offset as usize..end)
    }
}

impl<R: Read> Mdf<R> {
    pub fn new(input: Input<R>) -> Self {
        Self { state: State::New(input) }
    }

    /// Reads up to the next frame; false at the end.
    pub fn next(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<bool> {
        loop {
            match &mut self.state {
                State::New(_) => self.begin(out, counts)?,
                State::Stream(records) => return records.next(out, counts),
                State::Copied(groups, broken) => {
                    let first =
                        groups.iter().enumerate().filter_map(|(at, (_, frame))| Some((frame.as_ref()?.t_us, at)));
                    let Some((_, at)) = first.min() else { return broken.take().map_or(Ok(false), Err) };
                    let (records, frame) = &mut groups[at];
                    let found = frame.take();
                    *frame = ahead(records, out, counts);
                    out.frame = found.unwrap_or_else(|| out.frame.clone());
                    counts.frames += 1;
                    return Ok(true);
                }
            }
        }
    }

    fn begin(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<()> {
        let nothing = State::Copied(Vec::new(), None);
        let State::New(mut input) = std::mem::replace(&mut self.state, nothing) else { return Ok(()) };
        if let Some((data, at)) = Self::streamed(&mut Ahead(&mut input)) {
            input.skip(at + BLOCK_HEAD);
            self.state = State::Stream(Box::new(Records::new(input, data, 0)));
            return Ok(());
        }
        let (spool, broken) = Spool::of(&mut input)?;
        let mut file = spool.clone();
        let mut groups = Vec::new();
        match Plan::of(&mut file) {
            Err((at, problem)) => counts.bad(Place::Byte(at), problem),
            Ok(plan) => {
                let unfinished = plan.unfinished;
                for data in plan.data {
                    match Segments::of(&spool, data.link, unfinished) {
                        Err((at, problem)) => counts.bad(Place::Byte(at), problem),
                        Ok(segments) => {
                            let mut records = Records::copied(segments, data, &spool, counts);
                            let first = ahead(&mut records, out, counts);
                            groups.push((records, first));
                        }
                    }
                }
            }
        }
        self.state = State::Copied(groups, broken);
        Ok(())
    }

    /// The records and the place of the one data block, when it can be read as it comes.
    fn streamed(start: &mut Ahead<'_, R>) -> Option<(Data, u64)> {
        let mut plan = Plan::of(start).ok()?;
        let mut data = plan.data.pop().filter(|data| plan.data.is_empty() && !data.apart())?;
        let at = data.link;
        let block = head::block(start, at, *b"##DT").ok()?;
        data.left = if plan.unfinished { u64::MAX } else { block.length.saturating_sub(BLOCK_HEAD) };
        Some((data, at))
    }
}

/// The next frame of a group; what else it has is counted.
fn ahead(records: &mut Records<Segments>, out: &mut Out, counts: &mut LogCounts) -> Option<Frame> {
    // Reading a copy does not fail: what is missing ends it.
    let before = counts.frames;
    let found = records.next(out, counts).unwrap_or(false);
    counts.frames = before;
    if let Some((at, problem)) = records.problem() {
        counts.bad(Place::Byte(at), problem);
    }
    found.then(|| out.frame.clone())
}
