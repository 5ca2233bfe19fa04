//! Where packets come from: files, folders, buckets.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use grainloss_packet::LARGEST_BYTES;
use object_store::aws::AmazonS3Builder;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::error::StoreError;
use crate::intake::{Refusal, Taken};
use crate::store::Store;

/// What a gather did.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Packets that are in the store now.
    pub new: usize,
    /// Minutes in them that were not there before.
    pub minutes: usize,
    /// Packets that were there already.
    pub known: usize,
    /// Packets that wait for their key to be trusted.
    pub quarantined: usize,
    /// The keys that they wait for.
    pub unknown_keys: BTreeSet<String>,
    /// What was refused: its name, and why.
    pub refused: Vec<(String, Refusal)>,
    /// What could not be read: the error names it.
    pub unread: Vec<StoreError>,
}

impl Gathered {
    /// True when something was refused, or could not be read.
    pub fn is_incomplete(&self) -> bool {
        !self.refused.is_empty() || !self.unread.is_empty()
    }

    fn add(&mut self, name: String, taken: Taken) {
        match taken {
            Taken::New { minutes } => {
                self.new += 1;
                self.minutes += minutes;
            }
            Taken::Known => self.known += 1,
            Taken::Quarantined { public_key } => {
                self.quarantined += 1;
                self.unknown_keys.insert(public_key);
            }
            Taken::Refused(why) => self.refused.push((name, why)),
        }
    }
}

/// How to gather.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Takes names, plates and places of journals along. What is in packets the cab has decided.
    pub names: bool,
    /// The address of a store of objects that is not Amazon's.
    pub s3_endpoint: Option<String>,
}

/// Takes in what waits in quarantine and has become trusted, then everything at these places, then writes the rows: packets, journals
/// (`*.sqlite`), folders with them, `s3://BUCKET/PREFIX`.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or written. What cannot be read of the places is in the result.
pub fn gather(store: &mut Store, places: &[String], options: &Options) -> Result<Gathered, StoreError> {
    let mut gathered = Gathered::default();
    let (taken, refused) = store.take_quarantine()?;
    gathered.new += taken;
    gathered.refused.extend(refused.into_iter().map(|(path, why)| (path.display().to_string(), why)));
    for place in places {
        let done = if place.starts_with("s3://") {
            bucket(store, place, options, &mut gathered)
        } else {
            path(store, Path::new(place), options, &mut gathered)
        };
        match done {
            Ok(()) => {}
            Err(error) if is_of_place(&error) => gathered.unread.push(error),
            Err(error) => return Err(error),
        }
    }
    store.settle()?;
    Ok(gathered)
}

/// True for what is wrong with a place, not with the store.
fn is_of_place(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Journal(_) | StoreError::Bucket { .. } | StoreError::Address(_) | StoreError::Place { .. }
    )
}

/// A file, or a folder with all below it.
fn path(store: &mut Store, path: &Path, options: &Options, gathered: &mut Gathered) -> Result<(), StoreError> {
    let unread = |source| StoreError::Place { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(unread)?.is_dir() {
        return file(store, path, options, gathered);
    }
    let own = fs::canonicalize(&store.folder).ok();
    if own.is_some() && fs::canonicalize(path).ok() == own {
        return Ok(());
    }
    let mut below = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let is_folder = entry.file_type().map_err(unread)?.is_dir();
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        if is_folder || ending == "parquet" || ending == "sqlite" {
            below.push(path);
        }
    }
    below.sort();
    for path in below {
        match self::path(store, &path, options, gathered) {
            Err(error) if is_of_place(&error) => gathered.unread.push(error),
            done => done?,
        }
    }
    Ok(())
}

fn file(store: &mut Store, path: &Path, options: &Options, gathered: &mut Gathered) -> Result<(), StoreError> {
    let unread = |source| StoreError::Place { path: path.to_owned(), source };
    let name = path.display().to_string();
    let mut file = File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.by_ref().take(16).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.starts_with(b"SQLite format 3\0") {
        drop(file);
        let became = |session: i64, taken| gathered.add(format!("{name} #{session}"), taken);
        return store.take_journal(path, options.names, became);
    }
    // One more than allowed, so that a file that grows is not read without end.
    file.take(LARGEST_BYTES + 1 - bytes.len() as u64).read_to_end(&mut bytes).map_err(unread)?;
    let taken = store.take(path, bytes)?;
    gathered.add(name, taken);
    Ok(())
}

/// Every packet below `s3://BUCKET/PREFIX`, with the access that the usual variables give (`AWS_ACCESS_KEY_ID` and others).
fn bucket(store: &mut Store, url: &str, options: &Options, gathered: &mut Gathered) -> Result<(), StoreError> {
    let rest = url.strip_prefix("s3://").unwrap_or_default();
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() {
        return Err(StoreError::Address(url.to_owned()));
    }
    let failed =
        |problem: &dyn std::fmt::Display| StoreError::Bucket { url: url.to_owned(), problem: problem.to_string() };
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(name);
    if let Some(endpoint) = &options.s3_endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let objects = builder.build().map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let prefix = Some(object_store::path::Path::from(prefix)).filter(|prefix| !prefix.as_ref().is_empty());
    let list = async { objects.list(prefix.as_ref()).try_collect::<Vec<_>>().await };
    let mut found = runtime.block_on(list).map_err(|error| failed(&error))?;
    found.retain(|object| object.location.as_ref().ends_with(".parquet"));
    found.sort_by(|one, other| one.location.cmp(&other.location));
    for object in found {
        let name = format!("s3://{name}/{}", object.location);
        if object.size > LARGEST_BYTES {
            let error = grainloss_packet::PacketError::TooLarge {
                path: PathBuf::from(&name),
                bytes: object.size,
                most: LARGEST_BYTES,
            };
            gathered.refused.push((name, Refusal::Unreadable(error)));
            continue;
        }
        let read = async { objects.get(&object.location).await?.bytes().await };
        let version =
            format!("{} {} {}", object.size, object.last_modified, object.e_tag.as_deref().unwrap_or_default());
        if store.register.has_object(&name, &version)? {
            gathered.known += 1;
            continue;
        }
        match runtime.block_on(read) {
            Ok(bytes) => {
                let taken = store.take(Path::new(&name), bytes.to_vec())?;
                if matches!(taken, Taken::New { .. } | Taken::Known) {
                    store.register.note_object(&name, &version)?;
                }
                gathered.add(name, taken);
            }
            Err(error) => {
                gathered.unread.push(StoreError::Bucket { url: name, problem: error.to_string() });
            }
        }
    }
    Ok(())
}
