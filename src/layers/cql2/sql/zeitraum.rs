//! Temporal relations by the ends of both intervals.

use super::Schreiber;
use super::wert::{Form, form};
use crate::error::Result;
use crate::layers::cql2::baum::Zeit;
use crate::layers::cql2::typ::{Ende, Wert, Zeitraum};

/// An end: of the left or right interval.
#[derive(Clone, Copy)]
enum Seite {
    LinksVon,
    LinksBis,
    RechtsVon,
    RechtsBis,
}

use Seite::{LinksBis, LinksVon, RechtsBis, RechtsVon};

/// What must hold between the ends; OGC 21-065r2, table 11, from Allen's algebra. Each line is
/// one conjunction.
fn regeln(op: Zeit) -> (&'static str, &'static [(Seite, &'static str, Seite)]) {
    match op {
        Zeit::Nach => (" AND ", &[(LinksVon, ">", RechtsBis)]),
        Zeit::Vor => (" AND ", &[(LinksBis, "<", RechtsVon)]),
        Zeit::Getrennt => (
            " OR ",
            &[(LinksBis, "<", RechtsVon), (LinksVon, ">", RechtsBis)],
        ),
        Zeit::Gleich => (
            " AND ",
            &[(LinksVon, "=", RechtsVon), (LinksBis, "=", RechtsBis)],
        ),
        Zeit::Schneidet => (
            " AND ",
            &[(LinksVon, "<=", RechtsBis), (LinksBis, ">=", RechtsVon)],
        ),
        Zeit::Enthaelt => (
            " AND ",
            &[(LinksVon, "<", RechtsVon), (LinksBis, ">", RechtsBis)],
        ),
        Zeit::Waehrend => (
            " AND ",
            &[(LinksVon, ">", RechtsVon), (LinksBis, "<", RechtsBis)],
        ),
        Zeit::BeendetVon => (
            " AND ",
            &[(LinksVon, "<", RechtsVon), (LinksBis, "=", RechtsBis)],
        ),
        Zeit::Beendet => (
            " AND ",
            &[(LinksVon, ">", RechtsVon), (LinksBis, "=", RechtsBis)],
        ),
        Zeit::Trifft => (" AND ", &[(LinksBis, "=", RechtsVon)]),
        Zeit::GetroffenVon => (" AND ", &[(LinksVon, "=", RechtsBis)]),
        Zeit::UeberlapptVon => (
            " AND ",
            &[
                (LinksVon, ">", RechtsVon),
                (LinksVon, "<", RechtsBis),
                (LinksBis, ">", RechtsBis),
            ],
        ),
        Zeit::Ueberlappt => (
            " AND ",
            &[
                (LinksVon, "<", RechtsVon),
                (LinksBis, ">", RechtsVon),
                (LinksBis, "<", RechtsBis),
            ],
        ),
        Zeit::BegonnenVon => (
            " AND ",
            &[(LinksVon, "=", RechtsVon), (LinksBis, ">", RechtsBis)],
        ),
        Zeit::Beginnt => (
            " AND ",
            &[(LinksVon, "=", RechtsVon), (LinksBis, "<", RechtsBis)],
        ),
    }
}

impl Schreiber<'_> {
    pub(super) fn zeit(&mut self, op: Zeit, links: &Zeitraum, rechts: &Zeitraum) -> Result<()> {
        let enden = [&links.von, &links.bis, &rechts.von, &rechts.bis];
        let werte: Vec<&Wert> = enden
            .iter()
            .filter_map(|ende| match ende {
                Ende::Wert(wert) => Some(wert),
                Ende::Offen => None,
            })
            .collect();
        let form = if werte.is_empty() {
            Form::Datum
        } else {
            form(&werte)
        };
        let (wort, regeln) = regeln(op);
        self.sql.push("(");
        for (n, (a, zeichen, b)) in regeln.iter().enumerate() {
            if n > 0 {
                self.sql.push(wort);
            }
            self.ende(*a, links, rechts, form)?;
            self.sql.push(&format!(" {zeichen} "));
            self.ende(*b, links, rechts, form)?;
        }
        self.sql.push(")");
        Ok(())
    }

    fn ende(
        &mut self,
        seite: Seite,
        links: &Zeitraum,
        rechts: &Zeitraum,
        form: Form,
    ) -> Result<()> {
        let (ende, offen) = match seite {
            LinksVon => (&links.von, "-infinity"),
            LinksBis => (&links.bis, "infinity"),
            RechtsVon => (&rechts.von, "-infinity"),
            RechtsBis => (&rechts.bis, "infinity"),
        };
        match ende {
            Ende::Wert(wert) => self.zeitwert(wert, form),
            Ende::Offen => {
                let typ = match form {
                    Form::Datum => "date",
                    Form::Ortszeit => "timestamp",
                    _ => "timestamptz",
                };
                self.sql.push(&format!("'{offen}'::{typ}"));
                Ok(())
            }
        }
    }
}
