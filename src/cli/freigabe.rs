//! `zielraum freigabe …` and `zielraum vertraulich …`: publication by the operator.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::strategie::{Format, json};
use super::{answer, notice};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::freigabe::store::{self, Vertraulich};
use crate::freigabe::{Schritt, frist};
use crate::tabelle::spalten;

/// Commands of `freigabe`.
#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Was noch nicht öffentlich ist, offene Anträge, oder alles in einem Zustand
    Liste(Liste),
    /// Was eine Freigabe ändern würde, Feld für Feld
    Unterschied(Eines),
    /// Freigabe beantragen
    Beantragen(Eines),
    /// Freigeben: einen Antrag, sonst ohne vier Augen (das Protokoll vermerkt es)
    Freigeben(Eines),
    /// Antrag zurückgeben oder zurücknehmen
    Zurueckgeben(Eines),
    /// Aus der Öffentlichkeit zurückziehen, samt öffentlicher Vergangenheit
    Zurueckziehen(Eines),
    /// Entwurf verwerfen: es gilt wieder der öffentliche Stand
    Verwerfen(Eines),
    /// Archivieren: nicht mehr öffentlich, nicht mehr änderbar
    Archivieren(Eines),
    /// Aus dem Archiv als Entwurf wieder aufnehmen
    Aufnehmen(Eines),
}

#[derive(Debug, Args)]
pub(super) struct Liste {
    /// Nur dieser Zustand (entwurf, `in_freigabe`, intern, veroeffentlicht, archiviert)
    #[arg(long, value_name = "ZUSTAND")]
    zustand: Option<String>,
    /// Nur diese Art (massnahme, ziel, plan …)
    #[arg(long, value_name = "ART")]
    art: Option<String>,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Eines {
    /// Art: massnahme, ziel, handlungsfeld, plan …
    #[arg(value_name = "ART")]
    art: String,
    /// Kennung; bei „zurueckziehen plan“ auch KENNUNG@FASSUNG
    #[arg(value_name = "KENNUNG")]
    kennung: String,
    /// Grund; steht im Protokoll
    #[arg(long, value_name = "TEXT", default_value = "")]
    warum: String,
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    let (schritt, eines) = match was {
        Was::Liste(liste) => return liste_aus(&liste, db).await,
        Was::Unterschied(eines) => return unterschied(&eines, db).await,
        Was::Beantragen(eines) => (Schritt::Beantragen, eines),
        Was::Freigeben(eines) => (Schritt::Freigeben, eines),
        Was::Zurueckgeben(eines) => (Schritt::Zurueckgeben, eines),
        Was::Zurueckziehen(eines) => (Schritt::Zurueckziehen, eines),
        Was::Verwerfen(eines) => (Schritt::Verwerfen, eines),
        Was::Archivieren(eines) => (Schritt::Archivieren, eines),
        Was::Aufnehmen(eines) => (Schritt::Aufnehmen, eines),
    };
    let grund = match eines.warum.trim() {
        "" => format!("{} {}", eines.art, eines.kennung),
        warum => warum.to_owned(),
    };
    let mut tx = audit::begin(&db.write, &audit::operator(), &grund).await?;
    let fassung = eines.kennung.rsplit_once('@');
    let satz = match (schritt, eines.art.as_str(), fassung) {
        (Schritt::Zurueckziehen, "plan", Some((plan, nummer))) => {
            let nummer = nummer.parse().map_err(|_| {
                Error::aufruf(format!(
                    "„{nummer}“ ist keine Nummer einer Fassung (KENNUNG@FASSUNG)."
                ))
            })?;
            store::ziehe_fassung_zurueck(&mut tx, plan, nummer).await?
        }
        _ => {
            let g = store::gegenstand(&mut tx, &eines.art, &eines.kennung).await?;
            store::gehe(&mut tx, &g, schritt, &eines.warum, true).await?
        }
    };
    tx.commit().await?;
    notice(&format!("{satz}\n"));
    Ok(())
}

async fn liste_aus(liste: &Liste, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let antraege = store::antraege(&mut conn, None).await?;
    let alle: Vec<_> = store::gegenstaende(&mut conn)
        .await?
        .into_iter()
        .filter(|g| liste.art.as_ref().is_none_or(|art| g.art == *art))
        .filter(|g| match &liste.zustand {
            Some(zustand) => g.zustand == *zustand,
            None => g.entwurf && g.zustand != "archiviert",
        })
        .collect();
    if !matches!(liste.format, Format::Tabelle) {
        return answer(&json(
            &serde_json::json!({"antraege": antraege, "gegenstaende": alle}),
        )?);
    }
    let zeilen: Vec<Vec<String>> = alle
        .iter()
        .map(|g| {
            let antrag = antraege
                .iter()
                .find(|a| a.art == g.art && a.kennung == g.kennung)
                .map(|a| {
                    format!(
                        "{} am {}",
                        a.beantragt_von,
                        crate::ortszeit::tag(&a.beantragt_am)
                    )
                });
            vec![
                g.art.clone(),
                g.kennung.clone(),
                g.titel.clone(),
                g.lage().to_owned(),
                antrag.unwrap_or_default(),
            ]
        })
        .collect();
    answer(&spalten(
        &["Art", "Kennung", "Titel", "Lage", "Beantragt"],
        &zeilen,
    ))
}

async fn unterschied(eines: &Eines, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let g = store::gegenstand(&mut conn, &eines.art, &eines.kennung).await?;
    let zeilen: Vec<Vec<String>> = store::vergleiche(&mut conn, &g)
        .await?
        .into_iter()
        .map(|u| {
            vec![
                u.teil,
                u.eintrag,
                u.feld,
                u.oeffentlich.unwrap_or_default(),
                u.entwurf.unwrap_or_default(),
            ]
        })
        .collect();
    answer(&spalten(
        &["Teil", "Eintrag", "Feld", "Öffentlich", "Nach der Freigabe"],
        &zeilen,
    ))
}

/// Commands of `vertraulich`.
#[derive(Debug, Subcommand)]
pub(super) enum Geheim {
    /// Ein Feld (oder mit * die ganze Zeile) aus der Öffentlichkeit nehmen
    Setzen {
        /// Tabelle mit Schema, zum Beispiel haushalt.finanzwert
        #[arg(value_name = "TABELLE")]
        relation: String,
        /// Kennung der Zeile oder, bei Teilen, ihres Gegenstands; bei Beträgen auch die interne Nummer
        #[arg(value_name = "KENNUNG")]
        kennung: String,
        /// Feld; * für die ganze Zeile
        #[arg(value_name = "FELD")]
        spalte: String,
        /// Letzter Tag der Vertraulichkeit (JJJJ-MM-TT) [Vorgabe: unbefristet]
        #[arg(long, value_name = "TAG")]
        bis: Option<NaiveDate>,
        /// Grund
        #[arg(long, value_name = "TEXT")]
        warum: String,
    },
    /// Alle vertraulichen Angaben mit Frist
    Liste,
    /// Vertraulichkeit beenden: der veröffentlichte Wert wird sichtbar
    Aufheben {
        /// Tabelle mit Schema
        #[arg(value_name = "TABELLE")]
        relation: String,
        /// Kennung
        #[arg(value_name = "KENNUNG")]
        kennung: String,
        /// Feld
        #[arg(value_name = "FELD")]
        spalte: String,
        /// Grund
        #[arg(long, value_name = "TEXT")]
        warum: String,
    },
    /// Abgelaufene Fristen jetzt wirken lassen (der Dienst tut es von selbst)
    Frist,
}

pub(super) async fn vertraulich(was: Geheim, db: &Database) -> Result<()> {
    match was {
        Geheim::Setzen {
            relation,
            kennung,
            spalte,
            bis,
            warum,
        } => {
            let mut tx = audit::begin(&db.write, &audit::operator(), &warum).await?;
            let v = Vertraulich {
                relation,
                kennung,
                spalte,
                bis,
                grund: warum,
            };
            store::setze_vertraulich(&mut tx, &v).await?;
            tx.commit().await?;
            notice(
                "Vermerkt; die Öffentlichkeit sieht die Angabe nicht mehr, auch nicht in der Vergangenheit.\n",
            );
            Ok(())
        }
        Geheim::Aufheben {
            relation,
            kennung,
            spalte,
            warum,
        } => {
            let mut tx = audit::begin(&db.write, &audit::operator(), &warum).await?;
            store::hebe_auf(&mut tx, &relation, &kennung, &spalte).await?;
            tx.commit().await?;
            notice("Aufgehoben; was veröffentlicht wurde, ist wieder sichtbar.\n");
            Ok(())
        }
        Geheim::Frist => {
            let zahl = frist::pruefe(&db.write).await?;
            notice(&format!("Abgelaufene Fristen: {zahl}.\n"));
            Ok(())
        }
        Geheim::Liste => {
            let mut conn = db.write.acquire().await?;
            let zeilen: Vec<Vec<String>> = store::vertrauliche(&mut conn)
                .await?
                .into_iter()
                .map(|v| {
                    let bis = v.bis.map_or_else(
                        || "unbefristet".to_owned(),
                        |tag| tag.format("%d.%m.%Y").to_string(),
                    );
                    vec![v.relation, v.kennung, v.spalte, bis, v.grund]
                })
                .collect();
            answer(&spalten(
                &["Tabelle", "Kennung", "Feld", "Bis", "Grund"],
                &zeilen,
            ))
        }
    }
}
