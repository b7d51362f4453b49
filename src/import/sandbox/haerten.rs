//! What the child takes from itself before it touches a user's file: memory, time,
//! descriptors, the network, other programs, writing, and every other file.
//!
//! The floor without which nothing is read: the resource limits, the system call filter
//! (no socket, no program, no writing, no new process) and that no other file can be
//! opened. The last comes from one of three, strictest first:
//! 1. *Speicher* – the file lies in memory and the filter refuses every opening of a file.
//! 2. *Landlock* – for a large file: only its folder and PROJ's data can be read.
//! 3. *chroot* – where the kernel has no Landlock: the private folder becomes the root
//!    (as root, or in a user namespace of our own).
//!
//! Afterwards [`pruefe`] tries the forbidden things and refuses to go on if one works.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    path_beneath_rules,
};
use nix::libc;
use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::Schranken;

/// Sets the resource limits and goes down with the parent.
pub(super) fn schranken(schranken: &Schranken, im_speicher: u64) -> Result<(), String> {
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)
        .map_err(|cause| format!("Ende mit dem Hauptprogramm: {cause}"))?;
    for (was, grenze) in [
        (Resource::RLIMIT_AS, schranken.speicher + im_speicher),
        (Resource::RLIMIT_CPU, schranken.rechenzeit.as_secs()),
        // A write into a file would kill the child; the pipe is no file.
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_NOFILE, 64),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(was, grenze, grenze).map_err(|cause| format!("Grenze {was:?}: {cause}"))?;
    }
    Ok(())
}

/// Closes every descriptor but the three standard ones.
pub(super) fn schliesse_fremde() {
    let offene: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .filter_map(|eintrag| eintrag.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > 2)
        .collect();
    for fd in offene {
        // The one of the listing itself is closed already.
        let _ = nix::unistd::close(fd);
    }
}

/// A network namespace without a way out, where the kernel allows one; the floor is the filter.
pub(super) fn netz_ab() {
    let _ = unshare(CloneFlags::CLONE_NEWNET);
}

/// Confines reading to `ordner` and `daten` by Landlock, else to `ordner` by chroot.
/// Returns where `ordner` is found afterwards.
pub(super) fn nur_ordner(ordner: &Path, daten: &[PathBuf]) -> Result<PathBuf, String> {
    if landlock(ordner, daten).is_ok() {
        return Ok(ordner.to_owned());
    }
    let versuch = || -> nix::Result<()> {
        if !nix::unistd::geteuid().is_root() {
            unshare(CloneFlags::CLONE_NEWUSER)?;
        }
        nix::unistd::chroot(ordner)?;
        nix::unistd::chdir("/")
    };
    versuch().map_err(|cause| {
        format!("der Kern hat kein Landlock, und der Wechsel in einen eigenen Ordner (chroot) ist nicht erlaubt: {cause}")
    })?;
    Ok(PathBuf::from("/"))
}

fn landlock(ordner: &Path, daten: &[PathBuf]) -> Result<(), String> {
    let alles = AccessFs::from_all(ABI::V1);
    let lesen = AccessFs::from_read(ABI::V1);
    let status = Ruleset::default()
        .handle_access(alles)
        .and_then(Ruleset::create)
        .and_then(|regeln| regeln.add_rules(path_beneath_rules([ordner], lesen)))
        .and_then(|regeln| regeln.add_rules(path_beneath_rules(daten, lesen)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(|cause| cause.to_string())?;
    if status.ruleset == RulesetStatus::FullyEnforced {
        Ok(())
    } else {
        Err("Landlock greift nicht".into())
    }
}

/// System calls of plain reading and computing.
const ERLAUBT: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_fcntl,
    libc::SYS_fadvise64,
    libc::SYS_ppoll,
    libc::SYS_mmap,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

/// Everything but [`ERLAUBT`] is refused from here on; with `dateien`, files may still be
/// opened for reading (which others, decides [`nur_ordner`]).
pub(super) fn filter(dateien: bool) -> Result<(), String> {
    let mut regeln: BTreeMap<i64, Vec<SeccompRule>> =
        ERLAUBT.iter().map(|nummer| (*nummer, Vec::new())).collect();
    let bau = || -> Result<BpfProgram, seccompiler::BackendError> {
        if dateien {
            let nur_lesen = |stelle: u8| {
                let schreibend = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
                SeccompCondition::new(
                    stelle,
                    SeccompCmpArgLen::Dword,
                    SeccompCmpOp::MaskedEq(u64::from(schreibend.unsigned_abs())),
                    u64::from(libc::O_RDONLY.unsigned_abs()),
                )
                .and_then(|bedingung| SeccompRule::new(vec![bedingung]))
            };
            regeln.insert(libc::SYS_openat, vec![nur_lesen(2)?]);
            #[cfg(target_arch = "x86_64")]
            regeln.insert(libc::SYS_open, vec![nur_lesen(1)?]);
        }
        SeccompFilter::new(
            regeln,
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    };
    let programm = bau().map_err(|cause| format!("Filter der Systemaufrufe: {cause}"))?;
    seccompiler::apply_filter(&programm)
        .map_err(|cause| format!("Filter der Systemaufrufe: {cause}"))
}

/// Tries what must be impossible now. `fremd` existed before.
pub(super) fn pruefe(fremd: &Path) -> Result<(), String> {
    if std::net::UdpSocket::bind(("127.0.0.1", 0)).is_ok() {
        return Err("das Netz ist noch erreichbar".into());
    }
    if std::fs::File::open(fremd).is_ok() {
        return Err("andere Dateien sind noch lesbar".into());
    }
    if std::fs::File::create(std::env::temp_dir().join(format!("zielraum-{}", std::process::id())))
        .is_ok()
    {
        return Err("Dateien lassen sich noch schreiben".into());
    }
    if std::process::Command::new("/proc/self/exe")
        .arg("--version")
        .spawn()
        .is_ok()
    {
        return Err("andere Programme lassen sich noch starten".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Filter and Landlock hold for the thread that takes them on, so each case has its own.
    fn im_faden<T: Send>(tue: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|s| s.spawn(tue).join().expect("ends well"))
    }

    fn fremde_datei() -> tempfile::NamedTempFile {
        tempfile::NamedTempFile::new().expect("writes")
    }

    #[test]
    fn the_check_tells_what_still_works() {
        let fremd = fremde_datei();
        let netz = im_faden(|| pruefe(fremd.path()));
        assert_eq!(netz, Err("das Netz ist noch erreichbar".into()));
        let datei = im_faden(|| filter(true).and_then(|()| pruefe(fremd.path())));
        assert_eq!(datei, Err("andere Dateien sind noch lesbar".into()));
    }

    #[test]
    fn the_filter_takes_network_files_and_programs() {
        let fremd = fremde_datei();
        im_faden(|| {
            assert!(std::fs::File::open(fremd.path()).is_ok(), "before");
            filter(false).expect("is set");
            let nein = |kind: Option<std::io::ErrorKind>| {
                assert_eq!(kind, Some(std::io::ErrorKind::PermissionDenied));
            };
            nein(
                std::net::UdpSocket::bind(("127.0.0.1", 0))
                    .err()
                    .map(|e| e.kind()),
            );
            nein(
                std::net::TcpListener::bind(("127.0.0.1", 0))
                    .err()
                    .map(|e| e.kind()),
            );
            nein(
                std::net::TcpStream::connect(("127.0.0.1", 9))
                    .err()
                    .map(|e| e.kind()),
            );
            nein(std::fs::File::open(fremd.path()).err().map(|e| e.kind()));
            nein(std::fs::File::create(fremd.path()).err().map(|e| e.kind()));
            nein(std::fs::remove_file(fremd.path()).err().map(|e| e.kind()));
            nein(
                std::process::Command::new("/bin/true")
                    .spawn()
                    .err()
                    .map(|e| e.kind()),
            );
            pruefe(fremd.path()).expect("nothing works any more");
        });
        assert!(fremd.path().exists());
    }

    /// Where the kernel has no Landlock, chroot stands in; that one holds for a whole process
    /// and is tried by the tests of large files.
    #[test]
    fn landlock_leaves_one_folder() {
        let (eigener, fremd) = (tempfile::tempdir().expect("makes"), fremde_datei());
        let daten = eigener.path().join("daten.gpkg");
        std::fs::write(&daten, "x").expect("writes");
        im_faden(|| {
            if landlock(eigener.path(), &[]).is_err() {
                let lsm = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
                assert!(!lsm.contains("landlock"), "the kernel has it: {lsm}");
                return;
            }
            filter(true).expect("is set");
            assert!(std::fs::read(&daten).is_ok());
            assert!(std::fs::write(&daten, "y").is_err());
            pruefe(fremd.path()).expect("nothing else works");
        });
    }
}
