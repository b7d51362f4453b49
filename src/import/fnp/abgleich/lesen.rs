//! The result of the comparison from its temporary tables.

use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};

use super::vergleich::{Differenz, Link, Linkzustand, Nachfolger, OrtsteilDifferenz, Vergleich};
use crate::db::vorlage::{Vorlage, Wert};
use crate::error::Result;

/// Largest changes listed of each kind.
const HOECHSTENS: i32 = 100;

#[derive(FromRow)]
struct Bilanzzeile {
    ortsteil: Option<String>,
    ortsteil_name: Option<String>,
    nutzung: String,
    nutzung_name: String,
    reihenfolge: i32,
    vorher_m2: f64,
    nachher_m2: f64,
}

#[derive(FromRow)]
struct Linkzeile {
    massnahme: String,
    titel: String,
    flaeche: String,
    nutzung: String,
    flaeche_m2: f64,
    war_entfallen: bool,
    vorhanden: bool,
    nutzung_neu: Option<String>,
    flaeche_m2_neu: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
    nachfolger: Json<Vec<Nachfolger>>,
}

pub(super) async fn lies(conn: &mut PgConnection, frage: &mut Vorlage) -> Result<Vergleich> {
    frage.fuehre_aus(conn, include_str!("ergebnis.sql")).await?;
    let bilanz = frage.lies(conn, include_str!("bilanz.sql")).await?;
    let links = frage.lies(conn, include_str!("links.sql")).await?;
    frage.setze("{hoechstens}", Wert::Zahl(HOECHSTENS.into()));
    let (nutzungen, ortsteile) = bilanzen(bilanz);
    Ok(Vergleich {
        objekte: frage.lies(conn, include_str!("zaehlung.sql")).await?,
        stellen: frage.lies(conn, include_str!("stellen.sql")).await?,
        nutzungen,
        ortsteile,
        links: links.into_iter().map(link).collect(),
        ..Vergleich::default()
    })
}

/// Rows come by Ortsteil, land uses in the order of the code table.
fn bilanzen(zeilen: Vec<Bilanzzeile>) -> (Vec<Differenz>, Vec<OrtsteilDifferenz>) {
    let mut gesamt: std::collections::BTreeMap<i32, Differenz> = std::collections::BTreeMap::new();
    let mut ortsteile: Vec<OrtsteilDifferenz> = Vec::new();
    for z in zeilen {
        let differenz = Differenz {
            nutzung: z.nutzung,
            name: z.nutzung_name,
            vorher_m2: z.vorher_m2,
            nachher_m2: z.nachher_m2,
            differenz_m2: z.nachher_m2 - z.vorher_m2,
        };
        gesamt
            .entry(z.reihenfolge)
            .and_modify(|summe| {
                summe.vorher_m2 += differenz.vorher_m2;
                summe.nachher_m2 += differenz.nachher_m2;
                summe.differenz_m2 = summe.nachher_m2 - summe.vorher_m2;
            })
            .or_insert_with(|| differenz.clone());
        match ortsteile.last_mut() {
            Some(letzter) if letzter.kennung == z.ortsteil => letzter.nutzungen.push(differenz),
            _ => ortsteile.push(OrtsteilDifferenz {
                name: z
                    .ortsteil_name
                    .unwrap_or_else(|| "in keinem Ortsteil".to_owned()),
                kennung: z.ortsteil,
                nutzungen: vec![differenz],
            }),
        }
    }
    (gesamt.into_values().collect(), ortsteile)
}

fn link(z: Linkzeile) -> Link {
    let geaendert = z.nutzung_neu.as_ref() != Some(&z.nutzung)
        || z.flaeche_m2_neu
            .is_none_or(|m2| (m2 - z.flaeche_m2).abs() > 1.0);
    let zustand = match (z.vorhanden, z.war_entfallen) {
        (false, _) => Linkzustand::ZuPruefen,
        (true, true) => Linkzustand::WiederDa,
        (true, false) if geaendert => Linkzustand::Geaendert,
        (true, false) => Linkzustand::Bleibt,
    };
    Link {
        massnahme: z.massnahme,
        titel: z.titel,
        flaeche: z.flaeche,
        zustand,
        nutzung: z.nutzung,
        flaeche_m2: z.flaeche_m2,
        nutzung_neu: z.nutzung_neu,
        flaeche_m2_neu: z.flaeche_m2_neu,
        ort: z.x.zip(z.y).map(|(x, y)| [x, y]),
        nachfolger: z.nachfolger.0,
    }
}
