//! Runs a source to its end, with or without a dashboard in this process.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::{CliError, complain};
use super::sending::Sending;
use super::web::Page;
use crate::cli::said::Said as _;
use crate::service::{self, FileSessionFactory, RunReport, StartError};
use grainloss_bus::FrameSource;
use grainloss_knowledge::Words;
use grainloss_knowledge::spoken;
use grainloss_tui::{Cab, Remembered, SessionPlace};

/// How often it is looked whether a dashboard can open (our choice).
const OPENS_AFTER: Duration = Duration::from_millis(50);

/// Runs a source to its end, or until the user or a signal stops it. The first session is dated `started_us`.
pub(super) fn run<S: FrameSource + Send + 'static>(
    source: S,
    factory: FileSessionFactory,
    started_us: i64,
    dashboard: Option<(Words, Remembered)>,
) -> Result<RunReport<S>, CliError> {
    run_with(Beside::default(), source, factory, started_us, dashboard)
}

/// What a dashboard has beside the session.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The controls of a driven machine.
    pub cab: Option<Box<dyn Cab>>,
    /// It opens when bus time is so far, µs since 1970; at once where that is past.
    pub opens_at_us: i64,
    /// The page for a phone.
    pub page: Page,
    /// What leaves the cab.
    pub sending: Sending,
}

/// As [`run`], with what is beside it.
pub(super) fn run_with<S: FrameSource + Send + 'static>(
    beside: Beside,
    source: S,
    factory: FileSessionFactory,
    started_us: i64,
    dashboard: Option<(Words, Remembered)>,
) -> Result<RunReport<S>, CliError> {
    let started = service::run(source, factory, started_us);
    let (running, mut screens) = started.map_err(|error| match error {
        StartError::System(_) => CliError::failed(error),
        error => CliError::input(error),
    })?;
    let page = match beside.page.serve(screens.clone(), &running.commands, spoken()) {
        Ok(page) => page,
        Err(error) => {
            running.stop.store(true, Ordering::Relaxed);
            running.join().map_err(CliError::failed)?;
            return Err(error);
        }
    };
    let sends = beside.sending.start(screens.clone());
    let shown = if let Some((words, mut remembered)) = dashboard {
        remembered.page.clone_from(&page.urls);
        while screens.borrow().readings.t_us < beside.opens_at_us && !running.stop.load(Ordering::Relaxed) {
            std::thread::sleep(OPENS_AFTER);
        }
        // A fault of the screen must not cost the session: the loop is stopped in order, and the journal closed.
        let show = std::panic::AssertUnwindSafe(|| {
            grainloss_tui::show_with(
                SessionPlace::Here(beside.cab),
                &mut screens,
                &running.commands,
                words,
                remembered,
                &running.stop,
            )
        });
        std::panic::catch_unwind(show).unwrap_or_else(|_| Err(std::io::Error::other("a fault in the program")))
    } else {
        drop(screens);
        Ok(())
    };
    if shown.is_err() {
        // Without a screen the user could not stop it.
        running.stop.store(true, Ordering::Relaxed);
    }
    let report = running.join().map_err(CliError::failed);
    sends.finish();
    let report = report?;
    drop(page);
    shown.map_err(|error| CliError::failed(format!("{}: {}", spoken().get("cli-dashboard"), error.said())))?;
    Ok(report)
}

/// Why the capture is not complete; `None` when it is, or none was kept.
fn capture_loss<S>(report: &RunReport<S>) -> Option<String> {
    let captured = report.captured.as_ref()?;
    let why = captured.error.as_deref()?;
    Some(match captured.lost {
        // Every frame is in the file; what was to be noted of it is not.
        0 => spoken().with("run-capture-not-noted", &[("why", why)]),
        lost => spoken().with("run-capture-incomplete", &[("lost", &lost.to_string()), ("why", why)]),
    })
}

/// As [`check_complete`], but missing frames of the capture are a message only: they stand in the journal, and a service
/// that was stopped in order and has every second has not failed.
pub(super) fn check_service_complete<S>(report: &RunReport<S>) -> Result<(), CliError> {
    if report.journal_lost.is_none()
        && report.trace_error.is_none()
        && let Some(problem) = capture_loss(report)
    {
        complain(&problem);
        return Ok(());
    }
    check_complete(report)
}

/// An error when something did not reach the disk; to be called after everything else is done.
pub(super) fn check_complete<S>(report: &RunReport<S>) -> Result<(), CliError> {
    if let Some((lost, error)) = &report.journal_lost {
        let slow = spoken().get("run-disk-too-slow");
        let values = [("lost", &*lost.to_string()), ("why", error.as_deref().unwrap_or(&slow))];
        return Err(CliError::failed(spoken().with("run-journal-incomplete", &values)));
    }
    if let Some(problem) = capture_loss(report) {
        return Err(CliError::failed(problem));
    }
    report.trace_error.as_ref().map_or(Ok(()), |error| Err(CliError::failed(error)))
}
