//! Other users of a cluster are real processes: this program again, running
//! [`child_program`]. And what the system knows of the server's processes.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use nix::unistd::{Pid, Uid};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;
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
pub struct Program {
    pub child: Child,
    pub stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    pub fn spawn(dir: &Path) -> Self {
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

    pub fn ready(dir: &Path) -> Self {
        let mut program = Self::spawn(dir);
        program.expect("BEREIT");
        program
    }

    pub fn expect(&mut self, word: &str) {
        let mut seen = String::new();
        while self.stdout.read_line(&mut seen).unwrap() > 0 {
            if seen.lines().any(|l| l == word) {
                return;
            }
        }
        panic!("no {word} from the child, but: {seen}");
    }

    pub fn end(mut self) {
        drop(self.stdin.take());
        self.expect("BEENDET");
        self.child.wait().unwrap();
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A data directory the server's account can reach, also when we are root.
pub fn data_dir() -> (TempDir, PathBuf) {
    let temp = TempDir::new().unwrap();
    fs::set_permissions(temp.path(), Permissions::from_mode(0o711)).unwrap();
    let dir = temp.path().join("daten");
    (temp, dir)
}

pub fn root() -> bool {
    Uid::effective().is_root()
}

pub fn start(dir: &Path) -> Cluster {
    Cluster::start(Some(dir), Durability::Tests).unwrap()
}

pub fn refusal(dir: &Path) -> String {
    let error = Cluster::start(Some(dir), Durability::Tests).expect_err("must be refused");
    assert_eq!(error.exit_code(), 1, "{error}");
    error.to_string()
}

/// The live postmaster on the cluster, found by its working directory.
pub fn postmaster(dir: &Path) -> Option<Pid> {
    let text = fs::read_to_string(dir.join("pg/postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    let pg = fs::canonicalize(dir.join("pg")).ok()?;
    (fs::read_link(format!("/proc/{pid}/cwd")).ok()? == pg).then(|| Pid::from_raw(pid))
}

/// Every process whose working directory is the cluster, whatever its pid file says.
pub fn server_processes(dir: &Path) -> usize {
    let pg = fs::canonicalize(dir.join("pg")).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|p| fs::read_link(p.path().join("cwd")).is_ok_and(|cwd| cwd == pg))
        .count()
}

pub fn watchers(dir: &Path) -> Vec<Pid> {
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

pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

/// Connects as a process does that did not start the cluster itself.
pub fn options(dir: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(dir.join("sock"))
        .port(5432)
        .username("postgres")
        .database("postgres")
}

pub async fn text(conn: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

pub fn write_row(options: &PgConnectOptions) {
    run(async {
        let mut conn = options.connect().await.unwrap();
        let sql = "create table t (wert int); insert into t values (4711)";
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    });
}

pub fn row_is_there(options: &PgConnectOptions) -> bool {
    run(async {
        let mut conn = options.connect().await.unwrap();
        text(&mut conn, "select string_agg(wert::text, ',') from t").await == "4711"
    })
}
