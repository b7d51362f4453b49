//! Start, attach, die, start again, stop.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use sqlx::{ConnectOptions as _, Connection as _};
use zielraum::db::check::check_server;
use zielraum::db::cluster::{Cluster, Durability};

use super::programs::{
    Program, data_dir, options, postmaster, root, row_is_there, run, server_processes, start, text,
    until, watchers, write_row,
};

#[test]
fn a_fresh_cluster_is_durable_private_and_stops_with_its_only_user() {
    let (_temp, dir) = data_dir();
    let cluster = Cluster::start(Some(&dir), Durability::Full).unwrap();
    let root_dir = fs::canonicalize(&dir).unwrap();
    assert_eq!(cluster.data_dir(), root_dir);
    assert_eq!(cluster.socket_dir(), root_dir.join("sock"));
    assert_eq!(
        fs::metadata(cluster.socket_dir()).unwrap().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::metadata(dir.join("pg.log")).unwrap().mode() & 0o777,
        0o600
    );
    assert!(dir.join("spool").is_dir() && !dir.join("pg.new").exists());

    run(async {
        let options = cluster.connect_options("postgres", "postgres");
        let mut conn = options.connect().await.unwrap();
        check_server(&mut conn, Durability::Full).await.unwrap();
        let settings = "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
            where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'jit', 'listen_addresses',
                'max_connections', 'max_locks_per_transaction', 'TimeZone', 'server_encoding')";
        assert_eq!(
            text(&mut conn, settings).await,
            "TimeZone=UTC fsync=on full_page_writes=on jit=off listen_addresses= max_connections=100 \
             max_locks_per_transaction=256 server_encoding=UTF8 synchronous_commit=on"
        );
        let sql = "create extension postgis";
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        check_server(&mut conn, Durability::Full).await.unwrap();
        conn.close().await.unwrap();
    });

    let pid = postmaster(&dir).expect("a postmaster");
    let owner = fs::metadata(format!("/proc/{pid}")).unwrap().uid();
    assert_ne!(owner, 0, "PostgreSQL must not run as root");
    assert!(tcp_sockets(pid).is_empty());
    cluster.stop_if_last().unwrap();
    assert_eq!(server_processes(&dir), 0);
    until("the watcher goes too", || watchers(&dir).is_empty());
}

/// Descriptors of a process that are TCP sockets of any kind.
fn tcp_sockets(pid: Pid) -> Vec<String> {
    let inodes: Vec<String> = ["tcp", "tcp6"]
        .iter()
        .flat_map(|table| {
            let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
            let rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
            rows
        })
        .filter_map(|row| Some(format!("socket:[{}]", row.split_whitespace().nth(9)?)))
        .collect();
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    descriptors
        .filter_map(|d| Some(fs::read_link(d.path()).ok()?.to_str()?.to_owned()))
        .filter(|target| inodes.contains(target))
        .collect()
}

#[test]
fn a_server_that_may_lose_data_is_refused() {
    let (_temp, dir) = data_dir();
    let cluster = start(&dir);
    run(async {
        let options = cluster.connect_options("postgres", "postgres");
        let mut conn = options.connect().await.unwrap();
        check_server(&mut conn, Durability::Tests).await.unwrap();
        let answer = check_server(&mut conn, Durability::Full).await;
        let text = answer.expect_err("fsync is off").to_string();
        assert!(
            text.contains("ausgeschaltet: fsync, full_page_writes, synchronous_commit."),
            "{text}"
        );
    });
}

#[test]
fn data_survives_kill_9_of_program_and_postmaster() {
    let (_temp, dir) = data_dir();
    let program = Program::ready(&dir);
    write_row(&options(&dir));
    let pid = postmaster(&dir).unwrap();
    kill(pid, Signal::SIGKILL).unwrap();
    program.kill();
    let cluster = Cluster::start(Some(&dir), Durability::Full).unwrap();
    assert_ne!(postmaster(&dir).unwrap(), pid);
    assert!(row_is_there(
        &cluster.connect_options("postgres", "postgres")
    ));
}

#[test]
fn kill_9_of_the_only_program_leaves_no_orphan() {
    let (_temp, dir) = data_dir();
    let program = Program::ready(&dir);
    write_row(&options(&dir));
    program.kill();
    until("the server stops", || server_processes(&dir) == 0);
    until("the watcher goes too", || watchers(&dir).is_empty());
    assert!(!dir.join("pg/postmaster.pid").exists(), "no clean shutdown");
    assert!(row_is_there(
        &start(&dir).connect_options("postgres", "postgres")
    ));
}

#[test]
fn the_server_outlives_its_starter_until_the_last_user_ends() {
    let (_temp, dir) = data_dir();
    for killed in [false, true] {
        let starter = Program::ready(&dir);
        let pid = postmaster(&dir);
        let second = start(&dir);
        assert_eq!(postmaster(&dir), pid, "attached, not started anew");
        run(async {
            let options = second.connect_options("postgres", "postgres");
            let mut conn = options.connect().await.unwrap();
            if killed {
                starter.kill();
            } else {
                starter.end();
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(text(&mut conn, "select 'noch da'").await, "noch da");
        });
        let third = Program::ready(&dir);
        drop(second);
        assert_eq!(postmaster(&dir), pid, "the third still uses it");
        third.end();
        assert_eq!(server_processes(&dir), 0, "the last user stops it");
    }
}

#[test]
fn a_dead_postmaster_is_started_again() {
    let (_temp, dir) = data_dir();
    let starter = Program::ready(&dir);
    let attached = start(&dir);
    let options = attached.connect_options("postgres", "postgres");
    write_row(&options);
    starter.kill();

    // A backend in a long calculation does not notice that its postmaster died.
    let busy = options.clone();
    let calculation = std::thread::spawn(move || {
        run(async {
            let mut conn = busy.connect().await.unwrap();
            let sql = "select count(*) from generate_series(1, 3000000000)";
            sqlx::query(sql).fetch_one(&mut conn).await.is_err()
        })
    });
    std::thread::sleep(Duration::from_millis(500));
    let pid = postmaster(&dir).unwrap();
    kill(pid, Signal::SIGKILL).unwrap();
    until("it is dead", || postmaster(&dir) != Some(pid));
    attached.ensure().unwrap();
    assert!(postmaster(&dir).is_some_and(|new| new != pid));
    assert!(row_is_there(&options));
    assert!(calculation.join().unwrap(), "the old backend was ended");

    // Without anybody asking.
    let pid = postmaster(&dir).unwrap();
    kill(pid, Signal::SIGKILL).unwrap();
    until("restarted by itself", || {
        postmaster(&dir).is_some_and(|new| new != pid)
    });
    attached.ensure().unwrap();
    assert!(row_is_there(&options));
}

#[test]
fn a_killed_watcher_is_replaced() {
    let (_temp, dir) = data_dir();
    let program = Program::ready(&dir);
    let first = watchers(&dir);
    assert_eq!(first.len(), 1, "one watcher");
    let attached = start(&dir);
    assert_eq!(watchers(&dir), first, "shared by all");
    kill(first[0], Signal::SIGKILL).unwrap();
    until("a new watcher", || {
        let now = watchers(&dir);
        now.len() == 1 && now != first
    });
    drop(attached);
    program.kill();
    until("the new watcher stops the server", || {
        server_processes(&dir) == 0
    });
}

#[test]
fn many_programs_start_at_once() {
    let (_temp, dir) = data_dir();
    for _ in 0..2 {
        let mut programs: Vec<_> = (0..4).map(|_| Program::spawn(&dir)).collect();
        for program in &mut programs {
            program.expect("BEREIT");
        }
        assert!(postmaster(&dir).is_some());
        for program in &mut programs {
            drop(program.stdin.take()); // all end at once, too
        }
        for program in programs {
            program.end();
        }
        until("the server stops", || server_processes(&dir) == 0);
    }
}

#[test]
fn a_killed_initdb_leaves_nothing_half_made() {
    let (_temp, dir) = data_dir();
    let program = Program::spawn(&dir);
    until("initdb begins", || dir.join("pg.new/PG_VERSION").exists());
    program.kill();
    assert!(!dir.join("pg").exists());
    let cluster = start(&dir);
    write_row(&cluster.connect_options("postgres", "postgres"));
    assert!(!dir.join("pg.new").exists());
    drop(cluster);

    // One killed by the machine leaves files, but no process.
    let (_temp, dir) = data_dir();
    fs::create_dir_all(dir.join("pg.new/base")).unwrap();
    fs::set_permissions(&dir, Permissions::from_mode(0o711)).unwrap();
    fs::write(dir.join("pg.new/PG_VERSION"), "15\n").unwrap();
    start(&dir);
    assert!(!dir.join("pg.new").exists());
}

#[test]
fn a_pid_file_of_an_unrelated_process_does_not_count() {
    let (_temp, dir) = data_dir();
    drop(start(&dir));
    let mut sleeper = Command::new("sleep");
    sleeper.arg("60");
    if root() {
        // PostgreSQL takes only processes of its own account for a postmaster.
        let postgres = User::from_name("postgres").unwrap().unwrap();
        sleeper.uid(postgres.uid.as_raw());
    }
    let mut sleeper = sleeper.spawn().unwrap();
    let socket = dir.join("sock");
    let remains = format!(
        "{}\n{}\n1\n5432\n{}\n\n0 0\nready   \n",
        sleeper.id(),
        dir.join("pg").display(),
        socket.display()
    );
    fs::write(dir.join("pg/postmaster.pid"), &remains).unwrap();
    fs::write(socket.join(".s.PGSQL.5432.lock"), &remains).unwrap();
    let cluster = start(&dir);
    assert_ne!(
        postmaster(&dir).unwrap().as_raw().unsigned_abs(),
        sleeper.id()
    );
    drop(cluster);
    assert!(sleeper.try_wait().unwrap().is_none(), "left alone");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}
