//! What happens inside the guest: commands, files, and a station's home.

use std::io;

use super::Vm;
use super::agent::Agent;
use super::order::{Job, Order, Who};
use super::wire::Answer;
use crate::newsroom::Run;

impl Vm {
    /// Runs a command to its end, however it ends.
    pub fn run(&mut self, order: Order) -> io::Result<Run> {
        let job = self.begin(order)?;
        self.finish(job)
    }

    /// Runs a command as the person at the machine, to its end.
    pub fn run_as_user(&mut self, script: &str) -> io::Result<Run> {
        self.run(Order::user(script))
    }

    /// Runs a command as root. What it says is returned; if it fails, that is an error.
    pub fn sh(&mut self, script: &str) -> io::Result<String> {
        let run = self.run(Order::root(script))?;
        match run.code {
            Some(0) => Ok(run.stdout),
            code => {
                Err(io::Error::other(format!("{code:?}: {script}\n{}{}", run.stdout, run.stderr)))
            }
        }
    }

    /// Starts a command.
    pub fn begin(&mut self, order: Order) -> io::Result<Job> {
        let (script, input) = order.to_send();
        let ticket = self.agent(order.who)?.start(&script, &input)?;
        Ok(Job { ticket, order })
    }

    /// Waits for a command.
    #[expect(clippy::needless_pass_by_value, reason = "an ended command is used up")]
    pub fn finish(&mut self, job: Job) -> io::Result<Run> {
        self.answer(&job).map(|answer| Run {
            code: (answer.code >= 0).then_some(answer.code),
            stdout: String::from_utf8_lossy(&answer.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&answer.stderr).into_owned(),
        })
    }

    /// Puts a file into the guest; directories above it are made.
    pub fn put(&mut self, who: Who, path: &str, bytes: &[u8]) -> io::Result<()> {
        let script = format!("mkdir -p \"$(dirname '{path}')\" && cat >'{path}'");
        self.bytes(Order::new(who, script).stdin(bytes)).map(drop)
    }

    /// A file of the guest.
    pub fn get(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.bytes(Order::root(format!("cat '{path}'")))
    }

    /// A directory of the guest as a tar file: a station's home, before the machine goes back
    /// and becomes the other station.
    pub fn take_tree(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.bytes(Order::root(format!("tar -C '{path}' -c .")))
    }

    /// Makes such a directory again, with its owners.
    pub fn put_tree(&mut self, path: &str, tree: &[u8]) -> io::Result<()> {
        let script = format!("mkdir -p '{path}' && tar -C '{path}' --same-owner -xp");
        self.bytes(Order::root(script).stdin(tree)).map(drop)
    }

    /// The output of a command that must not fail.
    fn bytes(&mut self, order: Order) -> io::Result<Vec<u8>> {
        let job = self.begin(order)?;
        let answer = self.answer(&job)?;
        match answer.code {
            0 => Ok(answer.stdout),
            code => {
                let said = sd_fs::escape(&answer.stderr);
                Err(io::Error::other(format!("{code}: {:?}: {said}", job.order)))
            }
        }
    }

    fn answer(&mut self, job: &Job) -> io::Result<Answer> {
        let limit = job.order.limit;
        let answer = self.agent(job.order.who)?.finish(&job.ticket, limit);
        answer.map_err(|e| io::Error::new(e.kind(), format!("{e}: {:?}", job.order)))
    }

    fn agent(&mut self, who: Who) -> io::Result<&mut Agent> {
        let machine = self.machine()?;
        Ok(match who {
            Who::Root => &mut machine.root,
            Who::User => &mut machine.user,
        })
    }
}
