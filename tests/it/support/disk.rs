//! A slow and failing disk under the journal: `shim/disk.c`, loaded before libc.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Builds it, once for each test program. The C compiler is there: the build of SQLite needs it too.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/shim/disk.c");
        let folder = tempfile::Builder::new().prefix("shim").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
        let library = folder.join("disk.so");
        let cc = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let built =
            Command::new(cc).args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status().unwrap();
        assert!(built.success(), "the C compiler does not make the slow disk");
        library
    })
}

/// The command, on that disk.
pub fn on_the_disk(command: &mut Command) -> &mut Command {
    command.env("LD_PRELOAD", library())
}
