//! PostgreSQL's client programs (`pg_dump`, `pg_restore`) for a server of one version, found
//! where the server's own programs are looked for, and in the system's folder for programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::binaries::{candidates, major_of};
use crate::error::{Error, Result};

/// Finds `name` of the server's major, else the next newer one: an older `pg_dump` refuses a
/// newer server, an older `pg_restore` cannot read a newer archive.
///
/// # Errors
/// [`Error::Umgebung`] with what to install; names what was found.
pub fn client(name: &str, major: u32) -> Result<PathBuf> {
    let mut dirs = candidates(name)?;
    if std::env::var_os("PG_BIN").is_none_or(|d| d.is_empty()) {
        // Where there is one PostgreSQL only. Debian's is a script that chooses by cluster.
        dirs.extend(["/usr/local/bin".into(), PathBuf::from("/usr/bin")]);
    }
    let found: Vec<(u32, PathBuf)> = dirs
        .into_iter()
        .map(|dir| dir.join(name))
        .filter_map(|path| Some((version(&path, name)?, path)))
        .collect();
    if let Some(path) = choose(&found, major) {
        return Ok(path.to_owned());
    }
    let seen: Vec<String> = found
        .iter()
        .map(|(major, path)| format!("{} (Version {major})", path.display()))
        .collect();
    let seen = if seen.is_empty() {
        "nichts".to_owned()
    } else {
        seen.join(", ")
    };
    Err(Error::umgebung(format!(
        "Der Datenbankserver ist PostgreSQL {major}; dazu fehlt das Programm „{name}“ derselben oder einer neueren \
         Version. Gefunden: {seen}. Bitte installieren (Debian, Ubuntu: apt install postgresql-client-{major}) oder mit \
         PG_BIN das Verzeichnis der Programme nennen."
    )))
}

fn choose(found: &[(u32, PathBuf)], major: u32) -> Option<&Path> {
    found
        .iter()
        .filter(|(m, _)| *m >= major)
        .min_by_key(|(m, _)| *m)
        .map(|(_, path)| path.as_path())
}

/// Major that the program states, as in `pg_dump (PostgreSQL) 15.18`.
fn version(path: &Path, name: &str) -> Option<u32> {
    let answer = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8(answer.stdout).ok()?;
    said.starts_with(name).then(|| major_of(&said)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_major_or_the_next_newer_is_chosen() {
        let found = [15, 17, 16].map(|m| (m, PathBuf::from(format!("/pg/{m}"))));
        let chosen = |major| choose(&found, major).map(|p| p.display().to_string());
        assert_eq!(chosen(15).as_deref(), Some("/pg/15"));
        assert_eq!(chosen(14).as_deref(), Some("/pg/15"));
        assert_eq!(chosen(16).as_deref(), Some("/pg/16"));
        assert_eq!(chosen(18), None);
    }

    #[test]
    fn a_missing_version_is_named_with_what_to_install() {
        let text = client("pg_dump", 99).unwrap_err().to_string();
        assert!(text.contains("PostgreSQL 99"), "{text}");
        assert!(text.contains("postgresql-client-99"), "{text}");
    }
}
