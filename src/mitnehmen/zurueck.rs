//! The way back over HTTP: an upload, its comparison, and what is accepted of it.

use std::io::Write as _;
use std::path::Path as Pfad;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Dienst;
use super::abgleich;
use super::ausgabe;
use super::posten::Posten;
use super::routes::{Antwort, Dienste, GPKG, liste};
use super::rueckgabe::{self, Rueckgabe};
use super::seiten::{Vergleich, vertraulich};
use super::store::{self, Abgelegt};
use super::uebernahme::{SCHON, Uebernahme, Wahlen, dokument, nicht_da, plane};
use super::wahl::Auswahl;
use crate::auth::{Akteur, geheimnis};
use crate::bearbeiten::daten::formular;
use crate::bearbeiten::inhalt;
use crate::bearbeiten::routes::verlange_lesen;
use crate::bearbeiten::vorgang::Vorgang;
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::negotiate::Format;
use crate::http::problem::{self, Problem};
use crate::import::datei::{Datei, Grenzen, dateiname};

/// Largest body: the file, and what a form has around it.
pub const KOERPER_MAX: usize = (100 << 20) + (1 << 20);

/// Who acts, and through what.
struct Wer<'a> {
    akteur: &'a Akteur,
    login: &'a str,
    dienst: &'a Arc<crate::bearbeiten::Dienst>,
}

fn wer<'a>(dienst: &'a Dienst, akteur: &'a Akteur) -> std::result::Result<Wer<'a>, Problem> {
    verlange_lesen(akteur)?;
    let (Some(bearbeiten), Some(konto)) = (&dienst.bearbeiten, akteur.konto()) else {
        return Err(problem::KONFLIKT.mit(
            "Zurückbringen lässt sich eine Datei nur in den heutigen Stand, nicht in einen früheren.",
        ));
    };
    Ok(Wer {
        akteur,
        login: &konto.login,
        dienst: bearbeiten,
    })
}

/// A file as it came.
struct Hochgeladen {
    name: String,
    datei: NamedTempFile,
    /// By a browser's form.
    als_formular: bool,
}

/// `POST /mitnehmen`.
pub(super) async fn bringe(
    State(dienst): Dienste,
    akteur: Akteur,
    anfrage: Anfrage,
    request: Request,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let wer = wer(&dienst, &akteur)?;
    let hochgeladen = nimm(&akteur, request).await?;
    let als_formular = hochgeladen.als_formular;
    match lege_ab(&dienst, &wer, hochgeladen).await {
        Ok(id) => {
            let pfad = format!("/mitnehmen/vergleiche/{id}");
            if als_formular {
                return Ok(formular::nach(&anfrage, &format!("{pfad}?f=html")));
            }
            let blatt = Blatt::lies(&dienst, &wer, id).await?;
            let adresse = anfrage.basis.zu(&pfad);
            let mut antwort = json(&blatt.dokument(&adresse));
            *antwort.status_mut() = StatusCode::CREATED;
            if let Ok(ort) = HeaderValue::from_str(&adresse) {
                antwort.headers_mut().insert(header::LOCATION, ort);
            }
            Ok(antwort)
        }
        // A person stays where the form is.
        Err(Error::Eingabe(text)) if als_formular => {
            let seite = liste(&dienst, &akteur, &anfrage, Some(text)).await?;
            let mut antwort = vertraulich(&seite)?;
            *antwort.status_mut() = StatusCode::BAD_REQUEST;
            antwort.extensions_mut().insert(crate::http::EigeneSeite);
            Ok(antwort)
        }
        Err(fehler) => Err(fehler.into()),
    }
}

/// The file of a form, or the body itself.
async fn nimm(akteur: &Akteur, request: Request) -> std::result::Result<Hochgeladen, Problem> {
    let typ = request.headers().get(header::CONTENT_TYPE);
    let typ = typ.and_then(|typ| typ.to_str().ok()).unwrap_or_default();
    if typ.starts_with("multipart/form-data") {
        return aus_formular(akteur, request).await;
    }
    inhalt::pruefe_typ(request.headers(), &[GPKG, "application/octet-stream"])?;
    let name = name_aus(request.headers());
    let mut datei = NamedTempFile::new().map_err(Error::from)?;
    let mut strom = request.into_body().into_data_stream();
    let mut summe = 0;
    while let Some(stueck) = strom.next().await {
        let stueck = stueck.map_err(|_| abgebrochen())?;
        summe += stueck.len();
        schreibe(&mut datei, &stueck, summe)?;
    }
    Ok(Hochgeladen {
        name,
        datei,
        als_formular: false,
    })
}

async fn aus_formular(
    akteur: &Akteur,
    request: Request,
) -> std::result::Result<Hochgeladen, Problem> {
    let kaputt = || {
        problem::EINGABE.mit("Das Formular ist unlesbar. Bitte die Seite neu laden und die Datei noch einmal wählen.")
    };
    let mut teile = Multipart::from_request(request, &())
        .await
        .map_err(|_| kaputt())?;
    let schutz = formular::schutz(akteur).unwrap_or_default();
    let mut geprueft = false;
    while let Some(mut teil) = teile.next_field().await.map_err(|_| kaputt())? {
        match teil.name() {
            Some("formular") => {
                let gesendet = teil.text().await.map_err(|_| kaputt())?;
                geprueft = !schutz.is_empty() && geheimnis::gleich(&gesendet, &schutz);
            }
            Some("datei") => {
                if !geprueft {
                    return Err(problem::VERWEIGERT.mit("Das Formular ist abgelaufen oder kam von einer fremden Seite. Bitte die Seite neu laden und noch einmal absenden."));
                }
                let name = teil.file_name().unwrap_or_default();
                let name = dateiname(Pfad::new(name));
                let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
                let mut datei = NamedTempFile::new().map_err(Error::from)?;
                let mut summe = 0;
                while let Some(stueck) = teil.chunk().await.map_err(|_| abgebrochen())? {
                    summe += stueck.len();
                    schreibe(&mut datei, &stueck, summe)?;
                }
                return Ok(Hochgeladen {
                    name: if name.is_empty() {
                        "Datei".to_owned()
                    } else {
                        name
                    },
                    datei,
                    als_formular: true,
                });
            }
            _ => return Err(kaputt()),
        }
    }
    Err(problem::EINGABE.mit("Es ist keine Datei dabei."))
}

fn schreibe(
    datei: &mut NamedTempFile,
    stueck: &[u8],
    summe: usize,
) -> std::result::Result<(), Problem> {
    if summe > 100 << 20 {
        return Err(problem::ZU_GROSS.mit("Die Datei ist größer als 100 MB. Bitte einen kleineren Bereich mitnehmen, oder am Rechner des Dienstes „zielraum gpkg“ verwenden."));
    }
    datei.write_all(stueck).map_err(Error::from)?;
    Ok(())
}

fn abgebrochen() -> Problem {
    problem::EINGABE.mit("Das Hochladen brach ab. Bitte noch einmal.")
}

/// `Content-Disposition: attachment; filename="…"`, as scripts may send it.
fn name_aus(headers: &HeaderMap) -> String {
    let wert = headers.get(header::CONTENT_DISPOSITION);
    let wert = wert.and_then(|w| w.to_str().ok()).unwrap_or_default();
    let name = wert
        .split("filename=")
        .nth(1)
        .map(|rest| rest.trim_matches(['"', ' ']))
        .filter(|name| !name.is_empty() && name.len() < 200);
    name.map_or_else(|| "Datei".to_owned(), |name| dateiname(Pfad::new(name)))
}

/// Files read at the same time, and how long one waits for its turn: each may take as much
/// memory as it is large, and more.
static LESEN: Semaphore = Semaphore::const_new(2);
const WARTEN: Duration = Duration::from_mins(1);

/// Reads the file and keeps what it says.
async fn lege_ab(dienst: &Dienst, wer: &Wer<'_>, hochgeladen: Hochgeladen) -> Result<Uuid> {
    let _platz = tokio::time::timeout(WARTEN, LESEN.acquire())
        .await
        .map_err(|_| Error::umgebung("Zurzeit werden mehrere Dateien verglichen. Versuchen Sie es in einer Minute noch einmal."))?
        .map_err(Error::intern)?;
    let sammlungen = abgleich::sammlungen(&dienst.pool, &dienst.katalog).await?;
    let mut conn = dienst.pool.acquire().await?;
    let gemeinden = store::gemeinden(&mut conn).await?;
    drop(conn);
    let login = wer.login.to_owned();
    let (name, sha256, rueckgabe) = tokio::task::spawn_blocking(move || {
        let grenzen = Grenzen::HOCHLADEN;
        let mut datei = Datei::oeffne_mit(hochgeladen.datei.path(), &grenzen)
            .map_err(|fehler| unter_seinem_namen(fehler, &hochgeladen))?;
        datei.name.clone_from(&hochgeladen.name);
        let gelesen = rueckgabe::lies(&datei, &grenzen, &sammlungen, &gemeinden, &login)?;
        Ok::<_, Error>((datei.name.clone(), datei.sha256.clone(), gelesen))
    })
    .await
    .map_err(Error::intern)??;
    let inhalt = serde_json::to_value(&rueckgabe)?;
    store::lege_ab(&wer.dienst.schreiben, wer.login, &name, &sha256, &inhalt).await
}

/// Nobody knows the name of our temporary file.
fn unter_seinem_namen(fehler: Error, hochgeladen: &Hochgeladen) -> Error {
    match fehler {
        Error::Eingabe(text) => {
            let unser = dateiname(hochgeladen.datei.path());
            Error::eingabe(text.replace(&unser, &hochgeladen.name))
        }
        anderer => anderer,
    }
}

/// A comparison with its three sides.
struct Blatt {
    abgelegt: Abgelegt,
    rueckgabe: Rueckgabe,
    posten: Vec<Posten>,
}

impl Blatt {
    async fn lies(dienst: &Dienst, wer: &Wer<'_>, id: Uuid) -> std::result::Result<Self, Problem> {
        let abgelegt = store::lies(&wer.dienst.schreiben, wer.login, id).await?;
        let abgelegt = abgelegt.ok_or_else(|| nicht_da(id))?;
        let rueckgabe: Rueckgabe =
            serde_json::from_value(abgelegt.inhalt.clone()).map_err(Error::from)?;
        let posten = if abgelegt.uebernommen_am.is_some() {
            Vec::new()
        } else {
            abgleich::stelle_gegenueber(&dienst.pool, &dienst.katalog, &rueckgabe).await?
        };
        Ok(Self {
            abgelegt,
            rueckgabe,
            posten,
        })
    }

    fn dokument(&self, adresse: &str) -> Value {
        ausgabe::dokument(adresse, &self.abgelegt, &self.rueckgabe, &self.posten)
    }

    fn seite(
        &self,
        anfrage: &Anfrage,
        akteur: &Akteur,
        (wahlen, warum): (&Wahlen, &str),
        meldung: Option<String>,
    ) -> Antwort {
        vertraulich(&Vergleich {
            seite: anfrage.seite(),
            adresse: adresse(anfrage, self.abgelegt.id),
            formular: formular::schutz(akteur).unwrap_or_default(),
            abgelegt: &self.abgelegt,
            rueckgabe: &self.rueckgabe,
            posten: &self.posten,
            wahlen,
            warum: warum.to_owned(),
            meldung,
        })
    }
}

fn adresse(anfrage: &Anfrage, id: Uuid) -> String {
    anfrage.basis.zu(&format!("/mitnehmen/vergleiche/{id}"))
}

fn json(doc: &Value) -> Response {
    let kopf = [(header::CONTENT_TYPE, "application/json")];
    (kopf, doc.to_string()).into_response()
}

fn nummer(text: &str) -> std::result::Result<Uuid, Problem> {
    text.parse().map_err(|_| {
        problem::NICHT_GEFUNDEN.mit(format!("„{text}“ ist keine Nummer eines Vergleichs."))
    })
}

/// `GET /mitnehmen/vergleiche/{id}`.
pub(super) async fn zeige(
    State(dienst): Dienste,
    Path(id): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&["application/json"])?;
    let wer = wer(&dienst, &akteur)?;
    let blatt = Blatt::lies(&dienst, &wer, nummer(&id)?).await?;
    match format {
        Format::Json => Ok(json(&blatt.dokument(&adresse(&anfrage, blatt.abgelegt.id)))),
        Format::Html => blatt.seite(&anfrage, &akteur, (&Wahlen::new(), ""), None),
    }
}

/// `POST /mitnehmen/vergleiche/{id}`: what was chosen becomes real.
pub(super) async fn uebernimm(
    State(dienst): Dienste,
    Path(id): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let wer = wer(&dienst, &akteur)?;
    let id = nummer(&id)?;
    let typ = headers.get(header::CONTENT_TYPE);
    let typ = typ.and_then(|typ| typ.to_str().ok()).unwrap_or_default();
    if !typ.starts_with("application/x-www-form-urlencoded") {
        let doc = inhalt::lies(&headers, body, &["application/json"]).await?;
        let auswahl = Auswahl::aus_json(&doc)?;
        return fuehre_aus(&dienst, &wer, &anfrage, id, &auswahl).await;
    }
    let schutz = formular::schutz(&akteur).unwrap_or_default();
    let felder = formular::lies(&headers, body, &schutz).await?;
    let auswahl = Auswahl::aus_formular(&felder)?;
    match fuehre_aus(&dienst, &wer, &anfrage, id, &auswahl).await {
        Ok(_) => Ok(formular::nach(
            &anfrage,
            &format!("/mitnehmen/vergleiche/{id}?f=html"),
        )),
        Err(problem)
            if problem.ursache.is_none() && problem.art.status != StatusCode::NOT_FOUND =>
        {
            // The page as it is now, with what was chosen and why nothing was written.
            let status = problem.art.status;
            let blatt = Blatt::lies(&dienst, &wer, id).await?;
            let gewaehlt = (&auswahl.wahlen, auswahl.warum.as_str());
            let mut antwort = blatt.seite(&anfrage, &akteur, gewaehlt, Some(problem.detail))?;
            *antwort.status_mut() = status;
            antwort.extensions_mut().insert(crate::http::EigeneSeite);
            Ok(antwort)
        }
        Err(problem) => Err(problem),
    }
}

async fn fuehre_aus(
    dienst: &Dienst,
    wer: &Wer<'_>,
    anfrage: &Anfrage,
    id: Uuid,
    auswahl: &Auswahl,
) -> Antwort {
    let blatt = Blatt::lies(dienst, wer, id).await?;
    let taten = if blatt.abgelegt.uebernommen_am.is_some() {
        Vec::new() // answered below, where it is locked
    } else {
        plane(blatt.posten, &blatt.rueckgabe.eintraege, &auswahl.wahlen)?
    };
    let uebernahme = Uebernahme::neu(
        wer.dienst,
        (id, wer.login),
        wer.akteur,
        &anfrage.basis,
        taten,
    )
    .await?;
    let urheber = wer.akteur.urheber().unwrap_or_default();
    let warum = if auswahl.warum.is_empty() {
        format!("Aus der Datei „{}“ übernommen", blatt.abgelegt.datei)
    } else {
        auswahl.warum.clone()
    };
    let vorgang = Vorgang {
        pool: &wer.dienst.schreiben,
        wer: &urheber,
        warum: &warum,
    };
    match vorgang.fuehre_aus(None, &uebernahme).await {
        Err(problem) if problem.ursache.as_deref() == Some(SCHON) => {
            let abgelegt = store::lies(&wer.dienst.schreiben, wer.login, id).await?;
            let ergebnis = abgelegt.and_then(|a| a.ergebnis).unwrap_or_default();
            Ok(json(&dokument(true, &ergebnis)))
        }
        antwort => antwort,
    }
}
