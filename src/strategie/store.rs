//! SQL of the strategy. Names no schema: the connection decides the world, so the public
//! and the town's staff get their answers from the same statements.

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::massnahme::wahl::Wahl;
use super::massnahme::{
    AufNutzung, Benannt, Frage, Handlungsfeld, ImOrtsteil, Massnahme, MassnahmeKurz, Ort,
};
use super::ziel::{FlaecheZiele, NutzungWirkung, Wirkung, Ziel, ZielKurz};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};

use super::massnahme::suche::liste;
pub use super::massnahme::suche::massnahmen;

/// Measures in an Ortsteil that is known to exist, and apart from them those of the whole town.
pub async fn ortsteil_massnahmen(
    conn: &mut PgConnection,
    kennung: &str,
) -> Result<(Vec<MassnahmeKurz>, Vec<MassnahmeKurz>)> {
    let wahl = Wahl {
        ortsteile: Some(vec![kennung.to_owned()]),
        ..Wahl::default()
    };
    let (alle, _) = liste(conn, &Frage::default(), &wahl).await?;
    Ok(alle
        .into_iter()
        .partition(|massnahme| massnahme.herkunft.as_deref() != Some("gesamtstadt")))
}

/// These measures, as lists show them, in the order of lists.
pub async fn nach_kennung(
    conn: &mut PgConnection,
    kennungen: Vec<String>,
) -> Result<Vec<MassnahmeKurz>> {
    let frage = Frage {
        kennungen: Some(kennungen),
        ..Frage::default()
    };
    Ok(liste(conn, &frage, &Wahl::default()).await?.0)
}

/// One measure with everything known about it.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn massnahme(
    conn: &mut PgConnection,
    kennung: &str,
    mit_geometrie: bool,
) -> Result<Massnahme> {
    let frage = Frage {
        kennungen: Some(vec![kennung.to_owned()]),
        mit_geometrie,
        ..Frage::default()
    };
    let kurz = liste(conn, &frage, &Wahl::default())
        .await?
        .0
        .pop()
        .ok_or_else(|| {
            Error::nicht_gefunden(format!(
                "Eine Maßnahme mit der Kennung „{kennung}“ gibt es nicht."
            ))
        })?;
    let eigenes = sqlx::query!(
        "SELECT id, beschreibung, dauerhaft, prioritaet FROM massnahme WHERE kennung = $1",
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    let orte = sqlx::query_as!(
        Ort,
        r#"SELECT r.art, o.name AS "ortsteil?", p.kennung AS "plan?", r.flaeche_kennung AS flaeche, v.entfallen_in IS NOT NULL AS "flaeche_entfallen!",
             (SELECT n.vorschlaege FROM verweis_pruefen n WHERE v.entfallen_in IS NOT NULL AND n.massnahme = $2 AND n.plan = p.kennung AND n.flaeche = r.flaeche_kennung) AS nachfolger,
             r.grund, r.rolle, r.genauigkeit
           FROM raumbezug r LEFT JOIN ortsteil o ON o.id = r.ortsteil_id LEFT JOIN plan p ON p.id = r.plan_id
           LEFT JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
           WHERE r.massnahme_id = $1 ORDER BY r.art, o.name, r.flaeche_kennung, r.id"#,
        eigenes.id,
        kennung
    )
    .fetch_all(&mut *conn)
    .await?;
    let ortsteile = sqlx::query_as!(
        ImOrtsteil,
        r#"SELECT o.kennung, o.name, mo.herkunft, mo.anteil, mo.schnitt_m2, mo.schnitt_m, mo.punkte
           FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id WHERE mo.massnahme_id = $1 ORDER BY mo.anteil DESC NULLS LAST, o.kennung"#,
        eigenes.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let nutzungen = sqlx::query_file_as!(
        AufNutzung,
        "src/strategie/massnahme_nutzungen.sql",
        eigenes.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let gebiete = sqlx::query_as!(
        Benannt,
        "SELECT g.kennung, g.name FROM gebiet_massnahme gm JOIN gebiet g ON g.id = gm.gebiet_id WHERE gm.massnahme_id = $1 ORDER BY g.name",
        eigenes.id
    )
    .fetch_all(conn)
    .await?;
    Ok(Massnahme {
        kurz,
        beschreibung: eigenes.beschreibung,
        dauerhaft: eigenes.dauerhaft,
        prioritaet: eigenes.prioritaet,
        orte,
        ortsteile,
        nutzungen,
        gebiete,
    })
}

async fn ziel_zu(conn: &mut PgConnection, kennung: &str) -> Result<(Uuid, Benannt)> {
    sqlx::query!(
        "SELECT id, kennung, titel FROM ziel WHERE kennung = $1",
        kennung
    )
    .fetch_optional(conn)
    .await?
    .map(|zeile| {
        (
            zeile.id,
            Benannt {
                kennung: zeile.kennung,
                name: zeile.titel,
            },
        )
    })
    .ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Ein Ziel mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })
}

/// Goals in the order of the strategy: all, or these, or those below a goal.
pub async fn ziele(
    conn: &mut PgConnection,
    kennungen: Option<&[String]>,
    unter: Option<&str>,
) -> Result<Vec<ZielKurz>> {
    Ok(
        sqlx::query_file!("src/strategie/ziele.sql", kennungen, unter)
            .fetch_all(conn)
            .await?
            .into_iter()
            .map(|zeile| ZielKurz {
                kennung: zeile.kennung,
                nummer: zeile.nummer,
                titel: zeile.titel,
                ebene: zeile.ebene,
                uebergeordnet: zeile.uebergeordnet,
                handlungsfeld: zeile.handlungsfeld.0,
                zieljahr: zeile.zieljahr,
                raumwirksam: zeile.raumwirksam,
                gefoerdert_durch: zeile.gefoerdert_durch,
                gehemmt_durch: zeile.gehemmt_durch,
                entwurf: zeile.entwurf,
            })
            .collect(),
    )
}

/// One goal with everything known about it.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn ziel(conn: &mut PgConnection, kennung: &str) -> Result<Ziel> {
    let (id, _) = ziel_zu(conn, kennung).await?;
    let gefragt = [kennung.to_owned()];
    let kurz = ziele(conn, Some(&gefragt), None)
        .await?
        .pop()
        .ok_or_else(|| Error::intern(format!("goal {kennung} without Handlungsfeld")))?;
    let eigenes = sqlx::query!(
        r#"SELECT z.text, z.begruendung, o.kennung AS "oben_kennung?", o.titel AS "oben_titel?"
           FROM ziel z LEFT JOIN ziel o ON o.id = z.uebergeordnet_id WHERE z.id = $1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let nutzungen = sqlx::query_as!(
        NutzungWirkung,
        "SELECT n.schluessel AS nutzung, n.name, n.farbe, w.wirkung, w.begruendung
         FROM ziel_nutzungsart_wirkung w JOIN nutzung n ON n.schluessel = w.nutzung WHERE w.ziel_id = $1 ORDER BY w.wirkung DESC, n.reihenfolge",
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    let unterziele = ziele(conn, None, Some(kennung)).await?;
    let frage = Frage {
        ziel: Some(kennung.to_owned()),
        ..Frage::default()
    };
    let massnahmen = massnahmen(conn, &frage).await?.massnahmen;
    Ok(Ziel {
        kurz,
        text: eigenes.text,
        begruendung: eigenes.begruendung,
        ueber: eigenes
            .oben_kennung
            .zip(eigenes.oben_titel)
            .map(|(kennung, name)| Benannt { kennung, name }),
        unterziele,
        nutzungen,
        massnahmen,
    })
}

/// Goals an area of a plan serves or strains, and the measures on it. Without a plan the
/// one in force.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown plan or area.
pub async fn flaeche_ziele(
    conn: &mut PgConnection,
    plan: Option<&str>,
    kennung: &str,
) -> Result<FlaecheZiele> {
    let plan: Fassung = plan::waehle(conn, plan).await?;
    let flaeche = sqlx::query!(
        "SELECT f.ordnung, f.nutzung, n.name, f.flaeche_m2 FROM flaeche f JOIN nutzung n ON n.schluessel = f.nutzung WHERE f.fassung_id = $1 AND f.kennung = $2",
        plan.id,
        kennung
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Eine Fläche mit der Kennung „{kennung}“ hat der Plan „{}“ in seiner Fassung {} nicht.",
            plan.kennung, plan.fassung
        ))
    })?;
    let wirkungen = sqlx::query!(
        "SELECT z.kennung, w.wirkung, w.begruendung FROM ziel_nutzungsart_wirkung w JOIN ziel z ON z.id = w.ziel_id WHERE w.nutzung = $1",
        flaeche.nutzung
    )
    .fetch_all(&mut *conn)
    .await?;
    let kennungen: Vec<String> = wirkungen
        .iter()
        .map(|zeile| zeile.kennung.clone())
        .collect();
    let mut alle: Vec<Wirkung> = ziele(conn, Some(&kennungen), None)
        .await?
        .into_iter()
        .filter_map(|ziel| {
            let zeile = wirkungen
                .iter()
                .find(|zeile| zeile.kennung == ziel.kennung)?;
            Some(Wirkung {
                ziel,
                wirkung: zeile.wirkung,
                begruendung: zeile.begruendung.clone(),
            })
        })
        .collect();
    alle.sort_by_key(|wirkung| -wirkung.wirkung.abs());
    let (dient, rest): (Vec<_>, Vec<_>) = alle.into_iter().partition(|w| w.wirkung > 0);
    let (belastet, neutral) = rest.into_iter().partition(|w| w.wirkung < 0);
    let treffer = sqlx::query!(
        "SELECT m.kennung, mf.anteil, mf.schnitt_m2, mf.schnitt_m, mf.punkte FROM massnahme_flaeche mf JOIN massnahme m ON m.id = mf.massnahme_id
         WHERE mf.fassung_id = $1 AND mf.ordnung = $2",
        plan.id,
        flaeche.ordnung
    )
    .fetch_all(&mut *conn)
    .await?;
    let kennungen = treffer.iter().map(|zeile| zeile.kennung.clone()).collect();
    let mut massnahmen = nach_kennung(conn, kennungen).await?;
    for massnahme in &mut massnahmen {
        if let Some(zeile) = treffer
            .iter()
            .find(|zeile| zeile.kennung == massnahme.kennung)
        {
            massnahme.herkunft = Some("lage".to_owned());
            massnahme.anteil = zeile.anteil;
            massnahme.schnitt_m2 = zeile.schnitt_m2;
            massnahme.schnitt_m = zeile.schnitt_m;
            massnahme.punkte = zeile.punkte;
        }
    }
    Ok(FlaecheZiele {
        plan,
        flaeche: kennung.to_owned(),
        nutzung: Benannt {
            kennung: flaeche.nutzung,
            name: flaeche.name,
        },
        flaeche_m2: flaeche.flaeche_m2,
        dient,
        belastet,
        neutral,
        massnahmen,
    })
}
