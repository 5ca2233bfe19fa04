//! How rows are written.

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// `t_unix,iface,id,message,signal,value,unit,state`; fields are quoted where RFC 4180 asks for it.
    Csv,
    /// An object with the same names on a line, and with `label` where the value table has one.
    JsonLines,
}
