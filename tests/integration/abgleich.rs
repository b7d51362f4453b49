//! A new delivery beside the one before: which area is which, what changed, which links wait.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sqlx::PgPool;
use tempfile::TempDir;
use zielraum::db::{Database, audit};
use zielraum::import::fnp::abgleich::vergleich::{Linkzustand, Objektvergleich, Vergleich};
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::protokoll::Protokoll;

use crate::support::{TestDb, admin, datenbank, zahl};

/// A plan `p` over 400 × 100 m, made of what a test lists.
#[derive(Default)]
struct Datei {
    objekte: String,
    version: Option<&'static str>,
}

const WOHNEN: &str = "<x:flaechenschluss>true</x:flaechenschluss><x:allgArtDerBaulNutzung>1000</x:allgArtDerBaulNutzung>";
const GEMISCHT: &str = "<x:flaechenschluss>true</x:flaechenschluss><x:allgArtDerBaulNutzung>2000</x:allgArtDerBaulNutzung>";
const SCHLUSS: &str = "<x:flaechenschluss>true</x:flaechenschluss>";

fn orte(punkte: &[(f64, f64)]) -> String {
    let orte: Vec<String> = punkte
        .iter()
        .map(|(x, y)| format!("{:.4} {:.4}", 638_000.0 + x, 5_321_000.0 + y))
        .collect();
    orte.join(" ")
}

impl Datei {
    fn objekt(mut self, id: Option<&str>, klasse: &str, inhalt: &str, geometrie: &str) -> Self {
        let id = id.map_or_else(String::new, |id| format!(r#" gml:id="GML_{id}""#));
        write!(
            self.objekte,
            "<gml:featureMember><x:{klasse}{id}><x:rechtsstand>1000</x:rechtsstand>{inhalt}<x:position>{geometrie}</x:position></x:{klasse}></gml:featureMember>"
        )
        .unwrap();
        self
    }

    fn flaeche(self, id: Option<&str>, klasse: &str, inhalt: &str, ecken: &[(f64, f64)]) -> Self {
        let mut ring = ecken.to_vec();
        ring.push(ecken[0]);
        let geometrie = format!(
            r#"<gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"#,
            orte(&ring)
        );
        self.objekt(id, klasse, inhalt, &geometrie)
    }

    /// Wohnbaufläche over columns `von`…`bis`.
    fn wohnen(self, id: &str, von: f64, bis: f64) -> Self {
        self.flaeche(Some(id), "FP_BebauungsFlaeche", WOHNEN, &spalte(von, bis))
    }

    fn wald(self, id: &str, von: f64, bis: f64) -> Self {
        self.flaeche(Some(id), "FP_WaldFlaeche", SCHLUSS, &spalte(von, bis))
    }

    fn linie(self, id: &str, punkte: &[(f64, f64)]) -> Self {
        let geometrie = format!(
            r#"<gml:LineString srsName="EPSG:25832"><gml:posList>{}</gml:posList></gml:LineString>"#,
            orte(punkte)
        );
        self.objekt(Some(id), "FP_Strassenverkehr", "", &geometrie)
    }

    fn punkt(self, id: &str, x: f64, y: f64) -> Self {
        let geometrie = format!(
            r#"<gml:Point srsName="EPSG:25832"><gml:pos>{}</gml:pos></gml:Point>"#,
            orte(&[(x, y)])
        );
        self.objekt(Some(id), "FP_Gemeinbedarf", "", &geometrie)
    }

    async fn lies(&self, db: &Database, probe: bool) -> Protokoll {
        let ordner = TempDir::new().unwrap();
        let datei = ordner.path().join("p.gml");
        let text = format!(
            r#"<?xml version="1.0"?><x:XPlanAuszug xmlns:x="http://www.xplanung.de/xplangml/{}" xmlns:gml="http://www.opengis.net/gml/3.2"><gml:featureMember><x:FP_Plan gml:id="P"><x:name>Plan</x:name><x:nummer>p</x:nummer><x:raeumlicherGeltungsbereich><gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:raeumlicherGeltungsbereich><x:gemeinde><x:XP_Gemeinde><x:ags>09999001</x:ags><x:gemeindeName>Musterdorf</x:gemeindeName></x:XP_Gemeinde></x:gemeinde><x:planArt>1000</x:planArt><x:rechtsstand>4000</x:rechtsstand></x:FP_Plan></gml:featureMember>{}</x:XPlanAuszug>"#,
            self.version.unwrap_or("5/1"),
            orte(&[
                (0.0, 0.0),
                (400.0, 0.0),
                (400.0, 100.0),
                (0.0, 100.0),
                (0.0, 0.0)
            ]),
            self.objekte
        );
        std::fs::write(&datei, text).unwrap();
        let auftrag = Auftrag {
            datei,
            probe,
            wer: "pruefung".into(),
            ..Auftrag::default()
        };
        fuehre_aus(db, &auftrag)
            .await
            .unwrap_or_else(|(error, _)| panic!("{error}"))
    }

    async fn importiere(&self, db: &Database) -> Vergleich {
        self.lies(db, false).await.vergleich.unwrap_or_default()
    }
}

fn spalte(von: f64, bis: f64) -> [(f64, f64); 4] {
    [(von, 0.0), (bis, 0.0), (bis, 100.0), (von, 100.0)]
}

/// Kennung and gml:id of the areas of the newest version, from west to east.
async fn namen(pool: &PgPool, tabelle: &str) -> Vec<(String, Option<String>)> {
    let sql = format!(
        "SELECT f.kennung, f.gml_id FROM {tabelle} f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell ORDER BY st_xmin(f.geom), f.kennung"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(pool)
        .await
        .unwrap()
}

async fn kennungen(pool: &PgPool, tabelle: &str) -> Vec<String> {
    namen(pool, tabelle)
        .await
        .into_iter()
        .map(|(k, _)| k)
        .collect()
}

fn zaehlung<'v>(v: &'v Vergleich, art: &str) -> &'v Objektvergleich {
    v.objekte.iter().find(|o| o.art == art).unwrap()
}

/// neu, entfallen, geaendert, unveraendert.
fn zahlen(v: &Vergleich, art: &str) -> [i64; 4] {
    let o = zaehlung(v, art);
    assert_eq!(
        o.vorher,
        o.entfallen + o.geaendert + o.unveraendert,
        "{o:?}"
    );
    assert_eq!(o.nachher, o.neu + o.geaendert + o.unveraendert, "{o:?}");
    [o.neu, o.entfallen, o.geaendert, o.unveraendert]
}

#[tokio::test]
async fn ids_given_anew_or_swapped_do_not_move_a_kennung() {
    let db = datenbank().await;
    let erste = Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wohnen("2", 100.0, 200.0)
        .wald("3", 200.0, 400.0);
    erste.importiere(&db).await;
    // 1 and 2 swap their ids, the wood gets that of nobody.
    let v = Datei::default()
        .wohnen("2", 0.0, 100.0)
        .wohnen("1", 100.0, 200.0)
        .wald("4", 200.0, 400.0)
        .importiere(&db)
        .await;
    let soll = [("p.1", "GML_2"), ("p.2", "GML_1"), ("p.3", "GML_4")];
    let ist = namen(&db.write, "flaeche").await;
    assert_eq!(ist, soll.map(|(k, id)| (k.to_owned(), Some(id.to_owned()))));
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 3]);
    assert!(!v.kennungen.gml_id_verlaesslich);
    assert_eq!(v.kennungen.gleiche_geometrie, 3);
}

#[tokio::test]
async fn a_number_given_to_another_area_is_no_identity() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wohnen("2", 100.0, 200.0)
        .wohnen("3", 200.0, 300.0)
        .wald("4", 300.0, 400.0)
        .importiere(&db)
        .await;
    // The first is gone and everything is counted anew; a new area has the number of a lost one.
    let v = Datei::default()
        .wohnen("1", 100.0, 200.0)
        .wohnen("2", 200.0, 300.0)
        .wald("3", 300.0, 350.0)
        .flaeche(Some("4"), "FP_Gruen", SCHLUSS, &spalte(0.0, 100.0))
        .importiere(&db)
        .await;
    let ist = kennungen(&db.write, "flaeche").await;
    // Grün where p.1 was has a name nobody had; the wood, half gone, is another one.
    assert_eq!(ist[1..3], ["p.2", "p.3"]);
    assert!(
        !["p.1", "p.2", "p.3", "p.4"].contains(&ist[0].as_str()),
        "{ist:?}"
    );
    assert!(
        !["p.1", "p.2", "p.3", "p.4"].contains(&ist[3].as_str()),
        "{ist:?}"
    );
    assert_eq!(zahlen(&v, "flaeche"), [2, 2, 0, 2]);
}

#[tokio::test]
async fn a_kept_id_follows_an_area_that_grew() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    let v = Datei::default()
        .wohnen("1", 0.0, 180.0)
        .wald("2", 180.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 2, 0]);
    assert_eq!(v.kennungen.gml_id, 2);
    let wald = v.nutzungen.iter().find(|n| n.nutzung == "wald").unwrap();
    assert!((wald.vorher_m2 - 30_000.0).abs() < 1e-6 && (wald.differenz_m2 + 8_000.0).abs() < 1e-6);
    assert!((v.nutzungen.iter().map(|n| n.differenz_m2).sum::<f64>()).abs() < 1e-6);
    // Another land use under the same id is a change, not a loss.
    let v = Datei::default()
        .flaeche(Some("1"), "FP_Gruen", SCHLUSS, &spalte(0.0, 180.0))
        .wald("2", 180.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    let o = zaehlung(&v, "flaeche");
    assert_eq!(
        (o.geaendert, o.klasse, o.nutzung, o.geometrie),
        (1, 1, 1, 0)
    );
}

#[tokio::test]
async fn overlap_of_ninety_percent_either_way_decides_without_ids() {
    let db = datenbank().await;
    let ohne =
        |von, bis| Datei::default().flaeche(None, "FP_BebauungsFlaeche", WOHNEN, &spalte(von, bis));
    ohne(0.0, 100.0).importiere(&db).await;
    let erste = kennungen(&db.write, "flaeche").await;
    let v = ohne(0.0, 105.0).importiere(&db).await;
    assert_eq!(kennungen(&db.write, "flaeche").await, erste);
    assert_eq!(
        (v.kennungen.ueberdeckung, zahlen(&v, "flaeche")),
        (1, [0, 0, 1, 0])
    );
    // Covers the old one wholly, but is much larger.
    let v = ohne(0.0, 130.0).importiere(&db).await;
    assert_ne!(kennungen(&db.write, "flaeche").await, erste);
    assert_eq!(zahlen(&v, "flaeche"), [1, 1, 0, 0]);
    // A ring begun elsewhere is the same form.
    let zweite = kennungen(&db.write, "flaeche").await;
    let ring = [(130.0, 100.0), (0.0, 100.0), (0.0, 0.0), (130.0, 0.0)];
    let v = Datei::default()
        .flaeche(None, "FP_BebauungsFlaeche", WOHNEN, &ring)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, zweite);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 1]);
}

#[tokio::test]
async fn each_area_is_given_away_once_to_the_best() {
    let db = datenbank().await;
    let stapel = |ids: &[&str], breite: f64| {
        ids.iter().enumerate().fold(Datei::default(), |d, (i, id)| {
            d.flaeche(
                Some(id),
                "FP_BebauungsFlaeche",
                WOHNEN,
                &spalte(0.0, breite + f64::from(u32::try_from(i).unwrap())),
            )
        })
    };
    stapel(&["a", "b", "c"], 100.0).importiere(&db).await;
    let v = stapel(&["x", "y", "z", "w"], 100.4).importiere(&db).await;
    let ist = kennungen(&db.write, "flaeche").await;
    let verschieden: std::collections::BTreeSet<&String> = ist.iter().collect();
    assert_eq!(verschieden.len(), 4, "{ist:?}");
    assert_eq!(v.kennungen.ueberdeckung, 3);
    assert_eq!(zahlen(&v, "flaeche"), [1, 0, 3, 0]);
    let weiten: BTreeMap<String, f64> = sqlx::query_as("SELECT f.kennung, st_xmax(f.geom) - 638000 FROM flaeche f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell")
        .fetch_all(&db.write)
        .await
        .unwrap()
        .into_iter()
        .collect();
    for (kennung, weite) in [("p.a", 100.4), ("p.b", 101.4), ("p.c", 102.4)] {
        assert!((weiten[kennung] - weite).abs() < 1e-6, "{weiten:?}");
    }
}

#[tokio::test]
async fn overlays_lines_and_points_keep_theirs_too() {
    let db = datenbank().await;
    let bau = |ids: [&str; 5], d: f64| {
        let schutz = [
            (50.0, 10.0 + d),
            (90.0, 10.0 + d),
            (90.0, 60.0 + d),
            (50.0, 60.0 + d),
        ];
        Datei::default()
            .wohnen("w", 0.0, 400.0)
            .flaeche(Some(ids[0]), "FP_SchutzPflegeEntwicklung", "", &schutz)
            .linie(ids[1], &[(0.0, 50.0 + d), (200.0, 50.0 + d), (400.0, 80.0)])
            .linie(ids[2], &[(0.0, 20.0), (200.0, 20.0 + d)])
            .punkt(ids[3], 10.0 + d, 10.0)
            .punkt(ids[4], 300.0, 10.0)
    };
    bau(["s", "l1", "l2", "p1", "p2"], 0.0)
        .importiere(&db)
        .await;
    let v = bau(["p2", "l2", "l1", "s", "p1"], 0.3)
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "ueberlagerung").await, ["p.s"]);
    let linien: Vec<String> = sqlx::query_scalar("SELECT l.kennung FROM linie l JOIN fassung a ON a.id = l.fassung_id AND a.aktuell ORDER BY laenge_m DESC")
        .fetch_all(&db.write)
        .await
        .unwrap();
    assert_eq!(linien, ["p.l1", "p.l2"]);
    assert_eq!(kennungen(&db.write, "punkt").await, ["p.p1", "p.p2"]);
    assert_eq!(zahlen(&v, "ueberlagerung"), [0, 0, 1, 0]);
    assert_eq!(zahlen(&v, "linie"), [0, 0, 2, 0]);
    assert_eq!(zahlen(&v, "punkt"), [0, 0, 1, 1]);
}

#[tokio::test]
async fn a_newer_xplanung_version_changes_no_kennung() {
    let db = datenbank().await;
    Datei::default()
        .flaeche(
            Some("1"),
            "FP_LandwirtschaftsFlaeche",
            SCHLUSS,
            &spalte(0.0, 400.0),
        )
        .importiere(&db)
        .await;
    let mut neu = Datei::default().flaeche(
        Some("77"),
        "FP_Landwirtschaft",
        SCHLUSS,
        &spalte(0.0, 400.0),
    );
    neu.version = Some("6/0");
    let v = neu.importiere(&db).await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1"]);
    assert_eq!(zahlen(&v, "flaeche"), [0, 0, 0, 1]);
}

async fn massnahme(db: &TestDb, kennung: &str, flaeche: &str, oeffentlich: bool) {
    let mut tx = audit::begin(&db.write, "pruefung", "Maßnahme")
        .await
        .unwrap();
    sqlx::query("INSERT INTO massnahme (id, kennung, titel, art) VALUES (gen_random_uuid(), $1, 'Titel ' || $1, (SELECT min(schluessel) FROM massnahme_art))")
        .bind(kennung)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("INSERT INTO verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom) SELECT a.plan_id, f.kennung, f.fassung_id, f.nutzung, f.flaeche_m2, f.geom FROM flaeche f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell WHERE f.kennung = $1 ON CONFLICT DO NOTHING")
        .bind(flaeche)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("INSERT INTO raumbezug (id, massnahme_id, art, plan_id, flaeche_kennung) SELECT gen_random_uuid(), m.id, 'fnp_flaeche', p.id, $2 FROM massnahme m, plan p WHERE m.kennung = $1 AND p.kennung = 'p'")
        .bind(kennung)
        .bind(flaeche)
        .execute(&mut *tx)
        .await
        .unwrap();
    if oeffentlich {
        sqlx::query("SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = $1")
            .bind(kennung)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

const PRUEFEN: &str =
    "SELECT massnahme, flaeche, nachfolger FROM verweis_pruefen ORDER BY massnahme";

async fn zu_pruefen(pool: &PgPool) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as(PRUEFEN).fetch_all(pool).await.unwrap()
}

fn zeile(m: &str, f: &str, n: &str) -> (String, String, Option<String>) {
    (m.into(), f.into(), Some(n.into()))
}

#[tokio::test]
async fn a_link_that_loses_its_area_waits_and_recovers() {
    let db = datenbank().await;
    let alt = Datei::default()
        .wohnen("1", 0.0, 200.0)
        .wald("2", 200.0, 400.0);
    alt.importiere(&db).await;
    massnahme(&db, "m-offen", "p.1", true).await;
    massnahme(&db, "m-entwurf", "p.1", false).await;
    massnahme(&db, "m-wald", "p.2", true).await;
    let neu = Datei::default()
        .flaeche(Some("8"), "FP_Gruen", SCHLUSS, &spalte(0.0, 150.0))
        .flaeche(
            Some("9"),
            "FP_BebauungsFlaeche",
            GEMISCHT,
            &spalte(150.0, 200.0),
        )
        .wald("2", 200.0, 400.0);

    // The trial says it and stores nothing.
    let probe = neu.lies(&db, true).await;
    let zustaende = |v: &Vergleich| -> Vec<(String, Linkzustand)> {
        v.links
            .iter()
            .map(|l| (l.massnahme.clone(), l.zustand))
            .collect()
    };
    let soll = [
        ("m-entwurf", Linkzustand::ZuPruefen),
        ("m-offen", Linkzustand::ZuPruefen),
        ("m-wald", Linkzustand::Bleibt),
    ];
    let v = probe.vergleich.clone().unwrap();
    assert_eq!(zustaende(&v), soll.map(|(m, z)| (m.to_owned(), z)));
    let text = probe.text();
    let fliessend: Vec<&str> = text.split_whitespace().collect();
    assert!(
        fliessend
            .join(" ")
            .contains("dort liegt jetzt p.8 (gruen, 75 %), p.9 (M, 25 %)"),
        "{text}"
    );
    assert!(text.lines().all(|z| z.chars().count() <= 80), "{text}");
    assert!(zu_pruefen(&db.write).await.is_empty());
    assert_eq!(
        zahl(&db.write, "SELECT count(*) FROM fassung")
            .await
            .unwrap(),
        1
    );

    let ergebnis = neu.lies(&db, false).await;
    assert_eq!(ergebnis.vergleich.unwrap().objekte, v.objekte);
    assert_eq!(
        zu_pruefen(&db.write).await,
        [
            zeile("m-entwurf", "p.1", "p.8"),
            zeile("m-offen", "p.1", "p.8")
        ]
    );
    // The public sees what is public; the link is there with its last shape.
    assert_eq!(
        zu_pruefen(&db.public).await,
        [zeile("m-offen", "p.1", "p.8")]
    );
    let orte = "SELECT count(*) FROM massnahme_polygon WHERE kennung = 'm-offen' AND zu_pruefen = 1 AND abs(st_area(geom) - 20000) < 1";
    for pool in [&db.write, &db.public] {
        assert_eq!(zahl(pool, orte).await.unwrap(), 1);
    }
    let befunde = "SELECT count(*) FROM import_befund WHERE code = 'verknuepfung-zu-pruefen'";
    assert_eq!(zahl(&db.write, befunde).await.unwrap(), 2);
    assert_eq!(
        zahl(&db.public, befunde).await.unwrap(),
        0,
        "findings name drafts"
    );
    let verraten = "SELECT count(*) FROM import_sicht WHERE bericht::text || coalesce(vergleich::text, '') LIKE '%m-entwurf%'";
    assert_eq!(zahl(&db.public, verraten).await.unwrap(), 0);
    let geblieben = "SELECT count(*) FROM raumbezug WHERE flaeche_kennung = 'p.1'";
    assert_eq!(zahl(&db.write, geblieben).await.unwrap(), 2);

    // A measure published while its area is gone brings its link along.
    let mut tx = audit::begin(&db.write, "pruefung", "Freigabe")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-entwurf'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(zu_pruefen(&db.public).await.len(), 2);

    // Back under another id: known by its shape.
    let v = Datei::default()
        .wohnen("50", 0.0, 200.0)
        .wald("2", 200.0, 400.0)
        .importiere(&db)
        .await;
    assert_eq!(v.kennungen.wieder_da, 1);
    assert_eq!(v.links[0].zustand, Linkzustand::WiederDa);
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.1", "p.2"]);
    for pool in [&db.write, &db.public] {
        assert!(zu_pruefen(pool).await.is_empty());
        assert_eq!(zahl(pool, "SELECT count(*) FROM massnahme_flaeche mf JOIN massnahme m ON m.id = mf.massnahme_id WHERE m.kennung = 'm-offen'").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_new_area_never_takes_the_name_of_a_lost_link() {
    let db = datenbank().await;
    Datei::default()
        .wohnen("1", 0.0, 100.0)
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    massnahme(&db, "m", "p.1", true).await;
    Datei::default()
        .wald("2", 100.0, 400.0)
        .importiere(&db)
        .await;
    // Two deliveries later the number 1 stands for something elsewhere.
    let v = Datei::default()
        .wald("2", 100.0, 300.0)
        .flaeche(Some("1"), "FP_Gruen", SCHLUSS, &spalte(300.0, 400.0))
        .importiere(&db)
        .await;
    assert_eq!(kennungen(&db.write, "flaeche").await, ["p.2", "p.1-2"]);
    assert_eq!(v.links[0].zustand, Linkzustand::ZuPruefen);
    assert_eq!(zu_pruefen(&db.write).await.len(), 1);
}

#[tokio::test]
async fn a_comparison_with_a_draft_is_not_public() {
    let db = datenbank().await;
    let plan = Datei::default().wohnen("1", 0.0, 400.0);
    plan.importiere(&db).await;
    plan.importiere(&db).await;
    let vergleiche = "SELECT count(*) FROM import_vergleich";
    assert_eq!(zahl(&db.public, vergleiche).await.unwrap(), 1);
    // As if the version compared with had never been published.
    let admin = admin(&db).await;
    sqlx::query("DELETE FROM oeffentlich.import_vergleich")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("ALTER TABLE oeffentlich.fassung DISABLE TRIGGER USER")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("ALTER TABLE oeffentlich.pruefung DISABLE TRIGGER USER")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("DELETE FROM oeffentlich.pruefung WHERE fassung_id = 1")
        .execute(&admin)
        .await
        .unwrap();
    sqlx::query("DELETE FROM oeffentlich.fassung WHERE nummer = 1")
        .execute(&admin)
        .await
        .unwrap();
    let mut tx = audit::begin(&db.write, "pruefung", "Freigabe")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.uebertrage_import(importlauf_id) FROM fassung WHERE nummer = 2")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(zahl(&db.public, vergleiche).await.unwrap(), 0);
    assert_eq!(
        zahl(&db.public, "SELECT count(*) FROM import_sicht")
            .await
            .unwrap(),
        1
    );
}
