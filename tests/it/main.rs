//! The product from outside: command line, journal file, drawn screen, socket, reports. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod advice;
mod advice_words;
mod alarm_words;
mod architecture;
mod before_harvest;
// The uplink's own tests have the same broker that says nothing, and the same store.
#[path = "../../crates/uplink/tests/uplink/broker.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod broker;
mod budget;
mod bundled_profiles;
mod bus_seen;
mod calibration;
mod change_indication;
mod charts;
mod chinese;
mod cli;
mod commands;
mod conditions;
mod config;
mod crop_advice;
mod damaged_files;
mod dashboard;
mod dbc;
mod estimator_doc;
mod evaluate;
mod fitting;
mod followup;
mod glossary;
mod habits;
mod harvest;
mod journal;
mod journal_capture;
mod journal_continue;
mod journal_disk;
mod journal_kills;
mod journal_lock;
mod journal_proof;
mod journal_revise;
mod journal_salvage;
mod journal_schema;
mod journal_tamper;
mod knowledge;
mod large_windows;
mod learn;
mod logs;
mod machine;
mod machine_check;
mod machine_faults;
mod machine_find;
mod machine_profile;
mod measure;

mod no_allocation;
mod nothing_hostile;
mod outputs_spare;
mod packet;
mod packets_of_service;
mod pan_ledger;
mod pans;
mod parts;
mod random_frames;
mod readme;
mod ready;
mod replay;
mod report;
mod report_code;
mod report_front;
mod report_pages;
mod report_season;
mod screens;
mod service;
mod service_kills;
mod service_loop;
mod session_why;
mod sick_disk;
mod simulate;
mod small_windows;
#[path = "../../crates/uplink/tests/uplink/store_server.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod store_server;
mod support;
mod taps;
mod terminal;
mod test_cut;
mod text_keys;
mod themes;
mod train;
mod uplink_day;
mod watch_status;
mod web;
mod web_page;
