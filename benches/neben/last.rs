//! Load: keep-alive connections that ask one request after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
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
        if status == 204 {
            return Ok((status, 0));
        }
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
                ensure!(
                    matches!(status, 200 | 204),
                    "{}: {status}",
                    pfade[stelle % pfade.len()]
                );
                zeiten.push(beginn.elapsed());
                bytes += laenge;
                stelle += 7;
            }
            Ok((zeiten, bytes))
        })
    };
    let beginn = Instant::now();
    sammle((0..clients).map(lauf).collect(), beginn).await
}

/// Every request once, whichever client is free takes the next.
pub async fn einmal(adresse: &str, pfade: &[String], clients: usize) -> Result<Ergebnis> {
    let naechster = Arc::new(AtomicUsize::new(0));
    let lauf = || {
        let (adresse, pfade) = (adresse.to_owned(), pfade.to_vec());
        let naechster = Arc::clone(&naechster);
        tokio::spawn(async move {
            let mut verbindung = Verbindung::neu(&adresse).await?;
            let (mut zeiten, mut bytes) = (Vec::new(), 0);
            while let Some(pfad) = pfade.get(naechster.fetch_add(1, Ordering::Relaxed)) {
                let beginn = Instant::now();
                let (status, laenge) = verbindung.verwirf(pfad, false).await?;
                // Some answer an empty tile by 204.
                ensure!(matches!(status, 200 | 204), "{pfad}: {status}");
                zeiten.push(beginn.elapsed());
                bytes += laenge;
            }
            Ok((zeiten, bytes))
        })
    };
    let beginn = Instant::now();
    sammle((0..clients).map(|_| lauf()).collect(), beginn).await
}

type Lauf = tokio::task::JoinHandle<Result<(Vec<Duration>, usize)>>;

async fn sammle(laeufe: Vec<Lauf>, beginn: Instant) -> Result<Ergebnis> {
    let (mut zeiten, mut bytes) = (Vec::new(), 0);
    for lauf in laeufe {
        let (diese, b) = lauf.await??;
        zeiten.extend(diese);
        bytes += b;
    }
    Ok(auswerten(zeiten, bytes, beginn.elapsed()))
}

fn auswerten(mut zeiten: Vec<Duration>, bytes: usize, dauer: Duration) -> Ergebnis {
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
