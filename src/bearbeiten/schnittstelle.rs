//! The writing operations of the layers, for `/api`.

use serde_json::{Value, json};

use crate::http::link::kodiere;
use crate::http::openapi::{Operation, pfad_parameter};
use crate::layers::sammlung::Sammlung;

const THEMA: &str = "Bearbeiten";

fn kopfzeile(name: &str, text: &str) -> Value {
    json!({"name": name, "in": "header", "description": text, "required": false, "schema": {"type": "string"}})
}

/// Headers every change takes.
#[must_use]
pub fn kopfzeilen() -> Vec<Value> {
    vec![
        kopfzeile(
            "If-Match",
            "Nur wenn das Objekt noch diese Version (ETag) hat, sonst 412.",
        ),
        kopfzeile("X-Anlass", "Warum; steht im Verlauf."),
    ]
}

/// Operations of all editable layers.
#[must_use]
pub fn operationen(sammlungen: &[Sammlung]) -> Vec<Operation> {
    let crs = kopfzeile(
        "Content-Crs",
        "Koordinatensystem der gesendeten Geometrie; ohne Angabe CRS84.",
    );
    let mut alle = Vec::new();
    for sammlung in sammlungen {
        let Some(gegenstand) = sammlung.bearbeiten else {
            continue;
        };
        let items = format!("/collections/{}/items", kodiere(&sammlung.id));
        let eines = format!("{items}/{{featureId}}");
        let op = |methode, pfad: &str, tun: &str, medien, status| Operation {
            methode,
            pfad: pfad.to_owned(),
            kennung: format!("{}.{methode}", sammlung.id),
            titel: format!("{}: {} {tun}", sammlung.titel, gegenstand.nomen),
            thema: THEMA,
            parameter: Vec::new(),
            medien,
            status,
        };
        let mut neu = op(
            "post",
            &items,
            "anlegen",
            &["application/geo+json"][..],
            201,
        );
        neu.parameter = vec![
            crs.clone(),
            kopfzeile(
                "Idempotency-Key",
                "Wiederholungen mit demselben Schlüssel werden 24 Stunden lang gleich beantwortet.",
            ),
            kopfzeile(
                "If-None-Match",
                "* : nur wenn es das Objekt noch nicht gibt.",
            ),
            kopfzeile("X-Anlass", "Warum; steht im Verlauf."),
        ];
        alle.push(neu);
        for (methode, tun, medien, status) in [
            ("put", "ersetzen", &["application/geo+json"][..], 200),
            (
                "patch",
                "ändern",
                &["application/merge-patch+json", "application/geo+json"],
                200,
            ),
            ("delete", "löschen", &[], 204),
        ] {
            let mut operation = op(methode, &eines, tun, medien, status);
            operation.parameter = vec![
                pfad_parameter("featureId", "Kennung des Objekts"),
                crs.clone(),
            ];
            operation.parameter.extend(kopfzeilen());
            alle.push(operation);
        }
    }
    alle.extend(super::daten::routes::operationen());
    alle.push(Operation {
        methode: "post",
        pfad: "/verlauf/{art}/{kennung}/{lfd}/zuruecknehmen".to_owned(),
        kennung: "verlauf.zuruecknehmen".to_owned(),
        titel: "Eine Änderung zurücknehmen, als neue Änderung; {\"warum\": …}".to_owned(),
        thema: THEMA,
        parameter: vec![
            pfad_parameter("art", "Art des Gegenstands, wie unter /verlauf"),
            pfad_parameter("kennung", "Kennung des Gegenstands"),
            pfad_parameter("lfd", "Nummer der Änderung, wie sie der Verlauf nennt"),
        ],
        medien: &["application/json"],
        status: 200,
    });
    alle
}
