//! What the tests' allocator counts for each thread, so that tests beside one another do not disturb the count.

#![allow(unsafe_code, reason = "counting memory takes an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static HELD_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// How often this thread has asked for memory.
pub fn allocations() -> usize {
    ALLOCATIONS.get()
}

/// Bytes that this thread has asked for and not given back.
pub fn held_bytes() -> isize {
    HELD_BYTES.get()
}

struct Counting;

fn count(asked: usize, bytes: isize) {
    // A thread that is ending has no counters any more, and nothing to count.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + asked));
    let _ = HELD_BYTES.try_with(|held| held.set(held.get() + bytes));
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as isize);
        // SAFETY: the caller keeps the contract, we pass it on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, -(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as isize - layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
