//! Start-up refuses what would fail or leak later, and says what to do.

use zielraum::layers::sammlung::Katalog;

use super::support::{EIGENE, datenbank, execute};

/// What a file says, and what the refusal must say.
const FALSCH: &[(&str, &[&str])] = &[
    (
        "relation = \"fnp.gibtsnicht\"",
        &["oeffentlich.gibtsnicht", "Zeile 2"],
    ),
    ("relation = \"Stadt Grün.fehlt\"", &["Stadt Grün.fehlt"]),
    (
        "relation = \"fnp.leer\"\nkey = \"fehlt\"",
        &["keine Spalte „fehlt“", "key"],
    ),
    (
        "relation = \"fnp.leer\"\norder = \"kennung\"",
        &["keine Ganzzahl"],
    ),
    (
        "relation = \"fnp.leer\"\ndatetime = [\"wert\"]",
        &["weder Datum noch Zeitpunkt"],
    ),
    ("relation = \"fnp.leer\"\nhide = [\"fehlt\"]", &["fehlt"]),
    (
        "relation = \"fnp.leer\"\ngeometry = \"fehlt\"",
        &["keine Geometriespalte „fehlt“"],
    ),
    ("relation = \"fnp.leer\"\nje = \"plan\"", &["fassung_id"]),
    (
        "relation = \"fnp.flaeche_aktuell\"",
        &["keinen Primärschlüssel", "key"],
    ),
    (
        "relation = \"Stadt Grün.doppelt\"\nkey = \"id\"",
        &["mehrfach"],
    ),
    (
        "relation = \"fnp.undicht\"\nkey = \"kennung\"",
        &["ALTER VIEW oeffentlich.undicht SET (security_invoker = true)"],
    ),
    (
        "relation = \"fnp.verborgen\"\nkey = \"kennung\"",
        &["fnp.versteckt()"],
    ),
    (
        "relation = \"fnp.darueber\"\nkey = \"kennung\"",
        &["ALTER VIEW oeffentlich.undicht SET (security_invoker = true)"],
    ),
    (
        "relation = \"fnp.leer\"\nlegend = { column = \"kennung\", classes = \"fnp.fehlt\" }",
        &["oeffentlich.fehlt"],
    ),
    (
        "relation = \"Stadt Grün.gesperrt\"",
        &["GRANT SELECT ON \"Stadt Grün\".\"gesperrt\" TO \"zielraum_public\";"],
    ),
    (
        "relation = \"Stadt Grün.gesperrd\"",
        &["Meinten Sie „Stadt Grün.gesperrt“?"],
    ),
    (
        "relation = \"fnp.leer\"\nkey = \"Kennumg\"",
        &["Meinten Sie „kennung“?", "„wert“"],
    ),
    (
        "relation = \"Stadt Grün.ohne_srid\"",
        &[
            "SRID 0",
            "ALTER TABLE \"Stadt Grün\".\"ohne_srid\"",
            "Zeile 2",
        ],
    ),
    (
        "relation = \"Stadt Grün.fremde_srid\"",
        &["990001", "spatial_ref_sys"],
    ),
    (
        "relation = \"Stadt Grün.abgelegt\"\nkey = \"kennung\"",
        &["abgelegt", "Entwürfe", "oeffentlich"],
    ),
    (
        "relation = \"Stadt Grün.ueber_abgelegt\"\nkey = \"kennung\"",
        &["\"Stadt Grün\".abgelegt", "Entwürfe"],
    ),
    (
        "relation = \"Stadt Grün.mit_rechten\"\nkey = \"kennung\"",
        &["mit fremden Rechten", "hebel"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"felder\"",
        &["key", "integer[]"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"doc\"",
        &["key", "jsonb"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"ort\"",
        &["key", "point", "ordnen"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"ja\"",
        &["key", "boolean"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"leer\"",
        &["NULL"],
    ),
    (
        "relation = \"Stadt Grün.schluessellos\"\nkey = \"id\"\nlegend = { column = \"doc\", classes = \"fnp.nutzung\" }",
        &["legend", "jsonb"],
    ),
    ("relation = \"fnp.leer\"\nfarbe = 1", &["line 6", "farbe"]),
    (
        "relation = \"fnp.leer\"\naccess = \"geheim\"",
        &["line 6", "geheim"],
    ),
];

#[tokio::test]
async fn wrong_entries_are_refused_with_their_place() {
    let db = datenbank().await;
    for (eintrag, erwartet) in FALSCH {
        let text = format!("\n[[layer]]\nid = \"probe\"\ntitle = \"Probe\"\n{eintrag}\n");
        let fehler = Katalog::lies(&db.public, EIGENE, Some(("stadt.toml", &text))).await;
        let fehler = fehler.expect_err(eintrag);
        for teil in *erwartet {
            assert!(fehler.to_string().contains(teil), "{eintrag}: {fehler}");
        }
        assert_eq!(fehler.exit_code(), 3);
    }
}

#[tokio::test]
async fn a_grant_given_by_the_operator_opens_the_layer() {
    let db = datenbank().await;
    let text = "[[layer]]\nid = \"probe\"\ntitle = \"Probe\"\nrelation = \"Stadt Grün.gesperrt\"\n";
    let lies = async || Katalog::lies(&db.public, EIGENE, Some(("stadt.toml", text))).await;
    assert!(lies().await.is_err());
    let mut conn = db.admin.acquire().await.unwrap();
    execute(
        &mut conn,
        "GRANT SELECT ON \"Stadt Grün\".\"gesperrt\" TO zielraum_public",
    )
    .await;
    assert!(lies().await.is_ok());
}

#[tokio::test]
async fn internal_entries_need_no_right_of_the_public() {
    let db = datenbank().await;
    let text = "[[layer]]\nid = \"probe\"\ntitle = \"Probe\"\naccess = \"intern\"\nrelation = \"Stadt Grün.gesperrt\"\n";
    let katalog = Katalog::lies(&db.public, EIGENE, Some(("stadt.toml", text)))
        .await
        .unwrap();
    let ids: Vec<_> = katalog
        .oeffentliche(&db.public)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.id)
        .collect();
    assert!(!ids.contains(&"probe".to_owned()) && ids.contains(&"fnp_flaechen".to_owned()));
}

#[tokio::test]
async fn ids_of_ours_are_taken_and_so_are_those_of_plans() {
    let db = datenbank().await;
    for (id, erwartet) in [
        ("fnp_flaechen", "gibt es schon"),
        ("fnp_flaechen_fnp-2001", "je Plan"),
        ("fnp_flaechen_anders", "je Plan"),
        ("zwei wörter", "Die id darf nur"),
        ("a/b", "Die id darf nur"),
    ] {
        let text =
            format!("[[layer]]\nid = \"{id}\"\ntitle = \"Probe\"\nrelation = \"fnp.leer\"\n");
        let fehler = Katalog::lies(&db.public, EIGENE, Some(("stadt.toml", &text)))
            .await
            .expect_err(id)
            .to_string();
        assert!(
            fehler.contains(erwartet) && fehler.contains("stadt.toml, Zeile 1"),
            "{id}: {fehler}"
        );
    }
}
