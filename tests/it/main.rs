//! The product from outside: command line, journal file, drawn screen, socket, reports. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod advice;
mod advice_words;
mod alarm_words;
mod architecture;
mod budget;
mod bundled_profiles;
mod calibration;
mod change_indication;
mod cli;
mod commands;
mod conditions;
mod config;
mod damaged_files;
mod dashboard;
mod estimator_doc;
mod evaluate;
mod fitting;
mod followup;
mod harvest;
mod journal;
mod journal_capture;
mod journal_continue;
mod journal_disk;
mod journal_kills;
mod journal_proof;
mod journal_revise;
mod journal_schema;
mod journal_tamper;
mod knowledge;
mod logs;
mod machine;
mod machine_faults;
mod machine_find;
mod machine_profile;

mod no_allocation;
mod nothing_hostile;
mod outputs_spare;
mod pan_ledger;
mod pans;
mod parts;
mod random_frames;
mod ready;
mod replay;
mod report;
mod screens;
mod service;
mod service_loop;
mod session_why;
mod sick_disk;
mod simulate;
mod support;
mod terminal;
mod themes;
