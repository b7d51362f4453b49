//! Errors as RFC 9457 problem details: the only place that knows status codes.
//!
//! The `type` of a problem is `/probleme/{slug}`, a stable address with a
//! paragraph for people. Titles and details are German; the cause of a 500 goes
//! to the log with the request's id and never to the caller.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::error::Error;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A kind of problem with a stable slug.
#[derive(Debug)]
pub struct Art {
    /// Last segment of the `type` address.
    pub slug: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// German title, the same for every problem of the kind.
    pub titel: &'static str,
    /// German paragraph for the page: what it means, what to do.
    pub erklaerung: &'static str,
}

macro_rules! arten {
    ($($name:ident $slug:literal $status:ident $titel:literal $erklaerung:literal)*) => {
        $(
            #[doc = $titel]
            pub static $name: Art = Art { slug: $slug, status: StatusCode::$status, titel: $titel, erklaerung: $erklaerung };
        )*
        /// Every kind, in the order of the page.
        pub static ARTEN: &[&Art] = &[$(&$name),*];
    };
}

arten! {
    PARAMETER "parameter" BAD_REQUEST "Ungültiger Parameter"
        "Ein Parameter der Anfrage ist unbekannt, steht doppelt oder hat einen Wert, der nicht passt. Das Feld „parameter“ nennt ihn, „detail“ sagt, was erlaubt ist. Die erlaubten Parameter stehen unter /api."
    EINGABE "eingabe" BAD_REQUEST "Eingabe nicht verwendbar"
        "Die Angaben wurden gelesen, passen aber nicht. „detail“ sagt, was zu ändern ist."
    ANMELDUNG "anmeldung" UNAUTHORIZED "Anmeldung nicht gültig"
        "Die mitgesandten Zugangsdaten gelten nicht. In QGIS und Skripten gilt der Anmeldename zusammen mit einem Zugangsschlüssel (zr_…), nicht das Kennwort. Neue Schlüssel gibt es unter /konto. Ohne Zugangsdaten bleibt alles Öffentliche lesbar."
    VERWEIGERT "nicht-erlaubt" FORBIDDEN "Nicht erlaubt"
        "Dafür fehlt die Anmeldung oder das Recht. Anmelden können Sie sich unter /anmelden; Rollen vergibt die Verwaltung der Konten."
    ZU_VIELE "zu-viele-versuche" TOO_MANY_REQUESTS "Zu viele Versuche"
        "Es gab zu viele Anmeldeversuche in kurzer Zeit. Die Kopfzeile Retry-After und „detail“ nennen die Wartezeit; danach geht es weiter, das Konto ist nicht gesperrt."
    NICHT_GEFUNDEN "nicht-gefunden" NOT_FOUND "Nicht gefunden"
        "Unter dieser Adresse gibt es nichts, was für Sie sichtbar ist. Die Liste der Ebenen steht unter /collections."
    METHODE "methode" METHOD_NOT_ALLOWED "Methode nicht erlaubt"
        "Die Adresse gibt es, aber nicht mit dieser HTTP-Methode. Die Kopfzeile Allow nennt die erlaubten."
    NICHT_ANNEHMBAR "nicht-annehmbar" NOT_ACCEPTABLE "Format nicht verfügbar"
        "Keines der mit Accept verlangten Formate gibt es hier. Mit f=json oder f=html wählen Sie eines aus."
    KONFLIKT "konflikt" CONFLICT "Passt nicht zum Stand der Daten"
        "Die Angaben sind für sich richtig, aber der Stand der Daten lässt die Änderung nicht zu. „detail“ sagt, was im Weg steht."
    VERSION "version" PRECONDITION_FAILED "Inzwischen geändert"
        "Das Objekt hat nicht mehr die Version, auf die sich die Anfrage bezieht (If-Match, If-None-Match). Laden Sie es neu und bringen Sie die Änderung dort noch einmal an."
    WIEDERHOLUNG "wiederholung" UNPROCESSABLE_ENTITY "Schlüssel schon benutzt"
        "Unter diesem Idempotency-Key wurde in den letzten 24 Stunden etwas anderes gesendet. Wiederholungen müssen gleich sein; für Neues gehört ein neuer Schlüssel."
    ZU_GROSS "zu-gross" PAYLOAD_TOO_LARGE "Anfrage zu groß"
        "Der gesendete Inhalt ist größer als erlaubt."
    ADRESSE_ZU_LANG "adresse-zu-lang" URI_TOO_LONG "Adresse zu lang"
        "Die Adresse samt Parametern ist länger als 16.384 Zeichen. Kürzen Sie den Filter."
    BEREICH "bereich" RANGE_NOT_SATISFIABLE "Bereich nicht vorhanden"
        "Der verlangte Teil einer Datei (Range) liegt hinter ihrem Ende. Laden Sie die Datei von vorn."
    INHALTSTYP "inhaltstyp" UNSUPPORTED_MEDIA_TYPE "Inhaltstyp nicht unterstützt"
        "Der gesendete Inhalt hat einen Typ oder eine Komprimierung (Content-Encoding), die hier nicht angenommen wird. Senden Sie unkomprimiert."
    ZEITUEBERSCHREITUNG "zeitueberschreitung" REQUEST_TIMEOUT "Zeit überschritten"
        "Die Anfrage kam zu langsam an und wurde abgebrochen."
    UEBERLASTET "nicht-verfuegbar" SERVICE_UNAVAILABLE "Zurzeit nicht verfügbar"
        "Die Datenbank ist nicht erreichbar, beschäftigt, oder die Abfrage dauerte zu lange. Versuchen Sie es gleich noch einmal, gegebenenfalls mit kleinerem Ausschnitt."
    INTERN "intern" INTERNAL_SERVER_ERROR "Interner Fehler"
        "Der Fehler liegt bei uns. Nennen Sie dem Betreiber die Anfragenummer aus dem Feld „anfrage“; unter ihr steht die Ursache im Protokoll."
}

impl Art {
    /// A problem of this kind with its German sentence.
    pub fn mit(&'static self, detail: impl Into<String>) -> Problem {
        Problem {
            art: self,
            detail: detail.into(),
            parameter: None,
            stelle: None,
            ursache: None,
            kopf: None,
        }
    }

    /// The kind for a status some library answered with by itself.
    #[must_use]
    pub fn zu_status(status: StatusCode) -> &'static Self {
        ARTEN
            .iter()
            .find(|art| art.status == status)
            .copied()
            .unwrap_or(if status.is_server_error() {
                &INTERN
            } else {
                &EINGABE
            })
    }
}

/// One problem, on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Its kind.
    pub art: &'static Art,
    /// German sentence: what is wrong, where, what to do.
    pub detail: String,
    /// The query parameter at fault.
    pub parameter: Option<String>,
    /// Place in the sent document, as JSON Pointer.
    pub stelle: Option<String>,
    /// For the log only.
    pub ursache: Option<String>,
    /// A header the answer needs.
    pub kopf: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Problem {
    /// Names the parameter at fault.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>) -> Self {
        self.parameter = Some(name.into());
        self
    }

    /// Names the place in the sent document at fault.
    #[must_use]
    pub fn stelle(mut self, zeiger: impl Into<String>) -> Self {
        self.stelle = Some(zeiger.into());
        self
    }

    /// Adds the header this kind of answer needs.
    #[must_use]
    pub fn kopf(mut self, name: HeaderName, wert: &str) -> Self {
        let wert = HeaderValue::from_str(wert).ok();
        self.kopf = wert.map(|wert| Box::new((name, wert)));
        self
    }

    /// The JSON document; `anfrage` is the request's id, `wurzel` the service's address.
    #[must_use]
    pub fn dokument(&self, wurzel: &str, anfrage: &str) -> Value {
        let mut doc = Map::new();
        doc.insert(
            "type".into(),
            json!(format!("{wurzel}/probleme/{}", self.art.slug)),
        );
        doc.insert("title".into(), json!(self.art.titel));
        doc.insert("status".into(), json!(self.art.status.as_u16()));
        doc.insert("detail".into(), json!(self.detail));
        if let Some(name) = &self.parameter {
            doc.insert("parameter".into(), json!(name));
        }
        if let Some(zeiger) = &self.stelle {
            doc.insert("stelle".into(), json!(zeiger));
        }
        doc.insert("anfrage".into(), json!(anfrage));
        Value::Object(doc)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Eingabe(text) => EINGABE.mit(text),
            Error::NichtGefunden(text) => NICHT_GEFUNDEN.mit(text),
            Error::Aufruf { parameter, text } => Self {
                parameter,
                ..PARAMETER.mit(text)
            },
            Error::Umgebung(text) => UEBERLASTET.mit(text),
            Error::Intern(cause) => Self {
                ursache: Some(format!("{cause:?}")),
                ..INTERN.mit("Bei der Bearbeitung ist ein Fehler aufgetreten, der nicht an Ihrer Anfrage liegt.")
            },
        }
    }
}

impl IntoResponse for Problem {
    /// The body is written by [`super::frame::begleite`], which knows the request's id.
    fn into_response(self) -> Response {
        let mut response = (
            self.art.status,
            [(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON))],
        )
            .into_response();
        if self.art.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
