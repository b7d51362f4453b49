//! Finding PostgreSQL's programs: `PG_BIN`, else the newest of the places the
//! systems use, and only a version that has PostGIS.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;
use crate::db::check::{OLDEST_POSTGIS, OLDEST_POSTGRESQL, postgis_version};
use crate::error::{Error, Result};

/// The programs of one usable PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
}

/// Finds the programs; for an existing cluster (`pg`) exactly its major.
pub(super) fn find(account: &Account, pg: Option<&Path>) -> Result<Binaries> {
    let needed = pg.map(cluster_major).transpose()?;
    let mut refused = Vec::new();
    let mut usable = Vec::new();
    for dir in candidates("postgres")? {
        match examine(&dir, account) {
            Ok(found) => usable.push(found),
            Err(reason) => refused.push(format!("{}: {reason}", dir.display())),
        }
    }
    usable.sort_by_key(|b| b.major);
    let chosen = match needed {
        Some(major) => usable.iter().rfind(|b| b.major == major),
        None => usable.last(),
    };
    if let Some(found) = chosen {
        return Ok(found.clone());
    }
    let wanted = match (pg, needed) {
        (Some(pg), Some(major)) => format!(
            "Die Datenbank in {} ist von PostgreSQL {major}, und dessen Programme mit PostGIS fehlen hier. \
             Bitte PostgreSQL {major} mit PostGIS installieren.",
            pg.display()
        ),
        _ => format!(
            "Es fehlt ein PostgreSQL ab Version {OLDEST_POSTGRESQL} mit PostGIS ab {}.{}. Bitte installieren \
             (Debian, Ubuntu: apt install postgresql postgis postgresql-NN-postgis-3), mit PG_BIN das \
             Verzeichnis der Programme oder mit DATABASE_URL einen Server nennen.",
            OLDEST_POSTGIS.0, OLDEST_POSTGIS.1
        ),
    };
    refused.extend(
        usable
            .iter()
            .map(|b| format!("{}: Version {}", b.dir.display(), b.major)),
    );
    let seen = if refused.is_empty() {
        "nichts".into()
    } else {
        refused.join("; ")
    };
    Err(Error::umgebung(format!("{wanted} Gefunden: {seen}.")))
}

fn cluster_major(pg: &Path) -> Result<u32> {
    let file = pg.join("PG_VERSION");
    let text = fs::read_to_string(&file).map_err(|e| super::trouble::io(&file, &e))?;
    text.trim().parse().map_err(|_| {
        Error::umgebung(format!(
            "{} nennt keine Version von PostgreSQL. Das Verzeichnis ist beschädigt; bitte eine Sicherung \
             zurückspielen oder mit --data ein anderes angeben.",
            file.display()
        ))
    })
}

/// Directories that hold a program, each once.
pub(super) fn candidates(program: &str) -> Result<Vec<PathBuf>> {
    if let Some(dir) = std::env::var_os("PG_BIN").filter(|d| !d.is_empty()) {
        let dir = std::path::absolute(dir)?;
        if dir.join(program).is_file() {
            return Ok(vec![dir]);
        }
        return Err(Error::umgebung(format!(
            "PG_BIN zeigt auf {}, dort liegt aber kein Programm „{program}“.",
            dir.display()
        )));
    }
    let mut found = Vec::new();
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql"),
        ("/usr/local/opt", "postgresql"),
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql"),
    ] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                found.push(entry.path().join("bin"));
            }
        }
    }
    found.extend(pg_config(Path::new("pg_config"), "--bindir"));
    found.retain(|dir| dir.join(program).is_file());
    found = found
        .into_iter()
        .map(|dir| fs::canonicalize(&dir).unwrap_or(dir))
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

fn examine(dir: &Path, account: &Account) -> Result<Binaries, String> {
    let answer = account
        .command(dir.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|e| format!("nicht ausführbar ({e})"))?;
    let said = String::from_utf8_lossy(&answer.stdout);
    let major = major_of(&said).ok_or("nennt keine Version")?;
    if major < OLDEST_POSTGRESQL {
        return Err(format!("Version {major}, zu alt"));
    }
    for program in ["initdb", "pg_ctl"] {
        if !dir.join(program).is_file() {
            return Err(format!("ohne {program}"));
        }
    }
    let control = share_dirs(dir, major)
        .into_iter()
        .map(|share| share.join("extension/postgis.control"))
        .find_map(|file| fs::read_to_string(file).ok())
        .ok_or_else(|| format!("Version {major}, ohne PostGIS"))?;
    let version = default_version(&control).unwrap_or_default();
    if postgis_version(version).is_none_or(|v| v < OLDEST_POSTGIS) {
        return Err(format!(
            "Version {major} mit PostGIS „{version}“, das zu alt ist"
        ));
    }
    Ok(Binaries {
        dir: dir.to_owned(),
        major,
    })
}

/// `pg_config` knows, but comes with a development package on some systems.
fn share_dirs(bin: &Path, major: u32) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = pg_config(&bin.join("pg_config"), "--sharedir")
        .into_iter()
        .collect();
    let prefix = bin.parent().unwrap_or(bin);
    dirs.extend([
        format!("/usr/share/postgresql/{major}").into(),
        prefix.join("share"),
        prefix.join("share/postgresql"),
        prefix.join(format!("share/postgresql@{major}")),
    ]);
    dirs
}

fn pg_config(program: &Path, option: &str) -> Option<PathBuf> {
    let answer = Command::new(program)
        .arg(option)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    (answer.status.success() && !text.trim().is_empty()).then(|| text.trim().into())
}

/// The major in `postgres (PostgreSQL) 15.18 (Debian 15.18-1)`, also in `18beta1`.
pub(super) fn major_of(version: &str) -> Option<u32> {
    let number = version.split("(PostgreSQL)").nth(1)?.trim_start();
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

fn default_version(control: &str) -> Option<&str> {
    let line = control
        .lines()
        .find(|l| l.trim_start().starts_with("default_version"))?;
    Some(line.split('=').nth(1)?.trim().trim_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_print() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_of("postgres 15"), None);
        assert_eq!(
            default_version("# postgis\ncomment = 'x'\ndefault_version = '3.3.2'\n"),
            Some("3.3.2")
        );
    }
}
