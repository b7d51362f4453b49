//! Side by side over sockets: the built service, Martin and `TiPg`, asked for the same tiles of
//! the same rows by the same clients. Cold is every tile once: for ours none was asked for
//! before, the peers keep none. Warm is every tile again and again, with Martin's cache on.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::neben::dienst::Dienst;
use crate::neben::last::{Anfragen, Ergebnis, Verbindung, einmal, laste};
use crate::neben::martin::Martin;
use crate::neben::prozess::rechenzeit;
use crate::neben::tipg::Tipg;
use crate::neben::{CLIENTS, tabelle};

/// Tiles compared of each zoom.
const PROBEN: usize = 16;
/// From this zoom on ours leaves nothing out, neither for being small nor for the tile's size:
/// tiles carry the same areas, but for those in the rim alone, where each draws the line a
/// little elsewhere.
const GLEICH_AB: u8 = 13;

/// Somebody who serves tiles.
struct Anbieter {
    adresse: String,
    pid: u32,
    pfad: fn(u8, u32, u32) -> String,
}

fn unser(z: u8, x: u32, y: u32) -> String {
    format!("/kacheln/fnp_flaechen/{z}/{x}/{y}.mvt")
}

fn martins(z: u8, x: u32, y: u32) -> String {
    format!("/kachel/{z}/{x}/{y}")
}

fn tipgs(z: u8, x: u32, y: u32) -> String {
    format!("/collections/bench.flaeche/tiles/WebMercatorQuad/{z}/{x}/{y}")
}

/// A number of a protobuf and what follows it.
fn varint(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let (mut zahl, mut stelle) = (0, 0);
    for (n, b) in bytes.iter().enumerate() {
        zahl |= u64::from(b & 0x7f) << stelle;
        if b & 0x80 == 0 {
            return Ok((zahl, &bytes[n + 1..]));
        }
        stelle += 7;
    }
    anyhow::bail!("a tile that ends in the middle")
}

/// Fields of a message that hold bytes.
fn felder(mut bytes: &[u8]) -> Result<Vec<(u64, &[u8])>> {
    let mut felder = Vec::new();
    while !bytes.is_empty() {
        let (marke, rest) = varint(bytes)?;
        let (zahl, rest) = varint(rest)?;
        bytes = rest;
        if marke & 7 == 2 {
            let laenge = usize::try_from(zahl)?;
            ensure!(laenge <= rest.len(), "a tile that ends in the middle");
            felder.push((marke >> 3, &rest[..laenge]));
            bytes = &rest[laenge..];
        }
    }
    Ok(felder)
}

/// Features of a tile.
fn objekte(kachel: &[u8]) -> Result<usize> {
    let mut summe = 0;
    for (_, ebene) in felder(kachel)?.into_iter().filter(|(nr, _)| *nr == 3) {
        summe += felder(ebene)?.iter().filter(|(nr, _)| *nr == 2).count();
    }
    Ok(summe)
}

impl Anbieter {
    fn pfade(&self, zoom: u8, kacheln: &[(u32, u32)]) -> Vec<String> {
        kacheln
            .iter()
            .map(|(x, y)| (self.pfad)(zoom, *x, *y))
            .collect()
    }

    /// Each once, with each of these questions; processor time with that of the database.
    async fn einmal(
        &self,
        zoom: u8,
        kacheln: &[(u32, u32)],
        fragen: &[String],
        postgres: u32,
    ) -> Result<Ergebnis> {
        let pfade = self.pfade(zoom, kacheln);
        let mit_frage = |frage: &String| {
            let pfade = pfade.iter();
            pfade
                .map(|pfad| format!("{pfad}{frage}"))
                .collect::<Vec<_>>()
        };
        let pfade: Vec<String> = fragen.iter().flat_map(mit_frage).collect();
        let rechnet = || Ok::<_, anyhow::Error>(rechenzeit(self.pid)? + rechenzeit(postgres)?);
        let vorher = rechnet()?;
        let mut ergebnis = einmal(&self.adresse, &pfade, CLIENTS).await?;
        ergebnis.cpu_ms =
            rechnet()?.saturating_sub(vorher).as_secs_f64() * 1e3 / ergebnis.anfragen.max(1) as f64;
        Ok(ergebnis)
    }

    async fn immer(
        &self,
        zoom: u8,
        kacheln: &[(u32, u32)],
        gzip: bool,
        dauer: Duration,
    ) -> Result<Ergebnis> {
        let anfragen = Anfragen {
            pfade: self.pfade(zoom, kacheln),
            gzip,
        };
        laste(&self.adresse, &anfragen, CLIENTS, dauer).await
    }

    async fn objekte(&self, zoom: u8, kacheln: &[(u32, u32)]) -> Result<usize> {
        let mut verbindung = Verbindung::neu(&self.adresse).await?;
        let mut summe = 0;
        for pfad in self.pfade(zoom, kacheln) {
            let antwort = verbindung.hole(&pfad, false).await?;
            ensure!(
                matches!(antwort.status, 200 | 204),
                "{pfad}: {}",
                antwort.status
            );
            summe += objekte(&antwort.koerper)?;
        }
        Ok(summe)
    }
}

/// The attributes a tile has by itself, in another order each time: the same tile, and another
/// one to a cache, so that cold ones can be asked for often enough to be measured.
fn gedreht(zoom: u8) -> Vec<String> {
    let mut namen: Vec<&str> = match zoom {
        GLEICH_AB.. => tabelle::EIGENSCHAFTEN
            .iter()
            .map(|(name, _)| *name)
            .collect(),
        // It depends on the tile's size which it has.
        12 => return vec![String::new()],
        _ => vec!["kennung", "nutzung", "name"],
    };
    let mut fragen = Vec::new();
    for _ in 0..namen.len().min(6) {
        fragen.push(format!("?properties={}", namen.join(",")));
        namen.rotate_left(1);
    }
    fragen
}

fn mal(unsere: &Ergebnis, ihre: Option<&Ergebnis>) -> String {
    ihre.map_or("–".into(), |ihre| {
        format!("**{:.1}**", unsere.je_sekunde / ihre.je_sekunde)
    })
}

/// Times by the clock, and by processor time with the database's.
fn mal_kalt(unsere: &Ergebnis, ihre: Option<&Ergebnis>) -> String {
    ihre.map_or("–".into(), |ihre| {
        format!(
            "{} / {:.1}",
            mal(unsere, Some(ihre)),
            ihre.cpu_ms / unsere.cpu_ms
        )
    })
}

fn zahlen(ergebnis: Option<&Ergebnis>) -> String {
    ergebnis.map_or("–".into(), |e| {
        format!(
            "{:.0} ({:.2} ms, {:.2} CPU-ms)",
            e.je_sekunde, e.p50, e.cpu_ms
        )
    })
}

fn rate(ergebnis: Option<&Ergebnis>) -> String {
    ergebnis.map_or("–".into(), |e| format!("{:.0}", e.je_sekunde))
}

/// Whoever carries less is faster: the tiles must hold what the peers' hold.
async fn gleiche_eigenschaften(dienst: &Dienst) -> Result<()> {
    let doc = dienst.hole("/kacheln/fnp_flaechen").await?;
    let doc: serde_json::Value = serde_json::from_slice(&doc)?;
    let felder = doc["vector_layers"][0]["fields"].as_object();
    let gleich = felder.is_some_and(|felder| {
        let mut namen = tabelle::EIGENSCHAFTEN.iter();
        felder.len() == namen.len() && namen.all(|(name, _)| felder.contains_key(*name))
    });
    ensure!(gleich, "the tiles carry other attributes: {felder:?}");
    Ok(())
}

/// Tables of cold and warm tiles, zoom by zoom; `kacheln` says which.
pub async fn miss(
    ordner: &Path,
    dienst: &Dienst,
    (socket, port, postgres): (&Path, u16, u32),
    kacheln: &[(u8, Vec<(u32, u32)>)],
    dauer: Duration,
) -> Result<()> {
    let datenbank = tabelle::adresse(socket, port, crate::neben::DATENBANK);
    let anbieter = |adresse: &str, pid, pfad| Anbieter {
        adresse: adresse.to_owned(),
        pid,
        pfad,
    };
    let unsere = anbieter(&dienst.adresse, dienst.pid(), unser);
    let ohne = Martin::starte(ordner, &datenbank, 0).await?;
    let mit = Martin::starte(ordner, &datenbank, 512).await?;
    let (aus, an) = (
        ohne.as_ref()
            .map(|m| anbieter(&m.adresse, m.pid(), martins)),
        mit.as_ref().map(|m| anbieter(&m.adresse, m.pid(), martins)),
    );
    let python = Tipg::starte(ordner, &datenbank, 2).await?;
    let tipg = python
        .as_ref()
        .map(|t| anbieter(&t.adresse, t.pid(), tipgs));
    if aus.is_none() {
        println!("Martin: MARTIN is not set");
    }
    if tipg.is_none() {
        println!("TiPg: TIPG is not set");
    }
    println!(
        "\n| zoom | tiles | ours cold, tiles/s (p50, CPU-ms a tile with the database's) | Martin, no cache | × clock / processor | TiPg, 2 processes | × | ours warm, tiles/s | Martin cached | × | ours warm, gzip | Martin cached, gzip | × | areas in {PROBEN} tiles: ours / Martin / TiPg | kB ours / Martin |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    let einfach = [String::new()];
    gleiche_eigenschaften(dienst).await?;
    for (zoom, alle) in kacheln {
        let zoom = *zoom;
        let kalt = unsere.einmal(zoom, alle, &gedreht(zoom), postgres).await?;
        let mut kalte = Vec::new();
        for peer in [&aus, &tipg] {
            kalte.push(match peer {
                // Twice: the first time the database reads its pages.
                Some(peer) => {
                    peer.einmal(zoom, alle, &einfach, postgres).await?;
                    Some(peer.einmal(zoom, alle, &einfach, postgres).await?)
                }
                None => None,
            });
        }
        let mut warme = Vec::new();
        for gzip in [false, true] {
            warme.push(Some(unsere.immer(zoom, alle, gzip, dauer).await?));
            warme.push(match &an {
                Some(an) => {
                    an.immer(zoom, alle, gzip, dauer / 4).await?;
                    an.einmal(zoom, alle, &einfach, postgres).await?;
                    Some(an.immer(zoom, alle, gzip, dauer).await?)
                }
                None => None,
            });
        }
        let proben: Vec<_> = alle
            .iter()
            .step_by(alle.len().div_ceil(PROBEN))
            .copied()
            .collect();
        let mut gefunden = vec![unsere.objekte(zoom, &proben).await?];
        // TiPg looks without the rim.
        for (peer, prozent) in [(&aus, 3), (&tipg, 20)] {
            let Some(peer) = peer else { continue };
            let ihre = peer.objekte(zoom, &proben).await?;
            ensure!(
                zoom < GLEICH_AB || ihre.abs_diff(gefunden[0]) * 100 <= ihre * prozent,
                "zoom {zoom}: {ihre} areas in the tiles of {}, {} in ours",
                peer.adresse,
                gefunden[0]
            );
            gefunden.push(ihre);
        }
        let gefunden: Vec<_> = gefunden.iter().map(ToString::to_string).collect();
        let [martin, tipg] = [kalte[0].as_ref(), kalte[1].as_ref()];
        let paar = |n: usize| match (&warme[n], &warme[n + 1]) {
            (Some(unsere), ihre) => format!(
                "{:.0} | {} | {}",
                unsere.je_sekunde,
                rate(ihre.as_ref()),
                mal(unsere, ihre.as_ref())
            ),
            (None, _) => String::new(),
        };
        println!(
            "| {zoom} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} / {} |",
            alle.len(),
            zahlen(Some(&kalt)),
            zahlen(martin),
            mal_kalt(&kalt, martin),
            zahlen(tipg),
            mal_kalt(&kalt, tipg),
            paar(0),
            paar(2),
            gefunden.join(" / "),
            kalt.kb,
            martin.map_or("–".into(), |m| format!("{:.0}", m.kb)),
        );
    }
    Ok(())
}
