//! Once warm, a tick asks for no memory. The counting allocator counts for each thread.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(unsafe_code, reason = "an allocator is unsafe by its nature; this one only counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use grainloss_simulator::{Scenario, Simulation};

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// How often this thread has asked for memory.
fn asked() -> u64 {
    ASKED.get()
}

fn count() {
    // A thread that is ending has no counter any more, and nothing to count.
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
}

struct Counting;

// SAFETY: every call is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_warm_tick_asks_for_no_memory() {
    let mut scenario = Scenario::bundled("wheat-steady").unwrap();
    for fault in ["lost-fast-packet@30-40", "dm1-three@20-90", "vendor-frames@20-90", "babbling-node@40-50"] {
        scenario.add_fault(fault).unwrap();
    }
    let mut simulation = Simulation::new(&scenario, 2);
    let mut frames = Vec::with_capacity(4096);
    let (mut ticks, mut text) = (0, 0);
    for tick in 0..20_000 {
        frames.clear();
        let before = asked();
        simulation.tick(&mut frames);
        let asked = asked() - before;
        // A second's truth names its faults in a text of its own.
        let names_faults = simulation.take_truth().is_some_and(|row| !row.faults.is_empty());
        if tick >= 6000 {
            if names_faults { text += asked } else { ticks += asked }
        }
    }
    assert_eq!(ticks, 0, "{text} for the truth's texts");
}
