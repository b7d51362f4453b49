//! The catalogue resolved against the database: layers, and the collections they give.

use std::sync::Arc;

use sqlx::{PgPool, Row};

use super::catalog::{self, Eintrag, Je, Zugang};
use super::ebene::{self, Ebene, Welt};
use super::query;
use super::transactions::Gegenstand;
use super::wert::Klasse;
use crate::error::{Error, Result};
use crate::strategie::frage::{self, Gespeichert};

/// One collection.
#[derive(Debug, Clone)]
pub struct Sammlung {
    /// Id, a segment of its address.
    pub id: String,
    /// German title.
    pub titel: String,
    /// German description.
    pub beschreibung: Option<String>,
    /// The layer behind it.
    pub ebene: Arc<Ebene>,
    /// Plan versions it is bound to; None: the layer has none.
    pub fassungen: Option<Vec<i64>>,
    /// Only the features of these keys: what answers a saved question. A list of collections
    /// leaves it out: there may be many questions, and each is a search.
    pub nur: Option<Vec<String>>,
    /// Kennung of the plan it is repeated for.
    pub plan: Option<String>,
    /// Id of the catalogue's layer behind it.
    pub grundebene: String,
    /// What its features are when somebody edits them; None: read only.
    pub bearbeiten: Option<&'static Gegenstand>,
}

#[derive(Debug)]
struct Zeile {
    eintrag: Eintrag,
    ebene: Arc<Ebene>,
    je_plan: Option<Arc<Ebene>>,
    welt: Welt,
}

/// All layers of the catalogue files, checked against the database.
#[derive(Debug)]
pub struct Katalog {
    zeilen: Vec<Zeile>,
    welt: Welt,
}

impl Katalog {
    /// Resolves our own catalogue and, if given, a town's file (name, text), for the public.
    pub async fn lies(pool: &PgPool, eigene: &str, weitere: Option<(&str, &str)>) -> Result<Self> {
        Self::lies_fuer(pool, eigene, weitere, Welt::Oeffentlich).await
    }

    /// The same for signed-in staff, over the schemas of their pool: also layers with
    /// `access = "intern"`. A layer of the town that staff cannot read is left out and
    /// named in the log: it must not keep anybody from signing in.
    pub async fn lies_intern(
        pool: &PgPool,
        eigene: &str,
        weitere: Option<(&str, &str)>,
    ) -> Result<Self> {
        Self::lies_fuer(pool, eigene, weitere, Welt::Intern).await
    }

    async fn lies_fuer(
        pool: &PgPool,
        eigene: &str,
        weitere: Option<(&str, &str)>,
        welt: Welt,
    ) -> Result<Self> {
        let mut dateien = vec![("geodata/layers.toml", eigene)];
        dateien.extend(weitere);
        let mut zeilen = Vec::new();
        for eintrag in catalog::lies(&dateien)? {
            let mit_ort = |fehler: Error| match fehler {
                Error::Eingabe(text) => Error::eingabe(format!("{}: {text}", eintrag.ort)),
                anderer => anderer,
            };
            match Zeile::loese(pool, eintrag.clone(), welt)
                .await
                .map_err(mit_ort)
            {
                Ok(zeile) => zeilen.push(zeile),
                Err(Error::Eingabe(text)) if welt == Welt::Intern => {
                    tracing::warn!("Ebene fehlt für Angemeldete: {text}");
                }
                Err(fehler) => return Err(fehler),
            }
        }
        Ok(Self { zeilen, welt })
    }

    /// Read by signed-in staff, over the working schemas.
    #[must_use]
    pub fn ist_intern(&self) -> bool {
        self.welt == Welt::Intern
    }

    /// All collections the readers of this catalogue see, in the order of the catalogue. Plans are
    /// read each time: one imported a moment ago is there.
    pub async fn oeffentliche(&self, pool: &PgPool) -> Result<Vec<Sammlung>> {
        let mut sammlungen = Vec::new();
        let mut plaene = None;
        for zeile in self.oeffentliche_zeilen() {
            sammlungen.push(zeile.sammlung(pool).await?);
            if let Some(ebene) = &zeile.je_plan {
                if plaene.is_none() {
                    plaene = Some(lies_plaene(pool).await?);
                }
                let plaene = plaene.iter().flatten();
                sammlungen.extend(plaene.map(|plan| zeile.fuer_plan(ebene, plan)));
            }
            if zeile.eintrag.je == Some(Je::Frage) {
                sammlungen.extend(zeile.alle_fragen(pool).await?);
            }
        }
        Ok(sammlungen)
    }

    /// The collection of each layer itself, without those per plan or question.
    pub async fn grundebenen(&self, pool: &PgPool) -> Result<Vec<Sammlung>> {
        let mut sammlungen = Vec::new();
        for zeile in self.oeffentliche_zeilen() {
            sammlungen.push(zeile.sammlung(pool).await?);
        }
        Ok(sammlungen)
    }

    /// The same collections, the saved questions among them answered as in a document of
    /// their own: OGC 17-069r4, 7.14.2 wants description and extent identical in both places.
    pub async fn beantwortet(
        &self,
        pool: &PgPool,
        sammlungen: Vec<Sammlung>,
    ) -> Result<Vec<Sammlung>> {
        let mut alle = Vec::with_capacity(sammlungen.len());
        for sammlung in sammlungen {
            if !sammlung.id.starts_with(frage::EBENE) {
                alle.push(sammlung);
                continue;
            }
            match self.oeffentliche_sammlung(pool, &sammlung.id).await {
                Ok(sammlung) => alle.push(sammlung),
                Err(Error::NichtGefunden(_)) => {} // deleted a moment ago
                Err(fehler) => return Err(fehler),
            }
        }
        Ok(alle)
    }

    /// One collection by id; what the public may not see does not exist.
    pub async fn oeffentliche_sammlung(&self, pool: &PgPool, id: &str) -> Result<Sammlung> {
        let fest = self
            .oeffentliche_zeilen()
            .find(|zeile| zeile.eintrag.id == id);
        if let Some(zeile) = fest {
            return zeile.sammlung(pool).await;
        }
        for zeile in self.oeffentliche_zeilen() {
            if zeile.eintrag.je == Some(Je::Frage)
                && let Some(kennung) = id.strip_prefix(frage::EBENE)
                && let Some(sammlung) = zeile.frage(pool, kennung).await?
            {
                return Ok(sammlung);
            }
            let Some(ebene) = &zeile.je_plan else {
                continue;
            };
            let kennung = id
                .strip_prefix(&zeile.eintrag.id)
                .and_then(|rest| rest.strip_prefix('_'));
            let Some(kennung) = kennung else { continue };
            if let Some(plan) = lies_plaene(pool)
                .await?
                .iter()
                .find(|plan| plan.kennung == kennung)
            {
                return Ok(zeile.fuer_plan(ebene, plan));
            }
        }
        Err(Error::nicht_gefunden(format!(
            "Eine Ebene „{id}“ gibt es nicht. Alle Ebenen stehen unter /collections."
        )))
    }

    /// True when the layer publishes a column of this name.
    #[must_use]
    pub fn hat_spalte(&self, id: &str, name: &str) -> bool {
        self.oeffentliche_zeilen()
            .filter(|zeile| zeile.meint(id))
            .any(|zeile| zeile.ebene.spalte(name).is_some())
    }

    /// True when a layer publishes a column of this class.
    #[must_use]
    pub fn hat_klasse(&self, klasse: Klasse) -> bool {
        self.oeffentliche_zeilen()
            .any(|zeile| zeile.ebene.spalten.iter().any(|s| s.klasse == klasse))
    }

    /// True for our own layers without time columns: `datetime` asks for their past. A
    /// parcel is replaced with each delivery and keeps none.
    #[must_use]
    pub fn hat_vergangenheit(&self, id: &str) -> bool {
        self.oeffentliche_zeilen()
            .any(|zeile| zeile.meint(id) && zeile.hat_vergangenheit() && zeile.ebene.zeit.is_none())
    }

    fn oeffentliche_zeilen(&self) -> impl Iterator<Item = &Zeile> {
        self.zeilen
            .iter()
            .filter(|z| self.welt == Welt::Intern || z.eintrag.access == Zugang::Oeffentlich)
    }
}

impl Zeile {
    async fn loese(pool: &PgPool, eintrag: Eintrag, welt: Welt) -> Result<Self> {
        let je_plan = match eintrag.je {
            None | Some(Je::Frage) => None,
            Some(Je::Plan) => {
                let relation = eintrag.je_relation.as_deref().unwrap_or(&eintrag.relation);
                Some(Arc::new(
                    ebene::loese(pool, &eintrag, relation, true, welt).await?,
                ))
            }
        };
        let ebene = ebene::loese(pool, &eintrag, &eintrag.relation, false, welt).await?;
        Ok(Self {
            ebene: Arc::new(ebene),
            je_plan,
            eintrag,
            welt,
        })
    }

    /// The collection is one of this layer.
    fn meint(&self, id: &str) -> bool {
        id == self.eintrag.id
            || self.eintrag.je == Some(Je::Plan) && id.starts_with(&self.eintrag.id)
            || self.eintrag.je == Some(Je::Frage) && id.starts_with(frage::EBENE)
    }

    fn hat_vergangenheit(&self) -> bool {
        self.ebene.eigen && self.eintrag.past
    }

    /// The catalogue's words, and which past can be asked for.
    fn beschreibung(&self) -> Option<String> {
        let frueher = match (
            self.hat_vergangenheit(),
            self.eintrag.relation.starts_with("fnp."),
        ) {
            (false, _) => None,
            (true, true) => Some(
                "Früher (datetime=JJJJ-MM-TT oder /stand/JJJJ-MM-TT vor der Adresse): die Fassung, die an dem Tag galt.",
            ),
            (true, false) if self.welt == Welt::Intern => Some(
                "Früher (datetime=JJJJ-MM-TT oder /stand/JJJJ-MM-TT vor der Adresse): der Arbeitsstand des Tages, mit den Entwürfen, die Sie lesen dürfen.",
            ),
            (true, false) => Some(
                "Früher (datetime=JJJJ-MM-TT oder /stand/JJJJ-MM-TT vor der Adresse): was an dem Tag veröffentlicht war.",
            ),
        };
        let teile: Vec<&str> = [self.eintrag.description.as_deref(), frueher]
            .into_iter()
            .flatten()
            .collect();
        (!teile.is_empty()).then(|| teile.join(" "))
    }

    async fn sammlung(&self, pool: &PgPool) -> Result<Sammlung> {
        let fassungen = if self.eintrag.aktuell {
            Some(lies_fassungen_in_kraft(pool).await?)
        } else {
            None
        };
        Ok(Sammlung {
            id: self.eintrag.id.clone(),
            titel: self.eintrag.title.clone(),
            beschreibung: self.beschreibung(),
            ebene: Arc::clone(&self.ebene),
            fassungen,
            nur: None,
            plan: None,
            grundebene: self.eintrag.id.clone(),
            bearbeiten: self.gegenstand(),
        })
    }

    fn fuer_plan(&self, ebene: &Arc<Ebene>, plan: &Plan) -> Sammlung {
        Sammlung {
            id: format!("{}_{}", self.eintrag.id, plan.kennung),
            titel: format!("{} – {}", self.eintrag.title, plan.name),
            beschreibung: self.beschreibung(),
            ebene: Arc::clone(ebene),
            fassungen: Some(vec![plan.fassung]),
            nur: None,
            plan: Some(plan.kennung.clone()),
            grundebene: self.eintrag.id.clone(),
            bearbeiten: self.gegenstand(),
        }
    }

    fn gegenstand(&self) -> Option<&'static Gegenstand> {
        Gegenstand::zu(self.eintrag.bearbeiten.as_deref()?)
    }
}

impl Zeile {
    /// The saved questions the pool's role sees, unanswered.
    async fn alle_fragen(&self, pool: &PgPool) -> Result<Vec<Sammlung>> {
        let mut conn = pool.acquire().await.map_err(query::fehler)?;
        let fragen = frage::store::liste(&mut conn, None).await?;
        Ok(fragen
            .into_iter()
            .map(|frage| self.fuer_frage(frage, None))
            .collect())
    }

    /// One saved question, answered now. One that no longer fits is an empty layer that says why.
    async fn frage(&self, pool: &PgPool, kennung: &str) -> Result<Option<Sammlung>> {
        let mut conn = pool.acquire().await.map_err(query::fehler)?;
        let Some(mut frage) = frage::store::liste(&mut conn, Some(kennung)).await?.pop() else {
            return Ok(None);
        };
        let nur = match frage::store::auswerten(&mut conn, &frage.filter).await {
            Ok(nur) => nur,
            Err(fehler @ (Error::Intern(_) | Error::Umgebung(_))) => return Err(fehler),
            Err(fehler) => {
                let text = format!("Der Filter dieser Frage passt nicht mehr: {fehler}");
                frage.beschreibung = Some(text);
                Vec::new()
            }
        };
        Ok(Some(self.fuer_frage(frage, Some(nur))))
    }

    fn fuer_frage(&self, frage: Gespeichert, nur: Option<Vec<String>>) -> Sammlung {
        Sammlung {
            id: frage.ebene(),
            titel: frage.titel,
            beschreibung: frage.beschreibung,
            ebene: Arc::clone(&self.ebene),
            fassungen: None,
            nur,
            plan: None,
            grundebene: self.eintrag.id.clone(),
            bearbeiten: None,
        }
    }
}

struct Plan {
    kennung: String,
    name: String,
    fassung: i64,
}

/// The plans the pool's role sees, each with its current version.
async fn lies_plaene(pool: &PgPool) -> Result<Vec<Plan>> {
    let zeilen = sqlx::query(
        "SELECT p.kennung, p.name, f.id::bigint AS fassung
         FROM plan p JOIN fassung f ON f.plan_id = p.id AND f.aktuell
         ORDER BY p.kennung",
    )
    .fetch_all(pool)
    .await
    .map_err(query::fehler)?;
    Ok(zeilen
        .iter()
        .map(|zeile| Plan {
            kennung: zeile.get("kennung"),
            name: zeile.get("name"),
            fassung: zeile.get("fassung"),
        })
        .collect())
}

/// The versions in force, one per Gemeinde at most.
async fn lies_fassungen_in_kraft(pool: &PgPool) -> Result<Vec<i64>> {
    sqlx::query_scalar("SELECT fassung_id::bigint FROM fassung_in_kraft")
        .fetch_all(pool)
        .await
        .map_err(query::fehler)
}
