//! The provider's word: the way there, the code against tokens, the id token checked
//! (`OpenID Connect Core` 3.1.3.7), and what it says of the person.

use chrono::{TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Anbieter;
use super::netz::nicht_erreichbar;
use super::vorgang::Vorgang;
use crate::error::{Error, Result};

/// Signatures taken; never none, never one with our own secret.
const VERFAHREN: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
];
/// Clocks may differ by this many seconds.
const UHR: i64 = 60;
/// Longest name of a person at the provider (Core 2, `sub`), in bytes.
const SUBJECT_MAX: usize = 255;
/// Largest number of groups looked at.
const GRUPPEN_MAX: usize = 5_000;

/// All claims besides the standard ones.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Weitere {
    #[serde(flatten)]
    alle: Map<String, Value>,
}
impl AdditionalClaims for Weitere {}

type Felder = IdTokenFields<
    Weitere,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Klient = Client<
    Weitere,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Felder, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ausweis {
    /// The provider's name for itself.
    pub issuer: String,
    /// The person's lasting name there.
    pub subject: String,
    /// `preferred_username`, else the front of the mail address: a wish for the login name.
    pub kurz: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// Groups.
    pub gruppen: Vec<String>,
}

impl Anbieter {
    fn klient(&self, metadaten: ProviderMetadataWithLogout, zurueck: String) -> Result<Klient> {
        // RFC 6749, 2.3.1: Basic unless the provider says it knows the body alone.
        let nur_im_inhalt = metadaten
            .token_endpoint_auth_methods_supported()
            .is_some_and(|arten| {
                arten.contains(&CoreClientAuthMethod::ClientSecretPost)
                    && !arten.contains(&CoreClientAuthMethod::ClientSecretBasic)
            });
        let secret = self.konfig.secret.as_ref();
        let klient = Klient::from_provider_metadata(
            metadaten,
            ClientId::new(self.konfig.client.clone()),
            secret.map(|secret| ClientSecret::new(secret.0.clone())),
        );
        Ok(klient
            .set_redirect_uri(RedirectUrl::new(zurueck).map_err(Error::intern)?)
            .set_auth_type(if nur_im_inhalt {
                AuthType::RequestBody
            } else {
                AuthType::BasicAuth
            }))
    }

    /// The provider's address to send the browser to. `hier` is where the answer comes
    /// (an absolute address), `ziel` the page afterwards.
    pub async fn weg(&self, vorgang: &Vorgang<'_>, hier: String, ziel: &str) -> Result<String> {
        let klient = self.klient(self.metadaten().await?, hier)?;
        let state = vorgang.state(Utc::now().timestamp(), ziel);
        let nonce = vorgang.nonce();
        let verifier = PkceCodeVerifier::new(vorgang.verifier());
        let (url, ..) = klient
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.konfig.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// The provider's address for ending the session there (RP-Initiated Logout 1.0); none
    /// when it has none. Without the id token, which is kept nowhere: the provider asks.
    pub async fn weg_hinaus(&self) -> Result<Option<String>> {
        let metadaten = self.metadaten().await?;
        let ende = metadaten.additional_metadata().end_session_endpoint.clone();
        Ok(ende.map(|ende| {
            let client = ClientId::new(self.konfig.client.clone());
            let anfrage = LogoutRequest::from(ende).set_client_id(client);
            anfrage.http_get_url().into()
        }))
    }

    /// Gives the code back and checks what comes for it.
    ///
    /// # Errors
    /// [`Error::Eingabe`] where the sign-in is refused, [`Error::Umgebung`] where the provider
    /// does not answer as it must.
    pub async fn ausweis(
        &self,
        vorgang: &Vorgang<'_>,
        hier: String,
        code: String,
    ) -> Result<Ausweis> {
        let klient = self.klient(self.frische_metadaten().await?, hier)?;
        let antwort = klient
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|cause| {
                tracing::error!(%cause, "OIDC provider without a token endpoint");
                nicht_erreichbar()
            })?
            .set_pkce_verifier(PkceCodeVerifier::new(vorgang.verifier()))
            .request_async(&self.netz)
            .await
            .map_err(|cause| abgelehnt(&cause))?;
        let token = antwort.id_token().ok_or_else(|| {
            tracing::error!("OIDC answer without an id token");
            ungueltig()
        })?;
        let jetzt = Utc::now();
        let verifier = klient
            .id_token_verifier()
            .set_allowed_algs(VERFAHREN)
            .set_time_fn(move || jetzt - TimeDelta::seconds(UHR))
            .set_issue_time_verifier_fn(move |iat| {
                let alter = (jetzt - iat).num_seconds();
                if (-UHR..=super::vorgang::DAUER + UHR).contains(&alter) {
                    Ok(())
                } else {
                    Err(format!("issued {alter} s ago"))
                }
            });
        let angaben = token
            .claims(&verifier, &Nonce::new(vorgang.nonce()))
            .map_err(|cause| {
                tracing::warn!(%cause, "OIDC id token refused");
                ungueltig()
            })?;
        let subject = angaben.subject().as_str();
        if subject.is_empty() || subject.len() > SUBJECT_MAX || subject.contains(char::is_control) {
            tracing::error!(?subject, "OIDC id token names nobody");
            return Err(ungueltig());
        }
        let mut ausweis = Ausweis {
            issuer: self.konfig.issuer.as_str().to_owned(),
            subject: subject.to_owned(),
            kurz: angaben
                .preferred_username()
                .map(|name| name.as_str().to_owned())
                .or_else(|| angaben.email().map(|mail| vorne(mail.as_str()))),
            name: angaben
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.as_str().to_owned()),
            gruppen: Vec::new(),
        };
        if let Some(gruppen) = gruppen(&angaben.additional_claims().alle, &self.konfig.claim) {
            ausweis.gruppen = gruppen;
            return Ok(ausweis);
        }
        if klient.user_info_url().is_some() {
            self.frage_nach(
                &klient,
                antwort.access_token().clone(),
                angaben.subject(),
                &mut ausweis,
            )
            .await?;
        }
        Ok(ausweis)
    }

    /// Providers that keep the id token small tell the rest here (Core 5.3).
    async fn frage_nach(
        &self,
        klient: &Klient,
        zugang: openidconnect::AccessToken,
        subject: &SubjectIdentifier,
        ausweis: &mut Ausweis,
    ) -> Result<()> {
        let gescheitert = |cause: String| {
            tracing::error!(cause, "OIDC userinfo failed");
            nicht_erreichbar()
        };
        let mehr: UserInfoClaims<Weitere, CoreGenderClaim> = klient
            .user_info(zugang, Some(subject.clone()))
            .map_err(|cause| gescheitert(cause.to_string()))?
            .request_async(&self.netz)
            .await
            .map_err(|cause| gescheitert(cause.to_string()))?;
        ausweis.kurz = ausweis
            .kurz
            .take()
            .or_else(|| mehr.preferred_username().map(|n| n.as_str().to_owned()))
            .or_else(|| mehr.email().map(|mail| vorne(mail.as_str())));
        ausweis.name = ausweis.name.take().or_else(|| {
            let name = mehr.name().and_then(|name| name.get(None));
            name.map(|name| name.as_str().to_owned())
        });
        let alle = &mehr.additional_claims().alle;
        if let Some(gruppen) = gruppen(alle, &self.konfig.claim) {
            ausweis.gruppen = gruppen;
        } else {
            tracing::warn!(
                claim = self.konfig.claim,
                "OIDC: neither id token nor userinfo has the claim with the groups (is it released to this client? Entra ID leaves it out where there are too many: use app roles, --oidc-claim roles)"
            );
        }
        Ok(())
    }
}

/// What stands in a claim: a list, or one name as text. A name with dots is looked for as it
/// is, then as a path.
fn gruppen(angaben: &Map<String, Value>, claim: &str) -> Option<Vec<String>> {
    let wert = angaben.get(claim).or_else(|| {
        let mut teile = claim.split('.');
        let erstes = angaben.get(teile.next()?)?;
        teile.try_fold(erstes, |wert, teil| wert.get(teil))
    })?;
    Some(match wert {
        Value::String(eine) => vec![eine.clone()],
        Value::Array(viele) => viele
            .iter()
            .filter_map(Value::as_str)
            .take(GRUPPEN_MAX)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    })
}

fn vorne(mail: &str) -> String {
    mail.split('@').next().unwrap_or_default().to_owned()
}

/// The provider did not take the code.
fn abgelehnt<E: std::error::Error>(
    cause: &RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>,
) -> Error {
    match cause {
        RequestTokenError::ServerResponse(antwort)
            if matches!(
                antwort.error(),
                // Of a code that is none some say the second.
                CoreErrorResponseType::InvalidGrant | CoreErrorResponseType::InvalidRequest
            ) =>
        {
            tracing::warn!(fehler = %antwort.error().as_ref(), "OIDC provider refused the code");
            Error::eingabe(
                "Der Anmeldedienst hat diese Anmeldung nicht bestätigt: Sie ist abgelaufen oder wurde schon benutzt. Bitte noch einmal anmelden.",
            )
        }
        RequestTokenError::ServerResponse(antwort) => {
            // Wrong secret, wrong redirect address: the operator's.
            tracing::error!(fehler = %antwort.error().as_ref(), "OIDC provider refused us");
            nicht_erreichbar()
        }
        // An id token that is none: unsigned, not a JWT.
        RequestTokenError::Parse(cause, inhalt) if hat_ausweis(inhalt) => {
            tracing::warn!(%cause, "OIDC id token not understood");
            ungueltig()
        }
        RequestTokenError::Parse(cause, _) => {
            tracing::error!(%cause, "OIDC token answer not understood");
            nicht_erreichbar()
        }
        anderes => {
            tracing::error!(cause = %anderes, "OIDC token request failed");
            nicht_erreichbar()
        }
    }
}

fn hat_ausweis(inhalt: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(inhalt)
        .is_ok_and(|antwort| antwort.contains_key("id_token"))
}

/// One sentence for every fault of a token: the log has the reason.
fn ungueltig() -> Error {
    Error::eingabe(
        "Die Bestätigung des Anmeldedienstes ist nicht gültig (Unterschrift, Aussteller, Empfänger, Frist oder Vorgang passen nicht). Sie wurden nicht angemeldet. Bitte noch einmal versuchen; geschieht es wieder, die IT verständigen.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_stand_in_many_places() {
        let angaben = json!({
            "groups": ["a", 7, "b"], "eine": "a", "zahl": 7,
            "realm_access": { "roles": ["c"] }, "https://stadt.example/rollen": ["d"]
        });
        let Value::Object(angaben) = angaben else {
            unreachable!()
        };
        let gib = |claim: &str| gruppen(&angaben, claim).map(|g| g.join(" "));
        assert_eq!(gib("groups").as_deref(), Some("a b"));
        assert_eq!(gib("eine").as_deref(), Some("a"));
        assert_eq!(gib("zahl").as_deref(), Some(""));
        assert_eq!(gib("realm_access.roles").as_deref(), Some("c"));
        assert_eq!(gib("https://stadt.example/rollen").as_deref(), Some("d"));
        assert_eq!(gib("realm_access.fehlt"), None);
        assert_eq!(gib("fehlt"), None);
    }
}
