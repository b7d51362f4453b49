//! The private cluster on the PostgreSQL and PostGIS of this machine. Other users of a
//! cluster are real processes: this program again, running [`child_program`].

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use zielraum::db::check::check_server;
use zielraum::db::cluster::{Cluster, Durability};

const CHILD_DIR: &str = "ZIELRAUM_TEST_CLUSTER";

/// The program other tests start: uses a cluster until its standard input closes.
#[test]
fn child_program() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else {
        return;
    };
    let mut out = std::io::stdout();
    match Cluster::start(Some(Path::new(&dir)), Durability::Full) {
        Ok(cluster) => {
            writeln!(out, "\nBEREIT").unwrap();
            std::io::stdin().read_line(&mut String::new()).unwrap();
            cluster.stop_if_last().unwrap();
            writeln!(out, "\nBEENDET").unwrap();
        }
        Err(e) => writeln!(out, "\nFEHLER {e}").unwrap(),
    }
}

/// Another process that uses a cluster.
struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn spawn(dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_program", "--nocapture", "--test-threads=1"])
            .env(CHILD_DIR, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ready(dir: &Path) -> Self {
        let mut program = Self::spawn(dir);
        program.expect("BEREIT");
        program
    }

    fn expect(&mut self, word: &str) {
        let mut seen = String::new();
        while self.stdout.read_line(&mut seen).unwrap() > 0 {
            if seen.lines().any(|l| l == word) {
                return;
            }
        }
        panic!("no {word} from the child, but: {seen}");
    }

    fn end(mut self) {
        drop(self.stdin.take());
        self.expect("BEENDET");
        self.child.wait().unwrap();
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A data directory the server's account can reach, also when we are root.
fn data_dir() -> (TempDir, PathBuf) {
    let temp = TempDir::new().unwrap();
    fs::set_permissions(temp.path(), Permissions::from_mode(0o711)).unwrap();
    let dir = temp.path().join("daten");
    (temp, dir)
}

fn root() -> bool {
    Uid::effective().is_root()
}

fn start(dir: &Path) -> Cluster {
    Cluster::start(Some(dir), Durability::Tests).unwrap()
}

fn refusal(dir: &Path) -> String {
    let error = Cluster::start(Some(dir), Durability::Tests).expect_err("must be refused");
    assert_eq!(error.exit_code(), 1, "{error}");
    error.to_string()
}

/// The live postmaster on the cluster, found by its working directory.
fn postmaster(dir: &Path) -> Option<Pid> {
    let text = fs::read_to_string(dir.join("pg/postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    let pg = fs::canonicalize(dir.join("pg")).ok()?;
    (fs::read_link(format!("/proc/{pid}/cwd")).ok()? == pg).then(|| Pid::from_raw(pid))
}

/// Every process whose working directory is the cluster, whatever its pid file says.
fn server_processes(dir: &Path) -> usize {
    let pg = fs::canonicalize(dir.join("pg")).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|p| fs::read_link(p.path().join("cwd")).is_ok_and(|cwd| cwd == pg))
        .count()
}

fn watchers(dir: &Path) -> Vec<Pid> {
    let lock = fs::canonicalize(dir).unwrap().join("benutzer.lock");
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|p| {
            fs::read(p.path().join("cmdline")).is_ok_and(|line| {
                let line = String::from_utf8_lossy(&line);
                line.starts_with("flock\0") && line.contains(lock.to_str().unwrap())
            })
        })
        .map(|p| Pid::from_raw(p.file_name().to_str().unwrap().parse().unwrap()))
        .collect()
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

/// Connects as a process does that did not start the cluster itself.
fn options(dir: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(dir.join("sock"))
        .port(5432)
        .username("postgres")
        .database("postgres")
}

async fn text(conn: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

fn write_row(options: &PgConnectOptions) {
    run(async {
        let mut conn = options.connect().await.unwrap();
        let sql = "create table t (wert int); insert into t values (4711)";
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    });
}

fn row_is_there(options: &PgConnectOptions) -> bool {
    run(async {
        let mut conn = options.connect().await.unwrap();
        text(&mut conn, "select string_agg(wert::text, ',') from t").await == "4711"
    })
}

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
            "TimeZone=UTC fsync=on full_page_writes=on jit=off listen_addresses= max_connections=60 \
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
        for mut program in programs.drain(..) {
            drop(program.stdin.take()); // all end at once, too
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
