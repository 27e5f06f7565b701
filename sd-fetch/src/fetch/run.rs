//! The thread that decides: hands out items, hears what became of them, draws, asks.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use sd_bundle::Item;
use sd_term::{Bars, Failure, Status, Ui, size};

use super::fate::Fate;
use super::lane::{Order, Tidings};
use super::queue::{Job, Queue, Turn};
use super::{EndError, Ended, FetchError, Outcome};
use crate::inventory::Refused;
use crate::plan::Plan;
use crate::visit::Visit;

/// How often the lines are drawn anew when nothing comes.
const TICK: Duration = Duration::from_millis(500);

pub(super) struct Run<'a, 'c> {
    plan: &'a Plan,
    visit: &'a mut Visit<'c>,
    ui: &'a mut Ui,
    bars: Bars,
    lanes: Vec<Sender<Order<'c>>>,
    idle: Vec<usize>,
    queue: Queue,
    fetched: Vec<Item>,
    refused: Vec<Refused>,
    /// The session is over; items wait for a login.
    locked_out: bool,
    /// Logins since an item came.
    logins_in_vain: u32,
    end: Option<EndError>,
    /// The item that the run ended at.
    stopped_at: Vec<Job>,
}

impl<'a, 'c> Run<'a, 'c> {
    pub(super) fn new(
        plan: &'a Plan,
        visit: &'a mut Visit<'c>,
        ui: &'a mut Ui,
        lanes: Vec<Sender<Order<'c>>>,
    ) -> Self {
        let mut bars = ui.bars();
        bars.begin("fetching", plan.bytes(), lanes.len());
        Self {
            queue: Queue::new(plan.new.len(), visit.session().limits().idle),
            idle: (0..lanes.len()).rev().collect(),
            refused: plan.refused.clone(),
            fetched: Vec::new(),
            locked_out: false,
            logins_in_vain: 0,
            end: None,
            stopped_at: Vec::new(),
            plan,
            visit,
            ui,
            bars,
            lanes,
        }
    }

    /// Goes on until everything is here, refused or given up.
    pub(super) fn run_to_the_end(mut self, tidings: &Receiver<Tidings>) -> Outcome {
        loop {
            self.hand_out();
            if self.is_over() {
                return self.outcome();
            }
            let now = Instant::now();
            let wake = self.queue.wake(now).map(|at| at.saturating_duration_since(now));
            match tidings.recv_timeout(wake.unwrap_or(TICK).min(TICK)) {
                Ok(Tidings::Here { lane, bytes }) => self.here(lane, bytes),
                Ok(Tidings::Over { lane, job, result, kept }) => {
                    self.over(lane, job, *result, kept);
                }
                Err(RecvTimeoutError::Timeout) => self.bars.tick(),
                // No lane is left: a panic, which the scope passes on.
                Err(RecvTimeoutError::Disconnected) => return self.outcome(),
            }
        }
    }

    fn is_over(&self) -> bool {
        let all_idle = self.idle.len() == self.lanes.len();
        all_idle && (self.end.is_some() || self.queue.is_empty())
    }

    fn hand_out(&mut self) {
        if self.locked_out && self.idle.len() == self.lanes.len() {
            self.log_in_again();
        }
        while self.end.is_none() && !self.locked_out {
            let Some(lane) = self.idle.pop() else { return };
            let Some(job) = self.queue.next(Instant::now()) else {
                self.idle.push(lane);
                return;
            };
            let item = &self.plan.new[job.index];
            self.bars.lane(lane, &item.shown(), item.size);
            let session = self.visit.session().clone();
            if let Err(unsent) = self.lanes[lane].send(Order { job, session }) {
                self.stopped_at.push(unsent.0.job);
            }
        }
    }

    /// A server that ends every session before anything came of it is not logged in to again:
    /// each login uses up a code and counts against the account.
    fn log_in_again(&mut self) {
        self.locked_out = false;
        if self.logins_in_vain > 0 {
            let words = "the Journalist Interface ended this one too, before anything came of it";
            self.end = Some(EndError::Login(Failure::new(Status::SessionEnded, words)));
            return;
        }
        self.logins_in_vain += 1;
        let (visit, ui) = (&mut *self.visit, &mut *self.ui);
        if let Err(failure) = self.bars.aside(|| visit.log_in_again(ui)) {
            self.end = Some(EndError::Login(failure));
        }
    }

    fn here(&mut self, lane: usize, bytes: u64) {
        self.bars.at(lane, bytes);
        if bytes > 0 {
            self.queue.is_open();
        }
    }

    fn over(&mut self, lane: usize, job: Job, result: Result<Item, FetchError>, kept: u64) {
        self.idle.push(lane);
        match result {
            Ok(item) => {
                self.bars.leave(lane, item.size);
                self.queue.is_well();
                self.logins_in_vain = 0;
                self.fetched.push(item);
            }
            Err(e) => {
                // What is kept of it counts again when it is gone on with.
                self.bars.leave(lane, 0);
                self.failed(job, e, kept);
            }
        }
    }

    fn failed(&mut self, mut job: Job, e: FetchError, kept: u64) {
        job.last = Some(e.to_string());
        let (index, now) = (job.index, Instant::now());
        let turn = match e.fate() {
            Fate::Refuse => return self.refuse(job),
            Fate::End => return self.stop(job, EndError::Fetch(e)),
            Fate::Session => match self.visit.session().is_alive() {
                Ok(alive) => return self.forbidden(job, alive),
                // Not even that can be asked: the connection is to blame.
                Err(_) => self.queue.again(job, kept, now),
            },
            Fate::Again => self.queue.again(job, kept, now),
            Fate::Outage => self.queue.outage(job, now),
        };
        match turn {
            Turn::Later(pause) => self.note(index, &e, kept, pause),
            Turn::Enough(job) => self.give_up(job, kept),
            Turn::AllEnough(job) => self.stop(job, EndError::Fetch(e)),
        }
    }

    /// 403: the session is over, or the server will not give this one item.
    fn forbidden(&mut self, mut job: Job, alive: bool) {
        if alive && job.forbidden {
            return self.refuse(job);
        }
        job.forbidden |= alive;
        self.locked_out |= !alive;
        self.queue.put_back(job);
    }

    /// It had its attempts in this run.
    fn give_up(&mut self, mut job: Job, kept: u64) {
        if kept > 0 {
            let why = job.last.unwrap_or_default();
            let kept = size(kept);
            job.last =
                Some(format!("{why}; {kept} of it are here, and the next sync goes on there"));
        }
        self.refuse(job);
    }

    fn refuse(&mut self, job: Job) {
        let item = Refused::item(&self.plan.new[job.index]);
        self.refused.push(item.because(job.last.unwrap_or_default()));
    }

    fn stop(&mut self, job: Job, why: EndError) {
        self.stopped_at.push(job);
        self.end.get_or_insert(why);
    }

    fn note(&mut self, index: usize, e: &FetchError, kept: u64, pause: Duration) {
        let after = if kept > 0 { format!(", after {}", size(kept)) } else { String::new() };
        let (ui, item) = (&mut *self.ui, self.plan.new[index].shown());
        let seconds = pause.as_millis().div_ceil(1000);
        self.bars.aside(|| ui.say(format_args!("{item}{after}: {e}; going on in {seconds} s")));
    }

    fn outcome(mut self) -> Outcome {
        self.bars.end();
        let mut jobs = std::mem::take(&mut self.stopped_at);
        jobs.extend(self.queue.drain());
        let unfinished: Vec<Refused> = jobs
            .iter()
            .filter_map(|job| Some((job.index, job.last.as_ref()?)))
            .map(|(index, why)| Refused::item(&self.plan.new[index]).because(why))
            .collect();
        let left = jobs.len() - unfinished.len();
        Outcome {
            fetched: self.fetched,
            refused: self.refused,
            ended: self.end.map(|why| Ended { why, unfinished, left }),
        }
    }
}
