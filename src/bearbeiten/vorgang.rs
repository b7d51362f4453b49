//! One writing request: a transaction under author and reason, tried again only where the
//! database surely undid it, with the answer kept for a repeated key.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::db::audit;
use crate::error::Error;
use crate::http::problem::{self, Problem};

/// How often a transaction is tried that lost against another.
const VERSUCHE: u32 = 5;

/// What a change answers, before it is a response: it may be stored.
#[derive(Debug, Clone)]
pub struct Antwort {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub kopf: Vec<(&'static str, String)>,
    /// Body; empty for none.
    pub inhalt: String,
}

impl Antwort {
    fn dokument(&self) -> Value {
        let kopf: Map<String, Value> = self
            .kopf
            .iter()
            .map(|(name, wert)| ((*name).to_owned(), json!(wert)))
            .collect();
        json!({"status": self.status.as_u16(), "kopf": kopf, "inhalt": self.inhalt})
    }
}

impl IntoResponse for Antwort {
    fn into_response(self) -> Response {
        baue(
            self.status,
            self.kopf.into_iter().map(|(n, w)| (n.to_owned(), w)),
            self.inhalt,
        )
    }
}

fn baue(
    status: StatusCode,
    kopf: impl Iterator<Item = (String, String)>,
    inhalt: String,
) -> Response {
    let mut headers = HeaderMap::new();
    for (name, wert) in kopf {
        if let (Ok(name), Ok(wert)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&wert)) {
            headers.insert(name, wert);
        }
    }
    (status, headers, Body::from(inhalt)).into_response()
}

/// What is done inside the transaction; done anew when that one was lost.
pub trait Schritt: Sync {
    /// Changes and answers; an error undoes everything.
    fn tue(&self, conn: &mut PgConnection)
    -> impl Future<Output = Result<Antwort, Problem>> + Send;
}

/// Who changes what why.
#[derive(Debug)]
pub struct Vorgang<'a> {
    /// Role `zielraum_write`.
    pub pool: &'a PgPool,
    /// Author.
    pub wer: &'a str,
    /// Reason.
    pub warum: &'a str,
}

/// A repeated request: key, and everything that makes it the same.
#[derive(Debug)]
pub struct Wiederholbar<'a> {
    /// Idempotency-Key.
    pub schluessel: &'a str,
    /// Method, address and body.
    pub anfrage: &'a [&'a [u8]],
}

impl Vorgang<'_> {
    /// Opens the transaction: limits, author and reason.
    async fn beginne(&self) -> Result<Transaction<'static, Postgres>, Problem> {
        let mut tx = audit::begin(self.pool, self.wer, self.warum).await?;
        sqlx::query!(
            "SELECT set_config('statement_timeout', '20s', true) AS a, set_config('lock_timeout', '5s', true) AS b"
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(uebersetze)?;
        Ok(tx)
    }

    /// Runs a step in one transaction; success is told only after its commit.
    pub async fn fuehre_aus(
        &self,
        wiederholbar: Option<Wiederholbar<'_>>,
        schritt: &impl Schritt,
    ) -> Result<Response, Problem> {
        let mut versuch = 0;
        loop {
            match self.einmal(wiederholbar.as_ref(), schritt).await {
                Err(problem) if problem.ursache.as_deref() == Some(VERLOREN) => {
                    versuch += 1;
                    if versuch == VERSUCHE {
                        return Err(problem::UEBERLASTET.mit("Das Objekt wird gerade von mehreren geändert. Bitte gleich noch einmal."));
                    }
                    tokio::time::sleep(Duration::from_millis(20 << versuch)).await;
                }
                ergebnis => return ergebnis,
            }
        }
    }

    async fn einmal(
        &self,
        wiederholbar: Option<&Wiederholbar<'_>>,
        schritt: &impl Schritt,
    ) -> Result<Response, Problem> {
        let mut tx = self.beginne().await?;
        if let Some(w) = wiederholbar
            && let Some(alt) = self.schon_beantwortet(&mut tx, w).await?
        {
            return alt;
        }
        let antwort = schritt.tue(&mut tx).await?;
        if let Some(w) = wiederholbar {
            sqlx::query!(
                "UPDATE freigabe.idempotenz SET antwort = $3 WHERE konto = $1 AND schluessel = $2",
                self.wer,
                w.schluessel,
                antwort.dokument()
            )
            .execute(&mut *tx)
            .await
            .map_err(uebersetze)?;
        }
        // Deferred checks and the seal of the audit run here.
        tx.commit().await.map_err(uebersetze)?;
        Ok(antwort.into_response())
    }

    /// The answer given before; 422 where the same key came with something else.
    async fn schon_beantwortet(
        &self,
        conn: &mut PgConnection,
        w: &Wiederholbar<'_>,
    ) -> Result<Option<Result<Response, Problem>>, Problem> {
        let mut hash = Sha256::new();
        for teil in w.anfrage {
            hash.update((teil.len() as u64).to_le_bytes());
            hash.update(teil);
        }
        let hash = hash.finalize().to_vec();
        let alt = sqlx::query!(
            r#"SELECT anfrage AS "anfrage?", antwort FROM freigabe.idempotenz_beginne($1, $2, $3)"#,
            self.wer,
            w.schluessel,
            &hash
        )
        .fetch_one(conn)
        .await
        .map_err(uebersetze)?;
        let Some(anfrage) = alt.anfrage else {
            return Ok(None);
        };
        if anfrage != hash {
            return Err(problem::WIEDERHOLUNG.mit(format!(
                "Der Idempotency-Key „{}“ gehört schon zu einer anderen Anfrage.",
                w.schluessel
            )));
        }
        let doc = alt.antwort.unwrap_or_default();
        let status = doc["status"]
            .as_u64()
            .and_then(|s| StatusCode::from_u16(u16::try_from(s).ok()?).ok())
            .unwrap_or(StatusCode::OK);
        let kopf = doc["kopf"].as_object().cloned().unwrap_or_default();
        let kopf = kopf
            .into_iter()
            .filter_map(|(name, wert)| Some((name, wert.as_str()?.to_owned())));
        let inhalt = doc["inhalt"].as_str().unwrap_or_default().to_owned();
        Ok(Some(Ok(baue(status, kopf, inhalt))))
    }
}

/// Marks a problem after which the same transaction may be tried again.
const VERLOREN: &str = "transaction lost against another";

/// A database error of a write: what the value was at fault for is 400, what lost a race is
/// tried again, the rest as everywhere.
#[must_use]
pub fn uebersetze(fehler: sqlx::Error) -> Problem {
    let code = fehler
        .as_database_error()
        .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
    match code.as_deref() {
        Some("40001" | "40P01") => Problem {
            ursache: Some(VERLOREN.into()),
            ..problem::UEBERLASTET.mit("Zwei Änderungen kamen sich in die Quere.")
        },
        // Values the column cannot take: too large a number, an impossible day.
        Some(klasse) if klasse.starts_with("22") => problem::EINGABE
            .mit("Ein Wert passt nicht in sein Feld (Zahl zu groß oder Datum unmöglich)."),
        Some("23502") => {
            let spalte = fehler
                .as_database_error()
                .and_then(|e| e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>())
                .and_then(sqlx::postgres::PgDatabaseError::column)
                .unwrap_or_default()
                .to_owned();
            problem::EINGABE.mit(format!("Das Feld „{spalte}“ darf nicht leer sein."))
        }
        Some("23505") => match Error::from(fehler) {
            Error::Eingabe(text) => problem::KONFLIKT.mit(text),
            _ => problem::KONFLIKT.mit("Diesen Eintrag gibt es schon."),
        },
        Some("23503") => match Error::from(fehler) {
            Error::Eingabe(text) => problem::KONFLIKT.mit(text),
            anderer => anderer.into(),
        },
        Some("23514" | "23P01") => match Error::from(fehler) {
            Error::Eingabe(text) => problem::EINGABE.mit(text),
            anderer => anderer.into(),
        },
        _ => Error::from(fehler).into(),
    }
}
