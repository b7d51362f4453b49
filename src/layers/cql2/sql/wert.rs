//! Values in SQL: each is written in the form its neighbours ask for.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::{PUNKTE, Schreiber, veroeffentlicht};
use crate::error::Result;
use crate::layers::cql2::baum::Rechnung;
use crate::layers::cql2::typ::{Faltung, Kalender, Rundung, Spalte, Typ, Wert};
use crate::layers::query::sql::t;
use crate::layers::wert::Klasse;

/// What both sides of a comparison are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The column's own text, for its index.
    Text,
    /// Text with a collation of our own: two columns may have different ones.
    TextPunkte,
    Uuid,
    Ganz,
    Gleitkomma,
    Dezimal,
    Wahrheit,
    Datum,
    Zeitpunkt,
    Ortszeit,
}

impl Form {
    /// For greater and less: the order of texts must not hang on the column or the database.
    pub(super) fn geordnet(self) -> Self {
        match self {
            Self::Text => Self::TextPunkte,
            form => form,
        }
    }
}

/// The form in which all of these can be compared.
pub(super) fn form(werte: &[&Wert]) -> Form {
    let klassen = || {
        werte.iter().filter_map(|w| match w {
            Wert::Spalte(s) => Some(s.klasse),
            _ => None,
        })
    };
    let jeder = |passt: &dyn Fn(&Wert) -> bool| werte.iter().all(|w| passt(w));
    let hat = |typ: Typ| werte.iter().any(|w| w.typ() == typ);
    match werte.first().map_or(Typ::Text, |w| w.typ()) {
        Typ::Zahl => {
            let ist = |w: &Wert, k: Klasse| matches!(w, Wert::Spalte(s) if s.klasse == k);
            if jeder(&|w| ist(w, Klasse::Ganzzahl) || matches!(w, Wert::Ganz(_))) {
                Form::Ganz
            } else if jeder(&|w| ist(w, Klasse::Gleitkomma) || w.ist_literal()) {
                Form::Gleitkomma
            } else {
                Form::Dezimal
            }
        }
        Typ::Wahrheit => Form::Wahrheit,
        Typ::Datum | Typ::Zeitpunkt | Typ::Ortszeit => {
            if hat(Typ::Datum) {
                Form::Datum
            } else if hat(Typ::Ortszeit) {
                Form::Ortszeit
            } else {
                Form::Zeitpunkt
            }
        }
        Typ::Text => {
            let eine = klassen().count() <= 1;
            if eine
                && klassen().all(|k| k == Klasse::Uuid)
                && klassen().count() == 1
                && jeder(&|w| matches!(w, Wert::Spalte(_) | Wert::Text(_)))
            {
                Form::Uuid
            } else if eine && jeder(&|w| matches!(w, Wert::Spalte(_) | Wert::Text(_))) {
                Form::Text
            } else {
                Form::TextPunkte
            }
        }
    }
}

/// Before a folded text.
pub(super) fn falte_auf(faltung: Faltung) -> &'static str {
    match faltung {
        Faltung::Gross => "lower(upper((",
        Faltung::Akzent => "regexp_replace(normalize(translate((",
        Faltung::Klein => "lower((",
        Faltung::Versal => "upper((",
    }
}

/// Behind it. Upper case first makes ß and SS the same.
pub(super) fn falte_zu(faltung: Faltung) -> &'static str {
    match faltung {
        Faltung::Gross => ") COLLATE \"und-x-icu\"))",
        Faltung::Akzent => {
            ") COLLATE \"C\", 'øØłŁđĐ', 'oOlLdD'), NFD), '[\\u0300-\\u036F]', '', 'g')"
        }
        Faltung::Klein | Faltung::Versal => ") COLLATE \"und-x-icu\")",
    }
}

impl Schreiber<'_> {
    pub(super) fn wert(&mut self, wert: &Wert, form: Form) -> Result<()> {
        match form {
            Form::Text => self.text(wert)?,
            Form::TextPunkte => {
                // BETWEEN takes no COLLATE without brackets.
                self.sql.push("((");
                self.text(wert)?;
                self.sql.push(&format!(") {PUNKTE})"));
            }
            Form::Uuid => match wert {
                Wert::Spalte(s) => {
                    self.sql.push(&t(&s.name));
                }
                Wert::Text(text) => {
                    self.sql.text(text, "uuid")?;
                }
                _ => self.text(wert)?,
            },
            Form::Ganz => self.zahl(wert, "bigint")?,
            Form::Gleitkomma => self.zahl(wert, "double precision")?,
            Form::Dezimal => self.zahl(wert, "numeric")?,
            Form::Wahrheit => match wert {
                Wert::Bedingung(bedingung) => self.bedingung(bedingung, false)?,
                Wert::Spalte(s) => {
                    self.sql.push(&t(&s.name));
                }
                _ => self.text(wert)?,
            },
            Form::Datum | Form::Zeitpunkt | Form::Ortszeit => self.zeitwert(wert, form)?,
        }
        Ok(())
    }

    /// Any text value.
    pub(super) fn text(&mut self, wert: &Wert) -> Result<()> {
        match wert {
            Wert::Spalte(s) => {
                self.sql.push(&veroeffentlicht(&t(&s.name), s.klasse));
            }
            Wert::Text(text) => {
                self.sql.text(text, "text")?;
            }
            Wert::Falte(faltung, innen) => {
                self.sql.push(falte_auf(*faltung));
                self.text(innen)?;
                self.sql.push(falte_zu(*faltung));
            }
            // The check lets only texts come here.
            _ => {
                self.sql.push("NULL::text");
            }
        }
        Ok(())
    }

    /// Any number, as the given type.
    fn zahl(&mut self, wert: &Wert, typ: &str) -> Result<()> {
        match wert {
            Wert::Spalte(s) => {
                let spalte = t(&s.name);
                // A bigint column stays bare, for its index.
                match (s.klasse, typ) {
                    (Klasse::Ganzzahl, "bigint") => self.sql.push(&spalte),
                    _ => self
                        .sql
                        .push(&format!("({})::{typ}", veroeffentlicht(&spalte, s.klasse))),
                };
            }
            Wert::Ganz(zahl) => {
                self.sql.text(&zahl.to_string(), typ)?;
            }
            Wert::Zahl(zahl) => {
                self.sql.text(&format!("{zahl:?}"), typ)?;
            }
            Wert::Zeichenzahl(text) => {
                self.sql.push("char_length(");
                self.text(text)?;
                self.sql.push(")::numeric");
            }
            Wert::Rundung(art, innen) => {
                self.sql.push(match art {
                    Rundung::Betrag => "abs(",
                    Rundung::Ab => "floor(",
                    Rundung::Auf => "ceil(",
                    Rundung::Naechste => "round(",
                });
                self.zahl(innen, "numeric")?;
                self.sql.push(")");
            }
            Wert::Kalender(teil, innen) => {
                self.sql.push(match teil {
                    Kalender::Jahr => "extract(year FROM ",
                    Kalender::Monat => "extract(month FROM ",
                    Kalender::Tag => "extract(day FROM ",
                });
                self.zeitwert(innen, Form::Datum)?;
                self.sql.push(")");
            }
            Wert::Mass(mass) => self.mass(*mass),
            Wert::Rechnung(op, links, rechts) => self.rechnung(*op, links, rechts)?,
            _ => {
                self.sql.push("NULL::numeric");
            }
        }
        Ok(())
    }

    fn rechnung(&mut self, op: Rechnung, links: &Wert, rechts: &Wert) -> Result<()> {
        let (auf, mitte, zu) = match op {
            Rechnung::Plus => ("(", " + ", ")"),
            Rechnung::Minus => ("(", " - ", ")"),
            Rechnung::Mal => ("(", " * ", ")"),
            Rechnung::Geteilt => ("(", " / NULLIF(", ", 0))"),
            Rechnung::Rest => ("(", " % NULLIF(", ", 0))"),
            Rechnung::Div => ("div(", ", NULLIF(", ", 0))"),
            Rechnung::Hoch => (POTENZ_AUF, " AS b, ", POTENZ_ZU),
        };
        self.sql.push(auf);
        self.zahl(links, "numeric")?;
        self.sql.push(mitte);
        self.zahl(rechts, "numeric")?;
        self.sql.push(zu);
        Ok(())
    }

    pub(super) fn zeitwert(&mut self, wert: &Wert, form: Form) -> Result<()> {
        let (text, typ) = match (wert, form) {
            (Wert::Spalte(s), _) => {
                self.sql.push(&zeitspalte(s, form));
                return Ok(());
            }
            (Wert::Datum(tag), Form::Datum) => (datum(*tag), "date"),
            (Wert::Datum(tag), _) => (datum(*tag), "timestamp"),
            (Wert::Zeitpunkt(zeit), Form::Datum) => (datum(zeit.date_naive()), "date"),
            (Wert::Zeitpunkt(zeit), Form::Ortszeit) => (moment(zeit, ""), "timestamp"),
            (Wert::Zeitpunkt(zeit), _) => (moment(zeit, "Z"), "timestamptz"),
            _ => ("-infinity".to_owned(), "date"),
        };
        self.sql.text(&text, typ)?;
        Ok(())
    }
}

fn zeitspalte(spalte: &Spalte, form: Form) -> String {
    let name = veroeffentlicht(&t(&spalte.name), spalte.klasse);
    match (spalte.klasse, form) {
        (Klasse::Zeitpunkt, Form::Datum) => format!("(({name}) AT TIME ZONE 'UTC')::date"),
        (Klasse::Zeitpunkt, Form::Ortszeit) => format!("(({name}) AT TIME ZONE 'UTC')"),
        (Klasse::Ortszeit, Form::Datum) => format!("({name})::date"),
        _ => format!("({name})"),
    }
}

/// PostgreSQL has no year 0, and QGIS writes it for "since ever".
fn datum(tag: NaiveDate) -> String {
    match tag.year() {
        ..1 => "-infinity".to_owned(),
        1..=9999 => tag.format("%Y-%m-%d").to_string(),
        _ => "infinity".to_owned(),
    }
}

fn moment(zeit: &DateTime<Utc>, zone: &str) -> String {
    match zeit.year() {
        ..1 => "-infinity".to_owned(),
        1..=9999 => format!("{}{zone}", zeit.format("%Y-%m-%dT%H:%M:%S%.6f")),
        _ => "infinity".to_owned(),
    }
}

/// Powers without result are NULL, none overflows. OFFSET 0 keeps the planner from writing the
/// operands out in each branch: nested powers would grow exponentially. Whole exponents are exact.
const POTENZ_AUF: &str = "(SELECT CASE
 WHEN p.b IN ('NaN', 'Infinity', '-Infinity') OR p.e IN ('NaN', 'Infinity', '-Infinity') OR abs(p.b) > 1e300 OR abs(p.e) > 1e300 THEN NULL
 WHEN abs(p.e) < 1e-300 THEN 1
 WHEN abs(p.b) < 1e-300 THEN CASE WHEN p.e > 0 THEN 0 END
 WHEN p.b < 0 AND p.e <> trunc(p.e) THEN NULL
 WHEN abs(p.e::float8 * ln(abs(p.b::float8))) > 690 THEN CASE WHEN (p.e > 0) = (abs(p.b) < 1) THEN 0 END
 WHEN p.e = trunc(p.e) AND abs(p.e) <= 64 THEN power(p.b, p.e)
 ELSE power(p.b::float8, p.e::float8)::numeric END FROM (SELECT ";
const POTENZ_ZU: &str = " AS e OFFSET 0) p)";
