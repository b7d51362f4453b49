//! The paths of this module for `/api`.

use serde_json::{Value, json};

use super::dokumente::MVT;
use crate::http::openapi::{Pfad, anfrage_parameter, pfad_parameter, text_parameter, verweis};
use crate::layers::documents::JSON;

const SATZ: &str = "/{tileMatrixSetId}";
const KACHEL: &str = "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}";

fn neu(
    pfad: &str,
    kennung: &str,
    titel: &str,
    parameter: Vec<Value>,
    medium: &'static str,
) -> Pfad {
    Pfad {
        pfad: pfad.to_owned(),
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "Kacheln",
        parameter,
        medien: vec![medium],
    }
}

fn ebenen() -> Value {
    let liste = json!({"type": "array", "items": {"type": "string"}});
    anfrage_parameter("collections", "Ebenen, durch Komma getrennt.", &liste)
}

/// Parameters every tile takes.
fn gemeinsame() -> Vec<Value> {
    let text = "Nur diese Felder, durch Komma getrennt; ohne Angabe unter Zoom 12 Schlüssel, Namen und was die Farbe bestimmt, sonst alle.";
    let mut alle = ["datetime", "filter", "filter-lang", "filter-crs"]
        .map(verweis)
        .to_vec();
    alle.push(text_parameter("properties", text));
    alle
}

fn satz() -> Value {
    pfad_parameter(
        "tileMatrixSetId",
        "Kachelung: WebMercatorQuad oder AdV_25832 (ETRS89/UTM32).",
    )
}

fn kachel(vorn: Vec<Value>) -> Vec<Value> {
    let ort = [
        ("tileMatrix", "Zoom."),
        ("tileRow", "Zeile, von Norden."),
        ("tileCol", "Spalte, von Westen."),
    ];
    let ort = ort.map(|(name, text)| pfad_parameter(name, text));
    [vorn, vec![satz()], ort.to_vec(), gemeinsame()].concat()
}

/// All paths of this module.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let matrizen = "/tileMatrixSets";
    let mut pfade = vec![
        neu(matrizen, "tileMatrixSets", "Kachelungen", vec![], JSON),
        neu(
            &format!("{matrizen}{SATZ}"),
            "tileMatrixSet",
            "Eine Kachelung",
            vec![satz()],
            JSON,
        ),
    ];
    let sammlung = || pfad_parameter("collectionId", "Ebene.");
    for (wurzel, kennung, titel, im_pfad, gefragt) in [
        (
            "/tiles",
            "zielraum.dataset",
            "mehrerer Ebenen",
            vec![],
            vec![ebenen()],
        ),
        (
            "/collections/{collectionId}/tiles",
            "zielraum.collection",
            "einer Ebene",
            vec![sammlung()],
            vec![],
        ),
    ] {
        pfade.push(neu(
            wurzel,
            &format!("{kennung}.vector.getTileSetsList"),
            &format!("Kacheln {titel}"),
            im_pfad.clone(),
            JSON,
        ));
        let parameter = [im_pfad.clone(), vec![satz()], gefragt.clone()].concat();
        pfade.push(neu(
            &format!("{wurzel}{SATZ}"),
            &format!("{kennung}.vector.getTileSet"),
            &format!("Kacheln {titel}: Beschreibung"),
            parameter,
            JSON,
        ));
        pfade.push(neu(
            &format!("{wurzel}{KACHEL}"),
            &format!("{kennung}.vector.getTile"),
            &format!("Eine Kachel {titel}"),
            kachel([im_pfad, gefragt].concat()),
            MVT,
        ));
    }
    let liste = || pfad_parameter("ebenen", "Ebenen, durch Komma getrennt.");
    pfade.push(neu(
        "/kacheln/{ebenen}",
        "tilejson",
        "TileJSON für Ebenen",
        vec![liste()],
        JSON,
    ));
    let ort = [
        ("z", "Zoom."),
        ("x", "Spalte, von Westen."),
        ("y", "Zeile, von Norden, dahinter „.mvt“."),
    ];
    let ort = ort.map(|(name, text)| pfad_parameter(name, text));
    pfade.push(neu(
        "/kacheln/{ebenen}/{z}/{x}/{y}",
        "xyz",
        "Eine Kachel, wie QGIS und MapLibre sie holen",
        [vec![liste()], ort.to_vec(), gemeinsame()].concat(),
        MVT,
    ));
    pfade
}
