//! [`Objekt`] → row of COPY BINARY, in the parts the spool keeps.

use geo::BoundingRect as _;
use geo_types::{Geometry, MultiPolygon};
use serde_json::{Map, Value};

use super::pruefsumme::codes_text;
use super::spule::{Art, Eintrag, Satz, Satzteile};
use crate::db::copy::Row;
use crate::db::geom::schreibe_flaeche;
use crate::error::{Error, Result};
use crate::fnp::objekt::{Geometrie, Objekt};
use crate::import::hilbert::Kasten;

/// Columns all four tables begin with, in the order of [`Satzteile`]: the first three and
/// the version are known at the end.
const GEMEINSAM: &str = "fassung_id, ordnung, kennung, nutzung, klasse, xplan_version, gml_id, codes, codespace, rechtsstand, ebene, flaechenschluss, name, text";

impl Art {
    /// Its table.
    #[must_use]
    pub fn tabelle(self) -> &'static str {
        match self {
            Self::Flaeche => "flaeche",
            Self::Ueberlagerung => "ueberlagerung",
            Self::Linie => "linie",
            Self::Punkt => "punkt",
        }
    }

    fn eigene_spalten(self) -> (&'static str, i16) {
        match self {
            Self::Flaeche => ("gueltig, flaeche_m2, geom", 17),
            Self::Ueberlagerung => ("gueltig, flaeche_m2, geom, art", 18),
            Self::Linie => ("laenge_m, geom", 16),
            Self::Punkt => ("drehung, geom", 16),
        }
    }

    /// The COPY statement into the detached partition of a Fassung, made in the same
    /// transaction: FREEZE spares whoever reads first the marking of every row.
    #[must_use]
    pub fn copy(self, fassung: i32) -> String {
        let (spalten, _) = self.eigene_spalten();
        format!(
            "COPY fnp.{}_f{fassung} ({GEMEINSAM}, {spalten}) FROM STDIN (FORMAT binary, FREEZE)",
            self.tabelle()
        )
    }
}

fn kasten(geometrie: &Geometrie) -> Kasten {
    match geometrie {
        Geometrie::Flaeche(g) => g.bounding_rect(),
        Geometrie::Linie(g) => g.bounding_rect(),
        Geometrie::Punkt(g) => g.bounding_rect(),
    }
    .map_or([f64::NAN; 4], |k| {
        [k.min().x, k.min().y, k.max().x, k.max().y]
    })
}

/// gml:id without `GML_`, the own part of the kennung.
fn eigen(gml_id: Option<&str>) -> String {
    let id = gml_id.unwrap_or_default();
    let ohne = match id.get(..4) {
        Some(vorsilbe) if vorsilbe.eq_ignore_ascii_case("GML_") && id.len() > 4 => &id[4..],
        _ => id,
    };
    ohne.replace('\0', "")
}

/// Encodes an object. `ungueltig` holds the shape after a repair, made for the figures only.
///
/// # Errors
/// A value beyond 2 GB.
pub fn schreibe(
    objekt: &Objekt,
    ungueltig: Option<&Option<MultiPolygon<f64>>>,
    teile: &mut Satzteile,
) -> Result<Eintrag> {
    let art = match objekt.geometrie {
        Geometrie::Flaeche(_) if objekt.zaehlt_zur_bilanz() => Art::Flaeche,
        Geometrie::Flaeche(_) => Art::Ueberlagerung,
        Geometrie::Linie(_) => Art::Linie,
        Geometrie::Punkt(_) => Art::Punkt,
    };
    let mut eintrag = Eintrag::neu(art, kasten(&objekt.geometrie), objekt.rechtsstand);
    eintrag.gueltig = ungueltig.is_none();
    eintrag.nicht_zugeordnet = objekt.nutzung == "nicht_zugeordnet";
    eintrag.ohne_id = objekt.gml_id.is_none();

    teile.eigen = eigen(objekt.gml_id.as_deref());
    teile.vorn.clear();
    let mut row = Row::into(&mut teile.vorn);
    row.text(objekt.nutzung)?;
    row.text(&objekt.klasse)?;
    teile.hinten.clear();
    let mut row = Row::into(&mut teile.hinten);
    row.opt_text(objekt.gml_id.as_deref())?;
    row.jsonb_text(&codes_text(&objekt.codes))?;
    row.opt_text(objekt.codespace.as_deref())?;
    row.text(objekt.rechtsstand.schluessel())?;
    row.int2(objekt.ebene)?;
    row.bool(objekt.flaechenschluss)?;
    row.opt_text(objekt.name.as_deref())?;
    row.opt_text(objekt.text.as_deref())?;
    match &objekt.geometrie {
        Geometrie::Flaeche(geom) => {
            row.bool(eintrag.gueltig)?;
            row.float8(geo::Area::unsigned_area(geom))?;
            teile.geom = row.flaeche(geom)?;
            if art == Art::Ueberlagerung {
                // FP_SchutzPflegeEntwicklung → SchutzPflegeEntwicklung
                row.text(objekt.klasse.get(3..).unwrap_or(&objekt.klasse))?;
            }
        }
        Geometrie::Linie(geom) => {
            row.float8(geo::Length::length(&geo::Euclidean, geom))?;
            row.geometry(&Geometry::MultiLineString(geom.clone()))?;
        }
        Geometrie::Punkt(geom) => {
            match objekt.drehung {
                Some(grad) => row.float8(grad)?,
                None => row.null(),
            }
            row.geometry(&Geometry::MultiPoint(geom.clone()))?;
        }
    }
    teile.repariert.clear();
    if let Some(Some(geom)) = ungueltig {
        schreibe_flaeche(geom, &mut teile.repariert)?;
    }
    Ok(eintrag)
}

/// The columns after kennung: the record, the version and codes that were found later.
///
/// # Errors
/// A value beyond 2 GB; [`Error::Intern`] when the record is damaged.
pub fn inhalt(
    satz: &Satz<'_>,
    version: &str,
    nachtrag: Option<&Map<String, Value>>,
    ziel: &mut Vec<u8>,
) -> Result<()> {
    ziel.extend_from_slice(satz.vorn);
    Row::into(ziel).text(version)?;
    let Some(nachtrag) = nachtrag else {
        ziel.extend_from_slice(satz.hinten);
        return Ok(());
    };
    let zerlege = || {
        let (gml_id, rest) = feld(satz.hinten)?;
        let (codes, rest) = feld(rest)?;
        // Its length and the version of jsonb come first.
        let codes: Map<String, Value> = serde_json::from_slice(codes.get(5..)?).ok()?;
        Some((gml_id, codes, rest))
    };
    let (gml_id, mut codes, rest) =
        zerlege().ok_or_else(|| Error::intern("the spool is damaged"))?;
    codes.extend(nachtrag.clone());
    ziel.extend_from_slice(gml_id);
    Row::into(ziel).jsonb_text(&codes_text(&codes))?;
    ziel.extend_from_slice(rest);
    Ok(())
}

/// The first field with its length, and what follows.
fn feld(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let laenge = i32::from_be_bytes(*bytes.first_chunk()?);
    // −1 is NULL.
    bytes.split_at_checked(4 + usize::try_from(laenge.max(0)).ok()?)
}

/// Puts a row together from what is known now and its [`inhalt`].
///
/// # Errors
/// A value beyond 2 GB.
pub fn fuege(
    art: Art,
    fassung: i32,
    ordnung: i64,
    kennung: &str,
    inhalt: &[u8],
    ziel: &mut Vec<u8>,
) -> Result<()> {
    let (_, felder) = art.eigene_spalten();
    ziel.extend_from_slice(&felder.to_be_bytes());
    let mut row = Row::into(ziel);
    row.int4(fassung)?;
    row.int8(ordnung)?;
    row.text(kennung)?;
    ziel.extend_from_slice(inhalt);
    Ok(())
}
