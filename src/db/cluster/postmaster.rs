//! Is a postmaster alive on a cluster? A process id alone does not tell: `kill(pid, 0)`
//! succeeds on zombies, and after a reboot the number may be somebody else's.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::directory::{Directory, PORT};

/// What is known of the postmaster of one cluster.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// None, or one whose process has ended.
    Dead,
    /// Starting, recovering or stopping.
    Busy(i32),
    /// Taking connections on the socket in this directory.
    Ready(i32, PathBuf),
}

/// Reads `postmaster.pid` (1 process, 5 socket directory, 8 status) and looks at the process.
pub(super) fn state(pg: &Path) -> State {
    let Ok(text) = fs::read_to_string(pg.join("postmaster.pid")) else {
        return State::Dead;
    };
    let line = |n: usize| text.lines().nth(n).unwrap_or_default().trim();
    let Some(pid) = line(0).parse().ok().filter(|pid| runs_on(*pid, pg)) else {
        return State::Dead;
    };
    if line(7) == "ready" {
        State::Ready(pid, line(4).into())
    } else {
        State::Busy(pid)
    }
}

/// Whether this live process is a server process of this cluster: they all work in its directory.
fn runs_on(pid: i32, pg: &Path) -> bool {
    if pid <= 0 || is_zombie(pid) {
        return false;
    }
    let proc = PathBuf::from(format!("/proc/{pid}"));
    match (fs::metadata(proc.join("cwd")), fs::metadata(pg)) {
        (Ok(cwd), Ok(pg)) => (cwd.dev(), cwd.ino()) == (pg.dev(), pg.ino()),
        (Err(e), _) if e.kind() == ErrorKind::NotFound && proc.exists() => false,
        _ => exists(pid), // no /proc, or not ours to read
    }
}

fn exists(pid: i32) -> bool {
    !matches!(kill(Pid::from_raw(pid), None), Err(Errno::ESRCH))
}

fn is_zombie(pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    // The state follows the name, which is in brackets and may hold anything.
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| matches!(rest.trim_start().as_bytes().first(), Some(b'Z' | b'X')))
}

/// Clears what a killed postmaster left and PostgreSQL would stumble over: its backends
/// (busy ones notice the death only at their next wait), and lock files whose process id
/// lives on as a zombie or in another program. Call it only under the start lock.
pub(super) fn clear_remains(directory: &Directory) {
    for pid in server_processes(&directory.pg) {
        tracing::warn!(pid, "ending a backend of a postmaster that was killed");
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
    let socket = directory.sock.join(format!(".s.PGSQL.{PORT}"));
    let socket_lock = directory.sock.join(format!(".s.PGSQL.{PORT}.lock"));
    for lock in [directory.pg.join("postmaster.pid"), socket_lock] {
        let pid = fs::read_to_string(&lock)
            .ok()
            .and_then(|text| text.lines().next()?.trim().parse::<i32>().ok());
        if pid.is_some_and(|pid| exists(pid) && !runs_on(pid, &directory.pg)) {
            let _ = fs::remove_file(&lock);
            let _ = fs::remove_file(&socket);
        }
    }
}

fn server_processes(pg: &Path) -> Vec<i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            let program = fs::read_link(format!("/proc/{pid}/exe"));
            program.is_ok_and(|p| p.file_name().is_some_and(|n| n == "postgres"))
                && runs_on(*pid, pg)
        })
        .collect()
}

/// Fast shutdown: open transactions are rolled back, a checkpoint is written.
/// True when no postmaster is left.
pub(super) fn stop(pg: &Path, limit: Duration) -> bool {
    let end = Instant::now() + limit;
    let mut asked = None;
    loop {
        match state(pg) {
            State::Dead => return true,
            // A postmaster that is just starting loses a signal sent too early.
            State::Busy(pid) | State::Ready(pid, _) => {
                if asked.is_none_or(|at: Instant| at.elapsed() > Duration::from_secs(2)) {
                    let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
                    asked = Some(Instant::now());
                }
            }
        }
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
