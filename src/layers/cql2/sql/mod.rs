//! The checked filter as a condition in SQL: names from the catalogue, values bound.
//!
//! `positiv` says that an unknown condition counts as false where this one stands, so that
//! plain conjunctions an index can use are enough. Below `NOT` and inside comparisons the
//! exact three-valued form is written.

mod ort;
mod wert;
mod zeitraum;

use super::baum::Feld;
use super::pruefung::muster;
use super::typ::{Bedingung, Menge, Was, Wert};
use crate::error::Result;
use crate::layers::ebene::Ebene;
use crate::layers::query::sql::{Sql, hat_geometrie, t};
use crate::layers::wert::Klasse;

/// Text compared by code points, whatever the columns are collated by.
const PUNKTE: &str = "COLLATE \"C\"";

/// Appends the condition, in brackets.
pub fn schreibe(sql: &mut Sql, ebene: &Ebene, bedingung: &Bedingung) -> Result<()> {
    Schreiber { sql, ebene }.bedingung(bedingung, true)
}

/// The value of a column as it is published: what JSON cannot say is NULL.
#[must_use]
pub fn veroeffentlicht(spalte: &str, klasse: Klasse) -> String {
    match klasse {
        Klasse::Gleitkomma => ohne_unendlich(&format!("{spalte}::double precision")),
        Klasse::Dezimal | Klasse::Geld => ohne_unendlich(&format!("{spalte}::numeric")),
        Klasse::Datum | Klasse::Zeitpunkt | Klasse::Ortszeit => {
            format!("CASE WHEN isfinite({spalte}) THEN {spalte} END")
        }
        Klasse::Ganzzahl => format!("{spalte}::bigint"),
        Klasse::Uuid | Klasse::Anderes => format!("{spalte}::text"),
        _ => spalte.to_owned(),
    }
}

fn ohne_unendlich(zahl: &str) -> String {
    format!("CASE WHEN {zahl} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {zahl} END")
}

struct Schreiber<'a> {
    sql: &'a mut Sql,
    ebene: &'a Ebene,
}

impl Schreiber<'_> {
    fn bedingung(&mut self, bedingung: &Bedingung, positiv: bool) -> Result<()> {
        match bedingung {
            Bedingung::Und(teile) => self.verbunden(teile, " AND ", positiv)?,
            Bedingung::Oder(teile) => self.verbunden(teile, " OR ", positiv)?,
            Bedingung::Nicht(innen) => {
                self.sql.push("(NOT ");
                self.bedingung(innen, false)?;
                self.sql.push(")");
            }
            Bedingung::Fest(wahr) => {
                self.sql.push(if *wahr { "true" } else { "false" });
            }
            Bedingung::Spalte(name) => {
                self.sql.push(&t(name));
            }
            Bedingung::Vergleich(op, links, rechts) => {
                self.vergleich(op.name(), links, rechts, positiv)?;
            }
            Bedingung::Zwischen(wert, von, bis) => self.zwischen(wert, von, bis)?,
            Bedingung::In(wert, werte) => self.in_liste(wert, werte)?,
            Bedingung::Wie(wert, stuecke, faltungen) => {
                self.sql.push("((");
                self.text(wert)?;
                self.sql.push(&format!(") {PUNKTE} LIKE ("));
                for faltung in faltungen.iter().rev() {
                    self.sql.push(wert::falte_auf(*faltung));
                }
                self.sql.text(&muster(stuecke), "text")?;
                for faltung in faltungen {
                    self.sql.push(wert::falte_zu(*faltung));
                }
                self.sql.push(&format!(") {PUNKTE})"));
            }
            Bedingung::Fehlt(was) => self.fehlt(was)?,
            Bedingung::Raum(op, links, rechts) => self.raum(*op, links, rechts, positiv)?,
            Bedingung::Zeit(op, links, rechts) => self.zeit(*op, links, rechts)?,
            Bedingung::Feld(op, links, rechts) => self.feld(*op, links, rechts)?,
        }
        Ok(())
    }

    fn verbunden(&mut self, teile: &[Bedingung], wort: &str, positiv: bool) -> Result<()> {
        self.sql.push("(");
        for (n, teil) in teile.iter().enumerate() {
            if n > 0 {
                self.sql.push(wort);
            }
            self.bedingung(teil, positiv)?;
        }
        self.sql.push(")");
        Ok(())
    }

    fn vergleich(&mut self, op: &str, links: &Wert, rechts: &Wert, positiv: bool) -> Result<()> {
        let mut form = wert::form(&[links, rechts]);
        if !matches!(op, "=" | "<>") {
            form = form.geordnet();
        }
        self.sql.push("(");
        // In a plain conjunction the bare column comes first, for its index.
        if let (true, Wert::Spalte(s), true) = (positiv, links, rechts.ist_literal()) {
            let grenze = match s.klasse {
                Klasse::Gleitkomma if form == wert::Form::Gleitkomma => {
                    "'NaN', 'Infinity', '-Infinity'"
                }
                Klasse::Datum if form == wert::Form::Datum => "'infinity', '-infinity'",
                Klasse::Zeitpunkt if form == wert::Form::Zeitpunkt => "'infinity', '-infinity'",
                Klasse::Ortszeit if form == wert::Form::Ortszeit => "'infinity', '-infinity'",
                _ => "",
            };
            if !grenze.is_empty() {
                let spalte = t(&s.name);
                self.sql.push(&format!("{spalte} {op} "));
                self.wert(rechts, form)?;
                self.sql.push(&format!(" AND {spalte} NOT IN ({grenze}))"));
                return Ok(());
            }
        }
        self.wert(links, form)?;
        self.sql.push(&format!(" {op} "));
        self.wert(rechts, form)?;
        self.sql.push(")");
        Ok(())
    }

    fn zwischen(&mut self, wert: &Wert, von: &Wert, bis: &Wert) -> Result<()> {
        let form = wert::form(&[wert, von, bis]).geordnet();
        self.sql.push("(");
        self.wert(wert, form)?;
        self.sql.push(" BETWEEN ");
        self.wert(von, form)?;
        self.sql.push(" AND ");
        self.wert(bis, form)?;
        self.sql.push(")");
        Ok(())
    }

    fn in_liste(&mut self, wert: &Wert, werte: &[Wert]) -> Result<()> {
        let mut alle = vec![wert];
        alle.extend(werte);
        let form = wert::form(&alle);
        self.sql.push("(");
        self.wert(wert, form)?;
        self.sql.push(" IN (");
        for (n, eines) in werte.iter().enumerate() {
            if n > 0 {
                self.sql.push(", ");
            }
            self.wert(eines, form)?;
        }
        self.sql.push("))");
        Ok(())
    }

    fn fehlt(&mut self, was: &Was) -> Result<()> {
        match was {
            Was::Spalte(name) => {
                self.sql.push(&format!("({} IS NULL)", t(name)));
            }
            Was::Geometrie => {
                let da = match &self.ebene.relation.geometrie {
                    Some(g) => hat_geometrie(g),
                    None => "false".to_owned(),
                };
                self.sql.push(&format!("(NOT {da})"));
            }
            Was::Wert(Wert::Bedingung(bedingung)) => {
                self.sql.push("(");
                self.bedingung(bedingung, false)?;
                self.sql.push(" IS NULL)");
            }
            Was::Wert(wert) => {
                self.sql.push("((");
                self.wert(wert, wert::form(&[wert]))?;
                self.sql.push(") IS NULL)");
            }
        }
        Ok(())
    }

    /// Arrays as sets, by containment of JSON arrays.
    fn feld(&mut self, op: Feld, links: &Menge, rechts: &Menge) -> Result<()> {
        let teile = match op {
            Feld::Enthaelt => vec![(links, rechts)],
            Feld::IstEnthalten => vec![(rechts, links)],
            Feld::Gleich => vec![(links, rechts), (rechts, links)],
            Feld::Ueberlappt => {
                // Without an array there is no element either; unknown must stay unknown.
                self.sql.push("(CASE WHEN ");
                self.menge(links)?;
                self.sql.push(" IS NOT NULL AND ");
                self.menge(rechts)?;
                self.sql
                    .push(" IS NOT NULL THEN EXISTS (SELECT FROM jsonb_array_elements(");
                self.menge(links)?;
                self.sql.push(") AS e(e) WHERE ");
                self.menge(rechts)?;
                self.sql.push(" @> jsonb_build_array(e.e)) END)");
                return Ok(());
            }
        };
        self.sql.push("(");
        for (n, (ganz, teil)) in teile.into_iter().enumerate() {
            if n > 0 {
                self.sql.push(" AND ");
            }
            self.menge(ganz)?;
            self.sql.push(" @> ");
            self.menge(teil)?;
        }
        self.sql.push(")");
        Ok(())
    }

    fn menge(&mut self, menge: &Menge) -> Result<()> {
        match menge {
            Menge::Spalte(name) => {
                self.sql.push(&format!("to_jsonb({})", t(name)));
            }
            Menge::Literal(json) => {
                self.sql.text(json, "jsonb")?;
            }
        }
        Ok(())
    }
}
