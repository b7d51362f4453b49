//! Processes beside this one: their ports, their processor time, their end.

use std::collections::HashMap;
use std::process::Child;
use std::time::Duration;

use anyhow::Result;

pub fn freier_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

/// Processor time of a process and its children so far.
pub fn rechenzeit(pid: u32) -> Result<Duration> {
    let mut eltern: HashMap<u32, Vec<u32>> = HashMap::new();
    for eintrag in std::fs::read_dir("/proc")? {
        let name = eintrag?.file_name();
        let Some(kind) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended meanwhile has no parent.
        let text = std::fs::read_to_string(format!("/proc/{kind}/stat")).unwrap_or_default();
        let nach_dem_namen = text.rsplit(") ").next().unwrap_or_default();
        if let Some(vater) = nach_dem_namen
            .split(' ')
            .nth(1)
            .and_then(|v| v.parse().ok())
        {
            eltern.entry(vater).or_default().push(kind);
        }
    }
    let (mut offen, mut summe) = (vec![pid], Duration::ZERO);
    while let Some(pid) = offen.pop() {
        summe += eigene(pid);
        offen.extend(eltern.get(&pid).into_iter().flatten());
    }
    Ok(summe)
}

/// With that of threads that have ended, in hundredths of a second.
fn eigene(pid: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let nach_dem_namen = text.rsplit(") ").next().unwrap_or_default();
    let felder = nach_dem_namen.split(' ').skip(11).take(2);
    let takte: u64 = felder.filter_map(|feld| feld.parse::<u64>().ok()).sum();
    Duration::from_millis(takte * 10)
}

/// Ended with its children when it is dropped.
pub struct Prozess(pub Child);

impl Prozess {
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Prozess {
    fn drop(&mut self) {
        // Politely: who has workers ends them.
        if let Ok(pid) = i32::try_from(self.0.id()) {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGTERM,
            );
        }
        for _ in 0..50 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
