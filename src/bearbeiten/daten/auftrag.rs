//! One row made, changed or deleted inside a transaction.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::regeln;
use super::wandeln::{self, Quelle};
use crate::auth::{Akteur, Aktion, Rolle, Zustand};
use crate::bearbeiten::kopf::Kopf;
use crate::bearbeiten::recht::{self, Sache};
use crate::bearbeiten::store::{self, Zeile};
use crate::bearbeiten::vorgang::{Antwort, Schritt, uebersetze};
use crate::http::link::{Basis, kodiere};
use crate::http::problem::{self, Problem};
use crate::import::strategie::spalten::{Art, Tabellenart};
use crate::import::strategie::verzeichnis::Verzeichnis;

/// What is asked for.
#[derive(Debug)]
pub enum Was {
    /// A new row.
    Anlegen(Map<String, Value>),
    /// The row with this key: all of it, or what is named.
    Aendern(Value, Map<String, Value>, bool),
    /// The row with this key is to go.
    Loeschen(Value),
}

/// One request for one row.
#[derive(Debug)]
pub struct Auftrag<'a> {
    /// Its table.
    pub art: &'static Tabellenart,
    /// Who asks.
    pub akteur: &'a Akteur,
    /// Headers.
    pub kopf: &'a Kopf,
    /// Our address.
    pub basis: &'a Basis,
    /// Names the caller may use: those of their reading world.
    pub verzeichnis: &'a Verzeichnis,
    /// Where the values come from.
    pub quelle: Quelle,
    /// What is asked for.
    pub was: Was,
}

impl Schritt for Auftrag<'_> {
    async fn tue(&self, conn: &mut PgConnection) -> Result<Antwort, Problem> {
        match &self.was {
            Was::Anlegen(doc) => self.anlegen(conn, doc).await,
            Was::Aendern(wo, doc, ganz) => self.aendern(conn, wo, doc, *ganz).await,
            Was::Loeschen(wo) => self.loeschen(conn, wo).await,
        }
    }
}

impl Auftrag<'_> {
    fn nicht_da(&self) -> Problem {
        problem::NICHT_GEFUNDEN.mit(format!(
            "Diesen Eintrag gibt es in „{}“ nicht.",
            self.art.blatt
        ))
    }

    /// May the actor do it? Gives the owner another version where the row is part of one.
    async fn verlange(
        &self,
        conn: &mut PgConnection,
        aktion: Aktion,
        zeile: &Map<String, Value>,
    ) -> Result<(), Problem> {
        let (art, aktion) = regeln::recht(self.art, aktion);
        let eigner = regeln::eigner(self.art, zeile);
        let mut zustand = Zustand::Entwurf;
        if let Some((tabelle, id)) = eigner {
            let zeile = store::sperre(conn, &tabelle.relation(), &json!({"id": id})).await?;
            let zeile = zeile.ok_or_else(|| self.nicht_da())?;
            // Offices, products and programmes have no state of their own: public at once.
            let stand = zeile.text("veroeffentlichung").and_then(Zustand::zu);
            zustand = stand.unwrap_or(Zustand::Entwurf);
        }
        let sache = Sache {
            art,
            eigner: eigner.map(|(tabelle, id)| (tabelle.tabelle, id)),
            zustand,
        };
        recht::verlange(conn, self.akteur, aktion, sache).await
    }

    async fn beruehre(
        &self,
        conn: &mut PgConnection,
        zeile: &Map<String, Value>,
    ) -> Result<(), Problem> {
        match regeln::eigner(self.art, zeile) {
            Some((tabelle, id)) if tabelle.art != self.art.art => {
                store::aendere(conn, &tabelle.relation(), &json!({"id": id}), &Map::new()).await
            }
            _ => Ok(()),
        }
    }

    async fn anlegen(
        &self,
        conn: &mut PgConnection,
        doc: &Map<String, Value>,
    ) -> Result<Antwort, Problem> {
        let mut werte = wandeln::eingabe(self.art, doc, None, true, self.quelle, self.verzeichnis)?;
        if self.art.mit_id {
            werte.insert("id".into(), json!(Uuid::now_v7()));
        }
        let wo: Map<String, Value> = regeln::schluesselfelder(self.art)
            .iter()
            .map(|feld| {
                (
                    (*feld).to_owned(),
                    werte.get(*feld).cloned().unwrap_or_default(),
                )
            })
            .collect();
        let wo = Value::Object(wo);
        let relation = self.art.relation();
        if let Some(da) = store::sperre(conn, &relation, &wo).await? {
            self.kopf.pruefe(Some(&da.marke))?;
            return Err(problem::KONFLIKT.mit(format!(
                "Diesen Eintrag gibt es in „{}“ schon.",
                self.art.blatt
            )));
        }
        self.kopf.pruefe(None)?;
        if self.art.art == Art::Raumbezug {
            self.verknuepfe(conn, &werte).await?;
        }
        // A part asks its owner first; a row of its own must be there to belong to an office.
        let teil = !self.art.eigner.is_empty();
        if teil {
            self.verlange(conn, Aktion::Anlegen, &werte).await?;
        }
        store::neu(conn, &relation, &werte).await?;
        if !teil {
            self.uebernimm(conn, &werte).await?;
            self.verlange(conn, Aktion::Anlegen, &werte).await?;
        }
        self.beruehre(conn, &werte).await?;
        self.antworte(conn, &wo, true).await
    }

    /// A Fachamt is responsible for the measure or Kennzahl it makes.
    async fn uebernimm(
        &self,
        conn: &mut PgConnection,
        werte: &Map<String, Value>,
    ) -> Result<(), Problem> {
        let id = werte
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok());
        match (self.akteur.konto(), id) {
            (Some(konto), Some(id))
                if konto.ist(Rolle::Fachamt)
                    && matches!(self.art.art, Art::Massnahme | Art::Kennzahl) =>
            {
                match &konto.referat {
                    Some(referat) => store::zustaendig(conn, self.art.tabelle, id, referat).await,
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// A linked area of a plan is kept by its anchor.
    async fn verknuepfe(
        &self,
        conn: &mut PgConnection,
        werte: &Map<String, Value>,
    ) -> Result<(), Problem> {
        if werte.get("flaeche_kennung").is_none_or(Value::is_null) {
            return Ok(());
        }
        sqlx::query_file!("src/import/strategie/verweis_neu.sql", json!([werte]))
            .execute(conn)
            .await
            .map_err(uebersetze)?;
        Ok(())
    }

    async fn aendern(
        &self,
        conn: &mut PgConnection,
        wo: &Value,
        doc: &Map<String, Value>,
        ganz: bool,
    ) -> Result<Antwort, Problem> {
        let relation = self.art.relation();
        let Some(zeile) = store::sperre(conn, &relation, wo).await? else {
            self.kopf.pruefe(None)?;
            return Err(self.nicht_da());
        };
        self.kopf.pruefe(Some(&zeile.marke))?;
        let jetzt = wandeln::ausgabe(self.art, &zeile.werte, self.verzeichnis);
        let mut werte = wandeln::eingabe(
            self.art,
            doc,
            Some(&jetzt),
            ganz,
            self.quelle,
            self.verzeichnis,
        )?;
        // What a form sends back as text may be the stored value in other words.
        werte.retain(|feld, wert| zeile.werte.get(feld) != Some(wert));
        if let Some(feld) = regeln::schluesselfelder(self.art)
            .iter()
            .chain(self.art.eigner)
            .find(|f| werte.contains_key(**f))
        {
            return Err(problem::EINGABE
                .mit("Das gehört zum Schlüssel der Verknüpfung. Bitte diese löschen und eine neue anlegen.")
                .stelle(format!("/{}", self.art.feld(feld).map_or(*feld, |s| s.name))));
        }
        if !werte.is_empty() {
            self.verlange(conn, Aktion::Aendern, &zeile.werte).await?;
            if self.art.art == Art::Raumbezug {
                let mut ganze = zeile.werte.clone();
                ganze.extend(werte.clone());
                self.verknuepfe(conn, &ganze).await?;
            }
            store::aendere(conn, &relation, wo, &werte).await?;
            self.beruehre(conn, &zeile.werte).await?;
        }
        self.antworte(conn, wo, false).await
    }

    async fn loeschen(&self, conn: &mut PgConnection, wo: &Value) -> Result<Antwort, Problem> {
        let relation = self.art.relation();
        let Some(zeile) = store::sperre(conn, &relation, wo).await? else {
            self.kopf.pruefe(None)?;
            return Err(self.nicht_da());
        };
        self.kopf.pruefe(Some(&zeile.marke))?;
        self.verlange(conn, Aktion::Loeschen, &zeile.werte).await?;
        if self.art.eigner.is_empty()
            && zeile.werte.contains_key("veroeffentlichung")
            && let Some(id) = zeile.id()
            && self.art.art != Art::Akteur
            && store::ist_oeffentlich(conn, &relation, id).await?
        {
            return Err(problem::KONFLIKT.mit("Der Eintrag ist veröffentlicht. Vor dem Löschen muss die Freigabe ihn zurückziehen."));
        }
        store::loesche(conn, &relation, wo).await?;
        self.beruehre(conn, &zeile.werte).await?;
        Ok(Antwort {
            status: StatusCode::NO_CONTENT,
            kopf: Vec::new(),
            inhalt: String::new(),
        })
    }

    async fn antworte(
        &self,
        conn: &mut PgConnection,
        wo: &Value,
        neu: bool,
    ) -> Result<Antwort, Problem> {
        let zeile = store::sperre(conn, &self.art.relation(), wo).await?;
        let zeile = zeile.ok_or_else(|| self.nicht_da())?;
        let mut kopf = vec![
            ("content-type", "application/json".to_owned()),
            ("etag", etag(&zeile)),
        ];
        if neu {
            let schluessel = regeln::schluessel(self.art, &zeile.werte, self.verzeichnis);
            kopf.push((
                "location",
                self.basis.zu(&format!(
                    "/daten/{}/{}",
                    self.art.tabelle,
                    kodiere(&schluessel).replace("%2C", ",")
                )),
            ));
        }
        let doc = wandeln::ausgabe(self.art, &zeile.werte, self.verzeichnis);
        Ok(Antwort {
            status: if neu {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            },
            kopf,
            inhalt: Value::Object(doc).to_string(),
        })
    }
}

/// Tag of a row: its version.
#[must_use]
pub fn etag(zeile: &Zeile) -> String {
    format!("\"{}\"", zeile.marke)
}
