//! What a tile request asks for: layers, columns, conditions.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::bereit::{self, Bereit};
use super::filter::{Menge, Nur, Probe};
use super::lager::Stand;
use super::matrix::{Adresse, Satz};
use super::{Dienst, kachel, merker, quelle};
use crate::error::{Error, Result};
use crate::http::extract::Parameter;
use crate::http::problem::Problem;
use crate::layers::auswahl::{self, Auswahl, Cql};
use crate::layers::datetime::Zeitraum;

/// Parameters of a tile.
pub(super) const PARAMETER: [&str; 5] = [
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "properties",
];
/// Layers in one tile at most.
const EBENEN: usize = 20;
/// Goes up when the bytes of unchanged data change.
const FASSUNG: u32 = 1;

/// One request.
#[derive(Debug)]
pub(super) struct Wahl {
    pub(super) staende: Vec<Stand>,
    spalten: Option<Vec<String>>,
    zeit: Option<(String, Zeitraum)>,
    /// For each layer, in the same order.
    cql: Vec<Option<Cql>>,
}

impl Wahl {
    /// Layers, by their ids, in the order given.
    pub(super) async fn lies(
        dienst: &Dienst,
        satz: Satz,
        ids: &[String],
        parameter: &Parameter,
    ) -> Result<Self, Problem> {
        if ids.len() > EBENEN {
            return Err(Error::parameter(
                "collections",
                format!("Eine Kachel fasst höchstens {EBENEN} Ebenen."),
            )
            .into());
        }
        let mut staende: Vec<Stand> = Vec::with_capacity(ids.len());
        for id in ids {
            if staende.iter().all(|stand| stand.sammlung.id != *id) {
                staende.push(dienst.lager.stand(dienst, id).await?.auf(satz));
            }
        }
        let spalten = parameter.einzig("properties")?.map(|text| {
            let namen = text
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            namen.map(str::to_owned).collect::<Vec<_>>()
        });
        for name in spalten.iter().flatten() {
            if staende
                .iter()
                .all(|stand| stand.sammlung.ebene.spalte(name).is_none())
            {
                return Err(Error::parameter("properties", format!("Ein Feld „{name}“ hat keine der Ebenen. Die Felder stehen unter /collections/…/schema.")).into());
            }
        }
        let zeit = parameter
            .einzig("datetime")?
            .map(|text| Zeitraum::lies(text).map(|zeit| (text.to_owned(), zeit)))
            .transpose()?;
        let cql = staende
            .iter()
            .map(|stand| auswahl::cql(parameter, &stand.sammlung.ebene))
            .collect::<Result<_, Problem>>()?;
        Ok(Self {
            staende,
            spalten,
            zeit,
            cql,
        })
    }

    /// Everything the bytes depend on.
    fn name(&self, adresse: Adresse) -> String {
        let mut name = format!("{}/{}/{}", adresse.zoom, adresse.spalte, adresse.zeile);
        for stand in &self.staende {
            let _ = write!(name, "|{}", stand.marke);
        }
        if let Some(spalten) = &self.spalten {
            let _ = write!(name, "|p={}", spalten.join(","));
        }
        if let Some((text, _)) = &self.zeit {
            let _ = write!(name, "|t={text}");
        }
        // The same words for all layers.
        if let Some(cql) = self.cql.iter().flatten().next() {
            let _ = write!(name, "|c={}", cql.text);
        }
        name
    }

    /// Tag of the tile, known before it is made; None where nobody counts the changes.
    pub(super) fn marke(&self, adresse: Adresse) -> Option<String> {
        self.staende
            .iter()
            .all(|stand| stand.gezaehlt)
            .then(|| marke(self.name(adresse).as_bytes()))
    }

    /// A layer as it is, without conditions.
    pub(super) fn ganz(stand: Stand) -> Self {
        Self {
            staende: vec![stand],
            spalten: None,
            zeit: None,
            cql: vec![None],
        }
    }

    /// The tile.
    pub(super) async fn kachel(
        &self,
        dienst: &Arc<Dienst>,
        adresse: Adresse,
    ) -> Result<Arc<merker::Kachel>> {
        dienst
            .merker
            .hole(&self.name(adresse), || self.baue(dienst, adresse))
            .await
    }

    async fn baue(&self, dienst: &Arc<Dienst>, adresse: Adresse) -> Result<merker::Kachel> {
        let mut vorlaeufig = false;
        let mut teile = Vec::with_capacity(self.staende.len());
        for (stand, cql) in self.staende.iter().zip(&self.cql) {
            let bereit = dienst.bereit(stand, adresse).await?;
            vorlaeufig |= bereit.vorlaeufig;
            let nur = self
                .nur(dienst, stand, cql.as_ref(), (&bereit, adresse))
                .await?;
            let schicht = bereit.schicht;
            let spalten = self.spalten.as_ref().map(|namen| {
                let stelle = |name: &String| schicht.spalten.iter().position(|s| s == name);
                namen.iter().filter_map(stelle).collect()
            });
            teile.push(kachel::Teil {
                schicht,
                nur,
                spalten,
            });
        }
        let bytes = dienst.lager.arbeite(move || kachel::baue(adresse, &teile));
        let bytes = bytes.await?;
        Ok(if vorlaeufig {
            merker::Kachel::vorlaeufig(bytes)
        } else {
            merker::Kachel::neu(bytes)
        })
    }

    /// Objects that meet the conditions.
    async fn nur(
        &self,
        dienst: &Dienst,
        stand: &Stand,
        cql: Option<&Cql>,
        (bereit, adresse): (&Bereit, Adresse),
    ) -> Result<Nur> {
        let ebene = &stand.sammlung.ebene;
        let zeit = self.zeit.as_ref().filter(|_| ebene.zeit.is_some());
        let probe = match (zeit, cql) {
            (None, None) => return Ok(Nur::Alle),
            (None, Some(cql)) => Probe::neu(&cql.bedingung, ebene),
            (Some(_), _) => None,
        };
        if let Some(probe) = probe {
            return Ok(Nur::Probe(Arc::new(probe)));
        }
        let schicht = &bereit.schicht;
        let frage = async {
            let auswahl = Auswahl {
                zeit: zeit.map(|(_, zeit)| *zeit),
                cql: cql.cloned(),
                // Farther out a shape may have taken in what lies far from it.
                bbox: if bereit.umgebung {
                    Some(quelle::um(adresse, bereit::RAND)?)
                } else {
                    None
                },
                ..quelle::leer()
            };
            let schluessel = quelle::schluessel(dienst, stand, &auswahl).await?;
            let objekte = schluessel.iter().filter_map(|s| schicht.objekt(s));
            Ok(Menge::neu(objekte))
        };
        if bereit.umgebung {
            return Ok(Nur::Menge(Arc::new(frage.await?)));
        }
        let zeit = zeit.map_or("", |(text, _)| text.as_str());
        let bedingung = format!("{zeit}|{}", cql.map_or("", |cql| cql.text.as_str()));
        let menge = schicht.gefragt.hole(bedingung, frage).await?;
        Ok(Nur::Menge(menge))
    }
}

/// A strong tag.
pub(super) fn marke(inhalt: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(FASSUNG.to_le_bytes());
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(inhalt);
    let kurz: String = hash
        .finalize()
        .iter()
        .take(10)
        .map(|b| format!("{b:02x}"))
        .collect();
    kurz
}
