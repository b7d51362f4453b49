//! Pages of a box: PostgreSQL finds by the index what may meet it, in order; whether it does is
//! decided here as the rows arrive. `ST_IsValid` and `ST_Intersects` for each row took longer than
//! all the rest. What millimetres could change, and what is not known to be valid where that
//! matters, is asked of PostGIS, for those rows alone.

use futures_util::TryStreamExt as _;

use super::sql::{Genauigkeit, Stelle};
use super::{Abnehmer, Blatt, Leitung, Zeile, fehler_der_anfrage, gemerkt, laden, seiten_sql};
use crate::error::{Error, Result};
use crate::layers::auswahl::{Auswahl, LIMIT_MAX};
use crate::layers::bbox::ist_flach;
use crate::layers::crs::{Lage, Wandler};
use crate::layers::cursor::{Cursor, Phase};
use crate::layers::geojson::{Folge, Leser};
use crate::layers::rahmen::{Antwort, Punkt, Rahmen, Zug};
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::Klasse;

/// Deepest nesting of collections we follow.
const TIEFE_MAX: u8 = 8;

/// The boxes of a request in millimetres from a corner of theirs.
#[derive(Debug)]
pub(super) struct Kastenfrage {
    rahmen: Vec<Rahmen>,
    ursprung: [f64; 2],
}

impl Kastenfrage {
    /// None where the rows do not show the geometry the box is compared with, where that is not
    /// in metres, where a box has no area, and for whole layers, whose rows are not kept.
    pub(super) fn neu(sammlung: &Sammlung, auswahl: &Auswahl) -> Option<Self> {
        let bbox = auswahl.bbox.as_ref()?;
        let g = sammlung.ebene.relation.geometrie.as_ref()?;
        let lage = Lage::zu_srid(g.srid)?;
        let metrisch = matches!(lage, Lage::Utm(_) | Lage::GaussKrueger(_));
        // What a fraction equals to the last digit depends on the plan, where a view adds it up: then
        // the statement is the one a snapshot asks.
        let bruch = auswahl.filter.iter().any(|filter| {
            let spalte = sammlung.ebene.spalte(&filter.spalte);
            spalte.is_some_and(|spalte| spalte.klasse == Klasse::Gleitkomma)
        });
        let in_grad = g.grad.is_some() && auswahl.crs.lage() == Lage::Geografisch;
        if !metrisch
            || in_grad
            || bruch
            || !auswahl.geometrie
            || g.boegen
            || !g.getypt
            || g.geography
            || auswahl.limit > LIMIT_MAX
            // What is skipped has to be counted by the box itself.
            || auswahl.ab.is_some()
        {
            return None;
        }
        let ringe = bbox.ringe(lage);
        let (x0, y0) = *ringe.first()?.first()?;
        if ringe.iter().any(|ring| ist_flach(ring)) {
            return None;
        }
        let ursprung = [x0, y0];
        let rahmen = ringe.into_iter().map(|ring| {
            let punkte = ring.into_iter().map(|(x, y)| in_mm(ursprung, x, y));
            Rahmen::neu(punkte.collect())
        });
        Some(Self {
            rahmen: rahmen.collect(),
            ursprung,
        })
    }

    /// Whether a geometry meets one of the boxes.
    fn trifft(&self, ewkb: Option<&[u8]>) -> Antwort {
        let Some(ewkb) = ewkb else {
            return Antwort::Nein;
        };
        let mut teile = Vec::new();
        if self.teile(&mut Leser::neu(ewkb), 0, &mut teile).is_none() {
            return Antwort::Fraglich;
        }
        let Some(kasten) = huelle(&teile) else {
            return Antwort::Fraglich;
        };
        let mut fraglich = false;
        for rahmen in &self.rahmen {
            match rahmen.huelle(kasten) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => continue,
                Antwort::Fraglich => {}
            }
            for teil in &teile {
                match rahmen.teil(
                    || teil.ringe.iter().copied(),
                    kasten,
                    (teil.flaechig, false),
                ) {
                    Antwort::Ja => return Antwort::Ja,
                    Antwort::Nein => {}
                    Antwort::Fraglich => fraglich = true,
                }
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }

    /// Points, lines and polygons of a geometry; None: it is to be asked of PostGIS.
    fn teile<'a>(&self, leser: &mut Leser<'a>, tiefe: u8, teile: &mut Vec<Teil<'a>>) -> Option<()> {
        let kopf = leser.kopf()?;
        let mut ringe = Vec::new();
        let mut ring = |folge: Folge<'a>| {
            ringe.push(Ring {
                folge,
                ursprung: self.ursprung,
            });
        };
        match kopf.typ {
            1 => ring(leser.positionen(1, kopf.dimensionen)?),
            2 => ring(leser.folge(kopf.dimensionen)?),
            3 | 17 => {
                for _ in 0..leser.u32()? {
                    ring(leser.folge(kopf.dimensionen)?);
                }
            }
            4..=7 | 15 | 16 if tiefe < TIEFE_MAX => {
                for _ in 0..leser.u32()? {
                    self.teile(leser, tiefe + 1, teile)?;
                }
                return Some(());
            }
            _ => return None,
        }
        teile.push(Teil {
            flaechig: !matches!(kopf.typ, 1 | 2),
            ringe,
        });
        Some(())
    }
}

fn in_mm(ursprung: [f64; 2], x: f64, y: f64) -> Punkt {
    [(x - ursprung[0]) * 1000.0, (y - ursprung[1]) * 1000.0]
}

struct Teil<'a> {
    flaechig: bool,
    ringe: Vec<Ring<'a>>,
}

#[derive(Clone, Copy)]
struct Ring<'a> {
    folge: Folge<'a>,
    ursprung: [f64; 2],
}

impl Zug for Ring<'_> {
    fn anzahl(&self) -> usize {
        self.folge.len()
    }

    fn punkt(&self, n: usize) -> Punkt {
        let (x, y) = self.folge.xy(n);
        in_mm(self.ursprung, x, y)
    }
}

/// Envelope; None for what has no position, or one that is no number.
fn huelle(teile: &[Teil<'_>]) -> Option<[f64; 4]> {
    let mut kasten = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for ring in teile.iter().flat_map(|teil| &teil.ringe) {
        for n in 0..ring.anzahl() {
            let [x, y] = ring.punkt(n);
            if !x.is_finite() || !y.is_finite() {
                return None;
            }
            kasten = [
                kasten[0].min(x),
                kasten[1].min(y),
                kasten[2].max(x),
                kasten[3].max(y),
            ];
        }
    }
    (kasten[0] <= kasten[2]).then_some(kasten)
}

/// Rows asked for at a time: a few more than the page, for those that only seem to meet the box.
fn fenster(limit: usize) -> usize {
    limit + limit / 16 + 16
}

/// The page, row by row to `abnehmer`.
pub(super) async fn seite(
    leitung: &mut Leitung,
    (sammlung, auswahl): (&Sammlung, &Auswahl),
    frage: &Kastenfrage,
    abnehmer: &mut (impl Abnehmer + Send),
) -> Result<Blatt> {
    let fenster = fenster(auswahl.limit);
    let nicht = |error| fehler_der_anfrage(auswahl, error);
    let mut blatt = Blatt::default();
    let mut ab: Option<Cursor> = None;
    loop {
        let stelle = Stelle {
            phase: Phase::Mit,
            cursor: ab.as_ref().or(auswahl.cursor.as_ref()),
            limit: fenster,
            genauigkeit: Genauigkeit::Huelle,
        };
        let (sql, wandler) = seiten_sql(sammlung, auswahl, &stelle)?;
        let (mut gelesen, mut letzte) = (0, None);
        // From the first row on that PostGIS has to decide, until it has.
        let mut wartend: Vec<(Zeile, Antwort)> = Vec::new();
        {
            let mut zeilen = sql
                .fertig(gemerkt(sammlung, auswahl))
                .fetch(leitung.offen()?);
            while let Some(zeile) = zeilen.try_next().await.map_err(nicht)? {
                gelesen += 1;
                if blatt.mehr {
                    continue;
                }
                let zeile = Zeile(zeile);
                if gelesen == fenster {
                    letzte = Some(Blatt::stelle(&zeile, (sammlung, auswahl), Phase::Mit)?);
                }
                match frage.trifft(zeile.geometrie()?) {
                    Antwort::Nein => {}
                    Antwort::Ja if wartend.is_empty() => {
                        let orte = (sammlung, auswahl, Phase::Mit);
                        blatt.nimm(&zeile, wandler, orte, abnehmer).await?;
                    }
                    antwort => wartend.push((zeile, antwort)),
                }
            }
        }
        entscheide(leitung, (sammlung, auswahl), &mut wartend).await?;
        for (zeile, _) in &wartend {
            let orte = (sammlung, auswahl, Phase::Mit);
            blatt.nimm(zeile, wandler, orte, abnehmer).await?;
        }
        if blatt.mehr || gelesen < fenster {
            return Ok(blatt);
        }
        let Some(letzte) = letzte else {
            return Err(Error::intern("a full window without a last row"));
        };
        ab = Some(letzte);
    }
}

/// Leaves those that meet the box, PostGIS asked for the questionable ones.
async fn entscheide(
    leitung: &mut Leitung,
    (sammlung, auswahl): (&Sammlung, &Auswahl),
    zeilen: &mut Vec<(Zeile, Antwort)>,
) -> Result<()> {
    let fraglich = zeilen.iter().filter(|(_, a)| *a == Antwort::Fraglich);
    let fraglich: Vec<String> = fraglich
        .map(|(zeile, _)| zeile.schluessel())
        .collect::<Result<_>>()?;
    if fraglich.is_empty() {
        return Ok(());
    }
    let ja = laden::passende(leitung.offen()?, sammlung, auswahl, &fraglich, &[]).await?;
    let ja = ja.unwrap_or_default();
    let mut behalten = Vec::with_capacity(zeilen.len());
    for (zeile, antwort) in zeilen.drain(..) {
        if antwort == Antwort::Ja || ja.contains(&zeile.schluessel()?) {
            behalten.push((zeile, antwort));
        }
    }
    *zeilen = behalten;
    Ok(())
}

impl Blatt {
    /// Gives a row out, or notes that one more would follow.
    pub(super) async fn nimm(
        &mut self,
        zeile: &Zeile,
        wandler: Wandler,
        (sammlung, auswahl, phase): (&Sammlung, &Auswahl, Phase),
        abnehmer: &mut (impl Abnehmer + Send),
    ) -> Result<()> {
        if self.anzahl == auswahl.limit {
            self.mehr = true;
            return Ok(());
        }
        abnehmer.nimm(zeile, wandler)?;
        abnehmer.gib_weiter().await?;
        self.anzahl += 1;
        if self.anzahl == auswahl.limit {
            self.letzte = Some(Self::stelle(zeile, (sammlung, auswahl), phase)?);
        }
        Ok(())
    }

    /// Where the page behind a row begins.
    fn stelle(
        zeile: &Zeile,
        (sammlung, auswahl): (&Sammlung, &Auswahl),
        phase: Phase,
    ) -> Result<Cursor> {
        Ok(Cursor {
            phase,
            ordnung: zeile.ordnung()?,
            werte: zeile.texte(auswahl.spalten(&sammlung.ebene).count())?,
            schluessel: zeile.schluessel()?,
            gesamt: None,
            anfrage: auswahl.kennung.clone(),
        })
    }
}
