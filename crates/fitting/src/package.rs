//! A profile that can be given away: the profile without names of people and things, the part of its database that it
//! needs, frames with the values that they must give, and what `machine check` said. No positions, no dates.
//!
//! A package is a set of files with fixed names, in a folder or a tar file (ustar); `machines/README.md` describes it.

mod database;
mod error;
mod files;
mod manifest;
mod profile;
mod tar;
mod vectors;
mod verify;

pub use error::PackageError;
pub use files::{CHECK, DATABASE, FILES, Files, MANIFEST, PROFILE, VECTORS, longest};
pub use manifest::Manifest;
pub use profile::{PublicProfile, public};
pub use tar::{from_tar, to_tar};
pub use vectors::{Vector, VectorMaker};
pub use verify::{Verified, package, verify};
