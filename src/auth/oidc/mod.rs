//! Sign-in at the town's own identity provider by OpenID Connect (feature `oidc`):
//! authorization code with PKCE, the id token checked, groups to roles, then the same session
//! as after a password.
//!
//! Reading order: [`konfig`] (what the operator says) → [`vorgang`] (what binds an attempt to
//! its browser) → [`netz`] (the only way out) → [`ausweis`] (the provider's word, checked) →
//! [`zutritt`] (account and roles) → [`routes`].
//!
//! Sources: OpenID Connect Core 1.0 (3.1.2, 3.1.3), Discovery 1.0 (4), RFC 7636 (PKCE),
//! RFC 9207 (issuer in the answer), RFC 9700 (security practice).

pub mod ausweis;
pub mod konfig;
pub mod netz;
pub(super) mod routes;
mod store;
pub mod vorgang;
pub mod zutritt;

use std::time::{Duration, Instant};

use openidconnect::ProviderMetadataWithLogout;
use tokio::sync::Mutex;

use self::konfig::Konfig;
use self::netz::{Netz, nicht_erreichbar};
use self::vorgang::Verbraucht;
use crate::error::Result;

/// How long what the provider says of itself is used for starting a sign-in; the answer is
/// always checked with keys fetched for it.
const MERKDAUER: Duration = Duration::from_mins(5);
/// How long a provider that did not answer is not asked again: many at the door are told at
/// once, instead of one after the other when each has waited.
const SCHONZEIT: Duration = Duration::from_secs(5);

/// What the provider said of itself when it was asked last, and when that was; or when it had
/// not answered.
type Gemerkt = Option<(Instant, Option<ProviderMetadataWithLogout>)>;

/// A configured provider.
#[derive(Debug)]
pub struct Anbieter {
    /// What the operator said.
    pub konfig: Konfig,
    netz: Netz,
    gemerkt: Mutex<Gemerkt>,
    verbraucht: Verbraucht,
}

impl Anbieter {
    /// Nothing is fetched before somebody signs in: a provider that is down does not keep the
    /// service from starting.
    pub fn neu(konfig: Konfig) -> Result<Self> {
        Ok(Self {
            netz: Netz::neu(&konfig.issuer)?,
            konfig,
            gemerkt: Mutex::new(None),
            verbraucht: Verbraucht::default(),
        })
    }

    /// The discovery document with its keys, not older than [`MERKDAUER`].
    async fn metadaten(&self) -> Result<ProviderMetadataWithLogout> {
        self.metadaten_seit(MERKDAUER).await
    }

    /// The same, fetched now: keys that were rotated or withdrawn count at once.
    async fn frische_metadaten(&self) -> Result<ProviderMetadataWithLogout> {
        self.metadaten_seit(Duration::ZERO).await
    }

    async fn metadaten_seit(&self, alter: Duration) -> Result<ProviderMetadataWithLogout> {
        let erbeten = Instant::now();
        // Held while fetching: many at the door are one request.
        let mut gemerkt = self.gemerkt.lock().await;
        match &*gemerkt {
            Some((wann, Some(metadaten))) if *wann >= erbeten || wann.elapsed() < alter => {
                return Ok(metadaten.clone());
            }
            Some((wann, None)) if wann.elapsed() < SCHONZEIT => return Err(nicht_erreichbar()),
            _ => {}
        }
        let begonnen = Instant::now();
        let neu = self.netz.entdecke(&self.konfig.issuer).await;
        *gemerkt = Some(match &neu {
            Ok(metadaten) => (begonnen, Some(metadaten.clone())),
            Err(_) => (Instant::now(), None),
        });
        neu
    }
}
