//! Data directories: odd, closed, foreign.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use super::programs::{data_dir, refusal, root, start, write_row};

#[test]
fn a_long_or_odd_path_gets_a_short_socket_directory() {
    for name in ["sehr lang ".repeat(12), "mit, Komma \"und\" ä".into()] {
        let (_temp, dir) = data_dir();
        let dir = dir.join(name.trim());
        let cluster = start(&dir);
        let socket_dir = cluster.socket_dir().to_owned();
        assert!(socket_dir.starts_with("/tmp") && socket_dir != dir.join("sock"));
        assert_eq!(fs::metadata(&socket_dir).unwrap().mode() & 0o777, 0o700);
        write_row(&cluster.connect_options("postgres", "postgres"));
        let second = start(&dir);
        assert_eq!(second.socket_dir(), socket_dir);
        drop((cluster, second));

        // Somebody else took the name: /tmp is open to all.
        fs::remove_dir_all(&socket_dir).unwrap();
        let elsewhere = dir.join("fremd");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &socket_dir).unwrap();
        let text = refusal(&dir);
        assert!(text.contains(socket_dir.to_str().unwrap()), "{text}");
        fs::remove_file(&socket_dir).unwrap();
        if root() {
            fs::create_dir(&socket_dir).unwrap();
            chown(&socket_dir, Some(12345), None).unwrap();
            let text = refusal(&dir);
            assert!(
                text.contains("gehört nicht dem Benutzer „postgres“"),
                "{text}"
            );
            fs::remove_dir(&socket_dir).unwrap();
        }
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_refused_not_moved() {
    let (temp, _) = data_dir();
    let closed = fs::canonicalize(temp.path()).unwrap().join("zu");
    fs::create_dir(&closed).unwrap();
    let below = closed.join("a/daten");
    if root() {
        fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
        for dir in [&closed, &below] {
            let text = refusal(dir);
            let wanted = format!("der darf {} nicht betreten", closed.display());
            assert!(text.contains(&wanted), "{text}");
            assert!(
                text.contains(&format!("chmod o+x {}", closed.display())),
                "{text}"
            );
        }
    } else {
        fs::set_permissions(&closed, Permissions::from_mode(0o500)).unwrap();
        for dir in [&closed, &below] {
            let text = refusal(dir);
            assert!(text.contains("Der Zugriff ist nicht erlaubt"), "{text}");
            assert!(text.contains(closed.to_str().unwrap()), "{text}");
        }
    }
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 0, "nothing made");

    let file = temp.path().join("datei");
    fs::write(&file, "").unwrap();
    for dir in [file.clone(), file.join("daten")] {
        let text = refusal(&dir);
        assert!(text.contains("kein Verzeichnis ist"), "{text}");
    }
}

#[test]
fn a_cluster_of_another_version_or_user_is_refused() {
    let (_temp, dir) = data_dir();
    drop(start(&dir));
    let version = dir.join("pg/PG_VERSION");
    let own = fs::read_to_string(&version).unwrap();
    fs::write(&version, "14\n").unwrap();
    let text = refusal(&dir);
    assert!(
        text.contains("ist von PostgreSQL 14") && text.contains(&format!("Version {}", own.trim())),
        "{text}"
    );
    fs::write(&version, "kaputt\n").unwrap();
    assert!(refusal(&dir).contains("beschädigt"));
    fs::write(&version, &own).unwrap();

    // A server that does not start says why.
    let control = dir.join("pg/global/pg_control");
    fs::rename(&control, dir.join("pg_control")).unwrap();
    let text = refusal(&dir);
    assert!(
        text.contains("Der Start der Datenbank ist gescheitert") && text.contains("pg_control"),
        "{text}"
    );
    fs::rename(dir.join("pg_control"), &control).unwrap();
    if root() {
        chown(dir.join("pg"), Some(12345), None).unwrap();
        let text = refusal(&dir);
        assert!(text.contains("gehört dem Benutzer „Nr. 12345“"), "{text}");
    } else {
        drop(start(&dir));
    }
}
