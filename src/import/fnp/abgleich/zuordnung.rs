//! Which object is which. Objects are taken for the same, in this order: the same class with the
//! same geometry; the best mutual overlap of at least 90 % either way (lines by length within
//! 0.5 m, points within 0.5 m); the same gml:id. Each is given away once.

use sqlx::{PgConnection, Row as _};

use super::vergleich::Kennungen;
use crate::db::vorlage::{Vorlage, Wert};
use crate::error::{Error, Result};

/// Rounds of mutual bests before the rest is left to the gml:id; three do for a real plan.
const RUNDEN: usize = 100;
/// So often a name is counted up before the object's own number is put behind it.
const ZAEHLEN_BIS: i32 = 20;

/// Matches, names, and writes the names into the tables of the new version.
pub(super) async fn ordne_zu(conn: &mut PgConnection, frage: &mut Vorlage) -> Result<Kennungen> {
    frage
        .fuehre_aus(conn, include_str!("vorbereiten.sql"))
        .await?;
    let (andere_version,): (bool,) = frage
        .lies(conn, "SELECT (SELECT xplan_version FROM fnp.flaeche_f{neu} LIMIT 1) IS DISTINCT FROM (SELECT xplan_version FROM fnp.flaeche WHERE fassung_id = {alt} LIMIT 1)")
        .await?
        .pop()
        .unwrap_or_default();
    frage.setze("{andere_version}", Wert::Ja(andere_version));

    let mut gleich = vec![
        (
            "art, form, klasse, gml_id",
            "o.art, o.form, o.klasse, o.gml_id",
        ),
        ("art, form, klasse", "o.art, o.form, o.klasse"),
        ("dim, form, klasse", "o.dim, o.form, o.klasse"),
    ];
    if andere_version {
        gleich.push(("art, form, nutzung", "o.art, o.form, o.nutzung"));
    }
    for (schluessel, partition) in gleich {
        frage.setze("{schluessel}", Wert::Wort(schluessel));
        frage.setze("{partition}", Wert::Wort(partition));
        frage.fuehre_aus(conn, include_str!("gleich.sql")).await?;
        frage.fuehre_aus(conn, "ANALYZE abgleich_paar").await?;
    }
    // Most pairs are made; from here on each candidate asks whether it is taken.
    frage
        .fuehre_aus(
            conn,
            "CREATE INDEX ON abgleich_paar (art_neu, neu); CREATE INDEX ON abgleich_paar (art_alt, alt)",
        )
        .await?;
    for (art, tabelle) in [("F", "flaeche"), ("U", "ueberlagerung")] {
        frage.setze("{art}", Wert::Wort(art));
        frage.setze("{tabelle}", Wert::Wort(tabelle));
        frage
            .fuehre_aus(conn, include_str!("deckung_flaeche.sql"))
            .await?;
    }
    frage
        .fuehre_aus(conn, include_str!("deckung_linie.sql"))
        .await?;
    frage
        .fuehre_aus(conn, include_str!("deckung_punkt.sql"))
        .await?;
    for _ in 0..RUNDEN {
        let erledigt = frage.fuehre_aus(conn, include_str!("bestes.sql")).await?;
        if erledigt == 0 {
            break;
        }
    }
    frage.fuehre_aus(conn, "ANALYZE abgleich_paar").await?;

    let stabil = ids_stabil(conn, frage).await?;
    frage.setze("{stabil}", Wert::Ja(stabil));
    frage.fuehre_aus(conn, include_str!("gml_id.sql")).await?;
    frage.fuehre_aus(conn, include_str!("kennung.sql")).await?;
    for nr in 2..=ZAEHLEN_BIS {
        let offen: Vec<(bool,)> = frage
            .lies(conn, "SELECT EXISTS (SELECT FROM abgleich_ohne_kennung)")
            .await?;
        if offen != [(true,)] {
            break;
        }
        frage.setze("{nr}", nr.into());
        frage
            .fuehre_aus(conn, include_str!("kennung_zaehlen.sql"))
            .await?;
    }
    frage
        .fuehre_aus(conn, "INSERT INTO abgleich_kennung SELECT n.art, n.ordnung, n.kennung, format('%s-%s-%s', n.kennung, {neu}, n.ordnung), 'neu' FROM abgleich_ohne_kennung n")
        .await?;
    schreibe_namen(conn, frage).await?;

    let mut kennungen = Kennungen {
        gml_id_verlaesslich: stabil,
        ..Kennungen::default()
    };
    let wege: Vec<(String, i64)> = frage
        .lies(
            conn,
            "SELECT weg, count(*) FROM abgleich_kennung GROUP BY weg",
        )
        .await?;
    for (weg, anzahl) in wege {
        match weg.as_str() {
            "gleich" => kennungen.gleiche_geometrie = anzahl,
            "deckung" => kennungen.ueberdeckung = anzahl,
            "gml_id" => kennungen.gml_id = anzahl,
            "wieder_da" => kennungen.wieder_da = anzahl,
            _ => kennungen.neu = anzahl,
        }
    }
    Ok(kennungen)
}

/// True where objects known by their shape have mostly kept their gml:id.
async fn ids_stabil(conn: &mut PgConnection, frage: &Vorlage) -> Result<bool> {
    let zeilen: Vec<(bool,)> = frage
        .lies(
            conn,
            "SELECT coalesce(avg((n.gml_id = a.gml_id)::int) >= 0.9, true) FROM abgleich_paar p
             JOIN abgleich_neu n ON n.art = p.art_neu AND n.ordnung = p.neu JOIN abgleich_alt a ON a.art = p.art_alt AND a.ordnung = p.alt
             WHERE n.gml_id IS NOT NULL AND a.gml_id IS NOT NULL",
        )
        .await?;
    Ok(zeilen == [(true,)])
}

/// No object without a name, no name twice: a second would be somebody else's link.
async fn schreibe_namen(conn: &mut PgConnection, frage: &mut Vorlage) -> Result<()> {
    let pruefung = sqlx::query(
        "SELECT (SELECT count(*) FROM abgleich_neu) AS objekte, count(*) AS benannt, count(DISTINCT kennung) AS namen FROM abgleich_kennung",
    )
    .persistent(false)
    .fetch_one(&mut *conn)
    .await?;
    let zahl = |spalte: &str| pruefung.try_get::<i64, _>(spalte);
    let (objekte, benannt, namen) = (zahl("objekte")?, zahl("benannt")?, zahl("namen")?);
    if objekte != benannt || benannt != namen {
        return Err(Error::intern(format!(
            "abgleich: {objekte} objects, {benannt} named, {namen} different names"
        )));
    }
    for (art, tabelle) in [
        ("F", "flaeche"),
        ("U", "ueberlagerung"),
        ("L", "linie"),
        ("P", "punkt"),
    ] {
        frage.setze("{art}", Wert::Wort(art));
        frage.setze("{tabelle}", Wert::Wort(tabelle));
        frage
            .fuehre_aus(conn, "UPDATE fnp.{tabelle}_f{neu} f SET kennung = k.kennung FROM abgleich_kennung k WHERE k.art = '{art}' AND k.ordnung = f.ordnung AND k.kennung <> f.kennung")
            .await?;
    }
    Ok(())
}
