//! The head of a measurement: which groups of records it has, and where in them the fields of a frame are.

use super::super::counts::LogProblem;

/// A place in the file, and what a block there was expected to be.
pub(super) type Wrong = (u64, LogProblem);

/// What every block begins with: name, reserved bytes, length, number of links.
pub(super) const BLOCK_HEAD: u64 = 24;

/// More blocks than a logger's head has: a link that leads back to an earlier block ends here.
const MOST_BLOCKS: usize = 100_000;

/// Bytes of a file at any place.
pub(super) trait Bytes {
    /// These bytes; `None` where the file has not so many, or they are too far.
    fn at(&mut self, offset: u64, len: usize) -> Option<&[u8]>;
}

/// A block: its links, and the fields behind them.
#[derive(Debug)]
pub(super) struct Block {
    pub length: u64,
    pub links: Vec<u64>,
    pub fields: Vec<u8>,
}

impl Block {
    pub fn link(&self, at: usize) -> u64 {
        self.links.get(at).copied().unwrap_or(0)
    }

    pub fn u8(&self, at: usize) -> u8 {
        self.fields.get(at).copied().unwrap_or(0)
    }

    pub fn u16(&self, at: usize) -> u16 {
        self.fields.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
    }

    pub fn u32(&self, at: usize) -> u32 {
        self.fields.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    pub fn u64(&self, at: usize) -> u64 {
        self.fields.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
    }

    fn f64(&self, at: usize) -> Option<f64> {
        let value = f64::from_bits(self.u64(at));
        (self.fields.len() >= at + 8 && value.is_finite()).then_some(value)
    }
}

/// The four letters of a block.
pub(super) fn name(file: &mut impl Bytes, at: u64) -> Option<[u8; 4]> {
    file.at(at, 4)?.try_into().ok()
}

/// The block of this name at this place.
pub(super) fn block(file: &mut impl Bytes, at: u64, expected: [u8; 4]) -> Result<Block, Wrong> {
    /// Blocks with more are data, of which only the beginning is of interest.
    const MOST_LINKS: u64 = 1 << 17;
    const MOST_FIELDS: u64 = 1 << 12;
    let missing = LogProblem::Expected(match &expected {
        b"##HD" => "a block ##HD of MDF",
        b"##DG" => "a block ##DG of MDF",
        b"##CG" => "a block ##CG of MDF",
        b"##CN" => "a block ##CN of MDF",
        b"##DL" => "a block ##DL of MDF",
        b"##HL" => "a block ##HL of MDF",
        b"##DZ" => "a block ##DZ of MDF",
        _ => "a block of MDF",
    });
    let head = file.at(at, 24).filter(|head| head.starts_with(&expected)).ok_or((at, missing))?;
    let number = |from: usize| head[from..from + 8].try_into().map_or(0, u64::from_le_bytes);
    let (length, count) = (number(8), number(16));
    let room = length.saturating_sub(24);
    if count > MOST_LINKS || count * 8 > room {
        return Err((at, LogProblem::Expected("a block's length and number of links")));
    }
    let fields = (room - count * 8).min(MOST_FIELDS) as usize;
    let links = (count * 8) as usize;
    // The last block may be cut: the fields that there are must do.
    let body = match file.at(at + 24, links + fields) {
        Some(body) => body,
        None => file.at(at + 24, links).ok_or((at, LogProblem::CutShort("a block")))?,
    };
    let (links, fields) = body.split_at(links);
    let links = links.chunks_exact(8).map(|link| link.try_into().map_or(0, u64::from_le_bytes)).collect();
    Ok(Block { length, links, fields: fields.to_vec() })
}

/// Where in a record a number is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    byte: usize,
    bit: u32,
    bits: u32,
    big_endian: bool,
    float: bool,
}

impl Field {
    fn of(channel: &Block) -> Option<Self> {
        Self::of_kind(channel, channel.u8(2))
    }

    /// The offset of a channel whose bytes are elsewhere.
    fn offset(channel: &Block) -> Option<Self> {
        Self::of_kind(channel, 0)
    }

    fn of_kind(channel: &Block, kind: u8) -> Option<Self> {
        let (bit, bits) = (u32::from(channel.u8(3)), channel.u32(8));
        let plain = (1..=64).contains(&bits) && bit < 8 && kind <= 5;
        let byte = channel.u32(4) as usize;
        plain.then_some(Self { byte, bit, bits, big_endian: kind % 2 == 1, float: kind >= 4 })
    }

    /// The bits as they are; `None` where the record is too short.
    #[inline]
    pub fn raw(self, record: &[u8]) -> Option<u64> {
        let bytes = (self.bit + self.bits).div_ceil(8) as usize;
        let bytes = record.get(self.byte..self.byte + bytes)?;
        let join = |number: u128, &byte: &u8| number << 8 | u128::from(byte);
        let number = if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) };
        Some((number >> self.bit) as u64 & (u64::MAX >> (64 - self.bits)))
    }

    fn number(self, record: &[u8]) -> Option<f64> {
        let raw = self.raw(record)?;
        Some(match (self.float, self.bits) {
            (false, _) => raw as f64,
            (true, 64) => f64::from_bits(raw),
            (true, 32) => f64::from(f32::from_bits(raw as u32)),
            _ => return None,
        })
    }
}

/// Where the data bytes of a frame are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Where {
    /// In the record: first byte, number of bytes.
    Inside(usize, usize),
    /// At this offset of what the records of another group hold.
    Group(Field),
    /// At this offset of the data that the link leads to.
    Apart(Field, u64),
}

/// The fields of a record.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    time: Field,
    /// Seconds of a unit, and at 0.
    scale: (f64, f64),
    pub id: Field,
    pub extended: Option<Field>,
    pub bus: Option<Field>,
    pub length: Option<Field>,
    pub code: Option<Field>,
    /// EDL, BRS, ESI.
    pub fd: [Option<Field>; 3],
    pub data: Where,
}

impl Layout {
    /// Seconds since the beginning.
    pub fn seconds(&self, record: &[u8]) -> Option<f64> {
        self.time.number(record).map(|number| self.scale.1 + self.scale.0 * number)
    }
}

/// What the records of a group are.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Frames(Box<Layout>),
    Remote,
    Errors,
    /// Records of any length: the data bytes of the frames of the group at this place of the list.
    Bytes(usize),
    Other,
}

/// A group of records.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub id: u64,
    /// Bytes of a record, its identifier not counted; a group of any length has it before each record.
    pub size: Option<usize>,
    pub role: Role,
}

/// A data block and the groups whose records it has.
#[derive(Debug)]
pub(super) struct Data {
    /// Bytes of the identifier before each record; none where there is one group only.
    pub id_size: usize,
    pub groups: Vec<Group>,
    pub link: u64,
    pub start_ns: i64,
    /// Offsets of data bytes are not filled in: each record takes the next ones.
    pub in_order: bool,
    /// Bytes of the block.
    pub left: u64,
}

impl Data {
    /// True when data bytes are kept in blocks of their own.
    pub fn apart(&self) -> bool {
        self.groups
            .iter()
            .any(|group| matches!(&group.role, Role::Frames(layout) if matches!(layout.data, Where::Apart(..))))
    }
}

/// What a file has of CAN.
#[derive(Debug)]
pub(super) struct Plan {
    pub data: Vec<Data>,
    pub unfinished: bool,
}

/// Counts the blocks that have been looked at.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, at: u64) -> Result<(), Wrong> {
        self.0 += 1;
        let few = self.0 <= MOST_BLOCKS;
        if few { Ok(()) } else { Err((at, LogProblem::Expected("a head of at most 100,000 blocks"))) }
    }
}

impl Plan {
    pub fn of(file: &mut impl Bytes) -> Result<Self, Wrong> {
        const OFFSETS_MISSING: u16 = 0x40;
        let start = file.at(0, 64).ok_or((0, LogProblem::CutShort("the head of an MDF file")))?;
        let unfinished = start.starts_with(b"UnFinMF ");
        let flags = u16::from_le_bytes([start[60], start[61]]);
        let head = block(file, 64, *b"##HD")?;
        // In UTC; a local time is taken as it is, as everywhere.
        let start_ns = head.u64(0) as i64;
        let (mut budget, mut data) = (Budget(0), Vec::new());
        let mut at = head.link(0);
        while at != 0 {
            budget.spend(at)?;
            let found = block(file, at, *b"##DG")?;
            let groups = groups(file, found.link(1), &mut budget)?;
            let can = groups.iter().any(|group| !matches!(group.role, Role::Other | Role::Bytes(_)));
            if can && found.link(2) != 0 {
                let id_size = usize::from(found.u8(0));
                if !matches!(id_size, 0 | 1 | 2 | 4 | 8) {
                    return Err((at, LogProblem::Expected("a record identifier of 0, 1, 2, 4 or 8 bytes")));
                }
                let in_order = unfinished && flags & OFFSETS_MISSING != 0;
                data.push(Data { id_size, groups, link: found.link(2), start_ns, in_order, left: u64::MAX });
            }
            at = found.link(0);
        }
        if data.is_empty() {
            return Err((0, LogProblem::Expected("groups CAN_DataFrame: this MDF file has signals, not CAN frames")));
        }
        Ok(Self { data, unfinished })
    }
}

/// The groups of a data block.
fn groups(file: &mut impl Bytes, first: u64, budget: &mut Budget) -> Result<Vec<Group>, Wrong> {
    const ANY_LENGTH: u16 = 1;
    let (mut groups, mut places, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = first;
    while at != 0 {
        budget.spend(at)?;
        let found = block(file, at, *b"##CG")?;
        let any = found.u16(16) & ANY_LENGTH != 0;
        let (data, invalid) = (found.u32(24) as usize, found.u32(28) as usize);
        let mut role = Role::Other;
        if !any {
            let mut seen = Seen::default();
            channels(file, found.link(1), budget, &mut seen, 0)?;
            owners.push((groups.len(), seen.bytes_in));
            role = seen.role(file);
        }
        places.push(at);
        groups.push(Group { id: found.u64(0), size: (!any).then_some(data + invalid), role });
        at = found.link(0);
    }
    for (owner, link) in owners {
        let target = places.iter().position(|&place| Some(place) == link);
        if let Some(group) = target.and_then(|at| groups.get_mut(at)) {
            group.role = Role::Bytes(owner);
        }
    }
    Ok(groups)
}

/// The channels of a group, as far as they are of interest.
#[derive(Default)]
struct Seen {
    kind: Option<&'static str>,
    time: Option<(Field, (f64, f64))>,
    fields: [Option<Field>; 8],
    data: Option<Where>,
    /// What the channel of the data bytes leads to.
    bytes_in: Option<u64>,
}

/// The names behind the point, in the order of [`Seen::fields`].
const NAMES: [&str; 8] = ["ID", "IDE", "BusChannel", "DataLength", "DLC", "EDL", "BRS", "ESI"];
const KINDS: [&str; 3] = ["CAN_DataFrame", "CAN_RemoteFrame", "CAN_ErrorFrame"];

impl Seen {
    fn role(self, file: &mut impl Bytes) -> Role {
        let [id, extended, bus, length, code, edl, brs, esi] = self.fields;
        let data = match (self.data, self.bytes_in) {
            (Some(Where::Group(field)), Some(link)) if name(file, link) != Some(*b"##CG") => Where::Apart(field, link),
            (Some(data), _) => data,
            (None, _) => Where::Inside(0, 0),
        };
        match (self.kind, self.time, id) {
            (Some("CAN_DataFrame"), Some((time, scale)), Some(id)) => {
                let fd = [edl, brs, esi];
                Role::Frames(Box::new(Layout { time, scale, id, extended, bus, length, code, fd, data }))
            }
            (Some("CAN_RemoteFrame"), ..) => Role::Remote,
            (Some("CAN_ErrorFrame"), ..) => Role::Errors,
            _ => Role::Other,
        }
    }
}

fn channels(file: &mut impl Bytes, first: u64, budget: &mut Budget, seen: &mut Seen, depth: u8) -> Result<(), Wrong> {
    const ANY_LENGTH: u8 = 1;
    const MASTER: u8 = 2;
    let mut at = first;
    while at != 0 {
        budget.spend(at)?;
        let found = block(file, at, *b"##CN")?;
        let text = text(file, found.link(2));
        let field = Field::of(&found);
        if found.u8(0) == MASTER {
            seen.time = field.map(|field| (field, linear(file, found.link(4))));
        }
        if let Some(kind) = KINDS.iter().find(|kind| text.starts_with(**kind)) {
            seen.kind = Some(kind);
        }
        let last = text.rsplit('.').next().unwrap_or_default();
        if let Some(place) = NAMES.iter().position(|name| *name == last) {
            seen.fields[place] = field;
        } else if last == "DataBytes" {
            seen.bytes_in = (found.u8(0) == ANY_LENGTH).then(|| found.link(5));
            let inside = Where::Inside(found.u32(4) as usize, (found.u32(8) / 8) as usize);
            let elsewhere = seen.bytes_in.is_some();
            seen.data = if elsewhere { Field::offset(&found).map(Where::Group) } else { Some(inside) };
        }
        let parts = found.link(1);
        if parts != 0 && depth < 4 && name(file, parts) == Some(*b"##CN") {
            channels(file, parts, budget, seen, depth + 1)?;
        }
        at = found.link(0);
    }
    Ok(())
}

/// The text of a block; empty where there is none.
fn text(file: &mut impl Bytes, at: u64) -> String {
    let block = if at == 0 { None } else { block(file, at, *b"##TX").ok() };
    let fields = block.map(|block| block.fields).unwrap_or_default();
    let end = fields.iter().position(|&b| b == 0).unwrap_or(fields.len());
    String::from_utf8_lossy(&fields[..end]).into_owned()
}

/// The factor and the offset of a conversion: 1 and 0 where it is none.
fn linear(file: &mut impl Bytes, at: u64) -> (f64, f64) {
    const LINEAR: u8 = 1;
    let block = if at == 0 { None } else { block(file, at, *b"##CC").ok() };
    let found = block.filter(|block| block.u8(0) == LINEAR).and_then(|block| Some((block.f64(32)?, block.f64(24)?)));
    found.unwrap_or((1.0, 0.0))
}
