use super::counts::LogCounts;
use super::input::Input;
use super::text::Out;
use std::io::{self, Read};
#[derive(Debug)]
pub(super) struct Pcap<R> {
    input: Input<R>,
}
impl<R: Read> Pcap<R> {
    pub fn new(input: Input<R>) -> Self {
        Self { input }
    }
    pub fn next(&mut self, _: &mut Out, _: &mut LogCounts) -> io::Result<bool> {
        self.input.end().map(|()| false)
    }
}
