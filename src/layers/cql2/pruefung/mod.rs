//! Names and types against the columns of a layer.

mod muster;
mod raumzeit;

use super::baum::{Art, Ausdruck, Logik, Op};
use super::funktionen::{self, Gestalt};
pub(super) use muster::muster;

use super::typ::{Bedingung, Spalte, Typ, Was, Wert};
use super::{Fehler, schreiben, zeit};
use crate::error::Result as Ergebnis;
use crate::layers::crs::Ziel;
use crate::layers::ebene::Ebene;
use crate::layers::relation::{meinten, naechster};
use crate::layers::wert::Klasse;

type Geprueft<T> = Result<T, Fehler>;

/// Checks a filter; `crs` is `filter-crs`.
///
/// # Errors
/// [`crate::error::Error::Aufruf`] naming `filter`: an unknown property, operands that do not fit, a geometry
/// that is not valid.
pub fn pruefe(baum: &Ausdruck, ebene: &Ebene, crs: Ziel) -> Ergebnis<Bedingung> {
    Ok(Pruefung { ebene, crs }.bedingung(baum)?)
}

struct Pruefung<'a> {
    ebene: &'a Ebene,
    crs: Ziel,
}

/// As it stands in the filter, shortened.
fn steht(ausdruck: &Ausdruck) -> String {
    let text = schreiben::text(ausdruck);
    let mut kurz: String = text.chars().take(40).collect();
    if kurz.len() < text.len() {
        kurz.push('…');
    }
    kurz
}

fn falsch(ausdruck: &Ausdruck, erwartet: &str) -> Fehler {
    Fehler::neu(
        &ausdruck.stelle,
        format!("Hier steht {}; erwartet wird {erwartet}.", steht(ausdruck)),
    )
}

fn operanden<const N: usize>(
    ausdruck: &Ausdruck,
    argumente: &[Ausdruck],
) -> Geprueft<[Ausdruck; N]> {
    argumente.to_vec().try_into().map_err(|_| {
        let name = match &ausdruck.art {
            Art::Aufruf(op, _) => op.name().to_owned(),
            _ => String::new(),
        };
        let zahl = [
            "keinen Operanden",
            "einen Operanden",
            "zwei Operanden",
            "drei Operanden",
        ];
        Fehler::neu(
            &ausdruck.stelle,
            format!(
                "„{name}“ hat {} und nicht {}.",
                zahl[N.min(3)],
                argumente.len()
            ),
        )
    })
}

impl Pruefung<'_> {
    fn bedingung(&self, a: &Ausdruck) -> Geprueft<Bedingung> {
        match &a.art {
            Art::Wahr(wahr) => Ok(Bedingung::Fest(*wahr)),
            Art::Aufruf(Op::Logik(op), argumente) => self.logik(a, *op, argumente),
            Art::Aufruf(Op::Raum(op), argumente) => {
                let [links, rechts] = operanden(a, argumente)?;
                Ok(Bedingung::Raum(*op, self.ort(&links)?, self.ort(&rechts)?))
            }
            Art::Aufruf(Op::Zeit(op), argumente) => {
                let [links, rechts] = operanden(a, argumente)?;
                Ok(Bedingung::Zeit(
                    *op,
                    self.zeitraum(&links)?,
                    self.zeitraum(&rechts)?,
                ))
            }
            Art::Aufruf(Op::Feld(op), argumente) => {
                let [links, rechts] = operanden(a, argumente)?;
                Ok(Bedingung::Feld(
                    *op,
                    self.menge(&links)?,
                    self.menge(&rechts)?,
                ))
            }
            Art::Eigenschaft(_) | Art::Aufruf(..) => match self.wert(a)? {
                Wert::Spalte(s) if s.klasse == Klasse::Wahrheit => Ok(Bedingung::Spalte(s.name)),
                Wert::Bedingung(bedingung) => Ok(*bedingung),
                wert => Err(Fehler::neu(
                    &a.stelle,
                    format!(
                        "{} ist {}, keine Bedingung; erwartet wird ein Vergleich wie {} = ….",
                        steht(a),
                        wert.typ().wort(),
                        steht(a)
                    ),
                )),
            },
            _ => Err(falsch(a, "eine Bedingung")),
        }
    }

    fn logik(&self, a: &Ausdruck, op: Logik, argumente: &[Ausdruck]) -> Geprueft<Bedingung> {
        let alle = || -> Geprueft<Vec<Bedingung>> {
            if argumente.is_empty() {
                return Err(Fehler::neu(
                    &a.stelle,
                    format!("„{}“ hat keine Operanden.", op.name()),
                ));
            }
            argumente.iter().map(|teil| self.bedingung(teil)).collect()
        };
        Ok(match op {
            Logik::Und => Bedingung::Und(alle()?),
            Logik::Oder => Bedingung::Oder(alle()?),
            Logik::Nicht => {
                let [innen] = operanden(a, argumente)?;
                Bedingung::Nicht(Box::new(self.bedingung(&innen)?))
            }
            Logik::IstNull => {
                let [innen] = operanden(a, argumente)?;
                Bedingung::Fehlt(self.was(&innen)?)
            }
            Logik::Wie => self.wie(&operanden(a, argumente)?)?,
            Logik::In => self.in_liste(&operanden(a, argumente)?)?,
            Logik::Zwischen => {
                let teile: [Ausdruck; 3] = operanden(a, argumente)?;
                let wert = self.wert(&teile[0])?;
                let (wert, von) =
                    self.angeglichen((&teile[0], wert), (&teile[1], self.wert(&teile[1])?))?;
                let (wert, bis) =
                    self.angeglichen((&teile[0], wert), (&teile[2], self.wert(&teile[2])?))?;
                // A bound may have told what a text as value is.
                let (von, bis) = self.angeglichen((&teile[1], von), (&teile[2], bis))?;
                Bedingung::Zwischen(wert, von, bis)
            }
            _ => {
                let [links, rechts] = operanden(a, argumente)?;
                let paar =
                    self.angeglichen((&links, self.wert(&links)?), (&rechts, self.wert(&rechts)?))?;
                Bedingung::Vergleich(op, paar.0, paar.1)
            }
        })
    }

    fn in_liste(&self, [wert, liste]: &[Ausdruck; 2]) -> Geprueft<Bedingung> {
        let Art::Liste(elemente) = &liste.art else {
            return Err(falsch(liste, "eine Liste"));
        };
        if elemente.is_empty() {
            return Err(Fehler::neu(&liste.stelle, "Die Liste hinter IN ist leer."));
        }
        let mut links = self.wert(wert)?;
        let mut werte = Vec::with_capacity(elemente.len());
        for element in elemente {
            let (neu, rechts) = self.angeglichen((wert, links), (element, self.wert(element)?))?;
            links = neu;
            werte.push(rechts);
        }
        Ok(Bedingung::In(links, werte))
    }

    /// Two values made comparable: a text beside a date is read as one.
    fn angeglichen(
        &self,
        (a, links): (&Ausdruck, Wert),
        (b, rechts): (&Ausdruck, Wert),
    ) -> Geprueft<(Wert, Wert)> {
        let links = gelesen(a, links, rechts.typ())?;
        let rechts = gelesen(b, rechts, links.typ())?;
        if !links.typ().passt(rechts.typ()) {
            let hinweis = match (
                links.typ(),
                rechts.typ(),
                links.ist_literal() || rechts.ist_literal(),
            ) {
                (Typ::Text, Typ::Zahl, true) | (Typ::Zahl, Typ::Text, true) => {
                    " Texte stehen in einfachen Anführungszeichen ('5'), Zahlen ohne (5)."
                }
                _ => "",
            };
            return Err(Fehler::neu(
                &b.stelle,
                format!(
                    "{} ist {}, {} aber {}; das lässt sich nicht vergleichen.{hinweis}",
                    steht(b),
                    rechts.typ().wort(),
                    steht(a),
                    links.typ().wort()
                ),
            ));
        }
        for (ausdruck, wert, anderer) in [(a, &links, &rechts), (b, &rechts, &links)] {
            if let (Wert::Text(text), Wert::Spalte(s)) = (wert, anderer)
                && s.klasse == Klasse::Uuid
                && uuid::Uuid::parse_str(text).is_err()
            {
                return Err(falsch(ausdruck, "eine UUID"));
            }
        }
        Ok((links, rechts))
    }

    fn spalte(&self, a: &Ausdruck, name: &str) -> Geprueft<Spalte> {
        if let Some(spalte) = self.ebene.spalte(name) {
            return Ok(Spalte {
                name: spalte.name.clone(),
                klasse: spalte.klasse,
            });
        }
        let geometrie = self.ebene.relation.geometrie.as_ref();
        let namen = self.ebene.spalten.iter().map(|s| s.name.as_str());
        let namen = namen.chain(geometrie.map(|g| g.spalte.as_str()));
        let vorschlag = meinten(naechster(name, namen));
        Err(Fehler::neu(
            &a.stelle,
            format!(
                "Ein Feld „{name}“ hat diese Ebene nicht.{vorschlag} Alle Felder nennt die Adresse der Ebene mit /queryables am Ende."
            ),
        ))
    }

    /// The name means the geometry: its column, or `geometry` where no field is called so.
    fn ist_geometrie(&self, name: &str) -> bool {
        let geometrie = self.ebene.relation.geometrie.as_ref();
        geometrie.is_some_and(|g| {
            self.ebene.spalte(name).is_none() && (g.spalte == name || name == "geometry")
        })
    }

    fn wert(&self, a: &Ausdruck) -> Geprueft<Wert> {
        Ok(match &a.art {
            Art::Text(text) => Wert::Text(text.clone()),
            Art::Ganz(zahl) => Wert::Ganz(*zahl),
            Art::Zahl(zahl) => Wert::Zahl(*zahl),
            Art::Datum(tag) => Wert::Datum(*tag),
            Art::Zeitpunkt(moment) => Wert::Zeitpunkt(*moment),
            Art::Eigenschaft(name) if self.ist_geometrie(name) => {
                return Err(falsch(
                    a,
                    "ein Wert; die Geometrie gehört in S_INTERSECTS und verwandte Funktionen",
                ));
            }
            Art::Eigenschaft(name) => {
                let spalte = self.spalte(a, name)?;
                match (Typ::zu_klasse(spalte.klasse), spalte.klasse) {
                    (Some(_), _) => Wert::Spalte(spalte),
                    (None, Klasse::Feld) => {
                        return Err(falsch(
                            a,
                            "ein einzelner Wert; eine Liste gehört in A_CONTAINS, A_OVERLAPS, A_EQUALS oder A_CONTAINEDBY",
                        ));
                    }
                    (None, _) => {
                        return Err(Fehler::neu(
                            &a.stelle,
                            format!(
                                "Nach „{name}“ kann nicht gefiltert werden: das Feld hat keinen einzelnen Wert."
                            ),
                        ));
                    }
                }
            }
            Art::Aufruf(Op::Rechnung(op), argumente) => {
                let [links, rechts] = operanden(a, argumente)?;
                let zahl = |teil: &Ausdruck| self.vom_typ(teil, Typ::Zahl).map(Box::new);
                Wert::Rechnung(*op, zahl(&links)?, zahl(&rechts)?)
            }
            Art::Aufruf(Op::Funktion(name), argumente) => self.funktion(a, name, argumente)?,
            Art::Aufruf(..) | Art::Wahr(_) => Wert::Bedingung(Box::new(self.bedingung(a)?)),
            Art::Geometrie(_) | Art::Kasten(_) => {
                return Err(falsch(
                    a,
                    "ein Wert; Geometrien gehören in S_INTERSECTS und verwandte Funktionen",
                ));
            }
            Art::Intervall(_) => {
                return Err(falsch(
                    a,
                    "ein Wert; Zeiträume gehören in T_INTERSECTS und verwandte Funktionen",
                ));
            }
            Art::Liste(_) => return Err(falsch(a, "ein einzelner Wert")),
            Art::Offen => {
                return Err(falsch(
                    a,
                    "ein Wert; ein offenes Ende gehört in INTERVAL(…)",
                ));
            }
        })
    }

    fn vom_typ(&self, a: &Ausdruck, typ: Typ) -> Geprueft<Wert> {
        let wert = self.wert(a)?;
        if wert.typ() == typ {
            return Ok(wert);
        }
        Err(falsch(a, typ.wort()))
    }

    fn funktion(&self, a: &Ausdruck, name: &str, argumente: &[Ausdruck]) -> Geprueft<Wert> {
        let Some(funktion) = funktionen::zu_name(name) else {
            let namen = funktionen::ALLE.iter().map(|f| f.name);
            let hinweis = meinten(naechster(name, namen.clone()));
            let alle: Vec<_> = namen.collect();
            return Err(Fehler::neu(
                &a.stelle,
                format!(
                    "Eine Funktion „{name}“ gibt es nicht.{hinweis} Möglich sind: {}.",
                    alle.join(", ")
                ),
            ));
        };
        let [argument] = operanden(a, argumente)?;
        let vom = |typ| self.vom_typ(&argument, typ).map(Box::new);
        Ok(match funktion.gestalt {
            Gestalt::Falte(faltung) => Wert::Falte(faltung, vom(Typ::Text)?),
            Gestalt::Zeichenzahl => Wert::Zeichenzahl(vom(Typ::Text)?),
            Gestalt::Rundung(art) => Wert::Rundung(art, vom(Typ::Zahl)?),
            Gestalt::Kalender(teil) => {
                let wert = self.wert(&argument)?;
                if !wert.typ().ist_zeit() {
                    return Err(falsch(&argument, "ein Datum oder Zeitpunkt"));
                }
                Wert::Kalender(teil, Box::new(wert))
            }
            Gestalt::Mass(mass) => match &argument.art {
                Art::Eigenschaft(name) if self.ist_geometrie(name) => Wert::Mass(mass),
                _ => return Err(falsch(&argument, "das Geometriefeld der Ebene")),
            },
        })
    }

    fn was(&self, a: &Ausdruck) -> Geprueft<Was> {
        match &a.art {
            Art::Eigenschaft(name) if self.ist_geometrie(name) => Ok(Was::Geometrie),
            Art::Eigenschaft(name) => {
                let spalte = self.spalte(a, name)?;
                Ok(if Typ::zu_klasse(spalte.klasse).is_some() {
                    Was::Wert(Wert::Spalte(spalte))
                } else {
                    Was::Spalte(spalte.name)
                })
            }
            _ => self.wert(a).map(Was::Wert),
        }
    }
}

/// A text literal beside a date or moment is read as one.
fn gelesen(a: &Ausdruck, wert: Wert, neben: Typ) -> Geprueft<Wert> {
    let Wert::Text(text) = &wert else {
        return Ok(wert);
    };
    if !neben.ist_zeit() {
        return Ok(wert);
    }
    if let Some(tag) = zeit::lies_datum(text) {
        return Ok(Wert::Datum(tag));
    }
    let ohne_zone = || {
        text.parse::<chrono::NaiveDateTime>()
            .ok()
            .map(|zeit| zeit.and_utc())
    };
    crate::layers::datetime::zeitpunkt(text)
        .or_else(ohne_zone)
        .map(Wert::Zeitpunkt)
        .ok_or_else(|| {
            falsch(
                a,
                "ein Tag wie '2025-01-31' oder ein Zeitpunkt wie '2025-01-31T12:00:00Z'",
            )
        })
}
