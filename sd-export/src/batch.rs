//! Many files at once, results in the order they were asked for.

use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use sd_fs::{Dir, Progress};

use crate::worker::PROFILE;

/// Something with a length for the progress bar.
pub(crate) trait Weigh {
    /// Bytes, or 0 when that is not known yet.
    fn weight(&self) -> u64;
}

/// Does `work` on every item, on all cores, and tells `progress` of each that is done.
///
/// A panic in `work` is a panic here: no item is ever left out of the results.
pub(crate) fn each<T: Sync + Weigh, R: Send>(
    items: &[T],
    step: &str,
    progress: &mut dyn Progress,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let (next, work) = (&AtomicUsize::new(0), &work);
    let (send, receive) = mpsc::channel();
    progress.begin(step, Some(items.iter().map(Weigh::weight).sum()));
    let mut done = thread::scope(|scope| {
        for _ in 0..threads().min(items.len()) {
            let send = send.clone();
            scope.spawn(move || {
                while let Some((i, item)) = take(items, next) {
                    // The receiver lives as long as this scope.
                    let _ = send.send((i, work(item)));
                }
            });
        }
        drop(send);
        let tell = |(i, _): &(usize, R)| progress.advance(items[*i].weight());
        receive.into_iter().inspect(tell).collect::<Vec<_>>()
    });
    progress.end();
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let i = next.fetch_add(1, Ordering::Relaxed);
    items.get(i).map(|item| (i, item))
}

/// One worker a core, but never more than the memory holds at their limit: a killed worker
/// would be a refused file that the next run accepts.
fn threads() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let room = memory()
        .map_or(usize::MAX, |bytes| usize::try_from(bytes / PROFILE.memory).unwrap_or(usize::MAX));
    cores.min(room).max(1)
}

/// Bytes of memory that can be had without swapping.
fn memory() -> Option<u64> {
    let text = Dir::open(Path::new("/proc")).ok()?.read_small("meminfo", 64 << 10).ok()?;
    let text = String::from_utf8(text).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Number(u64);

    impl Weigh for Number {
        fn weight(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_items_and_none_is_lost() {
        let items: Vec<_> = (0..200).map(Number).collect();
        let doubled = each(&items, "", &mut sd_fs::Quiet, |n| {
            thread::sleep(std::time::Duration::from_micros(200 - n.0));
            n.0 * 2
        });
        assert_eq!(doubled, (0..200).map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn all_cores_work_at_once() {
        let count = threads();
        let (here, all) = (std::sync::Mutex::new(0), std::sync::Condvar::new());
        let items: Vec<_> = (0..count as u64).map(Number).collect();
        let met = each(&items, "", &mut sd_fs::Quiet, |_| {
            let mut here = here.lock().expect("nobody panics");
            *here += 1;
            all.notify_all();
            // Each waits for all the others, so each must have a thread of its own.
            let wait = std::time::Duration::from_secs(30);
            let met = all.wait_timeout_while(here, wait, |here| *here < count);
            !met.expect("nobody panics").1.timed_out()
        });
        assert!(met.iter().all(|met| *met));
    }

    #[test]
    fn the_memory_of_this_machine_is_known() {
        assert!(memory().is_some_and(|bytes| bytes > 1 << 20));
        assert!(threads() >= 1);
    }
}
