//! What a page gives to the map's script.

use serde::Serialize;
use sqlx::PgConnection;

use super::store::{self, Grenzen, Klasse};
use crate::error::{Error, Result};
use crate::fachdaten::{self, store::Fachart};
use crate::fnp::plan::{self, Fassung};
use crate::strategie::massnahme::{Code, MassnahmeKurz};

/// The only area a map shows in full; the rest is veiled.
#[derive(Debug, Clone, Serialize)]
pub struct Ausschnitt {
    /// Collection of its shape.
    pub ebene: &'static str,
    /// Feature id.
    pub kennung: String,
    /// Measures to show.
    pub massnahmen: Vec<String>,
}

/// Data of one map.
#[derive(Debug, Clone, Serialize)]
pub struct Karte {
    /// Collection of the plan's areas; None without a plan.
    pub flaechen: Option<String>,
    /// There are too many areas to load them one by one: they come as vector tiles.
    pub kacheln: bool,
    /// Kennung of the plan; overlays are asked of it.
    pub plan: Option<String>,
    /// Land uses of the plan.
    pub legende: Vec<Klasse>,
    /// Traffic lights of measures.
    pub ampeln: Vec<Code>,
    /// What to show first, longitude and latitude.
    pub grenzen: Option<Grenzen>,
    /// Kinds of Fachdaten there are, each to be switched on.
    pub fachdaten: Vec<Fachart>,
    /// There are parcels.
    pub flurstuecke: bool,
    /// Only these measures; None: all.
    pub auswahl: Option<Vec<String>>,
    /// Set on the page of one area.
    pub ausschnitt: Option<Ausschnitt>,
}

impl Karte {
    /// The map of a plan, or without one.
    pub async fn neu(conn: &mut PgConnection, plan: Option<&Fassung>) -> Result<Self> {
        let legende = match plan {
            Some(plan) => store::klassen(conn, Some(plan.id)).await?,
            None => Vec::new(),
        };
        let kacheln = match plan {
            Some(plan) => store::viele_flaechen(conn, plan.id).await?,
            None => false,
        };
        Ok(Self {
            flaechen: plan.map(ebene),
            kacheln,
            plan: plan.map(|plan| plan.kennung.clone()),
            legende,
            ampeln: store::ampeln(conn).await?,
            grenzen: store::grenzen(conn, plan.map(|plan| plan.id)).await?,
            fachdaten: fachdaten::store::arten(conn, true).await?,
            flurstuecke: store::hat_flurstuecke(conn).await?,
            auswahl: None,
            ausschnitt: None,
        })
    }

    /// The map of one area and these measures.
    pub async fn ausschnitt<'a>(
        conn: &mut PgConnection,
        plan: Option<&Fassung>,
        (ebene, kennung): (&'static str, &str),
        grenzen: Grenzen,
        massnahmen: impl IntoIterator<Item = &'a MassnahmeKurz>,
    ) -> Result<Self> {
        let mut karte = Self::neu(conn, plan).await?;
        karte.grenzen = Some(grenzen);
        karte.ausschnitt = Some(Ausschnitt {
            ebene,
            kennung: kennung.to_owned(),
            massnahmen: massnahmen.into_iter().map(|m| m.kennung.clone()).collect(),
        });
        Ok(karte)
    }

    /// JSON that may stand inside a `<script>` element.
    pub fn json(&self) -> Result<String> {
        let text = serde_json::to_string(self)?;
        // A name in the data must not end the element; JSON reads the escape the same.
        Ok(text.replace('<', "\\u003c"))
    }
}

fn ebene(plan: &Fassung) -> String {
    format!("fnp_flaechen_{}", plan.kennung)
}

/// The plan of a map: the one named, else the one in force, else the first there is.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown plan; [`Error::Aufruf`] for an older version,
/// which no layer shows.
pub async fn plan(conn: &mut PgConnection, angabe: Option<&str>) -> Result<Option<Fassung>> {
    let plan = match plan::waehle(conn, angabe).await {
        Ok(plan) => plan,
        Err(Error::NichtGefunden(_) | Error::Aufruf { .. }) if angabe.is_none() => {
            return Ok(plan::alle(conn).await?.into_iter().next());
        }
        Err(andere) => return Err(andere),
    };
    if plan.aktuell {
        return Ok(Some(plan));
    }
    Err(Error::parameter(
        "plan",
        format!(
            "Die Karte zeigt nur die neueste Fassung eines Plans; bitte plan={} angeben.",
            plan.kennung
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_end_the_script() {
        let klasse = Klasse {
            schluessel: "W".into(),
            name: "</script><b>".into(),
            farbe: "#CF9377".into(),
        };
        let karte = Karte {
            flaechen: None,
            kacheln: false,
            plan: None,
            legende: vec![klasse],
            ampeln: Vec::new(),
            grenzen: None,
            fachdaten: Vec::new(),
            flurstuecke: false,
            auswahl: None,
            ausschnitt: None,
        };
        let text = karte.json().unwrap();
        assert!(!text.contains('<'));
        let gelesen: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(gelesen["legende"][0]["name"], "</script><b>");
    }
}
