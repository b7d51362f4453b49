//! Who asks: nobody known, or an account with its roles.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use std::convert::Infallible;
use std::sync::Arc;
use uuid::Uuid;

macro_rules! rollen {
    ($($name:ident $schluessel:literal $titel:literal)*) => {
        /// A role of an account; several may be held (domain page strategie.md, section 7).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rolle { $(#[doc = $titel] $name),* }

        impl Rolle {
            /// Every role, in the order of the pages.
            pub const ALLE: &[Self] = &[$(Self::$name),*];

            /// Key in `auth.rolle`.
            #[must_use]
            pub fn schluessel(self) -> &'static str {
                match self { $(Self::$name => $schluessel),* }
            }

            /// German title.
            #[must_use]
            pub fn titel(self) -> &'static str {
                match self { $(Self::$name => $titel),* }
            }
        }
    };
}

rollen! {
    Stadtrat "stadtrat" "Stadtrat"
    Ortssprecher "ortssprecher" "Ortssprecher"
    Fachamt "fachamt" "Fachamt"
    Freigabe "freigabe" "Freigabe"
    Stadtplanung "stadtplanung" "Stadtplanung"
    Kaemmerei "kaemmerei" "Kämmerei"
    Strategie "strategie" "Strategie und Controlling"
    Admin "admin" "Verwaltung der Konten"
}

impl Rolle {
    /// By key.
    #[must_use]
    pub fn zu(schluessel: &str) -> Option<Self> {
        Self::ALLE
            .iter()
            .copied()
            .find(|rolle| rolle.schluessel() == schluessel)
    }
}

/// What a token may be used for; the roles of its account are the limit in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Umfang {
    /// Reading what is not public.
    Lesen,
    /// Changing.
    Schreiben,
    /// Importing files.
    Import,
}

impl Umfang {
    /// Every scope.
    pub const ALLE: &[Self] = &[Self::Lesen, Self::Schreiben, Self::Import];

    /// Key in `auth.token.umfang`.
    #[must_use]
    pub fn schluessel(self) -> &'static str {
        match self {
            Self::Lesen => "lesen",
            Self::Schreiben => "schreiben",
            Self::Import => "import",
        }
    }

    /// By key.
    #[must_use]
    pub fn zu(schluessel: &str) -> Option<Self> {
        Self::ALLE
            .iter()
            .copied()
            .find(|umfang| umfang.schluessel() == schluessel)
    }
}

/// By what the account showed itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Herkunft {
    /// A browser's session; the value every form must carry.
    Sitzung {
        /// Bound to the session, 64 hex digits.
        formularschutz: String,
    },
    /// A personal access token.
    Token {
        /// Its row, for the audit.
        id: Uuid,
        /// What it may be used for.
        umfang: Vec<Umfang>,
    },
}

/// A signed-in account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Angemeldet {
    /// Row in `auth.konto`.
    pub id: Uuid,
    /// Login name.
    pub login: String,
    /// Display name.
    pub name: String,
    /// Roles, in order.
    pub rollen: Vec<Rolle>,
    /// Kennung of the Akteur a Fachamt acts for.
    pub referat: Option<String>,
    /// Kennung of the Ortsteil an Ortssprecher acts for.
    pub ortsteil: Option<String>,
    /// By what it came.
    pub herkunft: Herkunft,
    /// The end of the session or token, whatever happens.
    pub endet: DateTime<Utc>,
}

impl Angemeldet {
    /// Holds the role.
    #[must_use]
    pub fn ist(&self, rolle: Rolle) -> bool {
        self.rollen.contains(&rolle)
    }

    /// Kennung of the Referat it acts for as Fachamt, and of the Ortsteil as Ortssprecher.
    #[must_use]
    pub fn zustaendig(&self) -> (Option<&str>, Option<&str>) {
        (
            self.referat.as_deref().filter(|_| self.ist(Rolle::Fachamt)),
            self.ortsteil
                .as_deref()
                .filter(|_| self.ist(Rolle::Ortssprecher)),
        )
    }
}

/// Who asks. An extension of every request, and an extractor that cannot fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Akteur(pub Option<Arc<Angemeldet>>);

impl Akteur {
    /// Nobody known.
    pub const ANONYM: Self = Self(None);

    /// The account.
    #[must_use]
    pub fn konto(&self) -> Option<&Angemeldet> {
        self.0.as_deref()
    }

    /// Author of changes, for `audit::begin`: `konto:<login>`, with a token
    /// `konto:<login> (Schlüssel <id>)`.
    #[must_use]
    pub fn urheber(&self) -> Option<String> {
        self.konto().map(|konto| match &konto.herkunft {
            Herkunft::Sitzung { .. } => format!("konto:{}", konto.login),
            Herkunft::Token { id, .. } => format!("konto:{} (Schlüssel {id})", konto.login),
        })
    }

    /// The scope is no limit: no token, or one that has it.
    #[must_use]
    pub fn erlaubt(&self, umfang: Umfang) -> bool {
        self.konto().is_none_or(|konto| match &konto.herkunft {
            Herkunft::Sitzung { .. } => true,
            Herkunft::Token { umfang: hat, .. } => hat.contains(&umfang),
        })
    }

    /// The reading world; None: the public's.
    #[must_use]
    pub fn sicht(&self) -> Option<Sicht> {
        if !self.erlaubt(Umfang::Lesen) {
            return None;
        }
        self.konto().and_then(Sicht::von)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Akteur {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// A reading world inside the working schemas; accounts with the same one share a pool.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sicht {
    /// Words for `freigabe.sieht`, separated by commas.
    pub umfang: String,
    /// Kennung of the Akteur.
    pub referat: Option<String>,
    /// Kennung of the Ortsteil.
    pub ortsteil: Option<String>,
}

impl Sicht {
    /// What the roles add up to; None when they show no more than the public sees.
    fn von(konto: &Angemeldet) -> Option<Self> {
        use Rolle::{Freigabe, Kaemmerei, Stadtplanung, Strategie};
        let eine_von = |rollen: &[Rolle]| rollen.iter().any(|rolle| konto.ist(*rolle));
        let mut sicht = Self {
            umfang: String::new(),
            referat: None,
            ortsteil: None,
        };
        let mut worte = Vec::new();
        if eine_von(&[Freigabe, Kaemmerei, Stadtplanung, Strategie]) {
            worte.push("alles");
            if eine_von(&[Freigabe, Kaemmerei, Strategie]) {
                worte.push("betraege");
            }
        } else {
            if konto.ist(Rolle::Stadtrat) {
                worte.push("gremium");
            }
            if konto.ist(Rolle::Fachamt) && konto.referat.is_some() {
                worte.push("referat");
                sicht.referat.clone_from(&konto.referat);
            }
            if konto.ist(Rolle::Ortssprecher) && konto.ortsteil.is_some() {
                worte.push("ortsteil");
                sicht.ortsteil.clone_from(&konto.ortsteil);
            }
            if worte.is_empty() {
                return None;
            }
            worte.push("veroeffentlicht");
        }
        sicht.umfang = worte.join(",");
        Some(sicht)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An account with these roles, of Referat `r1` and Ortsteil `o1`.
    pub fn konto(rollen: &[Rolle]) -> Angemeldet {
        Angemeldet {
            id: Uuid::nil(),
            login: "test".into(),
            name: "Test".into(),
            rollen: rollen.to_vec(),
            referat: Some("r1".into()),
            ortsteil: Some("o1".into()),
            herkunft: Herkunft::Sitzung {
                formularschutz: String::new(),
            },
            endet: DateTime::UNIX_EPOCH,
        }
    }

    fn umfang(rollen: &[Rolle]) -> Option<String> {
        Sicht::von(&konto(rollen)).map(|sicht| sicht.umfang)
    }

    #[test]
    fn roles_add_up() {
        use Rolle::{Admin, Fachamt, Kaemmerei, Ortssprecher, Stadtplanung, Stadtrat};
        assert_eq!(umfang(&[Admin]), None);
        assert_eq!(umfang(&[]), None);
        assert_eq!(
            umfang(&[Stadtrat]).as_deref(),
            Some("gremium,veroeffentlicht")
        );
        assert_eq!(
            umfang(&[Fachamt, Ortssprecher]).as_deref(),
            Some("referat,ortsteil,veroeffentlicht")
        );
        assert_eq!(umfang(&[Stadtplanung]).as_deref(), Some("alles"));
        assert_eq!(
            umfang(&[Stadtplanung, Kaemmerei]).as_deref(),
            Some("alles,betraege")
        );
        let mut ohne = konto(&[Fachamt]);
        ohne.referat = None;
        assert_eq!(Sicht::von(&ohne), None, "a Fachamt without Referat");
    }

    #[test]
    fn a_token_without_lesen_reads_as_the_public() {
        let mut konto = konto(&[Rolle::Strategie]);
        konto.herkunft = Herkunft::Token {
            id: Uuid::nil(),
            umfang: vec![Umfang::Import],
        };
        let akteur = Akteur(Some(Arc::new(konto)));
        assert_eq!(akteur.sicht(), None);
        assert!(akteur.urheber().unwrap().starts_with("konto:test (Schl"));
    }
}
