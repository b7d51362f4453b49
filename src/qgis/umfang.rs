//! Which layers stand in a project, in which groups, and which are shown at first.

use sqlx::{PgConnection, PgPool};

use super::quelle::Quellen;
use super::store::{self, Kasten, Ort};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::layers::catalog::Darstellung;
use crate::layers::sammlung::{Katalog, Sammlung};
use crate::layers::stil::Stil;
use crate::layers::stil::formular::{Formular, ORTSTEILE};
use crate::layers::stil::qml;

/// Groups from top to bottom, and whether they are shown at first. What the catalogue names
/// besides stands above them, hidden.
const GRUPPEN: &[(&str, bool)] = &[
    ("Prüfungen", false),
    ("Maßnahmen", true),
    ("Dorferneuerung", true),
    ("Strategie", false),
    ("Grenzen und Flurstücke", true),
    ("Überlagerungen", true),
    (ENTWURF, false),
    (TEILPLAN, false),
    (FRUEHER, false),
    (IN_KRAFT, true),
];
const IN_KRAFT: &str = "Plan in Kraft";
const ENTWURF: &str = "Entwurf";
const TEILPLAN: &str = "Teilpläne";
const FRUEHER: &str = "Früherer Plan";
/// Of layers whose entry names no group.
const WEITERE: &str = "Weitere Ebenen";
const FRAGEN: &str = "Gespeicherte Fragen";

/// One layer.
#[derive(Debug)]
pub struct Ebene {
    /// Collection.
    pub sammlung: Sammlung,
    /// Title in the tree.
    pub titel: String,
    /// Looks.
    pub stil: Stil,
    /// Fields.
    pub formular: Formular,
    /// Shown at first.
    pub sichtbar: bool,
    /// Its objects can be changed through it.
    pub aenderbar: bool,
}

impl Ebene {
    /// Id of the collection.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.sammlung.id
    }

    /// Id in the project.
    #[must_use]
    pub fn layer_id(&self) -> String {
        qml::layer_id(&self.sammlung.id)
    }

    /// Points above lines above areas above tables; what fills its areas lies lowest of them.
    fn rang(&self) -> (u8, bool) {
        let geometrie = self.sammlung.ebene.relation.geometrie.as_ref();
        let dimension = geometrie.map_or(9, |g| g.dimension.unwrap_or(3));
        (dimension, self.stil.darstellung == Darstellung::Fill)
    }
}

/// A group of the tree.
#[derive(Debug)]
pub struct Gruppe {
    /// Title.
    pub titel: String,
    /// Shown at first.
    pub sichtbar: bool,
    /// Groups in it, above its layers.
    pub gruppen: Vec<Gruppe>,
    /// Layers.
    pub ebenen: Vec<Ebene>,
}

impl Gruppe {
    fn neu(titel: &str, sichtbar: bool) -> Self {
        Self {
            titel: titel.to_owned(),
            sichtbar,
            gruppen: Vec::new(),
            ebenen: Vec::new(),
        }
    }

    /// The group of this title, made where there is none.
    fn unter(&mut self, titel: &str) -> &mut Self {
        let stelle = self.gruppen.iter().position(|g| g.titel == titel);
        let stelle = stelle.unwrap_or_else(|| {
            self.gruppen.push(Self::neu(titel, true));
            self.gruppen.len() - 1
        });
        &mut self.gruppen[stelle]
    }

    /// All layers of the group, from top to bottom.
    #[must_use]
    pub fn alle(&self) -> Vec<&Ebene> {
        let mut alle: Vec<&Ebene> = self.gruppen.iter().flat_map(Self::alle).collect();
        alle.extend(&self.ebenen);
        alle
    }

    fn ordne(&mut self) {
        self.ebenen.sort_by_key(Ebene::rang);
        for gruppe in &mut self.gruppen {
            gruppe.ordne();
        }
    }
}

/// What a project shows.
#[derive(Debug)]
pub struct Umfang {
    /// Title of the project.
    pub titel: String,
    /// Name without blanks, for the file.
    pub kennung: String,
    /// The plan it is about.
    pub plan: Option<Fassung>,
    /// That plan is in force.
    pub wirksam: bool,
    /// It is about an area of village renewal.
    pub dorf: bool,
    /// Groups, from top to bottom.
    pub gruppen: Vec<Gruppe>,
    /// What is shown first.
    pub kasten: Kasten,
    /// Ortsteile.
    pub ortsteile: Vec<Ort>,
    /// Areas of village renewal.
    pub gebiete: Vec<Ort>,
}

/// Europe's part of the system: what a town without any shape shows.
const LEER: Kasten = [280_000.0, 5_200_000.0, 920_000.0, 6_110_000.0];

impl Umfang {
    /// The project of a plan (`KENNUNG[@FASSUNG]`; None: the one in force) or of an area of
    /// village renewal.
    ///
    /// # Errors
    /// [`Error::NichtGefunden`] for an unknown plan or area; [`Error::Aufruf`] for an older
    /// version, which no layer shows.
    pub async fn lies(
        pool: &PgPool,
        katalog: &Katalog,
        basis: &Quellen<'_>,
        (plan, gebiet): (Option<&str>, Option<&str>),
    ) -> Result<Self> {
        let mut conn = pool.acquire().await?;
        let gebiete = store::gebiete(&mut conn).await?;
        let ort = match gebiet {
            Some(kennung) => Some(store::gebiet(&gebiete, kennung)?.clone()),
            None => None,
        };
        let in_kraft = store::in_kraft(&mut conn).await?;
        let plaene = plan::alle(&mut conn).await?;
        let gewaehlt = waehle(&mut conn, plan).await?;
        let gemeint = gewaehlt
            .clone()
            .or_else(|| plaene.iter().find(|p| in_kraft.contains(&p.id)).cloned());
        let kasten = match &ort {
            Some(ort) => Some(weiter(ort.kasten)),
            None => store::kasten(&mut conn, gemeint.as_ref().map(|p| p.id)).await?,
        };
        let ortsteile = store::ortsteile(&mut conn).await?;
        drop(conn);
        let ordnung = Ordnung {
            plaene: &plaene,
            in_kraft: &in_kraft,
            gewaehlt: gewaehlt.as_ref(),
        };
        let sammlungen = katalog.oeffentliche(pool).await?;
        let gruppen = ordnung.gruppen(pool, basis, sammlungen).await?;
        let titel = match (&ort, &gemeint) {
            (Some(ort), _) => ort.name.clone(),
            (None, Some(plan)) => plan.name.clone(),
            (None, None) => "Zielraum".to_owned(),
        };
        let kennung = match (&ort, &gewaehlt) {
            (Some(ort), _) => ort.kennung.clone(),
            (None, Some(plan)) => plan.kennung.clone(),
            (None, None) => "zielraum".to_owned(),
        };
        Ok(Self {
            titel,
            kennung,
            wirksam: gemeint.as_ref().is_some_and(|p| in_kraft.contains(&p.id)),
            dorf: ort.is_some(),
            plan: gemeint,
            gruppen,
            kasten: kasten.unwrap_or(LEER),
            ortsteile,
            gebiete,
        })
    }

    /// One layer by itself, whatever project shows it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn einzeln(pool: &PgPool, basis: &Quellen<'_>, sammlung: Sammlung) -> Result<Ebene> {
        let mut conn = pool.acquire().await?;
        let plaene = plan::alle(&mut conn).await?;
        let in_kraft = store::in_kraft(&mut conn).await?;
        drop(conn);
        let ordnung = Ordnung {
            plaene: &plaene,
            in_kraft: &in_kraft,
            gewaehlt: None,
        };
        let mut ebene = ordnung.ebene(pool, basis, sammlung).await?;
        // Alone it needs the name of its plan.
        ebene.titel.clone_from(&ebene.sammlung.titel);
        ebene.sichtbar = true;
        Ok(ebene)
    }

    /// All layers, from top to bottom.
    #[must_use]
    pub fn alle(&self) -> Vec<&Ebene> {
        self.gruppen.iter().flat_map(Gruppe::alle).collect()
    }
}

async fn waehle(conn: &mut PgConnection, plan: Option<&str>) -> Result<Option<Fassung>> {
    let Some(angabe) = plan else {
        return Ok(None);
    };
    let plan = plan::waehle(conn, Some(angabe)).await?;
    if plan.aktuell {
        return Ok(Some(plan));
    }
    Err(Error::parameter(
        "plan",
        format!(
            "Ein Projekt zeigt die neueste Fassung eines Plans; bitte plan={} angeben. Was an einem früheren Tag galt, zeigt /stand/JJJJ-MM-TT/qgis/projekt.qgz.",
            plan.kennung
        ),
    ))
}

/// A tenth more on every side.
fn weiter([w, s, e, n]: Kasten) -> Kasten {
    let rand = ((e - w).max(n - s) / 10.0).max(25.0);
    [w - rand, s - rand, e + rand, n + rand]
}

struct Ordnung<'a> {
    plaene: &'a [Fassung],
    in_kraft: &'a [i32],
    gewaehlt: Option<&'a Fassung>,
}

impl Ordnung<'_> {
    async fn gruppen(
        &self,
        pool: &PgPool,
        basis: &Quellen<'_>,
        sammlungen: Vec<Sammlung>,
    ) -> Result<Vec<Gruppe>> {
        let mut gruppen: Vec<Gruppe> = GRUPPEN
            .iter()
            .map(|(titel, sichtbar)| Gruppe::neu(titel, *sichtbar))
            .collect();
        for sammlung in sammlungen {
            let Some((wo, darunter)) = self.platz(&sammlung) else {
                continue;
            };
            let ebene = self.ebene(pool, basis, sammlung).await?;
            let stelle = gruppen.iter().position(|g| g.titel == wo);
            let stelle = stelle.unwrap_or_else(|| {
                gruppen.insert(0, Gruppe::neu(&wo, false));
                0
            });
            let gruppe = &mut gruppen[stelle];
            match darunter {
                Some(titel) => gruppe.unter(&titel).ebenen.push(ebene),
                None => gruppe.ebenen.push(ebene),
            }
        }
        gruppen.retain(|g| !g.alle().is_empty());
        for gruppe in &mut gruppen {
            gruppe.ordne();
            if let Some(plan) = self.gewaehlt {
                // The plan asked for is what is looked at; the one in force stays at hand.
                let seine = self.gruppe_des_plans(plan);
                if [IN_KRAFT, ENTWURF, TEILPLAN, FRUEHER].contains(&gruppe.titel.as_str()) {
                    gruppe.sichtbar = gruppe.titel == seine;
                }
            }
        }
        Ok(gruppen)
    }

    fn gruppe_des_plans(&self, plan: &Fassung) -> &'static str {
        match plan.stand.as_str() {
            _ if self.in_kraft.contains(&plan.id) => IN_KRAFT,
            "entwurf" => ENTWURF,
            "wirksam" => TEILPLAN,
            _ => FRUEHER,
        }
    }

    /// Group and group in it; None: the layer is not part of this project.
    fn platz(&self, sammlung: &Sammlung) -> Option<(String, Option<String>)> {
        let gruppe = || {
            let name = sammlung.ebene.gruppe.clone();
            name.unwrap_or_else(|| WEITERE.to_owned())
        };
        if let Some(kennung) = &sammlung.plan {
            let plan = self.plaene.iter().find(|p| p.kennung == *kennung)?;
            if self.in_kraft.contains(&plan.id) {
                return None; // the layers of the plan in force show it
            }
            let gewaehlt = self.gewaehlt.is_some_and(|g| g.id == plan.id);
            let seine = self.gruppe_des_plans(plan);
            if !gewaehlt && (seine == FRUEHER || self.gewaehlt.is_some()) {
                return None;
            }
            return Some((seine.to_owned(), Some(plan.name.clone())));
        }
        if sammlung.id != sammlung.grundebene {
            return Some((gruppe(), Some(FRAGEN.to_owned())));
        }
        // Beside another plan all of the one in force stands apart, its overlays too.
        let daneben = self
            .gewaehlt
            .is_some_and(|plan| !self.in_kraft.contains(&plan.id));
        if daneben && sammlung.fassungen.is_some() {
            return Some((IN_KRAFT.to_owned(), None));
        }
        Some((gruppe(), None))
    }

    async fn ebene(&self, pool: &PgPool, basis: &Quellen<'_>, sammlung: Sammlung) -> Result<Ebene> {
        let stil = Stil::von(pool, &sammlung).await?;
        let ortsteile = Some(basis.ebene(ORTSTEILE));
        let formular = Formular::von(pool, &sammlung, ortsteile).await?;
        let plan = sammlung
            .plan
            .as_ref()
            .and_then(|kennung| self.plaene.iter().find(|p| p.kennung == *kennung));
        let titel = plan
            .and_then(|plan| sammlung.titel.strip_suffix(&format!(" – {}", plan.name)))
            .unwrap_or(&sammlung.titel)
            .to_owned();
        // Of a plan only a draft can be changed.
        let entwurf = plan.is_some_and(|plan| plan.stand == "entwurf");
        let aenderbar = sammlung.bearbeiten.is_some() && (entwurf || sammlung.fassungen.is_none());
        let frage = sammlung.plan.is_none() && sammlung.id != sammlung.grundebene;
        Ok(Ebene {
            sichtbar: sammlung.ebene.sichtbar && !frage,
            titel,
            stil,
            formular,
            aenderbar,
            sammlung,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_area_keeps_room_around_it() {
        let gleich = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        let klein = weiter([0.0, 0.0, 100.0, 50.0]);
        assert!(gleich(klein, [-25.0, -25.0, 125.0, 75.0]), "{klein:?}");
        let gross = weiter([0.0, 0.0, 1000.0, 500.0]);
        assert!(gleich(gross, [-100.0, -100.0, 1100.0, 600.0]), "{gross:?}");
    }
}
