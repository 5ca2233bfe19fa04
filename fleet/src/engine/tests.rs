//! A question asked of a store while it is written.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use object_store::local::LocalFileSystem;

use super::listed::tests::Meddled;
use super::*;
use crate::schema::MACHINES;
use crate::table_file::{TableFile, Value as Cell};

/// Puts a table of so many machines in the place of the one that is there, as a gather does.
fn put_machines(store: &Path, machines: usize) {
    let (staged, folder) = (store.join(".new"), store.join(MACHINES.name));
    let mut file = TableFile::create(&staged, &MACHINES).unwrap();
    for at in 0..machines {
        let device = format!("{at:016x}");
        let unknown = || Cell::text(None);
        let row = [
            device.as_str().into(),
            unknown(),
            unknown(),
            unknown(),
            unknown(),
            "a region".into(),
            unknown(),
            1.into(),
        ];
        file.push(&row).unwrap();
    }
    file.finish().unwrap();
    fs::create_dir_all(&folder).unwrap();
    fs::rename(staged, folder.join("part-0.parquet")).unwrap();
}

/// What the question for the number of machines answers when the table is replaced before each of the first `replaced` reads.
async fn machines_while_written(replaced: usize) -> Result<Answer, AskError> {
    let folder = tempfile::tempdir().unwrap();
    put_machines(folder.path(), 1);
    let (root, _) = tables::open(&StorePlace::Folder(folder.path().to_owned())).unwrap();
    let (reads, place) = (AtomicUsize::new(0), folder.path().to_owned());
    let before_reading = move || {
        let read = reads.fetch_add(1, Ordering::Relaxed) + 1;
        if read <= replaced {
            put_machines(&place, 1 + 300 * (read % 7));
        }
    };
    let files: Arc<dyn ObjectStore> = Arc::new(Meddled { files: Arc::new(LocalFileSystem::new()), before_reading });
    ask_of(&root, &files, "SELECT count(device) AS machines FROM machines", &Asked::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_replaced_meanwhile_is_asked_again() {
    for (replaced, machines) in [(0, 1), (1, 301), (2, 601), (5, 1501)] {
        let answer = machines_while_written(replaced).await.unwrap();
        assert_eq!(answer.rows, [[Value::Whole(machines)]], "replaced {replaced} times");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_written_all_the_while_is_said_to_be() {
    let answer = machines_while_written(usize::MAX).await;
    assert!(matches!(answer, Err(AskError::Written)), "{answer:?}");
}

#[tokio::test]
async fn what_fails_for_another_reason_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    put_machines(folder.path(), 1);
    fs::write(folder.path().join("machines/part-0.parquet"), "PAR1 and then nothing else").unwrap();
    let (root, files) = tables::open(&StorePlace::Folder(folder.path().to_owned())).unwrap();
    let answer = ask_of(&root, &files, "SELECT count(device) FROM machines", &Asked::default()).await;
    assert!(matches!(answer, Err(AskError::Engine(_))), "{answer:?}");
}

#[test]
fn a_bucket_ends_in_one_slash_with_and_without_a_prefix() {
    let root = |text: &str| tables::open(&StorePlace::of(Path::new(text))).unwrap().0.to_string();
    assert_eq!(["s3://county", "s3://county/"].map(root), ["s3://county/"; 2]);
    assert_eq!(["s3://county/2026", "s3://county/2026/"].map(root), ["s3://county/2026/"; 2]);
}
