//! Answers questions in SQL, by DataFusion inside this program: no server, a bounded memory, a folder or a bucket.
//!
//! Spark and ClickHouse answer the same files (`fleet/engines`). What they share:
//! - each table of [`crate::schema`] under its name, limited to the days and the crop that are asked about; a table without
//!   files is empty;
//! - a table `asked` with one row: `from_day`, `to_day`, `crop` (text, empty where not limited), `now_s`, `missing_days`;
//! - the hash of an answer ([`Answer::sha256`]).

mod answer;
mod questions;
mod tables;

pub use answer::{Answer, Value};
pub use questions::{QUESTIONS, Question, question};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use futures::StreamExt as _;

/// Memory for sorting, grouping and joining, bytes; what needs more goes to temporary files.
const MEMORY_BYTES: usize = 256 << 20;

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
    /// No threads could be started.
    #[error("{0}")]
    Threads(#[from] std::io::Error),
}

/// Asks a store a question in SQL. Only reads. Blocks; from asynchronous code call it on a thread for blocking work.
///
/// # Errors
/// [`AskError`]
pub fn ask(store: &StorePlace, sql: &str, asked: &Asked) -> Result<Answer, AskError> {
    if let StorePlace::Folder(folder) = store
        && !folder.is_dir()
    {
        return Err(AskError::NoStore(folder.clone()));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let context = context()?;
        tables::register(&context, store, asked)?;
        let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = context.sql_with_options(sql, only_reading).await?;
        let mut answer = Answer::with_columns(frame.schema().as_arrow());
        let mut batches = frame.execute_stream().await?;
        while let Some(batch) = batches.next().await {
            answer.add(&batch?)?;
        }
        Ok(answer)
    })
}

fn context() -> Result<SessionContext, DataFusionError> {
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_BYTES))).build_arc()?;
    let config = SessionConfig::new().set_bool("datafusion.execution.parquet.pushdown_filters", false);
    Ok(SessionContext::new_with_config_rt(config, runtime))
}
