//! What lies in a village-renewal area. Names no schema: the connection decides the world.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use super::einwohner;
use super::gebiet::{Gebiet, GebietKurz, Nutzung, Zielbezug};
use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::gemeinde;
use crate::strategie::bezug::store::{self as bezuege, Gegenstand};
use crate::strategie::geld;
use crate::strategie::massnahme::{Benannt, Code, Frage, MassnahmeKurz};
use crate::strategie::store;

/// All areas, by name; or the one of this kennung.
pub async fn gebiete(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<GebietKurz>> {
    let zeilen = sqlx::query!(
        r#"SELECT g.kennung, g.name, o.kennung AS "ortsteil?", o.name AS "ortsteil_name?", t.titel AS typ,
             jsonb_build_object('schluessel', s.schluessel, 'titel', s.titel, 'symbol', s.symbol, 'farbe', s.farbe) AS "stand!: Json<Code>", g.traeger, g.flaeche_m2,
             coalesce(to_jsonb(g) ->> 'veroeffentlichung', 'veroeffentlicht') <> 'veroeffentlicht' AS "entwurf!"
           FROM gebiet g JOIN gebiet_typ t ON t.schluessel = g.typ JOIN gebiet_stand s ON s.schluessel = g.stand LEFT JOIN ortsteil o ON o.id = g.ortsteil_id
           WHERE $1::text IS NULL OR g.kennung = $1 ORDER BY g.name COLLATE "de-x-icu", g.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|zeile| GebietKurz {
            kennung: zeile.kennung,
            name: zeile.name,
            ortsteil: zeile
                .ortsteil
                .zip(zeile.ortsteil_name)
                .map(|(kennung, name)| Benannt { kennung, name }),
            typ: zeile.typ,
            stand: zeile.stand.0,
            traeger: zeile.traeger,
            flaeche_m2: zeile.flaeche_m2,
            entwurf: zeile.entwurf,
        })
        .collect())
}

/// The area of this kennung.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn kurz(conn: &mut PgConnection, kennung: &str) -> Result<GebietKurz> {
    gebiete(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Ein Gebiet der Dorferneuerung mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })
}

/// The version `KENNUNG[@FASSUNG]` names; without it the one in force, where there is exactly one.
async fn plan(conn: &mut PgConnection, angabe: Option<&str>) -> Result<Option<Fassung>> {
    match plan::waehle(conn, angabe).await {
        Ok(fassung) => Ok(Some(fassung)),
        Err(Error::NichtGefunden(_) | Error::Aufruf { .. }) if angabe.is_none() => Ok(None),
        Err(andere) => Err(andere),
    }
}

/// An area and what lies in it, by the plan of `KENNUNG[@FASSUNG]` or the one in force.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown area or a plan named but unknown.
pub async fn gebiet(conn: &mut PgConnection, kennung: &str, plan: Option<&str>) -> Result<Gebiet> {
    let kurz = kurz(conn, kennung).await?;
    let form = sqlx::query!(
        r#"SELECT geom AS "geom!: Geom", st_asgeojson(st_forcepolygonccw(st_transform(geom, 4326)), 7)::jsonb AS "geometrie!" FROM gebiet WHERE kennung = $1"#,
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    // Without a plan, or with several in force, the area still has its measures.
    let plan = self::plan(conn, plan).await?;
    let nutzungen = match &plan {
        Some(fassung) => {
            sqlx::query_file_as!(
                Nutzung,
                "src/dorferneuerung/nutzungen.sql",
                kennung,
                fassung.id
            )
            .fetch_all(&mut *conn)
            .await?
        }
        None => Vec::new(),
    };
    let projekte_kennungen = sqlx::query_scalar!(
        "SELECT m.kennung FROM gebiet_massnahme gm JOIN gebiet g ON g.id = gm.gebiet_id JOIN massnahme m ON m.id = gm.massnahme_id WHERE g.kennung = $1",
        kennung
    )
    .fetch_all(&mut *conn)
    .await?;
    let frage = Frage {
        polygon: Some(gemeinde::store::multipolygon(form.geom)?),
        ..Frage::default()
    };
    let antwort = store::massnahmen(conn, &frage).await?;
    let (mut projekte, massnahmen): (Vec<_>, Vec<_>) = antwort
        .massnahmen
        .into_iter()
        .partition(|massnahme| projekte_kennungen.contains(&massnahme.kennung));
    let (staedtisch, gesamtstadt): (Vec<_>, Vec<_>) = antwort
        .gesamtstadt
        .into_iter()
        .partition(|massnahme| projekte_kennungen.contains(&massnahme.kennung));
    projekte.extend(staedtisch);
    let fern = projekte_kennungen
        .into_iter()
        .filter(|kennung| !projekte.iter().any(|projekt| projekt.kennung == *kennung))
        .collect();
    projekte.extend(store::nach_kennung(conn, fern).await?);
    projekte.sort_by(|a, b| (&a.nummer, &a.kennung).cmp(&(&b.nummer, &b.kennung)));
    let ziele = zielbezuege(projekte.iter().chain(&massnahmen));
    let verfahren = sqlx::query!(
        "SELECT id, beschreibung, verfahren, verfahrensnummer, beantragt_am, angeordnet_am, abgeschlossen_am FROM gebiet WHERE kennung = $1",
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    let eigene: Vec<String> = projekte.iter().map(|p| p.kennung.clone()).collect();
    let gegenstand = Gegenstand {
        gebiet: Some(verfahren.id),
        ..Gegenstand::default()
    };
    let projektgeld = super::geld::projektgeld(conn, &projekte).await?;
    let einwohner = einwohner::gezaehlt(conn, kurz.ortsteil.as_ref()).await?;
    let einwohner_geschaetzt = einwohner::geschaetzt(conn, kennung, plan.as_ref()).await?;
    let mut gebiet = Gebiet {
        kurz,
        plan,
        nutzungen,
        projekte,
        massnahmen,
        gesamtstadt,
        ziele,
        geld: geld::store::summe(conn, &eigene).await?,
        foerderungen: geld::store::foerderungen(conn, None, Some(verfahren.id)).await?,
        beschluesse: bezuege::von(conn, gegenstand).await?.beschluesse,
        beschreibung: verfahren.beschreibung,
        verfahren: verfahren.verfahren,
        verfahrensnummer: verfahren.verfahrensnummer,
        beantragt_am: verfahren.beantragt_am,
        angeordnet_am: verfahren.angeordnet_am,
        abgeschlossen_am: verfahren.abgeschlossen_am,
        geometrie: form.geometrie,
        projektsumme: super::geld::summe(&projektgeld),
        projektgeld,
        einwohner,
        einwohner_geschaetzt,
        hinweise: Vec::new(),
    };
    gebiet.hinweise = super::geld::hinweise(conn, &gebiet).await?;
    Ok(gebiet)
}

/// Goals these measures serve or hinder, most served first.
#[must_use]
pub fn zielbezuege<'a>(massnahmen: impl Iterator<Item = &'a MassnahmeKurz>) -> Vec<Zielbezug> {
    let mut ziele: BTreeMap<&str, Zielbezug> = BTreeMap::new();
    for beitrag in massnahmen.flat_map(|massnahme| &massnahme.ziele) {
        let ziel = ziele.entry(&beitrag.kennung).or_insert_with(|| Zielbezug {
            kennung: beitrag.kennung.clone(),
            nummer: beitrag.nummer.clone(),
            titel: beitrag.titel.clone(),
            gefoerdert_durch: 0,
            gehemmt_durch: 0,
        });
        ziel.gefoerdert_durch += usize::from(beitrag.beitrag > 0);
        ziel.gehemmt_durch += usize::from(beitrag.beitrag < 0);
    }
    let mut ziele: Vec<Zielbezug> = ziele.into_values().collect();
    ziele.sort_by(|a, b| {
        (b.gefoerdert_durch, &a.nummer, &a.kennung).cmp(&(
            a.gefoerdert_durch,
            &b.nummer,
            &b.kennung,
        ))
    });
    ziele
}
