//! TERM, HUP, INT and QUIT ask the loop to stop; it closes the session, and the screen restores the terminal. A second
//! signal ends the process at once, and so does a time limit, in case a blocked terminal holds it up. For a service without
//! a terminal, HUP means: read profile and settings again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

/// Time limit of an orderly stop: longer than a replay waits for a blocked disk, shorter than systemd's 90 s before KILL.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// A flag that becomes true when the process is asked to stop. With `reload`, HUP sets that flag instead.
///
/// # Errors
/// When the handlers or their thread cannot be installed.
pub fn stop_on_signals(reload: Option<Arc<AtomicBool>>) -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Registered before this returns: no signal is missed.
    let (mut term, mut hup, mut int, mut quit) = {
        let _inside = runtime.enter();
        let [term, hup, int, quit] =
            [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()].map(signal);
        (term?, hup?, int?, quit?)
    };
    // A file that has reached the process's limit is an error of the write, as a full disk is, and not the end. The handler
    // stays when the stream has gone.
    let file_size = {
        let _inside = runtime.enter();
        signal(SignalKind::from_raw(libc::SIGXFSZ))?
    };
    let wait = move || {
        let _file_size = file_size;
        let mut next = async || loop {
            tokio::select! {
                _ = term.recv() => return,
                _ = hup.recv() => match &reload {
                    Some(reload) => reload.store(true, Ordering::Relaxed),
                    None => return,
                },
                _ = int.recv() => return,
                _ = quit.recv() => return,
            }
        };
        runtime.block_on(async {
            next().await;
            flag.store(true, Ordering::Relaxed);
            // A second signal or the time limit: either way the process ends now.
            let _ = tokio::time::timeout(STOP_TIMEOUT, next()).await;
        });
        std::process::exit(1);
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(stop)
}
