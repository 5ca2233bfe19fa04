//! TERM, HUP, INT and QUIT ask the loop to stop; it then closes the session, and the screen puts the terminal back. A
//! second one ends the process at once, and so does time, should a terminal that nobody reads hold it up. To a service
//! without a terminal HUP is another word: read profile and settings again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

/// Longer than a replay waits for a disk that takes nothing, shorter than systemd waits before it kills (90 s).
const PATIENCE: Duration = Duration::from_secs(30);

/// A flag that becomes true when the process is asked to stop. With `reload`, HUP makes that one true instead.
pub fn stop_on_signals(reload: Option<Arc<AtomicBool>>) -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Registered before this returns: no signal finds the process unprepared.
    let (mut term, mut hup, mut int, mut quit) = {
        let _inside = runtime.enter();
        let [term, hup, int, quit] =
            [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()].map(signal);
        (term?, hup?, int?, quit?)
    };
    let wait = move || {
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
            // Who asks twice will not wait for a pipe that never speaks again. Whether asked twice or not: it ends.
            let _ = tokio::time::timeout(PATIENCE, next()).await;
        });
        std::process::exit(1);
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(stop)
}
