//! [`Objekt`] → row of COPY BINARY, in the parts the spool keeps.

use geo::BoundingRect as _;
use geo_types::{Geometry, MultiPolygon};

use super::spule::{Art, Eintrag, Satz, Satzteile};
use crate::db::copy::Row;
use crate::db::geom::schreibe_flaeche;
use crate::error::Result;
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

    /// The COPY statement into the detached partition of a Fassung.
    #[must_use]
    pub fn copy(self, fassung: i32) -> String {
        let (spalten, _) = self.eigene_spalten();
        format!(
            "COPY fnp.{}_f{fassung} ({GEMEINSAM}, {spalten}) FROM STDIN (FORMAT binary)",
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
    row.jsonb(&objekt.codes)?;
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

/// Puts a row together from its record and what is known now.
///
/// # Errors
/// A value beyond 2 GB.
pub fn fuege(
    satz: &Satz<'_>,
    art: Art,
    fassung: i32,
    ordnung: i64,
    kennung: &str,
    version: &str,
    ziel: &mut Vec<u8>,
) -> Result<()> {
    let (_, felder) = art.eigene_spalten();
    ziel.extend_from_slice(&felder.to_be_bytes());
    let mut row = Row::into(ziel);
    row.int4(fassung)?;
    row.int8(ordnung)?;
    row.text(kennung)?;
    ziel.extend_from_slice(satz.vorn);
    Row::into(ziel).text(version)?;
    ziel.extend_from_slice(satz.hinten);
    Ok(())
}
