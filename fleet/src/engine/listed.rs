//! The files of a store as they were listed, while other programs write it.
//!
//! An engine lists the files first and reads them later by name, with the sizes of the list. Between the two a gather or a
//! listener may put another file in the place of one: its bytes would be taken for those of the listed file.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Reads a file only while it is the one that was listed.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    files: Arc<dyn ObjectStore>,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What tells a file from the one that replaces it (HTTP's ETag), by its name.
    tags: Mutex<HashMap<Path, String>>,
    has_changed: AtomicBool,
}

impl Seen {
    fn note(&self, file: &ObjectMeta) {
        if let Some(tag) = &file.e_tag {
            self.tags.lock().unwrap_or_else(PoisonError::into_inner).insert(file.location.clone(), tag.clone());
        }
    }

    fn tag(&self, name: &Path) -> Option<String> {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

impl Listed {
    pub(super) fn of(files: Arc<dyn ObjectStore>) -> Self {
        Self { files, seen: Arc::default() }
    }

    /// A listed file was replaced or removed before it was read: what was refused can be asked again, of a new list.
    pub(super) fn has_changed(&self) -> bool {
        self.seen.has_changed.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Listed {
    async fn get_opts(&self, name: &Path, options: GetOptions) -> Result<GetResult> {
        let tag = self.seen.tag(name);
        let is_listed = tag.is_some();
        let got = self.files.get_opts(name, GetOptions { if_match: tag, ..options }).await;
        if is_listed && matches!(got, Err(Error::Precondition { .. } | Error::NotFound { .. })) {
            self.seen.has_changed.store(true, Ordering::Relaxed);
        }
        got
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let seen = Arc::clone(&self.seen);
        self.files.list(prefix).inspect(move |file| file.iter().for_each(|file| seen.note(file))).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let list = self.files.list_with_delimiter(prefix).await?;
        list.objects.iter().for_each(|file| self.seen.note(file));
        Ok(list)
    }

    // An answer writes nothing.

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(only_reads("put"))
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(only_reads("put"))
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        futures::stream::once(async { Err(only_reads("delete")) }).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(only_reads("copy"))
    }
}

fn only_reads(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: "a store that only reads".to_owned() }
}

#[cfg(test)]
pub(super) mod tests {
    use object_store::ObjectStoreExt as _;
    use object_store::memory::InMemory;

    use super::*;

    /// Does something each time before a file is read.
    pub(crate) struct Meddled<F> {
        pub(crate) files: Arc<dyn ObjectStore>,
        pub(crate) before_reading: F,
    }

    impl<F> fmt::Debug for Meddled<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Meddled")
        }
    }

    impl<F> fmt::Display for Meddled<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Meddled")
        }
    }

    #[async_trait]
    impl<F: Fn() + Send + Sync + 'static> ObjectStore for Meddled<F> {
        async fn get_opts(&self, name: &Path, options: GetOptions) -> Result<GetResult> {
            (self.before_reading)();
            self.files.get_opts(name, options).await
        }

        fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
            self.files.list(prefix)
        }

        async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
            self.files.list_with_delimiter(prefix).await
        }

        async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
            Err(only_reads("put"))
        }

        async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
            Err(only_reads("put"))
        }

        fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
            futures::stream::empty().boxed()
        }

        async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
            Err(only_reads("copy"))
        }
    }

    #[tokio::test]
    async fn a_file_is_read_while_it_is_the_listed_one_only() {
        let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let name = Path::from("heard/part-0.parquet");
        files.put(&name, "the first".into()).await.unwrap();
        let listed = Listed::of(Arc::clone(&files));
        let list: Vec<_> = listed.list(None).collect().await;
        assert_eq!(list.len(), 1);
        assert_eq!(listed.get_range(&name, 4..9).await.unwrap(), "first");
        let ranges = listed.get_ranges(&name, &[0..3, 4..9]).await.unwrap();
        assert_eq!(ranges, ["the", "first"]);
        assert!(!listed.has_changed());
        // Of the same size, so that nothing but the tag tells it.
        files.put(&name, "a second.".into()).await.unwrap();
        assert!(listed.get_ranges(&name, &[0..3, 4..9]).await.is_err());
        assert!(listed.has_changed());
        // A new list has the new file.
        let listed = Listed::of(Arc::clone(&files));
        listed.list_with_delimiter(Some(&Path::from("heard"))).await.unwrap();
        assert_eq!(listed.get_range(&name, 2..8).await.unwrap(), "second");
        files.delete(&name).await.unwrap();
        assert!(listed.get(&name).await.is_err() && listed.has_changed());
    }

    #[tokio::test]
    async fn a_file_that_was_never_there_is_no_change() {
        let listed = Listed::of(Arc::new(InMemory::new()));
        assert!(listed.get(&Path::from("heard/part-0.parquet")).await.is_err());
        assert!(!listed.has_changed());
        assert!(listed.put(&Path::from("a"), "b".into()).await.is_err());
    }
}
