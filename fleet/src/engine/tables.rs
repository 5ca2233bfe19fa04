//! The tables of a store as an engine sees them.

use std::sync::Arc;

use arrow::array::{Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionContext, col, lit};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use url::Url;

use super::{AskError, Asked, StorePlace};
use crate::schema::{Kind, PARTITIONS, TABLES, Table};

/// The columns of a table's files. Each may be null: files of an earlier version lack later columns.
pub(super) fn file_schema(table: &Table) -> SchemaRef {
    let field = |column: &crate::schema::Column| {
        let kind = match column.kind {
            Kind::Whole => DataType::Int64,
            Kind::Text => DataType::Utf8,
        };
        Field::new(column.name, kind, true)
    };
    Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()))
}

/// Gives the engine every table, limited to what is asked about, and the table `asked`.
pub(super) fn register(context: &SessionContext, root: &Url, asked: &Asked) -> Result<(), AskError> {
    for table in TABLES {
        let url = ListingTableUrl::parse(format!("{root}{}/", table.name))?;
        let partitions = if table.is_partitioned { PARTITIONS.as_slice() } else { &[] };
        let partitions = partitions.iter().map(|name| ((*name).to_owned(), DataType::Utf8)).collect();
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
            .with_file_extension(".parquet")
            .with_table_partition_cols(partitions);
        let config = ListingTableConfig::new(url).with_listing_options(options).with_schema(file_schema(table));
        let mut frame = context.read_table(Arc::new(ListingTable::try_new(config)?))?;
        if table.is_partitioned {
            if let Some(day) = &asked.from_day {
                frame = frame.filter(col("day").gt_eq(lit(day)))?;
            }
            if let Some(day) = &asked.to_day {
                frame = frame.filter(col("day").lt_eq(lit(day)))?;
            }
            if let Some(crop) = &asked.crop {
                frame = frame.filter(col("crop").eq(lit(crop)))?;
            }
        }
        context.register_table(table.name, frame.into_view())?;
    }
    context.register_table("asked", Arc::new(asked_table(asked)?))?;
    Ok(())
}

/// The place as a URL that ends in a slash, and its files.
pub(super) fn open(store: &StorePlace) -> Result<(Url, Arc<dyn ObjectStore>), AskError> {
    let failed = |place: String, source: Box<dyn std::error::Error + Send + Sync>| AskError::Place { place, source };
    match store {
        StorePlace::Folder(folder) => {
            let shown = folder.display().to_string();
            let whole = folder.canonicalize().map_err(|error| failed(shown.clone(), Box::new(error)))?;
            let url = Url::from_directory_path(whole);
            let url = url.map_err(|()| failed(shown, "not a folder of this computer".into()))?;
            Ok((url, Arc::new(LocalFileSystem::new())))
        }
        StorePlace::Bucket(url) => {
            let is_plain = std::env::var("AWS_ENDPOINT").is_ok_and(|endpoint| endpoint.starts_with("http://"));
            let bucket = AmazonS3Builder::from_env()
                .with_bucket_name(url.host_str().unwrap_or_default())
                .with_allow_http(is_plain)
                .build()
                .map_err(|error| failed(url.to_string(), Box::new(error)))?;
            let mut root = url.clone();
            root.set_path(&format!("{}/", url.path().trim_end_matches('/')));
            Ok((root, Arc::new(bucket)))
        }
    }
}

fn asked_table(asked: &Asked) -> Result<MemTable, DataFusionError> {
    let text = |value: &Option<String>| -> arrow::array::ArrayRef {
        Arc::new(StringArray::from(vec![value.clone().unwrap_or_default()]))
    };
    let whole = |value: i64| -> arrow::array::ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let batch = RecordBatch::try_from_iter([
        ("from_day", text(&asked.from_day)),
        ("to_day", text(&asked.to_day)),
        ("crop", text(&asked.crop)),
        ("now_s", whole(asked.now_s)),
        ("missing_days", whole(asked.missing_days)),
    ])?;
    MemTable::try_new(batch.schema(), vec![vec![batch]])
}
