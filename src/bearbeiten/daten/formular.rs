//! Forms for people, without JavaScript: a measure, and a new value of a Kennzahl. The same
//! rules and sentences as by JSON, told at the field.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::auftrag::{Was, etag};
use super::regeln;
use super::routes::{art, fuehre_aus, namen};
use super::wandeln::{self, Quelle};
use crate::audit::worte;
use crate::auth::akteur::Herkunft;
use crate::auth::{Akteur, Aktion, Zustand, geheimnis};
use crate::bearbeiten::kopf::Kopf;
use crate::bearbeiten::recht::{self, Sache};
use crate::bearbeiten::{Dienst, inhalt, store};
use crate::error::Error;
use crate::http::extract::{Anfrage, Parameter};
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::{self, Problem};
use crate::import::strategie::spalten::{Spalte, Tabellenart, Typ};
use crate::import::strategie::verzeichnis::Verzeichnis;

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

/// Fields of the form of a measure, in their order.
const MASSNAHME: &[&str] = &[
    "titel",
    "nummer",
    "kurztext",
    "art",
    "beginn",
    "ende",
    "dauerhaft",
    "beschlussstand",
    "umsetzungsphase",
    "ampel",
    "ampel_grund",
    "schlussbewertung",
    "intern_notiz",
];
/// Fields of the form of a value.
const WERT: &[&str] = &["stichtag", "art", "wert", "ortsteil", "status", "quelle"];

/// One field of a form.
struct Eingabefeld {
    name: &'static str,
    titel: &'static str,
    pflicht: bool,
    /// `text`, `lang`, `date`, `zahl`, `wahr`, `auswahl`.
    form: &'static str,
    wert: String,
    /// Key and title of each choice.
    auswahl: Vec<(String, String)>,
    fehler: Option<String>,
}

#[derive(Template)]
#[template(path = "bearbeiten/templates/formular.html")]
struct Formularseite {
    seite: Seite,
    titel: String,
    zurueck: String,
    aktion: String,
    formular: String,
    version: String,
    meldung: Option<String>,
    felder: Vec<Eingabefeld>,
}

/// Whose form it is and what it needs.
struct Blatt<'a> {
    art: &'static Tabellenart,
    namen: &'a Verzeichnis,
    felder: &'static [&'static str],
    titel: String,
    zurueck: String,
    aktion: String,
    version: String,
}

impl Blatt<'_> {
    fn feld(&self, name: &str) -> Option<&'static Spalte> {
        regeln::spalten(self.art).find(|s| s.name == name)
    }

    fn zeige(
        &self,
        anfrage: &Anfrage,
        schutz: &str,
        werte: &Map<String, Value>,
        fehler: Option<&Problem>,
    ) -> Antwort {
        let stelle = fehler.and_then(|p| p.stelle.as_deref()).unwrap_or_default();
        let mut am_feld = false;
        let felder = self
            .felder
            .iter()
            .filter_map(|name| self.feld(name))
            .map(|spalte| {
                let hier = stelle.trim_start_matches('/') == spalte.name;
                am_feld |= hier;
                let wort = |worte: &[&str]| {
                    worte
                        .iter()
                        .map(|w| ((*w).to_owned(), worte::wert(w).to_owned()))
                        .collect()
                };
                let (form, auswahl) = match spalte.typ {
                    Typ::Datum | Typ::Stichtag => ("date", Vec::new()),
                    Typ::Wahr => ("wahr", Vec::new()),
                    Typ::Zahl(..) | Typ::Ganzzahl(..) => ("zahl", Vec::new()),
                    Typ::Wahl(worte) => ("auswahl", wort(worte)),
                    Typ::Code(tabelle) => ("auswahl", self.namen.codes(tabelle).to_vec()),
                    Typ::Verweis(ziel) => ("auswahl", self.verweise(ziel)),
                    _ if crate::bearbeiten::mehrzeilig(spalte.name) => ("lang", Vec::new()),
                    _ => ("text", Vec::new()),
                };
                Eingabefeld {
                    name: spalte.name,
                    titel: spalte.titel,
                    pflicht: spalte.pflicht,
                    form,
                    wert: anzeige(werte.get(spalte.name)),
                    auswahl,
                    fehler: fehler
                        .filter(|_| hier)
                        .map(|p| ohne_namen(&p.detail, spalte.name)),
                }
            })
            .collect();
        let seite = Formularseite {
            seite: anfrage.seite(),
            titel: self.titel.clone(),
            zurueck: anfrage.basis.zu(&self.zurueck),
            aktion: anfrage.basis.zu(&self.aktion),
            formular: schutz.to_owned(),
            version: self.version.clone(),
            meldung: fehler.map(|p| {
                if am_feld {
                    "Bitte das markierte Feld prüfen; gespeichert wurde nichts.".to_owned()
                } else {
                    p.detail.clone()
                }
            }),
            felder,
        };
        let mut antwort = html(&seite)?;
        antwort.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        Ok(antwort)
    }

    fn verweise(&self, ziel: &'static str) -> Vec<(String, String)> {
        let kennungen = self.namen.kennungen_nach_id(ziel);
        let mut alle: Vec<_> = kennungen
            .values()
            .filter_map(|k| Some(((*k).to_owned(), self.namen.finde(ziel, k)?.titel.clone()?)))
            .collect();
        alle.sort_by(|a, b| a.1.cmp(&b.1));
        alle
    }
}

fn anzeige(wert: Option<&Value>) -> String {
    match wert {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(wahr)) => if *wahr { "ja" } else { "nein" }.to_owned(),
        Some(zahl) => zahl.to_string().replace('.', ","),
    }
}

fn ohne_namen(satz: &str, name: &str) -> String {
    satz.strip_prefix(name)
        .and_then(|s| s.strip_prefix(": "))
        .unwrap_or(satz)
        .to_owned()
}

/// The session's form protection; without a session one signs in first.
pub(crate) fn schutz(akteur: &Akteur) -> Option<String> {
    match &akteur.konto()?.herkunft {
        Herkunft::Sitzung { formularschutz } => Some(formularschutz.clone()),
        Herkunft::Token { .. } => None,
    }
}

pub(crate) fn zur_anmeldung(anfrage: &Anfrage) -> Response {
    let zurueck = kodiere_parameter([("zurueck", anfrage.pfad.as_str())]);
    nach(anfrage, &format!("/anmelden?{zurueck}"))
}

pub(crate) fn nach(anfrage: &Anfrage, pfad: &str) -> Response {
    let ort =
        HeaderValue::from_str(&anfrage.basis.zu(pfad)).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response()
}

/// A form as a browser sends it, refused when it is not ours.
pub(crate) async fn lies(
    headers: &HeaderMap,
    body: Body,
    erwartet: &str,
) -> Result<Parameter, Problem> {
    inhalt::pruefe_typ(headers, &["application/x-www-form-urlencoded"])?;
    let bytes = inhalt::bytes(body).await?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| problem::EINGABE.mit("Das Formular ist kein gültiges UTF-8."))?;
    let formular = Parameter::lies(text)?;
    let gesendet = formular.einzig("formular")?.unwrap_or_default();
    if erwartet.is_empty() || !geheimnis::gleich(gesendet, erwartet) {
        return Err(problem::VERWEIGERT.mit("Das Formular ist abgelaufen oder kam von einer fremden Seite. Bitte die Seite neu laden und noch einmal absenden."));
    }
    Ok(formular)
}

/// What was filled in, by name; a box that is not ticked is not sent.
fn werte(blatt: &Blatt<'_>, formular: &Parameter) -> Result<Map<String, Value>, Problem> {
    let mut werte = Map::new();
    for name in blatt.felder {
        let gesendet = formular.einzig(name)?;
        let wert = match (blatt.feld(name).map(|s| s.typ), gesendet) {
            (Some(Typ::Wahr), gesendet) => json!(if gesendet.is_some() { "ja" } else { "nein" }),
            (_, Some(text)) => json!(text),
            (_, None) => continue,
        };
        werte.insert((*name).to_owned(), wert);
    }
    Ok(werte)
}

async fn blatt_massnahme<'a>(
    dienst: &Dienst,
    akteur: &Akteur,
    kennung: &str,
    namen: &'a Verzeichnis,
) -> Result<(Blatt<'a>, Map<String, Value>), Problem> {
    let art = art(akteur, "massnahme")?;
    let zeile = store::lies(&dienst.lesen, &art.relation(), &json!({"kennung": kennung})).await?;
    let zeile = zeile.ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(format!("Eine Maßnahme „{kennung}“ gibt es nicht."))
    })?;
    let jetzt = wandeln::ausgabe(art, &zeile.werte, namen);
    let blatt = Blatt {
        art,
        namen,
        felder: MASSNAHME,
        titel: format!(
            "Maßnahme bearbeiten: {}",
            zeile.text("titel").unwrap_or(kennung)
        ),
        zurueck: format!("/massnahmen/{}?f=html", kodiere(kennung)),
        aktion: format!("/massnahmen/{}/bearbeiten", kodiere(kennung)),
        version: etag(&zeile),
    };
    Ok((blatt, jetzt))
}

/// Refuses the form to whom its content will be refused: nobody fills it in for nothing.
async fn verlange(
    dienst: &Dienst,
    akteur: &Akteur,
    aktion: Aktion,
    art: &'static Tabellenart,
    (eigner, kennung): (&'static Tabellenart, &str),
) -> Result<(), Problem> {
    let wo = json!({"kennung": kennung});
    let zeile = store::lies(&dienst.lesen, &eigner.relation(), &wo).await?;
    let Some(zeile) = zeile else { return Ok(()) };
    let (art, aktion) = regeln::recht(art, aktion);
    let zustand = zeile.text("veroeffentlichung").and_then(Zustand::zu);
    let sache = Sache {
        art,
        eigner: regeln::eigner(eigner, &zeile.werte).map(|(tabelle, id)| (tabelle.tabelle, id)),
        zustand: zustand.unwrap_or(Zustand::Entwurf),
    };
    let mut conn = dienst.schreiben.acquire().await.map_err(Error::from)?;
    recht::verlange(&mut conn, akteur, aktion, sache).await
}

/// The form of a measure.
pub async fn massnahme(
    State(dienst): Dienste,
    Path(kennung): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let Some(schutz) = schutz(&akteur) else {
        return Ok(zur_anmeldung(&anfrage));
    };
    let namen = namen(&dienst).await?;
    let (blatt, jetzt) = blatt_massnahme(&dienst, &akteur, &kennung, &namen).await?;
    let eigner = (blatt.art, kennung.as_str());
    verlange(&dienst, &akteur, Aktion::Aendern, blatt.art, eigner).await?;
    blatt.zeige(&anfrage, &schutz, &jetzt, None)
}

/// A measure as it was filled in.
pub async fn aendere_massnahme(
    State(dienst): Dienste,
    Path(kennung): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let Some(schutz) = schutz(&akteur) else {
        return Ok(zur_anmeldung(&anfrage));
    };
    let formular = lies(&headers, body, &schutz).await?;
    let namen = namen(&dienst).await?;
    let (mut blatt, _) = blatt_massnahme(&dienst, &akteur, &kennung, &namen).await?;
    let werte = werte(&blatt, &formular)?;
    let was = Was::Aendern(json!({"kennung": kennung}), werte.clone(), false);
    // The version the person saw: what changed since is not overwritten unseen.
    formular
        .einzig("version")?
        .unwrap_or_default()
        .clone_into(&mut blatt.version);
    sende(
        &dienst, &akteur, &anfrage, &blatt, &schutz, &formular, werte, was,
    )
    .await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request")]
async fn sende(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    blatt: &Blatt<'_>,
    schutz: &str,
    formular: &Parameter,
    werte: Map<String, Value>,
    was: Was,
) -> Antwort {
    let mut kopf = HeaderMap::new();
    if let Ok(wert) = HeaderValue::from_str(&blatt.version)
        && !blatt.version.is_empty()
    {
        kopf.insert(header::IF_MATCH, wert);
    }
    let kopf = Kopf::lies(&kopf)?;
    let anlass = formular
        .einzig("anlass")?
        .map(str::trim)
        .filter(|a| !a.is_empty());
    let anlass: String = anlass.unwrap_or(&blatt.titel).chars().take(500).collect();
    match fuehre_aus(
        dienst,
        blatt.art,
        blatt.namen,
        akteur,
        anfrage,
        &kopf,
        was,
        &anlass,
        Quelle::Formular,
        None,
    )
    .await
    {
        Ok(_) => Ok(nach(anfrage, &blatt.zurueck)),
        Err(problem)
            if problem.art.status.is_client_error()
                && problem.art.status != StatusCode::FORBIDDEN =>
        {
            let mut antwort = blatt.zeige(anfrage, schutz, &werte, Some(&problem))?;
            *antwort.status_mut() = StatusCode::OK;
            Ok(antwort)
        }
        Err(problem) => Err(problem),
    }
}

async fn blatt_wert<'a>(
    dienst: &Dienst,
    akteur: &Akteur,
    kennung: &str,
    namen: &'a Verzeichnis,
) -> Result<Blatt<'a>, Problem> {
    let kennzahl = art(akteur, "kennzahl")?;
    let zeile = store::lies(
        &dienst.lesen,
        &kennzahl.relation(),
        &json!({"kennung": kennung}),
    )
    .await?;
    let zeile = zeile.ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(format!("Eine Kennzahl „{kennung}“ gibt es nicht."))
    })?;
    Ok(Blatt {
        art: art(akteur, "kennzahlwert")?,
        namen,
        felder: WERT,
        titel: format!(
            "Wert eintragen: {} ({})",
            zeile.text("titel").unwrap_or(kennung),
            zeile.text("einheit").unwrap_or_default()
        ),
        zurueck: format!("/kennzahlen/{}?f=html", kodiere(kennung)),
        aktion: format!("/kennzahlen/{}/wert", kodiere(kennung)),
        version: String::new(),
    })
}

/// The form of a value.
pub async fn kennzahlwert(
    State(dienst): Dienste,
    Path(kennung): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let Some(schutz) = schutz(&akteur) else {
        return Ok(zur_anmeldung(&anfrage));
    };
    let namen = namen(&dienst).await?;
    let blatt = blatt_wert(&dienst, &akteur, &kennung, &namen).await?;
    let eigner = (art(&akteur, "kennzahl")?, kennung.as_str());
    verlange(&dienst, &akteur, Aktion::Anlegen, blatt.art, eigner).await?;
    let leer = Map::from_iter([
        ("art".to_owned(), json!("ist")),
        ("status".to_owned(), json!("geprueft")),
    ]);
    blatt.zeige(&anfrage, &schutz, &leer, None)
}

/// A value as it was filled in.
pub async fn neuer_kennzahlwert(
    State(dienst): Dienste,
    Path(kennung): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let Some(schutz) = schutz(&akteur) else {
        return Ok(zur_anmeldung(&anfrage));
    };
    let formular = lies(&headers, body, &schutz).await?;
    let namen = namen(&dienst).await?;
    let blatt = blatt_wert(&dienst, &akteur, &kennung, &namen).await?;
    let werte = werte(&blatt, &formular)?;
    let mut zeile = werte.clone();
    zeile.insert("kennzahl".to_owned(), json!(kennung));
    sende(
        &dienst,
        &akteur,
        &anfrage,
        &blatt,
        &schutz,
        &formular,
        werte,
        Was::Anlegen(zeile),
    )
    .await
}
