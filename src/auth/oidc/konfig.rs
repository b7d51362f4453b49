//! What the operator says of the provider: `--oidc-…` or `ZIELRAUM_OIDC_…`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use openidconnect::IssuerUrl;

use crate::auth::Rolle;
use crate::auth::konto::Angaben;
use crate::error::{Error, Result};

/// Options of `serve`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_field_names,
    reason = "they are the names of the options"
)]
pub struct Optionen {
    /// Anmeldedienst (OpenID Connect): seine Adresse, genau wie er selbst sie nennt
    #[arg(long, env = "ZIELRAUM_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: Option<String>,
    /// Kennung, unter der Zielraum beim Anmeldedienst eingetragen ist
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_CLIENT",
        value_name = "ID",
        requires = "oidc_issuer"
    )]
    oidc_client: Option<String>,
    /// Datei mit dem Geheimnis dazu (ohne: öffentlicher Client, nur PKCE)
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_SECRET_FILE",
        value_name = "DATEI",
        requires = "oidc_issuer"
    )]
    // Text, because clap takes no empty path, and an empty variable is none.
    oidc_secret_file: Option<OsString>,
    /// Rolle für eine Gruppe, mehrfach möglich; fachamt:REFERAT und ortssprecher:ORTSTEIL mit Kennung
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_GRUPPEN",
        value_name = "GRUPPE=ROLLE",
        value_delimiter = ';',
        requires = "oidc_issuer"
    )]
    oidc_gruppe: Vec<String>,
    /// Angabe (Claim), in der die Gruppen stehen; mit Punkten in die Tiefe, zum Beispiel `realm_access.roles`
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_CLAIM",
        value_name = "NAME",
        default_value = "groups"
    )]
    oidc_claim: String,
    /// Was außer `openid` erbeten wird, mehrfach möglich
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_SCOPES",
        value_name = "SCOPE",
        value_delimiter = ' ',
        default_value = "profile"
    )]
    oidc_scope: Vec<String>,
    /// Wie der Anmeldedienst auf der Anmeldeseite heißt
    #[arg(
        long,
        env = "ZIELRAUM_OIDC_NAME",
        value_name = "TEXT",
        default_value = "Verwaltungskonto"
    )]
    oidc_name: String,
}

impl Optionen {
    /// The checked configuration; none when no provider is named.
    ///
    /// # Errors
    /// [`Error::Aufruf`] naming the option that is wrong.
    pub fn lies(self) -> Result<Option<Konfig>> {
        // A variable that is set to nothing is one that is not set.
        let gefuellt = |wert: Option<String>| wert.filter(|wert| !wert.trim().is_empty());
        let Some(issuer) = gefuellt(self.oidc_issuer) else {
            return Ok(None);
        };
        let client = gefuellt(self.oidc_client).ok_or_else(|| {
            Error::parameter(
                "oidc-client",
                "Die Kennung fehlt, unter der Zielraum beim Anmeldedienst eingetragen ist (--oidc-client).",
            )
        })?;
        let gruppen = self
            .oidc_gruppe
            .iter()
            .filter(|regel| !regel.trim().is_empty());
        let gruppen: Vec<_> = gruppen
            .map(|regel| Regel::lies(regel))
            .collect::<Result<_>>()?;
        if gruppen.is_empty() {
            return Err(Error::parameter(
                "oidc-gruppe",
                "Keine Gruppe hat eine Rolle: So käme niemand herein. Beispiel: --oidc-gruppe Stadtplanung=stadtplanung",
            ));
        }
        let datei = self.oidc_secret_file.filter(|pfad| !pfad.is_empty());
        let secret = datei.map(PathBuf::from).map(|pfad| {
            let text = std::fs::read_to_string(&pfad).map_err(|cause| {
                Error::parameter(
                    "oidc-secret-file",
                    format!(
                        "Die Datei „{}“ mit dem Geheimnis lässt sich nicht lesen: {}",
                        pfad.display(),
                        crate::import::datei::grund(&cause)
                    ),
                )
            })?;
            let text = text.trim();
            if text.is_empty() {
                return Err(Error::parameter(
                    "oidc-secret-file",
                    format!("Die Datei „{}“ mit dem Geheimnis ist leer.", pfad.display()),
                ));
            }
            Ok(text.to_owned())
        });
        Ok(Some(Konfig {
            issuer: pruefe_issuer(&issuer)?,
            client: client.trim().to_owned(),
            secret: secret.transpose()?.map(Geheim),
            gruppen,
            claim: self.oidc_claim,
            scopes: self.oidc_scope,
            name: self.oidc_name,
        }))
    }
}

/// A secret that no log shows.
#[derive(Clone)]
pub struct Geheim(pub String);

impl std::fmt::Debug for Geheim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// A provider as configured.
#[derive(Debug, Clone)]
pub struct Konfig {
    /// Its name for itself.
    pub issuer: IssuerUrl,
    /// Our name there.
    pub client: String,
    /// Our secret there.
    pub secret: Option<Geheim>,
    /// Which group gives which role; the order decides where two give a Referat.
    pub gruppen: Vec<Regel>,
    /// Claim that holds the groups, as a path with dots.
    pub claim: String,
    /// Scopes besides `openid`.
    pub scopes: Vec<String>,
    /// Title on the sign-in page.
    pub name: String,
}

impl Konfig {
    /// What these groups give; none when no group gives a role.
    #[must_use]
    pub fn angaben(&self, gruppen: &[String]) -> Option<Angaben> {
        let mut angaben = Angaben::default();
        for regel in self.gruppen.iter().filter(|r| gruppen.contains(&r.gruppe)) {
            angaben.rollen.push(regel.rolle);
            let platz = match regel.rolle {
                Rolle::Fachamt => &mut angaben.referat,
                Rolle::Ortssprecher => &mut angaben.ortsteil,
                _ => continue,
            };
            if platz.is_some() && *platz != regel.kennung {
                tracing::warn!(rolle = ?regel.rolle, "two groups name different offices: the first of the configuration counts");
                continue;
            }
            platz.clone_from(&regel.kennung);
        }
        angaben.rollen.sort_unstable();
        angaben.rollen.dedup();
        (!angaben.rollen.is_empty()).then_some(angaben)
    }
}

/// One group and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regel {
    gruppe: String,
    rolle: Rolle,
    /// Referat or Ortsteil.
    kennung: Option<String>,
}

impl Regel {
    /// `GRUPPE=rolle`. The last `=` parts them: an LDAP name is full of them.
    pub fn lies(text: &str) -> Result<Self> {
        let falsch = |warum: &str| {
            Error::parameter(
                "oidc-gruppe",
                format!(
                    "„{text}“ ordnet keiner Gruppe eine Rolle zu: {warum} Beispiel: --oidc-gruppe Stadtplanung=stadtplanung"
                ),
            )
        };
        let (gruppe, rolle) = text
            .rsplit_once('=')
            .ok_or_else(|| falsch("zwischen Gruppe und Rolle gehört ein Gleichheitszeichen."))?;
        let (rolle, kennung) = match rolle.split_once(':') {
            Some((rolle, kennung)) => (rolle.trim(), Some(kennung.trim().to_owned())),
            None => (rolle.trim(), None),
        };
        let gruppe = gruppe.trim();
        if gruppe.is_empty() {
            return Err(falsch("die Gruppe fehlt."));
        }
        let gelesen = Rolle::zu(rolle).ok_or_else(|| {
            let alle: Vec<_> = Rolle::ALLE.iter().map(|r| r.schluessel()).collect();
            falsch(&format!(
                "eine Rolle „{rolle}“ gibt es nicht, möglich sind {}.",
                alle.join(", ")
            ))
        })?;
        let braucht = matches!(gelesen, Rolle::Fachamt | Rolle::Ortssprecher);
        if braucht != kennung.as_deref().is_some_and(|k| !k.is_empty()) {
            return Err(falsch(if braucht {
                "zu fachamt gehört das Referat (fachamt:KENNUNG), zu ortssprecher der Ortsteil (ortssprecher:KENNUNG)."
            } else {
                "eine Kennung nach dem Doppelpunkt gehört nur zu fachamt und ortssprecher."
            }));
        }
        Ok(Self {
            gruppe: gruppe.to_owned(),
            rolle: gelesen,
            kennung,
        })
    }
}

/// Encrypted, or on this very machine.
fn pruefe_issuer(text: &str) -> Result<IssuerUrl> {
    let falsch = |warum: &str| {
        Error::parameter(
            "oidc-issuer",
            format!("Die Adresse „{text}“ des Anmeldedienstes {warum}"),
        )
    };
    let issuer = IssuerUrl::new(text.trim().to_owned())
        .map_err(|_| falsch("ist keine URL. Beispiel: https://login.example.de/realms/stadt"))?;
    let url = issuer.url();
    if !super::netz::erlaubt(url, true) {
        return Err(falsch(
            "muss mit https:// beginnen (http:// nur auf 127.0.0.1).",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(falsch(
            "darf weder „?“ noch „#“ enthalten. Es ist die Adresse ohne /.well-known/openid-configuration.",
        ));
    }
    Ok(issuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn konfig(regeln: &[&str]) -> Konfig {
        Konfig {
            issuer: pruefe_issuer("https://login.example.de/realms/stadt").unwrap(),
            client: "zielraum".into(),
            secret: None,
            gruppen: regeln.iter().map(|r| Regel::lies(r).unwrap()).collect(),
            claim: "groups".into(),
            scopes: Vec::new(),
            name: String::new(),
        }
    }

    #[derive(clap::Parser)]
    struct Befehl {
        #[command(flatten)]
        oidc: Optionen,
    }

    fn optionen(issuer: &str, client: &str, gruppen: &[&str], datei: &str) -> Optionen {
        let mut worte = vec!["zielraum", "--oidc-issuer", issuer, "--oidc-client", client];
        worte.extend(["--oidc-secret-file", datei]);
        worte.extend(gruppen.iter().flat_map(|gruppe| ["--oidc-gruppe", gruppe]));
        <Befehl as clap::Parser>::try_parse_from(worte)
            .unwrap()
            .oidc
    }

    /// As docker-compose.yml passes on what nobody has set.
    #[test]
    fn set_to_nothing_is_not_set() {
        assert!(optionen("", "", &[""], "").lies().unwrap().is_none());
        let issuer = "https://login.example.de";
        let konfig = optionen(issuer, " zielraum ", &["", "a=admin"], "").lies();
        let konfig = konfig.unwrap().unwrap();
        assert_eq!(konfig.client, "zielraum");
        assert_eq!((konfig.gruppen.len(), konfig.secret.is_none()), (1, true));
        for (client, gruppen, datei, wort) in [
            (" ", ["a=admin"], "", "--oidc-client"),
            ("zielraum", [" "], "", "käme niemand herein"),
            ("zielraum", ["a=admin"], "/gibt/es/nicht", "/gibt/es/nicht"),
            ("zielraum", ["a=admin"], "/dev/null", "ist leer"),
        ] {
            let fehler = optionen(issuer, client, &gruppen, datei).lies();
            let text = fehler.unwrap_err().to_string();
            assert!(text.contains(wort), "{text}");
        }
    }

    #[test]
    fn no_log_shows_the_secret() {
        let mut konfig = konfig(&["a=admin"]);
        konfig.secret = Some(Geheim("Canaryword".into()));
        assert!(!format!("{konfig:?}").contains("Canaryword"));
    }

    #[test]
    fn groups_give_roles() {
        let konfig = konfig(&[
            "CN=Planung,OU=Stadt=stadtplanung",
            "alle = fachamt:bauamt",
            "alle=fachamt:umwelt",
            "alle=strategie",
        ]);
        let gib = |gruppen: &[&str]| {
            let gruppen: Vec<_> = gruppen.iter().map(|g| (*g).to_owned()).collect();
            konfig.angaben(&gruppen)
        };
        assert_eq!(gib(&[]), None);
        assert_eq!(gib(&["Alle", "planung"]), None, "names are exact");
        let planung = gib(&["CN=Planung,OU=Stadt"]).unwrap();
        assert_eq!(planung.rollen, [Rolle::Stadtplanung]);
        let alle = gib(&["alle", "CN=Planung,OU=Stadt"]).unwrap();
        assert_eq!(alle.rollen.len(), 3);
        assert_eq!(alle.referat.as_deref(), Some("bauamt"));
    }

    #[test]
    fn wrong_rules_say_what_is_wrong() {
        for (regel, wort) in [
            ("Planung", "Gleichheitszeichen"),
            ("=admin", "Gruppe fehlt"),
            ("Planung=chef", "„chef“ gibt es nicht"),
            ("Planung=fachamt", "fachamt:KENNUNG"),
            ("Planung=fachamt:", "fachamt:KENNUNG"),
            ("Planung=admin:bauamt", "nur zu fachamt"),
        ] {
            let text = Regel::lies(regel).unwrap_err().to_string();
            assert!(text.contains(wort), "{regel}: {text}");
        }
    }

    #[test]
    fn issuers_are_encrypted_or_here() {
        for gut in [
            "https://login.example.de",
            "https://login.example.de/realms/x/",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://localhost:3000",
        ] {
            assert_eq!(pruefe_issuer(gut).unwrap().as_str(), gut);
        }
        for schlecht in [
            "login.example.de",
            "http://login.example.de",
            "http://127.0.0.1.example.de",
            "ftp://127.0.0.1",
            "https://login.example.de/?x",
            "file:///etc/passwd",
        ] {
            assert!(pruefe_issuer(schlecht).is_err(), "{schlecht}");
        }
    }
}
