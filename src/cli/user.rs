//! `zielraum user`: accounts, roles, tokens.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Args, Subcommand};

use crate::auth::akteur::Umfang;
use crate::auth::konto::{self, Angaben};
use crate::auth::konto_store::{self, Konto};
use crate::auth::{Rolle, store};
use crate::db::{Database, audit};
use crate::error::{Error, Result};

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Konto anlegen; das Kennwort wird verdeckt erfragt oder von der Standardeingabe gelesen
    Add(Add),
    /// Alle Konten zeigen
    List,
    /// Rollen setzen (ersetzt die bisherigen); ohne --rolle: keine
    Role(Role),
    /// Zugangsschlüssel für QGIS und Skripte: anlegen, zeigen, widerrufen
    #[command(subcommand)]
    Token(Token),
    /// Konto sperren: Sitzungen und Zugangsschlüssel gelten nicht mehr
    Lock(Login),
    /// Konto entsperren
    Unlock(Login),
    /// Neues Kennwort setzen; beendet die Sitzungen des Kontos
    Password(Login),
}

#[derive(Debug, Args)]
pub(super) struct Login {
    /// Anmeldename
    login: String,
}

#[derive(Debug, Args)]
struct Befugnis {
    /// Rolle, mehrfach möglich: stadtrat, ortssprecher, fachamt, freigabe, stadtplanung, kaemmerei, strategie, admin
    #[arg(long = "rolle", value_name = "ROLLE")]
    rollen: Vec<String>,
    /// Kennung des Referats (Akteur), für die Rolle fachamt
    #[arg(long, value_name = "KENNUNG")]
    referat: Option<String>,
    /// Kennung des Ortsteils, für die Rolle ortssprecher
    #[arg(long, value_name = "KENNUNG")]
    ortsteil: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Anmeldename: kleine Buchstaben ohne Umlaute, Ziffern, Punkt, Strich
    login: String,
    /// Anzeigename [Vorgabe: der Anmeldename]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    befugnis: Befugnis,
    /// Ohne Kennwort: Anmelden geht erst nach „user password“; Zugangsschlüssel gehen sofort
    #[arg(long)]
    ohne_kennwort: bool,
}

#[derive(Debug, Args)]
pub(super) struct Role {
    /// Anmeldename
    login: String,
    #[command(flatten)]
    befugnis: Befugnis,
}

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Neuen Schlüssel anlegen; er wird nur jetzt gezeigt
    Add {
        /// Anmeldename
        login: String,
        /// Wofür der Schlüssel ist
        #[arg(long, value_name = "NAME", default_value = "Kommandozeile")]
        name: String,
        /// Umfang, mehrfach möglich: lesen, schreiben, import [Vorgabe: lesen]
        #[arg(long = "umfang", value_name = "UMFANG")]
        umfang: Vec<String>,
        /// Gültigkeit in Tagen, höchstens 365
        #[arg(long, value_name = "TAGE", default_value_t = 90)]
        tage: i32,
    },
    /// Schlüssel eines Kontos zeigen (nur Anfang, Name, Umfang)
    List {
        /// Anmeldename
        login: String,
    },
    /// Schlüssel widerrufen
    Revoke {
        /// Anmeldename
        login: String,
        /// Anfang des Schlüssels, wie ihn „token list“ zeigt
        anfang: String,
    },
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    let wer = audit::operator();
    let pool = &db.auth;
    match was {
        Was::Add(add) => {
            let angaben = angaben(add.befugnis)?;
            let kennwort = if add.ohne_kennwort {
                None
            } else {
                Some(kennwort()?)
            };
            let name = add.name.as_deref().unwrap_or(&add.login);
            konto::lege_an(pool, &wer, &add.login, name, &angaben, kennwort).await?;
            super::notice(&format!("Konto „{}“ angelegt.\n", add.login));
            Ok(())
        }
        Was::List => {
            let zeilen: Vec<String> = konto::liste(pool).await?.iter().map(zeile).collect();
            super::answer(&format!(
                "Anmeldename\tName\tRollen\tfür\tSchlüssel\tzuletzt\tStand\n{}",
                zeilen.concat()
            ))
        }
        Was::Role(role) => {
            konto::setze_angaben(pool, &wer, &role.login, &angaben(role.befugnis)?).await?;
            super::notice(&format!("Rollen von „{}“ gesetzt.\n", role.login));
            Ok(())
        }
        Was::Token(token) => schluessel(token, db, &wer).await,
        Was::Lock(Login { login }) => {
            konto::sperre(pool, &wer, &login, true).await?;
            super::notice(&format!("Konto „{login}“ gesperrt.\n"));
            Ok(())
        }
        Was::Unlock(Login { login }) => {
            konto::sperre(pool, &wer, &login, false).await?;
            super::notice(&format!("Konto „{login}“ entsperrt.\n"));
            Ok(())
        }
        Was::Password(Login { login }) => {
            konto_store::eines(pool, &login).await?;
            konto::setze_kennwort(pool, &wer, &login, kennwort()?, None).await?;
            super::notice(&format!("Kennwort von „{login}“ gesetzt.\n"));
            Ok(())
        }
    }
}

async fn schluessel(token: Token, db: &Database, wer: &str) -> Result<()> {
    let pool = &db.auth;
    match token {
        Token::Add {
            login,
            name,
            umfang,
            tage,
        } => {
            let umfang = if umfang.is_empty() {
                vec![Umfang::Lesen]
            } else {
                umfang
                    .iter()
                    .map(|text| {
                        Umfang::zu(text).ok_or_else(|| {
                            Error::parameter(
                                "umfang",
                                format!("Einen Umfang „{text}“ gibt es nicht. Möglich sind: lesen, schreiben, import."),
                            )
                        })
                    })
                    .collect::<Result<Vec<_>>>()?
            };
            let token = konto::neuer_token(pool, wer, &login, &name, &umfang, tage).await?;
            super::notice("Zugangsschlüssel (wird nur jetzt gezeigt):\n");
            super::answer(&format!("{token}\n"))
        }
        Token::List { login } => {
            let konto = konto_store::eines(pool, &login).await?;
            let zeilen = store::tokens(pool, konto.id).await?.into_iter().map(|t| {
                let stand = if t.gilt { "gilt" } else { "gilt nicht mehr" };
                format!(
                    "{}\t{}\t{}\t{}\t{stand}\n",
                    t.anfang,
                    t.name,
                    t.umfang.join(", "),
                    crate::ortszeit::tag(&t.laeuft_ab)
                )
            });
            super::answer(&format!(
                "Anfang\tName\tUmfang\tgilt bis\tStand\n{}",
                zeilen.collect::<String>()
            ))
        }
        Token::Revoke { login, anfang } => {
            let konto = konto_store::eines(pool, &login).await?;
            let gemeint: Vec<_> = store::tokens(pool, konto.id)
                .await?
                .into_iter()
                .filter(|t| t.gilt && t.anfang == anfang.trim_end_matches('…'))
                .collect();
            let [token] = gemeint.as_slice() else {
                return Err(Error::nicht_gefunden(format!(
                    "Einen geltenden Zugangsschlüssel, der mit „{anfang}“ beginnt, hat „{login}“ nicht. Alle zeigt „zielraum user token list {login}“."
                )));
            };
            konto::widerrufe(pool, wer, &login, token.id).await?;
            super::notice("Zugangsschlüssel widerrufen.\n");
            Ok(())
        }
    }
}

fn angaben(befugnis: Befugnis) -> Result<Angaben> {
    Ok(Angaben {
        rollen: konto::rollen(befugnis.rollen.iter().flat_map(|text| text.split(',')))?,
        referat: befugnis.referat,
        ortsteil: befugnis.ortsteil,
    })
}

fn zeile(konto: &Konto) -> String {
    let rollen: Vec<_> = konto
        .rollen
        .iter()
        .map(|rolle: &Rolle| rolle.schluessel())
        .collect();
    let fuer: Vec<_> = konto
        .referat
        .iter()
        .chain(&konto.ortsteil)
        .map(String::as_str)
        .collect();
    let stand = match (konto.gesperrt_seit, konto.kennwort) {
        (Some(seit), _) => format!("gesperrt seit {}", crate::ortszeit::tag(&seit)),
        (None, true) => "aktiv".to_owned(),
        (None, false) => "ohne Kennwort".to_owned(),
    };
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{stand}\n",
        konto.login,
        konto.name,
        rollen.join(", "),
        fuer.join(", "),
        konto.schluessel,
        konto.zuletzt.map_or_else(
            || "nie".to_owned(),
            |tag| tag.format("%d.%m.%Y").to_string()
        )
    )
}

/// Asked for twice without echo at a terminal, else the first line of standard input.
fn kennwort() -> Result<String> {
    if std::io::stdin().is_terminal() {
        let erstes = rpassword::prompt_password("Neues Kennwort: ")?;
        if rpassword::prompt_password("Noch einmal: ")? != erstes {
            return Err(Error::eingabe(
                "Die beiden Kennwörter stimmen nicht überein.",
            ));
        }
        return Ok(erstes);
    }
    let mut zeile = String::new();
    std::io::stdin().lock().read_line(&mut zeile)?;
    Ok(zeile.trim_end_matches(['\r', '\n']).to_owned())
}
