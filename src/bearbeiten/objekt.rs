//! One feature of a layer: made, changed, deleted inside a transaction.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use super::geometrie::{self, Gesendet};
use super::kopf::Kopf;
use super::lage;
use super::recht::{self, Sache};
use super::store::{self, Fassung, Zeile};
use super::teile::Teile;
use super::vorgang::{Antwort, Schritt};
use super::werte;
use crate::auth::{Akteur, Aktion, Objektart, Zustand};
use crate::http::link::{Basis, kodiere};
use crate::http::problem::{self, Problem};
use crate::layers::crs::Ziel;
use crate::layers::documents::{GEOJSON, adresse};
use crate::layers::items;
use crate::layers::query;
use crate::layers::sammlung::Sammlung;
use crate::layers::transactions::{Gegenstand, Traeger};

/// What is asked for.
#[derive(Debug)]
pub enum Was {
    /// A new feature.
    Anlegen(Value),
    /// The feature with this kennung: all of it (PUT), or what is named (PATCH).
    Aendern(String, Value, bool),
    /// The feature with this kennung is to go.
    Loeschen(String),
}

/// One request for one feature.
#[derive(Debug)]
pub struct Auftrag<'a> {
    /// Its layer, as staff reads it.
    pub sammlung: &'a Sammlung,
    /// What its features are.
    pub gegenstand: &'static Gegenstand,
    /// Who asks.
    pub akteur: &'a Akteur,
    /// Headers.
    pub kopf: &'a Kopf,
    /// Our address.
    pub basis: &'a Basis,
    /// System of the coordinates sent, and of the answer.
    pub crs: Ziel,
    /// What is asked for.
    pub was: Was,
}

/// Kind of place of a layer's dimension.
fn ortsart(dimension: u8) -> &'static str {
    match dimension {
        0 => "punkt",
        1 => "linie",
        _ => "flaeche",
    }
}

impl Schritt for Auftrag<'_> {
    async fn tue(&self, conn: &mut PgConnection) -> Result<Antwort, Problem> {
        let fassung = self.fassung(conn).await?;
        match &self.was {
            Was::Anlegen(doc) => self.anlegen(conn, doc, fassung.as_ref()).await,
            Was::Aendern(fid, doc, ganz) => {
                self.aendern(conn, fid, doc, *ganz, fassung.as_ref()).await
            }
            Was::Loeschen(fid) => self.loeschen(conn, fid, fassung.as_ref()).await,
        }
    }
}

impl Auftrag<'_> {
    pub(super) fn dimension(&self) -> u8 {
        let g = self.sammlung.ebene.relation.geometrie.as_ref();
        g.and_then(|g| g.dimension).unwrap_or(2)
    }

    /// The plan version of the layer: only the newest of a draft is edited.
    async fn fassung(&self, conn: &mut PgConnection) -> Result<Option<Fassung>, Problem> {
        if self.gegenstand.traeger != Traeger::Plan {
            return Ok(None);
        }
        let Some([id]) = self.sammlung.fassungen.as_deref() else {
            return Err(problem::KONFLIKT.mit("Diese Ebene zeigt den wirksamen Plan. Bearbeitet wird ein Entwurf: seine Ebene heißt wie diese mit der Kennung des Plans am Ende."));
        };
        let fassung = store::sperre_fassung(conn, *id).await?;
        let fassung =
            fassung.ok_or_else(|| problem::NICHT_GEFUNDEN.mit("Diesen Plan gibt es nicht."))?;
        if fassung.stand == "entwurf" && fassung.aktuell {
            return Ok(Some(fassung));
        }
        Err(problem::KONFLIKT.mit(format!(
            "Der Plan „{}“ ist {}; seine Darstellungen werden nicht einzeln geändert. Änderungen gehören in einen Entwurf und kommen mit der nächsten Fassung.",
            fassung.name,
            if fassung.stand == "wirksam" { "wirksam" } else { "kein Entwurf mehr" }
        )))
    }

    pub(super) fn nicht_da(&self, fid: &str) -> Problem {
        problem::NICHT_GEFUNDEN.mit(format!(
            "In „{}“ gibt es kein Objekt „{fid}“.",
            self.sammlung.titel
        ))
    }

    /// The feature as the layer shows it inside this transaction.
    pub(super) async fn lies(
        &self,
        conn: &mut PgConnection,
        fid: &str,
    ) -> Result<Option<(Vec<u8>, Value)>, Problem> {
        store::plane_einmal(conn, true).await?;
        let gelesen = query::einzeln(&mut *conn, self.sammlung, fid, self.crs).await?;
        store::plane_einmal(conn, false).await?;
        let Some((zeile, wandler)) = gelesen else {
            return Ok(None);
        };
        let mut doc = Vec::new();
        items::schreibe_objekt(&mut doc, &self.sammlung.ebene, &zeile, wandler)?;
        let mut ganz = doc.clone();
        ganz.push(b'}');
        let wert = serde_json::from_slice(&ganz).map_err(crate::error::Error::from)?;
        Ok(Some((doc, wert)))
    }

    pub(super) async fn antworte(
        &self,
        conn: &mut PgConnection,
        fid: &str,
        neu: bool,
        hinweise: &[String],
    ) -> Result<Antwort, Problem> {
        let wo = self.gegenstand.schluessel(self.sammlung, fid);
        let zeile = store::sperre(conn, self.gegenstand.relation, &wo).await?;
        let marke = zeile.map(|z| z.marke);
        let Some((mut doc, _)) = self.lies(conn, fid).await? else {
            return Err(self.nicht_da(fid));
        };
        let etag = items::etag(marke.as_deref(), self.crs, &doc);
        if !hinweise.is_empty() {
            doc.extend_from_slice(format!(r#","hinweise":{}"#, json!(hinweise)).as_bytes());
        }
        doc.push(b'}');
        let mut kopf = vec![
            ("content-type", GEOJSON.to_owned()),
            ("content-crs", format!("<{}>", self.crs.uri())),
            ("etag", etag),
        ];
        if neu {
            kopf.push((
                "location",
                format!(
                    "{}/items/{}",
                    adresse(self.basis, &self.sammlung.id),
                    kodiere(fid)
                ),
            ));
        }
        Ok(Antwort {
            status: if neu {
                axum::http::StatusCode::CREATED
            } else {
                axum::http::StatusCode::OK
            },
            kopf,
            inhalt: String::from_utf8(doc).map_err(crate::error::Error::intern)?,
        })
    }

    pub(super) fn sache<'s>(
        &'s self,
        art: Objektart,
        zeile: Option<&Zeile>,
        fassung: Option<&Fassung>,
    ) -> Sache<'s> {
        let zustand = match (fassung, zeile) {
            (Some(fassung), _) => Some(fassung.veroeffentlichung.as_str()),
            (None, Some(zeile)) => zeile.text("veroeffentlichung").or(Some("veroeffentlicht")),
            (None, None) => None,
        };
        let name = self
            .gegenstand
            .relation
            .split('.')
            .nth(1)
            .unwrap_or_default();
        Sache {
            art,
            eigner: zeile.and_then(Zeile::id).map(|id| (name, id)),
            zustand: zustand.and_then(Zustand::zu).unwrap_or(Zustand::Entwurf),
        }
    }

    async fn aendern(
        &self,
        conn: &mut PgConnection,
        fid: &str,
        doc: &Value,
        ganz: bool,
        fassung: Option<&Fassung>,
    ) -> Result<Antwort, Problem> {
        let wo = self.gegenstand.schluessel(self.sammlung, fid);
        let zeile = store::sperre(conn, self.gegenstand.relation, &wo).await?;
        let Some(zeile) = zeile else {
            self.kopf.pruefe(None)?;
            return Err(self.nicht_da(fid));
        };
        self.kopf.pruefe(Some(&zeile.marke))?;
        let Some((_, jetzt)) = self.lies(conn, fid).await? else {
            return Err(self.nicht_da(fid));
        };
        let teile = Teile::lies(doc, ganz, Some(fid))?;
        let leer = Map::new();
        let werte = match (teile.eigenschaften, ganz) {
            (None, false) => werte::Werte::default(),
            (eigenschaften, _) => {
                werte::lies(
                    conn,
                    self.gegenstand,
                    &self.sammlung.ebene,
                    eigenschaften.unwrap_or(&leer),
                    jetzt["properties"].as_object(),
                    ganz,
                )
                .await?
            }
        };
        let form = self.neue_form(teile.geometrie, &jetzt["geometry"])?;
        let mut hinweise = werte.hinweise;
        if form.as_ref().is_some_and(|f| f.hoehen) {
            hinweise.push("Höhen an den Ecken wurden nicht übernommen.".to_owned());
        }
        let mut spalten = werte.spalten;
        if !spalten.is_empty() {
            let sache = self.sache(self.gegenstand.art, Some(&zeile), fassung);
            recht::verlange(conn, self.akteur, Aktion::Aendern, sache).await?;
        }
        if let Some(form) = form {
            let ort = self.gegenstand.traeger == Traeger::Ort;
            let art = if ort {
                Objektart::Raumbezug
            } else {
                self.gegenstand.art
            };
            let sache = self.sache(art, Some(&zeile), fassung);
            recht::verlange(conn, self.akteur, Aktion::Aendern, sache).await?;
            let ewkb = self.pruefe_form(conn, &form).await?;
            if ort {
                self.setze_ort(conn, &zeile, &ewkb).await?;
                store::aendere(conn, self.gegenstand.relation, &wo, &spalten).await?;
                spalten.clear();
            } else {
                spalten.insert("geom".into(), json!(ewkb));
            }
        }
        if !spalten.is_empty() {
            store::aendere(conn, self.gegenstand.relation, &wo, &spalten).await?;
        }
        self.antworte(conn, fid, false, &hinweise).await
    }

    /// The sent geometry where it differs from what the client was shown.
    fn neue_form(
        &self,
        gesendet: Option<&Value>,
        jetzt: &Value,
    ) -> Result<Option<Gesendet>, Problem> {
        let Some(gesendet) = gesendet else {
            return Ok(None);
        };
        if gesendet.is_null() {
            return Err(problem::EINGABE
                .mit("Die Geometrie lässt sich nicht leeren. Soll das Objekt weg, löschen Sie es (DELETE).")
                .stelle("/geometry"));
        }
        let form = geometrie::lies(gesendet, self.dimension(), self.crs, "/geometry")?;
        let alt = geometrie::lies(jetzt, self.dimension(), self.crs, "/geometry").ok();
        Ok(Some(form).filter(|form| !alt.is_some_and(|alt| alt.gleich(form))))
    }

    pub(super) async fn pruefe_form(
        &self,
        conn: &mut PgConnection,
        form: &Gesendet,
    ) -> Result<String, Problem> {
        let (relation, bereich) = match self.gegenstand.traeger {
            Traeger::Ort => ("strategie.raumbezug", json!({})),
            Traeger::Zeile => (self.gegenstand.relation, json!({})),
            Traeger::Plan => {
                let mut wo = self.gegenstand.schluessel(self.sammlung, "");
                if let Some(wo) = wo.as_object_mut() {
                    wo.shift_remove("kennung");
                }
                (self.gegenstand.relation, wo)
            }
        };
        lage::pruefe(conn, form, relation, &bereich, "/geometry").await
    }

    pub(super) async fn setze_ort(
        &self,
        conn: &mut PgConnection,
        zeile: &Zeile,
        ewkb: &str,
    ) -> Result<(), Problem> {
        let massnahme = zeile.id().unwrap_or_default();
        let art = ortsart(self.dimension());
        let orte = store::orte(conn, massnahme, art).await?;
        if self.dimension() == 2 && orte.verknuepft > 0 {
            return Err(problem::KONFLIKT
                .mit("Die Lage dieser Maßnahme kommt (auch) aus verknüpften Flächen des Flächennutzungsplans. Bitte die Verknüpfung ändern (/daten/raumbezug) oder die Fläche im Planentwurf.")
                .stelle("/geometry"));
        }
        if orte.verschieden {
            return Err(problem::KONFLIKT
                .mit("Die Orte dieser Maßnahme haben verschiedene Rollen oder Genauigkeiten; als eine Geometrie geändert gingen sie verloren. Bitte einzeln ändern (/daten/raumbezug).")
                .stelle("/geometry"));
        }
        store::setze_ort(conn, massnahme, art, &orte.ids, ewkb).await
    }

    async fn loeschen(
        &self,
        conn: &mut PgConnection,
        fid: &str,
        fassung: Option<&Fassung>,
    ) -> Result<Antwort, Problem> {
        let relation = self.gegenstand.relation;
        let wo = self.gegenstand.schluessel(self.sammlung, fid);
        let Some(zeile) = store::sperre(conn, relation, &wo).await? else {
            self.kopf.pruefe(None)?;
            return Err(self.nicht_da(fid));
        };
        self.kopf.pruefe(Some(&zeile.marke))?;
        if self.lies(conn, fid).await?.is_none() {
            return Err(self.nicht_da(fid));
        }
        match self.gegenstand.traeger {
            Traeger::Zeile => {
                let sache = self.sache(self.gegenstand.art, Some(&zeile), None);
                recht::verlange(conn, self.akteur, Aktion::Loeschen, sache).await?;
                if let Some(id) = zeile.id()
                    && store::ist_oeffentlich(conn, relation, id).await?
                {
                    return Err(problem::KONFLIKT.mit("Das Objekt ist veröffentlicht; der Entwurf liegt darüber. Vor dem Löschen muss die Freigabe es zurückziehen."));
                }
                store::loesche(conn, relation, &wo).await?;
            }
            Traeger::Plan => {
                // An area is content of the plan: taking it out changes the plan.
                let sache = self.sache(self.gegenstand.art, None, fassung);
                recht::verlange(conn, self.akteur, Aktion::Aendern, sache).await?;
                store::loesche(conn, relation, &wo).await?;
            }
            Traeger::Ort => {
                let sache = self.sache(Objektart::Raumbezug, Some(&zeile), None);
                recht::verlange(conn, self.akteur, Aktion::Aendern, sache).await?;
                let orte = store::orte(
                    conn,
                    zeile.id().unwrap_or_default(),
                    ortsart(self.dimension()),
                )
                .await?;
                if self.dimension() == 2 && orte.verknuepft > 0 {
                    return Err(problem::KONFLIKT.mit("Die Lage dieser Maßnahme kommt (auch) aus verknüpften Flächen des Flächennutzungsplans. Bitte die Verknüpfung lösen (/daten/raumbezug)."));
                }
                if orte.ids.is_empty() {
                    return Err(self.nicht_da(fid));
                }
                store::loesche_orte(conn, &orte.ids).await?;
                store::aendere(conn, relation, &wo, &Map::new()).await?;
            }
        }
        Ok(Antwort {
            status: axum::http::StatusCode::NO_CONTENT,
            kopf: Vec::new(),
            inhalt: String::new(),
        })
    }
}
