//! What the machine did meanwhile: a figure without it says little.

use anyhow::{Context as _, Result};

/// Load average of 1, 5 and 15 minutes.
pub fn last() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

/// Peak memory of a process (`self` or its number) in MB.
pub fn speicher_mb(pid: &str) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let zeile = text
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .context("VmHWM")?;
    let kb: u64 = zeile.trim().trim_end_matches(" kB").parse()?;
    Ok(kb >> 10)
}
