//! A new feature of a layer.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::geometrie;
use super::objekt::Auftrag;
use super::recht;
use super::store::{self, Fassung, Zeile};
use super::teile::Teile;
use super::vorgang::Antwort;
use super::werte;
use crate::auth::{Aktion, Objektart, Rolle, Zustand};
use crate::http::problem::{self, Problem};
use crate::layers::transactions::Traeger;

impl Auftrag<'_> {
    pub(super) async fn anlegen(
        &self,
        conn: &mut PgConnection,
        doc: &Value,
        fassung: Option<&Fassung>,
    ) -> Result<Antwort, Problem> {
        let teile = Teile::lies(doc, true, None)?;
        let leer = Map::new();
        let eigenschaften = teile.eigenschaften.unwrap_or(&leer);
        let kennung = self.kennung(eigenschaften, fassung)?;
        let geometrie = teile.geometrie.filter(|g| !g.is_null());
        let Some(geometrie) = geometrie else {
            return Err(problem::EINGABE
                .mit("Die Geometrie fehlt.")
                .stelle("/geometry"));
        };
        let form = geometrie::lies(geometrie, self.dimension(), self.crs, "/geometry")?;
        let wo = self.gegenstand.schluessel(self.sammlung, &kennung);
        let vorhanden = store::sperre(conn, self.gegenstand.relation, &wo).await?;
        if self.lies(conn, &kennung).await?.is_some() {
            self.kopf
                .pruefe(vorhanden.as_ref().map(|z| z.marke.as_str()))?;
            return Err(problem::KONFLIKT
                .mit(format!("Ein Objekt „{kennung}“ gibt es in „{}“ schon. Ändern Sie dieses, oder lassen Sie die Kennung leer: dann vergibt der Dienst eine.", self.sammlung.titel))
                .stelle("/properties/kennung"));
        }
        self.kopf.pruefe(None)?;
        let mut hinweise = Vec::new();
        if form.hoehen {
            hinweise.push("Höhen an den Ecken wurden nicht übernommen.".to_owned());
        }
        if let (Some(zeile), Traeger::Ort) = (&vorhanden, self.gegenstand.traeger) {
            let sache = self.sache(Objektart::Raumbezug, Some(zeile), None);
            recht::verlange(conn, self.akteur, Aktion::Aendern, sache).await?;
            let ewkb = self.pruefe_form(conn, &form).await?;
            self.setze_ort(conn, zeile, &ewkb).await?;
            store::aendere(conn, self.gegenstand.relation, &wo, &Map::new()).await?;
            hinweise.push(format!(
                "Die Maßnahme „{kennung}“ gab es schon; ergänzt wurde nur ihr Ort."
            ));
            return self.antworte(conn, &kennung, true, &hinweise).await;
        }
        if vorhanden.is_some() {
            return Err(problem::KONFLIKT
                .mit(format!("Die Kennung „{kennung}“ ist schon vergeben."))
                .stelle("/properties/kennung"));
        }
        let werte = werte::lies(
            conn,
            self.gegenstand,
            &self.sammlung.ebene,
            eigenschaften,
            None,
            true,
        )
        .await?;
        hinweise.extend(werte.hinweise);
        let ewkb = self.pruefe_form(conn, &form).await?;
        let zeile = self
            .neue_zeile(conn, werte.spalten, &kennung, &ewkb, fassung)
            .await?;
        store::neu(conn, self.gegenstand.relation, &zeile).await?;
        if self.gegenstand.traeger == Traeger::Ort {
            let neu = store::sperre(conn, self.gegenstand.relation, &wo).await?;
            let neu = neu.ok_or_else(|| self.nicht_da(&kennung))?;
            self.uebernimm(conn, &neu).await?;
            self.setze_ort(conn, &neu, &ewkb).await?;
        }
        // Asked when it is there: only now it lies in an Ortsteil and belongs to an office.
        let neu = store::sperre(conn, self.gegenstand.relation, &wo).await?;
        let mut sache = self.sache(self.gegenstand.art, neu.as_ref(), fassung);
        let aktion = if self.gegenstand.traeger == Traeger::Plan {
            Aktion::Aendern
        } else {
            sache.zustand = Zustand::Entwurf;
            Aktion::Anlegen
        };
        recht::verlange(conn, self.akteur, aktion, sache).await?;
        self.antworte(conn, &kennung, true, &hinweise).await
    }

    /// A Fachamt is responsible for the measure it makes.
    async fn uebernimm(&self, conn: &mut PgConnection, neu: &Zeile) -> Result<(), Problem> {
        if let Some(konto) = self.akteur.konto()
            && konto.ist(Rolle::Fachamt)
            && let (Some(referat), Some(id)) = (&konto.referat, neu.id())
        {
            store::zustaendig(conn, "massnahme", id, referat).await?;
        }
        Ok(())
    }

    /// The kennung sent, else one made here.
    fn kennung(
        &self,
        eigenschaften: &Map<String, Value>,
        fassung: Option<&Fassung>,
    ) -> Result<String, Problem> {
        let gesendet = eigenschaften.get(&self.sammlung.ebene.schluessel.name);
        match gesendet {
            None | Some(Value::Null) => {
                let anfang = fassung.map_or_else(|| self.gegenstand.anfang.to_owned(), |f| format!("{}.", f.plan));
                let zufall = Uuid::new_v4().simple().to_string();
                Ok(format!("{anfang}{}", &zufall[..10]))
            }
            Some(Value::String(text)) if ist_kennung(text) => Ok(text.clone()),
            Some(wert) => Err(problem::EINGABE
                .mit(format!("{wert} ist keine Kennung: erlaubt sind Buchstaben, Ziffern und - _ . ~ (höchstens 100 Zeichen). Bleibt sie leer, vergibt der Dienst eine."))
                .stelle("/properties/kennung")),
        }
    }

    /// All columns of a new row.
    async fn neue_zeile(
        &self,
        conn: &mut PgConnection,
        mut werte: Map<String, Value>,
        kennung: &str,
        ewkb: &str,
        fassung: Option<&Fassung>,
    ) -> Result<Map<String, Value>, Problem> {
        let fest: Map<String, Value> =
            serde_json::from_str(self.gegenstand.neu).map_err(crate::error::Error::from)?;
        werte.extend(fest);
        werte.insert("kennung".into(), json!(kennung));
        match (self.gegenstand.traeger, fassung) {
            (Traeger::Plan, Some(fassung)) => {
                werte.insert(
                    "fassung_id".into(),
                    json!(self.sammlung.fassungen.as_deref().and_then(<[i64]>::first)),
                );
                werte.insert("ordnung".into(), json!(fassung.ordnung));
                werte.insert("geom".into(), json!(ewkb));
            }
            (Traeger::Zeile, _) => {
                werte.insert("geom".into(), json!(ewkb));
            }
            _ => {}
        }
        if self.gegenstand.relation == "gemeinde.ortsteil" {
            werte.insert(
                "gemeinde_id".into(),
                json!(store::einzige_gemeinde(conn).await?),
            );
        } else if self.gegenstand.traeger != Traeger::Plan {
            werte.insert("id".into(), json!(Uuid::now_v7()));
        }
        Ok(werte)
    }
}

fn ist_kennung(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= 100
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.~".contains(c))
}
