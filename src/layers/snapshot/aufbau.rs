//! How a snapshot is read: all rows in one transaction, or after an edit the edited keys alone.
//!
//! Rows arrive as a stream and become blocks on the threads for slow work, a few at a time: at
//! no moment do two copies of the layer exist. With an older snapshot at hand, blocks whose
//! rows are all unchanged (by hash) are taken over from it instead of being written again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use tokio::task::JoinHandle;

use super::block::{self, BREITE, Block, HOECHSTENS};
use super::frische::Stand;
use super::quellen::Quellen;
use super::{Schnappschuss, Version};
use crate::error::{Error, Result};
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::Ziel;
use crate::layers::cursor::{Cursor, Phase};
use crate::layers::ebene::Ebene;
use crate::layers::query::laden;
use crate::layers::query::{Leitung, Zeile, fehler};
use crate::layers::sammlung::Sammlung;

/// Blocks being written while rows arrive.
const ZUGLEICH: usize = 3;
/// More new features than this are found faster by reading all.
const NEUE_HOECHSTENS: usize = 20;
/// A feature costs hardly less than this, in bytes: its text twice, and what is beside it.
const MINDESTENS: i64 = 700;

/// What came of it.
#[derive(Debug)]
pub(super) enum Aufbau {
    Fertig(Arc<Schnappschuss>),
    /// So many features need more than is left.
    ZuGross(i64),
    /// Ids are not unique.
    Mehrdeutig,
}

/// How much was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weg {
    /// All rows.
    Ganz,
    /// The blocks of the changed keys.
    Einzeln,
}

/// How much a snapshot may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grenze {
    /// Memory, bytes.
    pub(super) frei: usize,
    /// Features: more are known not to fit.
    pub(super) anzahl: i64,
}

/// Reads a collection.
pub(super) async fn lade(
    pool: &PgPool,
    sammlung: &Sammlung,
    quellen: &Quellen,
    alt: Option<Arc<Schnappschuss>>,
    grenze: Grenze,
) -> Result<Aufbau> {
    let mut leitung = Leitung::neu(pool).await?;
    let conn = leitung.offen()?;
    for befehl in [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL statement_timeout = '10min'",
        "SET LOCAL work_mem = '64MB'",
    ] {
        sqlx::query(befehl)
            .execute(&mut *conn)
            .await
            .map_err(fehler)?;
    }
    let gebaut = lade_auf(conn, sammlung, quellen, alt, grenze).await?;
    // What was given up half-way is not read to its end: the connection goes with it.
    if !matches!(gebaut, Aufbau::ZuGross(_)) {
        sqlx::query("ROLLBACK")
            .execute(leitung.offen()?)
            .await
            .map_err(fehler)?;
        leitung.frei();
    }
    Ok(gebaut)
}

async fn lade_auf(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    quellen: &Quellen,
    alt: Option<Arc<Schnappschuss>>,
    grenze: Grenze,
) -> Result<Aufbau> {
    let version = Stand::lies(&mut *conn).await?.version(quellen);
    if let Some(alt) = &alt
        && let Some(schluessel) = geaendert(conn, quellen, alt, &version).await?
        && let Some(bloecke) = flicke(conn, sammlung, alt, &schluessel).await?
    {
        return Ok(fertig(
            sammlung,
            version,
            bloecke,
            Weg::Einzeln,
            grenze.frei,
        ));
    }
    let anzahl = laden::anzahl(conn, sammlung).await?;
    let frei = i64::try_from(grenze.frei).unwrap_or(i64::MAX);
    if anzahl > grenze.anzahl || anzahl * MINDESTENS > frei {
        return Ok(Aufbau::ZuGross(anzahl));
    }
    match ganz(conn, sammlung, alt.as_deref(), grenze.frei).await? {
        Some(bloecke) => Ok(fertig(sammlung, version, bloecke, Weg::Ganz, grenze.frei)),
        None => Ok(Aufbau::ZuGross(anzahl)),
    }
}

fn fertig(
    sammlung: &Sammlung,
    version: Version,
    bloecke: Vec<Arc<Block>>,
    weg: Weg,
    frei: usize,
) -> Aufbau {
    let geflickt = weg == Weg::Einzeln;
    match Schnappschuss::neu(Arc::clone(&sammlung.ebene), version, bloecke, geflickt) {
        None => Aufbau::Mehrdeutig,
        Some(bild) if bild.bytes() > frei => {
            Aufbau::ZuGross(i64::try_from(bild.len()).unwrap_or(i64::MAX))
        }
        Some(bild) => Aufbau::Fertig(Arc::new(bild)),
    }
}

/// The rows one after the other; None when they need more than `frei`.
async fn ganz(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    alt: Option<&Schnappschuss>,
    frei: usize,
) -> Result<Option<Vec<Arc<Block>>>> {
    let phasen = match &sammlung.ebene.relation.geometrie {
        Some(_) => &[Phase::Mit, Phase::Ohne][..],
        None => &[Phase::Mit],
    };
    let mut werk = Werk::neu(&sammlung.ebene, alt);
    for phase in phasen {
        let mut zeilen = laden::alle(conn, sammlung, *phase)?;
        while let Some(zeile) = zeilen.try_next().await? {
            werk.nimm(zeile).await?;
            if werk.bytes > frei {
                return Ok(None);
            }
        }
    }
    werk.fertig().await.map(Some)
}

/// Blocks under construction.
struct Werk<'a> {
    ebene: &'a Arc<Ebene>,
    alt: Option<&'a Schnappschuss>,
    gruppe: Vec<Zeile>,
    /// Block of the old snapshot the group belongs to, and whether all is as it was.
    wie: Option<(usize, bool)>,
    im_bau: VecDeque<JoinHandle<Result<Block>>>,
    /// Finished ones, with gaps for those in `im_bau`.
    bloecke: Vec<Option<Arc<Block>>>,
    offen: VecDeque<usize>,
    bytes: usize,
}

impl<'a> Werk<'a> {
    fn neu(ebene: &'a Arc<Ebene>, alt: Option<&'a Schnappschuss>) -> Self {
        Self {
            ebene,
            alt,
            gruppe: Vec::new(),
            wie: None,
            im_bau: VecDeque::new(),
            bloecke: Vec::new(),
            offen: VecDeque::new(),
            bytes: 0,
        }
    }

    async fn nimm(&mut self, zeile: Zeile) -> Result<()> {
        let voll = if self.alt.is_some() {
            HOECHSTENS
        } else {
            BREITE
        };
        let frueher = match self.alt {
            None => None,
            Some(alt) => {
                let json = block::schluessel_json(self.ebene, &zeile.schluessel()?);
                alt.stelle_von(&json)
            }
        };
        let anderer = frueher
            .zip(self.wie)
            .is_some_and(|((nr, _), (hier, _))| nr != hier);
        if anderer || self.gruppe.len() >= voll {
            self.schliesse().await?;
        }
        let gleich = match (self.alt, frueher) {
            (Some(alt), Some((nr, n))) => {
                n == self.gruppe.len()
                    && alt.bloecke[nr].hash(n) == block::fingerabdruck(self.ebene, &zeile)?
            }
            _ => false,
        };
        self.wie = match (self.wie, frueher) {
            (Some((nr, bisher)), _) => Some((nr, bisher && gleich)),
            (None, Some((nr, _))) => Some((nr, gleich)),
            (None, None) => None,
        };
        self.gruppe.push(zeile);
        Ok(())
    }

    async fn schliesse(&mut self) -> Result<()> {
        let gruppe = std::mem::take(&mut self.gruppe);
        let wie = self.wie.take();
        if gruppe.is_empty() {
            return Ok(());
        }
        if let (Some(alt), Some((nr, true))) = (self.alt, wie)
            && alt.bloecke[nr].len() == gruppe.len()
        {
            let block = Arc::clone(&alt.bloecke[nr]);
            self.bytes += block.bytes();
            self.bloecke.push(Some(block));
            return Ok(());
        }
        while self.im_bau.len() >= ZUGLEICH {
            self.warte().await?;
        }
        let ebene = Arc::clone(self.ebene);
        self.offen.push_back(self.bloecke.len());
        self.bloecke.push(None);
        self.im_bau.push_back(tokio::task::spawn_blocking(move || {
            Block::neu(&ebene, &gruppe)
        }));
        Ok(())
    }

    async fn warte(&mut self) -> Result<()> {
        if let (Some(bau), Some(platz)) = (self.im_bau.pop_front(), self.offen.pop_front()) {
            let block = bau.await.map_err(Error::intern)??;
            self.bytes += block.bytes();
            self.bloecke[platz] = Some(Arc::new(block));
        }
        Ok(())
    }

    async fn fertig(mut self) -> Result<Vec<Arc<Block>>> {
        self.schliesse().await?;
        while !self.im_bau.is_empty() {
            self.warte().await?;
        }
        Ok(self.bloecke.into_iter().flatten().collect())
    }
}

/// The keys that changed between two versions, when only rows of the layer's own table did and
/// every one was noted.
async fn geaendert(
    conn: &mut PgConnection,
    quellen: &Quellen,
    bild: &Schnappschuss,
    neu: &Version,
) -> Result<Option<Vec<String>>> {
    let Some(traeger) = &quellen.traeger else {
        return Ok(None);
    };
    let Some((von, bis)) = Stand::nur(traeger, &bild.version, neu).filter(|(von, bis)| von < bis)
    else {
        return Ok(None);
    };
    let zeilen: Vec<(i64, Option<String>)> = sqlx::query_as(
        "SELECT zaehler, schluessel FROM oeffentlich.geaendert WHERE relation = $1 AND zaehler > $2 AND zaehler <= $3",
    )
    .bind(traeger)
    .bind(von)
    .bind(bis)
    .fetch_all(conn)
    .await
    .map_err(fehler)?;
    let schritte: BTreeSet<i64> = zeilen.iter().map(|(n, _)| *n).collect();
    if i64::try_from(schritte.len()).ok() != Some(bis - von) {
        return Ok(None);
    }
    let schluessel: Option<BTreeSet<String>> = zeilen.into_iter().map(|(_, k)| k).collect();
    let Some(schluessel) = schluessel else {
        return Ok(None);
    };
    let mut ids = Vec::new();
    // Of a row that is gone only the hash is left: looked for among the ids we have.
    let mut verdeckt: BTreeSet<&str> = BTreeSet::new();
    for eintrag in &schluessel {
        match (eintrag.strip_prefix('='), eintrag.strip_prefix('#')) {
            (Some(id), _) => ids.push(id.to_owned()),
            (_, Some(hash)) => _ = verdeckt.insert(hash),
            (None, None) => return Ok(None),
        }
    }
    if !verdeckt.is_empty() {
        let alle = (0..bild.len()).filter_map(|n| u32::try_from(n).ok());
        let alle = alle.map(|n| bild.objekt(n).schluessel());
        ids.extend(
            alle.filter(|id| verdeckt.contains(sha256(id).as_str()))
                .map(Cow::into_owned),
        );
    }
    Ok(Some(ids))
}

fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// The blocks with these keys read again; None where reading all is simpler.
async fn flicke(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    alt: &Schnappschuss,
    schluessel: &[String],
) -> Result<Option<Vec<Arc<Block>>>> {
    let ebene = &sammlung.ebene;
    let stelle = |id: &str| alt.stelle_von(&block::schluessel_json(ebene, id));
    if alt.bloecke.is_empty() {
        return Ok(None);
    }
    let mut zeilen = laden::einige(conn, sammlung, schluessel).await?;
    let ohne = |zeile: &Zeile| {
        let marke = zeile.eigenschaft(ebene.spalten.len() + 1);
        !matches!(marke, Ok(Some(&[1])))
    };
    zeilen.sort_by_key(ohne);
    // Which blocks are read again, and which ids come into them besides.
    let mut betroffen: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for id in schluessel {
        if let Some((nr, _)) = stelle(id) {
            betroffen.entry(nr).or_default();
        }
    }
    let mut neue: BTreeMap<String, usize> = BTreeMap::new();
    for zeile in zeilen.iter().rev() {
        let id = zeile.schluessel()?;
        let bleibt = stelle(&id).is_some_and(|(nr, n)| {
            let block = &alt.bloecke[nr];
            let ordnung = zeile.ordnung().ok().flatten().unwrap_or(i64::MAX);
            block.ordnung(n).is_none_or(|alt| alt == ordnung)
                && block.mit_geometrie(n) != ohne(zeile)
        });
        if bleibt {
            continue;
        }
        if neue.len() == NEUE_HOECHSTENS {
            return Ok(None);
        }
        let cursor = Cursor {
            phase: if ohne(zeile) { Phase::Ohne } else { Phase::Mit },
            ordnung: zeile.ordnung()?,
            schluessel: id.clone(),
            werte: Vec::new(),
            gesamt: None,
            anfrage: String::new(),
        };
        // Before whom it stands; PostgreSQL alone knows its collations.
        let nach = laden::schluessel(conn, sammlung, &nachfolger(cursor), &[]).await?;
        let nach = nach.as_ref().and_then(|nach| nach.first());
        let nr = match nach.map(|nach| nach.schluessel.as_str()) {
            None => alt.bloecke.len() - 1,
            Some(naechster) => match (neue.get(naechster), stelle(naechster)) {
                (Some(nr), _) => *nr,
                (None, Some((nr, _))) => nr,
                (None, None) => return Ok(None),
            },
        };
        betroffen.entry(nr).or_default().push(id.clone());
        neue.insert(id, nr);
    }
    let mut bloecke: Vec<Arc<Block>> = Vec::with_capacity(alt.bloecke.len());
    for (nr, block) in alt.bloecke.iter().enumerate() {
        let Some(dazu) = betroffen.remove(&nr) else {
            bloecke.push(Arc::clone(block));
            continue;
        };
        let mut ids: BTreeSet<String> = (0..block.len())
            .map(|n| super::wert::text(block.schluessel(n)).into_owned())
            .filter(|id| neue.get(id).is_none_or(|wohin| *wohin == nr))
            .collect();
        ids.extend(dazu);
        let ids: Vec<String> = ids.into_iter().collect();
        let mut zeilen = laden::einige(conn, sammlung, &ids).await?;
        zeilen.sort_by_key(ohne);
        let ebene = Arc::clone(ebene);
        let neu = tokio::task::spawn_blocking(move || -> Result<Vec<Block>> {
            let breite = if zeilen.len() > HOECHSTENS {
                BREITE
            } else {
                HOECHSTENS
            };
            zeilen
                .chunks(breite)
                .map(|teil| Block::neu(&ebene, teil))
                .collect()
        });
        bloecke.extend(neu.await.map_err(Error::intern)??.into_iter().map(Arc::new));
    }
    Ok(Some(bloecke))
}

/// The request for the one row behind a position.
fn nachfolger(cursor: Cursor) -> Auswahl {
    Auswahl {
        limit: 1,
        bbox: None,
        zeit: None,
        filter: Vec::new(),
        cql: None,
        sortierung: Vec::new(),
        eigenschaften: None,
        geometrie: true,
        zoom: None,
        stufe: None,
        cursor: Some(cursor),
        ab: None,
        crs: Ziel::Crs84,
        kennung: String::new(),
    }
}
