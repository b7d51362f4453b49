//! Spatial relations and measures.
//!
//! GEOS refuses invalid polygons and mixed collections; stored ones are kept as delivered, so
//! a relation mends them first. An intersection needs no mending: a distance of 0 says it too.

use super::Schreiber;
use crate::error::Result;
use crate::layers::cql2::baum::Raum;
use crate::layers::cql2::typ::{Literal, Mass, Ort};
use crate::layers::crs::Lage;
use crate::layers::query::sql::{geometrie_sql, hat_geometrie, vergleichbar};
use crate::layers::relation::Geometrie;

/// Name of the function in PostGIS and whether its result is turned round.
fn funktion(op: Raum) -> &'static str {
    match op {
        Raum::Schneidet | Raum::Getrennt => "ST_Intersects",
        Raum::Gleich => "ST_Equals",
        Raum::Beruehrt => "ST_Touches",
        Raum::Innerhalb => "ST_Within",
        Raum::Ueberlappt => "ST_Overlaps",
        Raum::Kreuzt => "ST_Crosses",
        Raum::Enthaelt => "ST_Contains",
    }
}

/// The same relation with its sides changed.
fn gespiegelt(op: Raum) -> Raum {
    match op {
        Raum::Innerhalb => Raum::Enthaelt,
        Raum::Enthaelt => Raum::Innerhalb,
        op => op,
    }
}

/// The column as GEOS takes it.
fn heil(g: &Geometrie, spalte: &str) -> String {
    let gerade = if g.boegen {
        format!("ST_CurveToLine({spalte})")
    } else {
        spalte.to_owned()
    };
    let heil =
        format!("CASE WHEN ST_IsValid({gerade}) THEN {gerade} ELSE ST_MakeValid({gerade}) END");
    if g.getypt && !g.boegen {
        // What is mended may fall apart into areas and lines.
        return format!(
            "CASE WHEN ST_IsValid({spalte}) THEN {spalte} ELSE ST_CollectionExtract(ST_MakeValid({spalte})) END"
        );
    }
    format!(
        "(SELECT CASE GeometryType(h.g) WHEN 'GEOMETRYCOLLECTION' THEN ST_CollectionExtract(h.g) ELSE h.g END FROM (SELECT {heil} AS g OFFSET 0) h)"
    )
}

impl Schreiber<'_> {
    pub(super) fn raum(
        &mut self,
        op: Raum,
        links: &Ort,
        rechts: &Ort,
        positiv: bool,
    ) -> Result<()> {
        match (links, rechts, self.ebene.relation.geometrie.as_ref()) {
            (Ort::Spalte, Ort::Literal(literal), Some(g)) => {
                self.mit_literal(op, g, literal, positiv)
            }
            (Ort::Literal(literal), Ort::Spalte, Some(g)) => {
                self.mit_literal(gespiegelt(op), g, literal, positiv)
            }
            (Ort::Literal(a), Ort::Literal(b), _) => self.zwei_literale(op, a, b),
            (Ort::Spalte, Ort::Spalte, Some(g)) => {
                self.mit_sich(op, g);
                Ok(())
            }
            // The check knows no geometry where there is none.
            (_, _, None) => {
                self.sql.push("NULL::boolean");
                Ok(())
            }
        }
    }

    fn mit_literal(
        &mut self,
        op: Raum,
        g: &Geometrie,
        literal: &Literal,
        positiv: bool,
    ) -> Result<()> {
        let (spalte, lage, srid) = vergleichbar(g);
        let getrennt = op == Raum::Getrennt;
        let flach = !matches!(op, Raum::Schneidet | Raum::Getrennt);
        let da = hat_geometrie(g);
        let Some(ewkb) = literal.ewkb(lage, srid, flach) else {
            self.sql
                .push(&format!("(CASE WHEN {da} THEN {getrennt} END)"));
            return Ok(());
        };
        let genau = !positiv || getrennt;
        if genau {
            self.sql.push(&format!("(CASE WHEN {da} THEN "));
        }
        self.sql.push(if getrennt { "(NOT (" } else { "(" });
        self.sql
            .push(&format!("{spalte} && "))
            .ewkb(ewkb.clone())?
            .push(" AND ");
        self.relation(op, g, &spalte, &ewkb)?;
        self.sql.push(if getrennt { "))" } else { ")" });
        if genau {
            self.sql.push(" END)");
        }
        Ok(())
    }

    fn relation(&mut self, op: Raum, g: &Geometrie, spalte: &str, ewkb: &[u8]) -> Result<()> {
        if matches!(op, Raum::Schneidet | Raum::Getrennt) {
            self.sql.push(&format!(
                "CASE WHEN ST_IsValid({spalte}) THEN ST_Intersects({spalte}, "
            ));
            self.sql.ewkb(ewkb.to_vec())?;
            self.sql.push(&format!(") ELSE ST_DWithin({spalte}, "));
            self.sql.ewkb(ewkb.to_vec())?.push(", 0) END");
        } else {
            self.sql
                .push(&format!("{}({}, ", funktion(op), heil(g, spalte)));
            self.sql.ewkb(ewkb.to_vec())?.push(")");
        }
        Ok(())
    }

    fn mit_sich(&mut self, op: Raum, g: &Geometrie) {
        let (spalte, ..) = vergleichbar(g);
        let heil = heil(g, &spalte);
        let nicht = if op == Raum::Getrennt { "NOT " } else { "" };
        self.sql.push(&format!(
            "(CASE WHEN {} THEN {nicht}{}({heil}, {heil}) END)",
            hat_geometrie(g),
            funktion(op)
        ));
    }

    fn zwei_literale(&mut self, op: Raum, a: &Literal, b: &Literal) -> Result<()> {
        let grad = |literal: &Literal| literal.ewkb(Lage::Geografisch, 4326, true);
        let getrennt = op == Raum::Getrennt;
        let (Some(a), Some(b)) = (grad(a), grad(b)) else {
            self.sql.push(if getrennt { "true" } else { "false" });
            return Ok(());
        };
        self.sql.push(if getrennt { "(NOT " } else { "(" });
        self.sql.push(&format!("{}(", funktion(op))).ewkb(a)?;
        self.sql.push(", ").ewkb(b)?.push("))");
        Ok(())
    }

    /// In the plane where that is a map of equal scale, else on the ellipsoid.
    pub(super) fn mass(&mut self, mass: Mass) {
        let Some(g) = &self.ebene.relation.geometrie else {
            self.sql.push("NULL::numeric");
            return;
        };
        let funktion = match mass {
            Mass::Flaeche => "ST_Area",
            Mass::Laenge => "ST_Length",
        };
        let spalte = geometrie_sql(g);
        let eben = matches!(g.srid, 25831..=25833 | 31466..=31469);
        let gemessen = if eben {
            spalte
        } else {
            let gerade = if g.boegen {
                format!("ST_CurveToLine({spalte})")
            } else {
                spalte
            };
            format!("ST_Transform({gerade}, 4326)::geography")
        };
        self.sql.push(&format!(
            "(CASE WHEN {} THEN {funktion}({gemessen})::numeric END)",
            hat_geometrie(g)
        ));
    }
}
