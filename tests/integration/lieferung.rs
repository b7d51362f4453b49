//! Small plans made for one question, as XPlanGML 5.1.

use std::fmt::Write as _;
use std::path::PathBuf;

use tempfile::TempDir;
use zielraum::db::Database;
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::protokoll::Protokoll;

/// A plan over 638000…638200 × 5321000…5321100: 20,000 m².
pub struct Plan {
    nummer: &'static str,
    rechtsstand: Option<&'static str>,
    art: &'static str,
    objekte: String,
    ordner: TempDir,
}

impl Plan {
    pub fn neu(nummer: &'static str) -> Self {
        Self {
            nummer,
            rechtsstand: Some("4000"),
            art: "1000",
            objekte: String::new(),
            ordner: TempDir::new().unwrap(),
        }
    }

    /// Adds an area of a class; `inhalt` are its properties, `ring` its corners in m from
    /// the lower left of the plan.
    pub fn mit(mut self, klasse: &str, inhalt: &str, ring: &[(f64, f64)]) -> Self {
        let nr = self.objekte.matches("<gml:featureMember>").count() + 1;
        let ecken = ring.iter().chain(&ring[..1]);
        let orte: Vec<String> = ecken
            .map(|(x, y)| format!("{:.3} {:.3}", 638_000.0 + x, 5_321_000.0 + y))
            .collect();
        write!(
            self.objekte,
            r#"<gml:featureMember><x:{klasse} gml:id="GML_{nr}"><x:rechtsstand>1000</x:rechtsstand>{inhalt}<x:position><gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:position></x:{klasse}></gml:featureMember>"#,
            orte.join(" ")
        )
        .unwrap();
        self
    }

    /// Wohnbaufläche of the Flächenschluss over columns `von`…`bis` (m), 100 m high.
    pub fn wohnen(self, von: f64, bis: f64) -> Self {
        let inhalt = "<x:flaechenschluss>true</x:flaechenschluss><x:allgArtDerBaulNutzung>1000</x:allgArtDerBaulNutzung>";
        self.mit("FP_BebauungsFlaeche", inhalt, &rechteck(von, bis))
    }

    /// Wald of the Flächenschluss over the same.
    pub fn wald(self, von: f64, bis: f64) -> Self {
        let inhalt = "<x:flaechenschluss>true</x:flaechenschluss>";
        self.mit("FP_WaldFlaeche", inhalt, &rechteck(von, bis))
    }

    pub fn rechtsstand(mut self, code: Option<&'static str>) -> Self {
        self.rechtsstand = code;
        self
    }

    pub fn plan_art(mut self, code: &'static str) -> Self {
        self.art = code;
        self
    }

    /// Writes the file.
    pub fn datei(&self) -> PathBuf {
        let rechtsstand = self.rechtsstand.map_or_else(String::new, |code| {
            format!("<x:rechtsstand>{code}</x:rechtsstand>")
        });
        let text = format!(
            r#"<?xml version="1.0"?><x:XPlanAuszug xmlns:x="http://www.xplanung.de/xplangml/5/1" xmlns:gml="http://www.opengis.net/gml/3.2">
<gml:featureMember><x:FP_Plan gml:id="P"><x:name>Probe {0}</x:name><x:nummer>{0}</x:nummer><x:raeumlicherGeltungsbereich><gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>638000 5321000 638200 5321000 638200 5321100 638000 5321100 638000 5321000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:raeumlicherGeltungsbereich><x:gemeinde><x:XP_Gemeinde><x:ags>09999001</x:ags><x:gemeindeName>Musterdorf</x:gemeindeName></x:XP_Gemeinde></x:gemeinde><x:planArt>{1}</x:planArt>{rechtsstand}</x:FP_Plan></gml:featureMember>
{2}</x:XPlanAuszug>"#,
            self.nummer, self.art, self.objekte
        );
        let pfad = self.ordner.path().join(format!("{}.gml", self.nummer));
        std::fs::write(&pfad, text).unwrap();
        pfad
    }

    /// What an import of it would be asked.
    pub fn auftrag(&self) -> Auftrag {
        Auftrag {
            datei: self.datei(),
            wer: "pruefung".into(),
            ..Auftrag::default()
        }
    }

    /// Imports it as it is.
    pub async fn importiere(&self, db: &Database) -> Protokoll {
        fuehre_aus(db, &self.auftrag()).await.unwrap()
    }
}

fn rechteck(von: f64, bis: f64) -> [(f64, f64); 4] {
    [(von, 0.0), (bis, 0.0), (bis, 100.0), (von, 100.0)]
}
