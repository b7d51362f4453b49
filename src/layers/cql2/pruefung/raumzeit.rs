//! Operands of spatial, temporal and array functions.

use super::{Geprueft, Pruefung, falsch, gelesen};
use crate::layers::cql2::baum::{Art, Ausdruck};
use crate::layers::cql2::typ::{Ende, Menge, Ort, Typ, Wert, Zeitraum};
use crate::layers::cql2::{Fehler, raum, schreiben};
use crate::layers::wert::Klasse;

impl Pruefung<'_> {
    pub(super) fn ort(&self, a: &Ausdruck) -> Geprueft<Ort> {
        match &a.art {
            Art::Geometrie(geometrie) => {
                Ok(Ort::Literal(raum::pruefe(geometrie, self.crs, &a.stelle)?))
            }
            Art::Kasten(zahlen) => Ok(Ort::Literal(raum::pruefe_kasten(
                zahlen, self.crs, &a.stelle,
            )?)),
            Art::Eigenschaft(name) if self.ist_geometrie(name) => Ok(Ort::Spalte),
            Art::Eigenschaft(name) if self.ebene.spalte(name).is_none() => {
                self.spalte(a, name)?;
                Err(falsch(a, "eine Geometrie"))
            }
            _ if self.ebene.relation.geometrie.is_none() => {
                Err(falsch(a, "eine Geometrie; diese Ebene hat keine"))
            }
            _ => Err(falsch(
                a,
                "das Geometriefeld der Ebene oder eine Geometrie wie POINT(10.87 48.05)",
            )),
        }
    }

    pub(super) fn zeitraum(&self, a: &Ausdruck) -> Geprueft<Zeitraum> {
        let Art::Intervall(enden) = &a.art else {
            let wert = self.zeitwert(a)?;
            return Ok(Zeitraum {
                von: Ende::Wert(wert.clone()),
                bis: Ende::Wert(wert),
            });
        };
        let ende = |e: &Ausdruck| match e.art {
            Art::Offen => Ok(Ende::Offen),
            _ => self.zeitwert(e).map(Ende::Wert),
        };
        let raum = Zeitraum {
            von: ende(&enden[0])?,
            bis: ende(&enden[1])?,
        };
        let tag = |e: &Ende| match e {
            Ende::Wert(Wert::Datum(tag)) => Some(tag.and_time(chrono::NaiveTime::MIN).and_utc()),
            Ende::Wert(Wert::Zeitpunkt(moment)) => Some(*moment),
            _ => None,
        };
        let gemischt = matches!(
            (&raum.von, &raum.bis),
            (Ende::Wert(Wert::Zeitpunkt(_)), Ende::Wert(Wert::Datum(_)))
        );
        if let (Some(von), Some(bis)) = (tag(&raum.von), tag(&raum.bis))
            && if gemischt {
                von.date_naive() > bis.date_naive()
            } else {
                von > bis
            }
        {
            return Err(Fehler::neu(
                &a.stelle,
                "Der Anfang des Zeitraums liegt nach seinem Ende.",
            ));
        }
        Ok(raum)
    }

    fn zeitwert(&self, a: &Ausdruck) -> Geprueft<Wert> {
        let wert = gelesen(a, self.wert(a)?, Typ::Datum)?;
        if wert.typ().ist_zeit() {
            return Ok(wert);
        }
        Err(falsch(a, "ein Datum, ein Zeitpunkt oder ein Zeitraum"))
    }

    pub(super) fn menge(&self, a: &Ausdruck) -> Geprueft<Menge> {
        let literal = |werte: &[Ausdruck]| {
            let eines = |wert: &Ausdruck| match wert.art {
                Art::Text(_) | Art::Ganz(_) | Art::Zahl(_) | Art::Wahr(_) => {
                    Ok(schreiben::json(wert))
                }
                _ => Err(falsch(wert, "ein Text, eine Zahl oder ein Wahrheitswert")),
            };
            let werte: Vec<_> = werte.iter().map(eines).collect::<Geprueft<_>>()?;
            Ok(Menge::Literal(serde_json::Value::Array(werte).to_string()))
        };
        match &a.art {
            Art::Liste(werte) => literal(werte),
            // ('a') is a bracket, not a list: CQL2 text cannot tell them apart.
            Art::Text(_) | Art::Ganz(_) | Art::Zahl(_) | Art::Wahr(_) => {
                literal(std::slice::from_ref(a))
            }
            Art::Eigenschaft(name) => {
                let spalte = self.spalte(a, name)?;
                if spalte.klasse == Klasse::Feld {
                    return Ok(Menge::Spalte(spalte.name));
                }
                Err(falsch(a, "ein Feld mit Listen"))
            }
            _ => Err(falsch(a, "eine Liste oder ein Feld mit Listen")),
        }
    }
}
