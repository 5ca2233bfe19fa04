//! Answers questions in SQL, by DataFusion inside this program: no server, a bounded memory, a folder or a bucket.
//!
//! Spark and ClickHouse answer the same files (`fleet/engines`). What they share:
//! - each table of [`crate::schema`] under its name, limited to the days and the crop that are asked about; a table without
//!   files is empty;
//! - a table `asked` with one row: `from_day`, `to_day`, `crop` (text, empty where not limited), `now_s`, `missing_days`;
//! - the hash of an answer ([`Answer::sha256`]).

mod answer;
mod listed;
mod questions;
mod tables;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Value};
pub use questions::{QUESTIONS, Question, question};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use futures::StreamExt as _;
use object_store::ObjectStore;

use listed::Listed;

/// Memory for sorting, grouping and joining, bytes; what needs more goes to temporary files.
const MEMORY_BYTES: usize = 256 << 20;
/// How often a question is asked of a store that is written meanwhile, and the wait after the first time, which doubles each
/// time: 25 s in all (our choice).
const TIMES: u32 = 9;
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// Where a store lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// A folder.
    Folder(PathBuf),
    /// A bucket and a prefix, `s3://BUCKET/PREFIX`: keys, region and endpoint are those of the variables `AWS_*`.
    Bucket(url::Url),
}

impl StorePlace {
    /// The place that this text names: `s3://…`, else a folder.
    pub fn of(text: &Path) -> Self {
        let bucket = text.to_str().filter(|text| text.starts_with("s3://")).and_then(|text| url::Url::parse(text).ok());
        bucket.map_or_else(|| Self::Folder(text.to_owned()), Self::Bucket)
    }
}

/// What a question is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// First day, `2026-06-12`; `None` for the first of the store.
    pub from_day: Option<String>,
    /// Last day; `None` for the last of the store.
    pub to_day: Option<String>,
    /// Crop by its key, as `wheat`; `None` for all.
    pub crop: Option<String>,
    /// Now, s since 1970 UTC.
    pub now_s: i64,
    /// A machine is missing that was not seen for so many days.
    pub missing_days: i64,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The store's folder is not there.
    #[error("{path}: no such folder", path = .0.display())]
    NoStore(PathBuf),
    /// The place cannot be reached or named.
    #[error("{place}: {source}")]
    Place {
        /// The store.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The engine refuses the question or cannot read a file.
    #[error(transparent)]
    Engine(#[from] DataFusionError),
    /// The answer has a column that is neither whole number nor text.
    #[error("column {column}: {found}; answers hold whole numbers and text only: use CAST(... AS BIGINT)")]
    NotWhole {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// Its files were replaced each time before they were read.
    #[error("the store was written all the while")]
    Written,
    /// No threads could be started.
    #[error("{0}")]
    Threads(#[from] std::io::Error),
}

/// Asks a store a question in SQL. Only reads; other programs may write the store meanwhile: a file of the answer is one that was
/// listed, and where that was replaced before it was read the question is asked again. Blocks; from asynchronous code call it on a
/// thread for blocking work.
///
/// # Errors
/// [`AskError`]
pub fn ask(store: &StorePlace, sql: &str, asked: &Asked) -> Result<Answer, AskError> {
    if let StorePlace::Folder(folder) = store
        && !folder.is_dir()
    {
        return Err(AskError::NoStore(folder.clone()));
    }
    let (root, files) = tables::open(store)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(ask_of(&root, &files, sql, asked))
}

async fn ask_of(root: &url::Url, files: &Arc<dyn ObjectStore>, sql: &str, asked: &Asked) -> Result<Answer, AskError> {
    for time in 0..TIMES {
        let listed = Listed::of(Arc::clone(files));
        match ask_once(root, listed.clone(), sql, asked).await {
            Err(_) if listed.has_changed() => tokio::time::sleep(FIRST_WAIT * 2_u32.pow(time)).await,
            answer => return answer,
        }
    }
    Err(AskError::Written)
}

async fn ask_once(root: &url::Url, files: Listed, sql: &str, asked: &Asked) -> Result<Answer, AskError> {
    let context = context()?;
    context.runtime_env().register_object_store(root, Arc::new(files));
    tables::register(&context, root, asked)?;
    let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let frame = context.sql_with_options(sql, only_reading).await?;
    let mut answer = Answer::with_columns(frame.schema().as_arrow());
    let mut batches = frame.execute_stream().await?;
    while let Some(batch) = batches.next().await {
        answer.add(&batch?)?;
    }
    Ok(answer)
}

fn context() -> Result<SessionContext, DataFusionError> {
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_BYTES))).build_arc()?;
    let config = SessionConfig::new().set_bool("datafusion.execution.parquet.pushdown_filters", false);
    Ok(SessionContext::new_with_config_rt(config, runtime))
}
