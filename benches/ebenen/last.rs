//! Load: keep-alive connections that ask one request after the other.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What is asked, in turn.
pub struct Anfragen {
    pub pfade: Vec<String>,
    pub gzip: bool,
}

/// What came of it.
pub struct Ergebnis {
    pub anfragen: usize,
    pub je_sekunde: f64,
    pub p50: f64,
    pub p99: f64,
    pub kb: f64,
    pub cpu_ms: f64,
}

impl Ergebnis {
    pub fn zeile(&self) -> String {
        format!(
            "{:.0} | {:.2} | {:.2} | {:.1} | {:.2}",
            self.je_sekunde, self.p50, self.p99, self.kb, self.cpu_ms
        )
    }
}

pub struct Antwort {
    pub status: u16,
    pub koerper: Vec<u8>,
}

/// One connection; reads with one buffer of its own.
pub struct Verbindung {
    strom: TcpStream,
    puffer: Vec<u8>,
    wirt: String,
}

impl Verbindung {
    pub async fn neu(adresse: &str) -> Result<Self> {
        let strom = TcpStream::connect(adresse).await?;
        strom.set_nodelay(true)?;
        Ok(Self {
            strom,
            puffer: vec![0; 256 << 10],
            wirt: adresse.to_owned(),
        })
    }

    /// The answer with its body (chunks not joined: only whole bodies are asked for).
    pub async fn hole(&mut self, pfad: &str, gzip: bool) -> Result<Antwort> {
        let mut koerper = Vec::new();
        let (status, _) = self
            .frage(pfad, gzip, |bytes| koerper.extend_from_slice(bytes))
            .await?;
        Ok(Antwort { status, koerper })
    }

    /// Status and length of the body.
    pub async fn verwirf(&mut self, pfad: &str, gzip: bool) -> Result<(u16, usize)> {
        self.frage(pfad, gzip, |_| {}).await
    }

    async fn frage(
        &mut self,
        pfad: &str,
        gzip: bool,
        mut nimm: impl FnMut(&[u8]),
    ) -> Result<(u16, usize)> {
        let packen = if gzip {
            "Accept-Encoding: gzip\r\n"
        } else {
            ""
        };
        let text = format!("GET {pfad} HTTP/1.1\r\nHost: {}\r\n{packen}\r\n", self.wirt);
        self.strom.write_all(text.as_bytes()).await?;
        let mut da = 0;
        let ende = loop {
            let n = self.strom.read(&mut self.puffer[da..]).await?;
            ensure!(n > 0, "connection ended");
            da += n;
            if let Some(ende) = self.puffer[..da].windows(4).position(|w| w == b"\r\n\r\n") {
                break ende + 4;
            }
        };
        let kopf = String::from_utf8_lossy(&self.puffer[..ende]).to_ascii_lowercase();
        let status: u16 = kopf.get(9..12).context("status")?.parse()?;
        let laenge = kopf
            .lines()
            .find_map(|z| z.strip_prefix("content-length: "));
        if let Some(laenge) = laenge {
            let laenge: usize = laenge.trim().parse()?;
            nimm(&self.puffer[ende..da]);
            let mut gelesen = da - ende;
            while gelesen < laenge {
                let n = self.strom.read(&mut self.puffer).await?;
                ensure!(n > 0, "connection ended");
                nimm(&self.puffer[..n]);
                gelesen += n;
            }
            return Ok((status, laenge));
        }
        ensure!(kopf.contains("transfer-encoding: chunked"), "{kopf}");
        let mut stueckweise = Stueckweise::default();
        let mut rest = self.puffer[ende..da].to_vec();
        let mut gesamt = 0;
        loop {
            let (bytes, fertig) = stueckweise.lies(&rest, &mut nimm)?;
            gesamt += bytes;
            if fertig {
                return Ok((status, gesamt));
            }
            let n = self.strom.read(&mut self.puffer).await?;
            ensure!(n > 0, "connection ended in the middle");
            rest.clear();
            rest.extend_from_slice(&self.puffer[..n]);
        }
    }
}

/// Chunked transfer, whatever the cuts of the socket.
#[derive(Default)]
struct Stueckweise {
    /// Of the chunk under way, its line end included.
    offen: usize,
    zeile: Vec<u8>,
    letztes: bool,
}

impl Stueckweise {
    fn lies(&mut self, mut bytes: &[u8], nimm: &mut impl FnMut(&[u8])) -> Result<(usize, bool)> {
        let mut gesamt = 0;
        while let Some(erstes) = bytes.first() {
            if self.offen > 0 {
                let n = self.offen.min(bytes.len());
                let inhalt = n.min(self.offen.saturating_sub(2));
                nimm(&bytes[..inhalt]);
                gesamt += inhalt;
                self.offen -= n;
                bytes = &bytes[n..];
                if self.offen == 0 && self.letztes {
                    return Ok((gesamt, true));
                }
                continue;
            }
            self.zeile.push(*erstes);
            bytes = &bytes[1..];
            if self.zeile.ends_with(b"\r\n") {
                let text = std::str::from_utf8(&self.zeile)?.trim();
                let laenge = usize::from_str_radix(text, 16)?;
                self.letztes = laenge == 0;
                self.offen = laenge + 2;
                self.zeile.clear();
            }
        }
        Ok((gesamt, false))
    }
}

/// So many clients for so long.
pub async fn laste(
    adresse: &str,
    anfragen: &Anfragen,
    clients: usize,
    dauer: Duration,
) -> Result<Ergebnis> {
    let ende = Instant::now() + dauer;
    let lauf = |n: usize| {
        let (adresse, pfade, gzip) = (adresse.to_owned(), anfragen.pfade.clone(), anfragen.gzip);
        tokio::spawn(async move {
            let mut verbindung = Verbindung::neu(&adresse).await?;
            let (mut zeiten, mut bytes) = (Vec::new(), 0);
            // Each begins elsewhere and goes on in steps of its own.
            let mut stelle = n * pfade.len() / 4;
            while Instant::now() < ende {
                let beginn = Instant::now();
                let (status, laenge) = verbindung
                    .verwirf(&pfade[stelle % pfade.len()], gzip)
                    .await?;
                ensure!(status == 200, "{}: {status}", pfade[stelle % pfade.len()]);
                zeiten.push(beginn.elapsed());
                bytes += laenge;
                stelle += 7;
            }
            Ok((zeiten, bytes))
        })
    };
    let beginn = Instant::now();
    let laeufe: Vec<_> = (0..clients).map(lauf).collect();
    let (mut zeiten, mut bytes) = (Vec::new(), 0);
    for lauf in laeufe {
        let (diese, b) = lauf.await??;
        zeiten.extend(diese);
        bytes += b;
    }
    Ok(auswerten(zeiten, bytes, beginn.elapsed()))
}

pub fn auswerten(mut zeiten: Vec<Duration>, bytes: usize, dauer: Duration) -> Ergebnis {
    zeiten.sort_unstable();
    let stelle = |teil: usize| {
        let n = (zeiten.len() * teil / 100).min(zeiten.len().saturating_sub(1));
        zeiten.get(n).map_or(0.0, |t| t.as_secs_f64() * 1e3)
    };
    Ergebnis {
        anfragen: zeiten.len(),
        je_sekunde: zeiten.len() as f64 / dauer.as_secs_f64(),
        p50: stelle(50),
        p99: stelle(99),
        kb: bytes as f64 / 1000.0 / zeiten.len().max(1) as f64,
        cpu_ms: 0.0,
    }
}

pub fn freier_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

/// Processor time of a process so far.
pub fn rechenzeit(pid: u32) -> Result<Duration> {
    let mut summe = 0;
    for faden in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = std::fs::read_to_string(faden?.path().join("schedstat")).unwrap_or_default();
        let ns: u64 = text.split_whitespace().next().unwrap_or("0").parse()?;
        summe += ns;
    }
    Ok(Duration::from_nanos(summe))
}

/// A static file by nginx.
pub struct Nginx {
    prozess: Child,
    adresse: String,
    ordner: std::path::PathBuf,
}

impl Nginx {
    /// None where there is none.
    pub fn starte(ordner: &Path) -> Result<Option<Self>> {
        let programm = std::env::var("NGINX").unwrap_or_else(|_| "nginx".into());
        let ordner = ordner.join("nginx");
        std::fs::create_dir_all(&ordner)?;
        let adresse = format!("127.0.0.1:{}", freier_port()?);
        let hier = ordner.display();
        let einstellungen = format!(
            "daemon off; pid {hier}/pid; error_log {hier}/error.log; worker_processes 2; events {{ worker_connections 64; }}\nhttp {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000; client_body_temp_path {hier}/b; proxy_temp_path {hier}/p; fastcgi_temp_path {hier}/f; uwsgi_temp_path {hier}/u; scgi_temp_path {hier}/s; server {{ listen {adresse}; root {hier}; }} }}\n"
        );
        std::fs::write(ordner.join("nginx.conf"), einstellungen)?;
        let prozess = Command::new(programm)
            .arg("-p")
            .arg(&ordner)
            .arg("-c")
            .arg(ordner.join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn();
        match prozess {
            Ok(prozess) => Ok(Some(Self {
                prozess,
                adresse,
                ordner,
            })),
            Err(fehler) if fehler.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(fehler) => bail!(fehler),
        }
    }

    pub async fn miss(&self, clients: usize, dauer: Duration, inhalt: &[u8]) -> Result<Ergebnis> {
        std::fs::write(self.ordner.join("seite.json"), inhalt)?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let anfragen = Anfragen {
            pfade: vec!["/seite.json".into()],
            gzip: false,
        };
        laste(&self.adresse, &anfragen, clients, dauer).await
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.ordner.join("pid")).unwrap_or_default();
        if let Ok(pid) = pid.trim().parse() {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGTERM,
            );
        }
        let _ = self.prozess.wait();
    }
}
