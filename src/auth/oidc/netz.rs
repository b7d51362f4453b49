//! The only way out: to the configured provider, encrypted, small, quick, without redirects.

use std::error::Error as _;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::url::{Host, Url};
use openidconnect::{
    AsyncHttpClient, EndSessionUrl, HttpRequest, HttpResponse, IssuerUrl,
    ProviderMetadataWithLogout,
};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Whole request, name look-up and answer included.
const DAUER: Duration = Duration::from_secs(10);
/// Largest answer in bytes; key sets of large providers are some ten kilobytes.
const GROESSE: usize = 512 * 1024;
/// Requests at a time; more wait, as long as one may take.
const ZUGLEICH: usize = 4;

/// Why a request failed; for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum Netzfehler {
    /// The address is neither `https` nor on this machine beside an issuer there.
    #[error("address not allowed")]
    Adresse,
    /// Answer too large.
    #[error("answer larger than {GROESSE} bytes")]
    Groesse,
    /// Connection, TLS, time.
    #[error("{0}")]
    Verbindung(String),
}

/// A client for one provider.
#[derive(Debug)]
pub struct Netz {
    client: reqwest::Client,
    plaetze: Semaphore,
    /// The issuer runs on this machine: its addresses may be plain.
    hier: bool,
}

impl Netz {
    /// The system's root certificates; `HTTPS_PROXY` and `NO_PROXY` of the environment.
    pub fn neu(issuer: &IssuerUrl) -> Result<Self> {
        // Fails when there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let hier = ist_hier(issuer.url());
        let mut bau = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(DAUER)
            // A kept connection the provider closed would fail the code, which is good once.
            .pool_max_idle_per_host(0)
            .https_only(!hier)
            .user_agent(concat!("Zielraum/", env!("CARGO_PKG_VERSION")));
        if hier {
            bau = bau.no_proxy();
        }
        let client = bau.build().map_err(|cause| {
            Error::umgebung(format!(
                "Verschlüsselte Verbindungen zum Anmeldedienst lassen sich nicht einrichten ({cause}). Fehlen die Wurzelzertifikate des Systems (Debian: ca-certificates)?"
            ))
        })?;
        Ok(Self {
            client,
            plaetze: Semaphore::new(ZUGLEICH),
            hier,
        })
    }

    /// The provider's discovery document and its keys.
    pub async fn entdecke(&self, issuer: &IssuerUrl) -> Result<ProviderMetadataWithLogout> {
        let metadaten = ProviderMetadataWithLogout::discover_async(issuer.clone(), self)
            .await
            .map_err(|cause| {
                // Its text may hold the answer's bytes: to the log, never to a page.
                tracing::error!(%cause, grund = ?cause.source().map(ToString::to_string), "OIDC discovery failed");
                nicht_erreichbar()
            })?;
        // A browser is sent there: the same rule as for us.
        let ende = &metadaten.additional_metadata().end_session_endpoint;
        let mut ziele = std::iter::once(metadaten.authorization_endpoint().url())
            .chain(ende.iter().map(EndSessionUrl::url));
        if !ziele.all(|ziel| erlaubt(ziel, self.hier)) {
            tracing::error!("OIDC discovery names a plain address for the browser");
            return Err(nicht_erreichbar());
        }
        Ok(metadaten)
    }

    /// One request; any status is an answer.
    async fn frage(&self, request: HttpRequest) -> Result<HttpResponse, Netzfehler> {
        let verbindung = |cause: &dyn std::error::Error| {
            let mut text = cause.to_string();
            let mut tiefer = cause.source();
            while let Some(grund) = tiefer {
                text = format!("{text}: {grund}");
                tiefer = grund.source();
            }
            Netzfehler::Verbindung(text)
        };
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Netzfehler::Adresse)?;
        if !erlaubt(&url, self.hier) {
            return Err(Netzfehler::Adresse);
        }
        let _platz = tokio::time::timeout(DAUER, self.plaetze.acquire())
            .await
            .map_err(|e| verbindung(&e))?
            .map_err(|e| verbindung(&e))?;
        let request = reqwest::Request::try_from(request).map_err(|e| verbindung(&e))?;
        let mut antwort = self
            .client
            .execute(request)
            .await
            .map_err(|e| verbindung(&e))?;
        let (status, kopf) = (antwort.status(), antwort.headers().clone());
        let mut inhalt = Vec::new();
        while let Some(stueck) = antwort.chunk().await.map_err(|e| verbindung(&e))? {
            if inhalt.len() + stueck.len() > GROESSE {
                return Err(Netzfehler::Groesse);
            }
            inhalt.extend_from_slice(&stueck);
        }
        let mut fertig = HttpResponse::new(inhalt);
        *fertig.status_mut() = status;
        *fertig.headers_mut() = kopf;
        Ok(fertig)
    }
}

impl<'c> AsyncHttpClient<'c> for Netz {
    type Error = Netzfehler;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Netzfehler>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.frage(request))
    }
}

/// What a person is told when the provider does not answer as it must.
#[must_use]
pub fn nicht_erreichbar() -> Error {
    Error::umgebung(
        "Der Anmeldedienst der Verwaltung antwortet zurzeit nicht richtig. Bitte in einigen Minuten noch einmal versuchen, sonst die IT verständigen; das Protokoll des Dienstes nennt den Grund.",
    )
}

/// Encrypted, or plain on this machine where that is allowed.
#[must_use]
pub fn erlaubt(url: &Url, hier: bool) -> bool {
    url.scheme() == "https" || (hier && url.scheme() == "http" && ist_hier(url))
}

fn ist_hier(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(adresse)) => adresse.is_loopback(),
        Some(Host::Ipv6(adresse)) => adresse.is_loopback(),
        None => false,
    }
}
