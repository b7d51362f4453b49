//! Plans made object by object, and what to look at after importing them.

use std::fmt::Write as _;

use sqlx::PgPool;
use tempfile::TempDir;
use zielraum::db::Database;
use zielraum::import::fnp::abgleich::vergleich::{Objektvergleich, Vergleich};
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::protokoll::Protokoll;

/// A plan `p` over 400 × 100 m, made of what a test lists.
#[derive(Default)]
pub struct Datei {
    objekte: String,
    pub version: Option<&'static str>,
}

pub const WOHNEN: &str = "<x:flaechenschluss>true</x:flaechenschluss><x:allgArtDerBaulNutzung>1000</x:allgArtDerBaulNutzung>";
pub const GEMISCHT: &str = "<x:flaechenschluss>true</x:flaechenschluss><x:allgArtDerBaulNutzung>2000</x:allgArtDerBaulNutzung>";
pub const SCHLUSS: &str = "<x:flaechenschluss>true</x:flaechenschluss>";

fn orte(punkte: &[(f64, f64)]) -> String {
    let orte: Vec<String> = punkte
        .iter()
        .map(|(x, y)| format!("{:.4} {:.4}", 638_000.0 + x, 5_321_000.0 + y))
        .collect();
    orte.join(" ")
}

impl Datei {
    pub fn objekt(mut self, id: Option<&str>, klasse: &str, inhalt: &str, geometrie: &str) -> Self {
        let id = id.map_or_else(String::new, |id| format!(r#" gml:id="GML_{id}""#));
        write!(
            self.objekte,
            "<gml:featureMember><x:{klasse}{id}><x:rechtsstand>1000</x:rechtsstand>{inhalt}<x:position>{geometrie}</x:position></x:{klasse}></gml:featureMember>"
        )
        .unwrap();
        self
    }

    pub fn flaeche(
        self,
        id: Option<&str>,
        klasse: &str,
        inhalt: &str,
        ecken: &[(f64, f64)],
    ) -> Self {
        let mut ring = ecken.to_vec();
        ring.push(ecken[0]);
        let geometrie = format!(
            r#"<gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"#,
            orte(&ring)
        );
        self.objekt(id, klasse, inhalt, &geometrie)
    }

    /// Wohnbaufläche over columns `von`…`bis`.
    pub fn wohnen(self, id: &str, von: f64, bis: f64) -> Self {
        self.flaeche(Some(id), "FP_BebauungsFlaeche", WOHNEN, &spalte(von, bis))
    }

    pub fn wald(self, id: &str, von: f64, bis: f64) -> Self {
        self.flaeche(Some(id), "FP_WaldFlaeche", SCHLUSS, &spalte(von, bis))
    }

    pub fn linie(self, id: &str, punkte: &[(f64, f64)]) -> Self {
        let geometrie = format!(
            r#"<gml:LineString srsName="EPSG:25832"><gml:posList>{}</gml:posList></gml:LineString>"#,
            orte(punkte)
        );
        self.objekt(Some(id), "FP_Strassenverkehr", "", &geometrie)
    }

    pub fn punkt(self, id: &str, x: f64, y: f64) -> Self {
        let geometrie = format!(
            r#"<gml:Point srsName="EPSG:25832"><gml:pos>{}</gml:pos></gml:Point>"#,
            orte(&[(x, y)])
        );
        self.objekt(Some(id), "FP_Gemeinbedarf", "", &geometrie)
    }

    pub async fn lies(&self, db: &Database, probe: bool) -> Protokoll {
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

    pub async fn importiere(&self, db: &Database) -> Vergleich {
        self.lies(db, false).await.vergleich.unwrap_or_default()
    }
}

pub fn spalte(von: f64, bis: f64) -> [(f64, f64); 4] {
    [(von, 0.0), (bis, 0.0), (bis, 100.0), (von, 100.0)]
}

/// Kennung and gml:id of the areas of the newest version, from west to east.
pub async fn namen(pool: &PgPool, tabelle: &str) -> Vec<(String, Option<String>)> {
    let sql = format!(
        "SELECT f.kennung, f.gml_id FROM {tabelle} f JOIN fassung a ON a.id = f.fassung_id AND a.aktuell ORDER BY st_xmin(f.geom), f.kennung"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(pool)
        .await
        .unwrap()
}

pub async fn kennungen(pool: &PgPool, tabelle: &str) -> Vec<String> {
    namen(pool, tabelle)
        .await
        .into_iter()
        .map(|(k, _)| k)
        .collect()
}

pub fn zaehlung<'v>(v: &'v Vergleich, art: &str) -> &'v Objektvergleich {
    v.objekte.iter().find(|o| o.art == art).unwrap()
}

/// neu, entfallen, geaendert, unveraendert.
pub fn zahlen(v: &Vergleich, art: &str) -> [i64; 4] {
    let o = zaehlung(v, art);
    assert_eq!(
        o.vorher,
        o.entfallen + o.geaendert + o.unveraendert,
        "{o:?}"
    );
    assert_eq!(o.nachher, o.neu + o.geaendert + o.unveraendert, "{o:?}");
    [o.neu, o.entfallen, o.geaendert, o.unveraendert]
}
