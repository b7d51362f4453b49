//! `/qgis`: what there is to open; projects and layer definitions; the signs.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::quelle::Quellen;
use super::umfang::Umfang;
use super::{Dienst, projekt, store};
use crate::error::{Error, Result};
use crate::fnp::plan;
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::negotiate::{Ausgabe, Format};
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::layers::formate::ogr::ascii;
use crate::layers::stil::zeichen;

type Antwort = std::result::Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

const QGS: &str = "application/x-qgis-project";
const QGZ: &str = "application/x-qgis-project-zip";
const QLR: &str = "application/x-qgis-layer-definition";
const SVG: &str = "image/svg+xml";

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/qgis", get(liste))
        .route("/qgis/{datei}", get(projektdatei))
        .route("/qgis/ebenen/{datei}", get(ebene))
        .route("/qgis/gruppen/{datei}", get(gruppe))
        .route("/zeichen/{datei}", get(bild))
        .with_state(dienst)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let frage = || {
        vec![
            text_parameter(
                "plan",
                "Kennung des Plans; ohne Angabe der wirksame Plan mit den Entwürfen",
            ),
            text_parameter(
                "gebiet",
                "Kennung eines Gebiets der Dorferneuerung, auf das das Projekt blickt",
            ),
        ]
    };
    let datei = |pfad: &str, kennung: &str, titel: &str, parameter: Vec<Value>, medium| Pfad {
        pfad: pfad.to_owned(),
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "QGIS",
        parameter,
        medien: vec![medium],
    };
    let ausgaben = &[Ausgabe::Json, Ausgabe::Html];
    vec![
        Pfad::neu(
            "QGIS",
            ("/qgis", "qgis"),
            "Projekte und Ebenen für QGIS",
            ausgaben,
            vec![],
        ),
        datei(
            "/qgis/projekt.qgz",
            "qgis.qgz",
            "Projekt für QGIS",
            frage(),
            QGZ,
        ),
        datei(
            "/qgis/projekt.qgs",
            "qgis.qgs",
            "Projekt für QGIS, ungepackt",
            frage(),
            QGS,
        ),
        datei(
            "/qgis/ebenen/{datei}",
            "qgis.ebene",
            "Eine Ebene für QGIS",
            vec![pfad_parameter(
                "datei",
                "Kennung der Ebene, dahinter „.qlr“.",
            )],
            QLR,
        ),
        datei(
            "/qgis/gruppen/{datei}",
            "qgis.gruppe",
            "Eine Gruppe von Ebenen für QGIS",
            [
                vec![pfad_parameter(
                    "datei",
                    "Titel der Gruppe, dahinter „.qlr“.",
                )],
                frage(),
            ]
            .concat(),
            QLR,
        ),
        datei(
            "/zeichen/{datei}",
            "zeichen",
            "Ein Planzeichen",
            vec![pfad_parameter(
                "datei",
                "Name des Zeichens, dahinter „.svg“.",
            )],
            SVG,
        ),
    ]
}

async fn umfang(dienst: &Dienst, anfrage: &Anfrage) -> std::result::Result<Umfang, Problem> {
    anfrage.parameter.nur(&["plan", "gebiet"])?;
    let wahl = (
        anfrage.parameter.gesetzt("plan")?,
        anfrage.parameter.gesetzt("gebiet")?,
    );
    Ok(Umfang::lies(
        &dienst.pool,
        &dienst.katalog,
        &Quellen::dienst(&anfrage.basis),
        wahl,
    )
    .await?)
}

async fn projektdatei(
    State(dienst): Dienste,
    Path(datei): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    let gepackt = match datei.as_str() {
        "projekt.qgz" => true,
        "projekt.qgs" => false,
        _ => {
            return Err(Error::nicht_gefunden(format!(
                "„{datei}“ gibt es hier nicht. Projekte heißen projekt.qgz oder projekt.qgs, Ebenen ebenen/KENNUNG.qlr; alles zeigt /qgis."
            ))
            .into());
        }
    };
    let umfang = umfang(&dienst, &anfrage).await?;
    let text = projekt::dokument(&Quellen::dienst(&anfrage.basis), &umfang);
    let name = ascii(&umfang.kennung);
    if gepackt {
        let inhalt = packe(&name, &text)?;
        return Ok(anhang(QGZ, inhalt, &format!("{name}.qgz")));
    }
    Ok(anhang(QGS, text.into_bytes(), &format!("{name}.qgs")))
}

async fn ebene(State(dienst): Dienste, Path(datei): Path<String>, anfrage: Anfrage) -> Antwort {
    let id = endung(&datei, ".qlr")?;
    anfrage.parameter.nur(&[])?;
    // What the reader may not see is not there, in the catalogue's words.
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, id)
        .await?;
    let ebene = Umfang::einzeln(&dienst.pool, &Quellen::dienst(&anfrage.basis), sammlung).await?;
    let text = projekt::definition_der_ebene(&Quellen::dienst(&anfrage.basis), &ebene);
    Ok(anhang(
        QLR,
        text.into_bytes(),
        &format!("{}.qlr", ascii(id)),
    ))
}

async fn gruppe(State(dienst): Dienste, Path(datei): Path<String>, anfrage: Anfrage) -> Antwort {
    let titel = endung(&datei, ".qlr")?;
    let umfang = umfang(&dienst, &anfrage).await?;
    let Some(gruppe) = umfang.gruppen.iter().find(|g| g.titel == titel) else {
        let titel_der: Vec<&str> = umfang.gruppen.iter().map(|g| g.titel.as_str()).collect();
        return Err(Error::nicht_gefunden(format!(
            "Eine Gruppe „{titel}“ gibt es nicht. Vorhanden: {}.",
            titel_der.join(", ")
        ))
        .into());
    };
    let text = projekt::definition_der_gruppe(&Quellen::dienst(&anfrage.basis), gruppe);
    Ok(anhang(
        QLR,
        text.into_bytes(),
        &format!("{}.qlr", ascii(titel)),
    ))
}

async fn bild(Path(datei): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let svg = zeichen::svg(endung(&datei, ".svg")?)?;
    Ok(([(header::CONTENT_TYPE, SVG)], svg).into_response())
}

fn endung<'a>(datei: &'a str, endung: &str) -> Result<&'a str> {
    datei.strip_suffix(endung).ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "„{datei}“ gibt es hier nicht; der Name endet auf „{endung}“."
        ))
    })
}

/// A project inside a ZIP, as QGIS packs it; the same project gives the same bytes.
///
/// # Errors
/// None that a caller could change.
pub fn packe(name: &str, text: &str) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(format!("{name}.qgs"), SimpleFileOptions::default())
        .map_err(Error::intern)?;
    zip.write_all(text.as_bytes()).map_err(Error::intern)?;
    Ok(zip.finish().map_err(Error::intern)?.into_inner())
}

fn anhang(medium: &'static str, inhalt: Vec<u8>, name: &str) -> Response {
    let mut antwort = ([(header::CONTENT_TYPE, medium)], inhalt).into_response();
    if let Ok(wert) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        antwort
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, wert);
    }
    antwort
}

/// One file of the list.
struct Datei {
    titel: String,
    adresse: String,
}

#[derive(Template)]
#[template(path = "qgis/templates/qgis.html")]
struct Liste {
    seite: Seite,
    projekte: Vec<Datei>,
    gruppen: Vec<(Datei, Vec<Datei>)>,
    /// Signs by their names.
    zeichen: Vec<Datei>,
}

async fn liste(State(dienst): Dienste, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&["application/json"])?;
    let basis = &anfrage.basis;
    let mut conn = dienst.pool.acquire().await.map_err(Error::from)?;
    let plaene = plan::alle(&mut conn).await?;
    let gebiete = store::gebiete(&mut conn).await?;
    drop(conn);
    let projekt = |titel: String, frage: Option<(&str, &str)>| Datei {
        titel,
        adresse: match frage {
            None => basis.zu("/qgis/projekt.qgz"),
            Some(paar) => basis.zu(&format!("/qgis/projekt.qgz?{}", kodiere_parameter([paar]))),
        },
    };
    let mut projekte = vec![projekt(
        "Ganze Stadt: Plan in Kraft mit Entwürfen".into(),
        None,
    )];
    projekte.extend(
        plaene
            .iter()
            .map(|p| projekt(format!("Plan: {}", p.name), Some(("plan", &p.kennung)))),
    );
    projekte.extend(gebiete.iter().map(|g| {
        projekt(
            format!("Dorferneuerung: {}", g.name),
            Some(("gebiet", &g.kennung)),
        )
    }));
    let wahl = (None, None);
    let umfang = Umfang::lies(&dienst.pool, &dienst.katalog, &Quellen::dienst(basis), wahl).await?;
    let gruppen: Vec<(Datei, Vec<Datei>)> = umfang
        .gruppen
        .iter()
        .map(|gruppe| {
            let ebenen = gruppe.alle().into_iter().map(|ebene| Datei {
                titel: ebene.sammlung.titel.clone(),
                adresse: basis.zu(&format!("/qgis/ebenen/{}.qlr", kodiere(ebene.id()))),
            });
            let datei = Datei {
                titel: gruppe.titel.clone(),
                adresse: basis.zu(&format!("/qgis/gruppen/{}.qlr", kodiere(&gruppe.titel))),
            };
            (datei, ebenen.collect())
        })
        .collect();
    let zeichen: Vec<Datei> = zeichen::namen()
        .into_iter()
        .map(|name| Datei {
            adresse: basis.zu(&format!("/zeichen/{name}.svg")),
            titel: name,
        })
        .collect();
    match format {
        Format::Json => {
            let datei = |d: &Datei| json!({ "title": d.titel, "href": d.adresse });
            let doc = json!({
                "projekte": projekte.iter().map(datei).collect::<Vec<_>>(),
                "gruppen": gruppen.iter().map(|(gruppe, ebenen)| json!({
                    "title": gruppe.titel,
                    "href": gruppe.adresse,
                    "ebenen": ebenen.iter().map(datei).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
                "zeichen": zeichen.iter().map(datei).collect::<Vec<_>>(),
            });
            Ok((
                [(header::CONTENT_TYPE, "application/json")],
                doc.to_string(),
            )
                .into_response())
        }
        Format::Html => html(&Liste {
            seite: anfrage.seite(),
            projekte,
            gruppen,
            zeichen,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_project_is_the_same_twice_and_reads_back() {
        let eins = packe("stadt", "<qgis/>").unwrap();
        assert_eq!(eins, packe("stadt", "<qgis/>").unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(eins)).unwrap();
        let text = std::io::read_to_string(zip.by_name("stadt.qgs").unwrap()).unwrap();
        assert_eq!(text, "<qgis/>");
    }
}
