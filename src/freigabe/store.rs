//! SQL of publication. Everything that writes runs in a transaction of
//! [`crate::db::audit::begin`], whose author asks, decides and is sealed with it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::gegenstand::{Antrag, Gegenstand, Schritt, Seite, Unterschied, unterschiede};
use crate::auth::Angemeldet;
use crate::error::{Error, Result};

/// Everything that can be published, by kind and key.
pub async fn gegenstaende(conn: &mut PgConnection) -> Result<Vec<Gegenstand>> {
    Ok(sqlx::query_as!(
        Gegenstand,
        r#"SELECT art AS "art!", art_titel AS "art_titel!", id AS "id!", kennung AS "kennung!", titel AS "titel!", zustand AS "zustand!",
             version AS "version!", oeffentlich AS "oeffentlich!", entwurf AS "entwurf!", seit AS "seit!"
           FROM freigabe.gegenstaende() ORDER BY art_titel COLLATE "de-x-icu", kennung"#
    )
    .fetch_all(conn)
    .await?)
}

/// One object.
///
/// # Errors
/// [`Error::NichtGefunden`]; [`Error::Eingabe`] for an unknown kind.
pub async fn gegenstand(conn: &mut PgConnection, art: &str, kennung: &str) -> Result<Gegenstand> {
    // Asked for its sentence about unknown kinds.
    let id = sqlx::query_scalar!("SELECT freigabe.finde($1, $2)", art, kennung)
        .fetch_one(&mut *conn)
        .await?;
    let fehlt = || {
        Error::nicht_gefunden(format!(
            "Einen Eintrag „{kennung}“ der Art „{art}“ gibt es nicht."
        ))
    };
    let id = id.ok_or_else(fehlt)?;
    sqlx::query_as!(
        Gegenstand,
        r#"SELECT art AS "art!", art_titel AS "art_titel!", id AS "id!", kennung AS "kennung!", titel AS "titel!", zustand AS "zustand!",
             version AS "version!", oeffentlich AS "oeffentlich!", entwurf AS "entwurf!", seit AS "seit!"
           FROM freigabe.gegenstaende() WHERE art = $1 AND id = $2"#,
        art,
        id
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(fehlt)
}

/// Requests: all open ones, or all of one object, newest first.
pub async fn antraege(conn: &mut PgConnection, von: Option<(&str, Uuid)>) -> Result<Vec<Antrag>> {
    let (art, id) = von.unzip();
    Ok(sqlx::query_as!(
        Antrag,
        "SELECT id, art, kennung, version, beantragt_von, beantragt_am, begruendung, entschieden_von, entschieden_am, entscheid, anmerkung
         FROM freigabe.antrag WHERE CASE WHEN $1::text IS NULL THEN entscheid IS NULL ELSE art = $1 AND gegenstand_id = $2 END ORDER BY beantragt_am DESC",
        art,
        id
    )
    .fetch_all(conn)
    .await?)
}

/// What publishing would change.
pub async fn vergleiche(conn: &mut PgConnection, g: &Gegenstand) -> Result<Vec<Unterschied>> {
    let zeilen = sqlx::query!(
        r#"SELECT nr AS "nr!", titel AS "titel!", seite AS "seite!", schluessel AS "schluessel!", werte AS "werte!: Value" FROM freigabe.gegenueber($1, $2)"#,
        g.art,
        g.id
    )
    .fetch_all(conn)
    .await?;
    let seiten: Vec<Seite> = zeilen
        .into_iter()
        .map(|zeile| Seite {
            nr: zeile.nr,
            titel: zeile.titel,
            oeffentlich: zeile.seite == "oeffentlich",
            schluessel: zeile.schluessel,
            werte: match zeile.werte {
                Value::Object(werte) => werte,
                _ => serde_json::Map::new(),
            },
        })
        .collect();
    Ok(unterschiede(&seiten))
}

/// What must be public before this can be, as a German list.
pub async fn fehlt(conn: &mut PgConnection, g: &Gegenstand) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar!("SELECT freigabe.fehlt($1, $2)", g.art, g.id)
            .fetch_one(conn)
            .await?,
    )
}

async fn offener(conn: &mut PgConnection, g: &Gegenstand) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM freigabe.antrag WHERE art = $1 AND gegenstand_id = $2 AND entscheid IS NULL",
        g.art,
        g.id
    )
    .fetch_optional(conn)
    .await?)
}

/// Does one step and returns what happened, as a German sentence. `ohne_antrag`: the
/// operator's command line, which may publish without a request; the audit says so.
///
/// # Errors
/// [`Error::Eingabe`] with the reason when the step is not possible now.
pub async fn gehe(
    conn: &mut PgConnection,
    g: &Gegenstand,
    schritt: Schritt,
    wort: &str,
    ohne_antrag: bool,
) -> Result<String> {
    let wer = format!("{} „{}“", g.art_titel, g.kennung);
    let braucht_grund = || {
        if wort.trim().is_empty() {
            Err(Error::parameter(
                "warum",
                format!("{wer}: bitte einen Grund angeben."),
            ))
        } else {
            Ok(())
        }
    };
    match schritt {
        Schritt::Beantragen => {
            braucht_grund()?;
            sqlx::query!(
                "SELECT freigabe.beantrage($1, $2, $3, $4)",
                Uuid::now_v7(),
                g.art,
                g.id,
                wort.trim()
            )
            .execute(&mut *conn)
            .await?;
            Ok(format!("{wer}: Freigabe beantragt."))
        }
        Schritt::Freigeben => gib_frei(conn, g, &wer, wort, ohne_antrag).await,
        Schritt::Zurueckgeben => {
            let antrag = offener(conn, g).await?.ok_or_else(|| {
                Error::eingabe(format!(
                    "{wer}: es gibt keinen offenen Antrag auf Freigabe."
                ))
            })?;
            braucht_grund()?;
            sqlx::query!("SELECT freigabe.gib_zurueck($1, $2)", antrag, wort.trim())
                .execute(&mut *conn)
                .await?;
            Ok(format!("{wer}: zurückgegeben, wieder Entwurf."))
        }
        Schritt::Zurueckziehen => {
            braucht_grund()?;
            if !g.oeffentlich {
                return Err(Error::eingabe(format!("{wer}: ist nicht öffentlich.")));
            }
            sqlx::query!(
                "SELECT freigabe.ziehe_zurueck($1, ARRAY[$2::uuid])",
                g.art,
                g.id
            )
            .execute(&mut *conn)
            .await?;
            Ok(format!(
                "{wer}: zurückgezogen, samt öffentlicher Vergangenheit."
            ))
        }
        Schritt::Verwerfen => {
            if g.oeffentlich && !g.entwurf {
                return Err(Error::eingabe(format!("{wer}: es gibt keinen Entwurf.")));
            }
            sqlx::query!("SELECT freigabe.verwirf($1, $2)", g.art, g.id)
                .execute(&mut *conn)
                .await?;
            Ok(format!(
                "{wer}: Entwurf verworfen, es gilt der öffentliche Stand."
            ))
        }
        Schritt::Archivieren => {
            braucht_grund()?;
            sqlx::query!(
                "SELECT freigabe.archiviere($1, ARRAY[$2::uuid])",
                g.art,
                g.id
            )
            .execute(&mut *conn)
            .await?;
            Ok(format!("{wer}: archiviert."))
        }
        Schritt::Aufnehmen => {
            if g.zustand != "archiviert" {
                return Err(Error::eingabe(format!("{wer}: ist nicht archiviert.")));
            }
            sqlx::query!(
                "SELECT freigabe.setze_zustand($1, ARRAY[$2::uuid], 'entwurf')",
                g.art,
                g.id
            )
            .execute(&mut *conn)
            .await?;
            Ok(format!("{wer}: wieder Entwurf."))
        }
    }
}

/// Decides the open request, or publishes without one.
async fn gib_frei(
    conn: &mut PgConnection,
    g: &Gegenstand,
    wer: &str,
    wort: &str,
    ohne_antrag: bool,
) -> Result<String> {
    match offener(conn, g).await? {
        Some(antrag) => {
            sqlx::query!("SELECT freigabe.gib_frei($1, $2)", antrag, wort.trim())
                .execute(&mut *conn)
                .await?;
        }
        None if ohne_antrag => {
            sqlx::query!(
                "SELECT freigabe.veroeffentliche($1, ARRAY[$2::uuid])",
                g.art,
                g.id
            )
            .execute(&mut *conn)
            .await?;
        }
        None => {
            return Err(Error::eingabe(format!(
                "{wer}: es gibt keinen offenen Antrag auf Freigabe."
            )));
        }
    }
    let nachher = gegenstand(conn, &g.art, &g.kennung).await?;
    if nachher.zustand == "veroeffentlicht" {
        return Ok(format!("{wer}: veröffentlicht."));
    }
    Ok(match fehlt(conn, g).await? {
        Some(fehlt) => format!(
            "{wer}: freigegeben; öffentlich wird der Eintrag, sobald dies öffentlich ist: {fehlt}."
        ),
        None => format!("{wer}: wird nie veröffentlicht (nicht öffentlich gefasst)."),
    })
}

/// Takes one Fassung of a plan out of the public world (`plan@nummer`).
///
/// # Errors
/// [`Error::NichtGefunden`] when there is no such public Fassung.
pub async fn ziehe_fassung_zurueck(
    conn: &mut PgConnection,
    plan: &str,
    nummer: i32,
) -> Result<String> {
    let fassung = sqlx::query!(
        r#"SELECT f.id, (SELECT count(*) FROM oeffentlich.fassung o WHERE o.plan_id = p.id) AS "zahl!", p.id AS plan_id
           FROM oeffentlich.plan p JOIN oeffentlich.fassung f ON f.plan_id = p.id WHERE p.kennung = $1 AND f.nummer = $2"#,
        plan,
        nummer
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Eine öffentliche Fassung {nummer} des Plans „{plan}“ gibt es nicht."
        ))
    })?;
    if fassung.zahl == 1 {
        sqlx::query!(
            "SELECT freigabe.ziehe_zurueck('plan', ARRAY[$1::uuid])",
            fassung.plan_id
        )
        .execute(conn)
        .await?;
        return Ok(format!(
            "Plan „{plan}“: Fassung {nummer} war die einzige; der Plan ist zurückgezogen."
        ));
    }
    sqlx::query!("SELECT freigabe.ziehe_fassung_zurueck($1)", fassung.id)
        .execute(conn)
        .await?;
    Ok(format!("Plan „{plan}“: Fassung {nummer} zurückgezogen."))
}

/// A field or row that stays out of the public copy.
#[derive(Debug, Clone, Serialize)]
pub struct Vertraulich {
    /// Table, with its schema.
    pub relation: String,
    /// Key of the row, or of the object it belongs to.
    pub kennung: String,
    /// Column; `*` the whole row.
    pub spalte: String,
    /// Last day; none: without an end.
    pub bis: Option<NaiveDate>,
    /// Why.
    pub grund: String,
}

/// All of them.
pub async fn vertrauliche(conn: &mut PgConnection) -> Result<Vec<Vertraulich>> {
    Ok(sqlx::query_as!(
        Vertraulich,
        "SELECT relation, kennung, spalte, bis, grund FROM freigabe.vertraulich ORDER BY bis NULLS LAST, relation, kennung, spalte"
    )
    .fetch_all(conn)
    .await?)
}

/// What of an object and its parts can be withheld, or is: with its title.
#[derive(Debug, Clone, Serialize)]
pub struct Angabe {
    /// Table, with its schema.
    pub relation: String,
    /// Key of the row, or of the object it belongs to.
    pub kennung: String,
    /// Column; `*` the whole row.
    pub spalte: String,
    /// For people.
    pub titel: String,
    /// Last day; none: without an end, or not withheld.
    pub bis: Option<NaiveDate>,
    /// Why; none: not withheld.
    pub grund: Option<String>,
}

impl Angabe {
    /// In a form: `strategie.massnahme|m-1|kurztext`.
    #[must_use]
    pub fn was(&self) -> String {
        format!("{}|{}|{}", self.relation, self.kennung, self.spalte)
    }
}

/// What of the object can be withheld.
pub async fn verbergbar(conn: &mut PgConnection, g: &Gegenstand) -> Result<Vec<Angabe>> {
    Ok(sqlx::query_as!(
        Angabe,
        r#"SELECT relation AS "relation!", kennung AS "kennung!", spalte AS "spalte!", titel AS "titel!", NULL::date AS bis, NULL::text AS grund
           FROM freigabe.verbergbar($1, $2)"#,
        g.art,
        g.id
    )
    .fetch_all(conn)
    .await?)
}

/// What of the object is withheld by an entry.
pub async fn vertrauliche_von(conn: &mut PgConnection, g: &Gegenstand) -> Result<Vec<Angabe>> {
    Ok(sqlx::query_as!(
        Angabe,
        r#"SELECT relation AS "relation!", kennung AS "kennung!", spalte AS "spalte!", titel AS "titel!", bis, grund
           FROM freigabe.vertrauliche_von($1, $2)"#,
        g.art,
        g.id
    )
    .fetch_all(conn)
    .await?)
}

/// Withholds a field from now on, also from the public past.
///
/// # Errors
/// [`Error::Eingabe`] where the field cannot be withheld or the row does not exist.
pub async fn setze_vertraulich(conn: &mut PgConnection, v: &Vertraulich) -> Result<()> {
    sqlx::query!(
        "SELECT freigabe.setze_vertraulich($1, $2, $3, $4, $5)",
        v.relation,
        v.kennung,
        v.spalte,
        v.bis,
        v.grund
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a confidentiality: the published value is public again.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is no such entry.
pub async fn hebe_auf(
    conn: &mut PgConnection,
    relation: &str,
    kennung: &str,
    spalte: &str,
) -> Result<()> {
    let da = sqlx::query_scalar!(
        r#"SELECT freigabe.hebe_auf($1, $2, $3) AS "da!""#,
        relation,
        kennung,
        spalte
    )
    .fetch_one(conn)
    .await?;
    if da {
        Ok(())
    } else {
        Err(Error::nicht_gefunden(format!(
            "Das Feld „{spalte}“ von „{kennung}“ in {relation} ist nicht als vertraulich vermerkt."
        )))
    }
}

/// Ends every confidentiality whose last day has passed; returns how many.
pub async fn hebe_abgelaufene_auf(conn: &mut PgConnection) -> Result<i32> {
    Ok(
        sqlx::query_scalar!(r#"SELECT freigabe.hebe_abgelaufene_auf() AS "zahl!""#)
            .fetch_one(conn)
            .await?,
    )
}

/// Some entry's last day has passed.
pub async fn etwas_abgelaufen(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM freigabe.vertraulich WHERE bis < freigabe.heute()) AS "da!""#
    )
    .fetch_one(conn)
    .await?)
}

/// Objects of one kind that are the account's own, by its office as Fachamt and its Ortsteil
/// as Ortssprecher. Not asked of the reading world, which leaves both out for who reads all.
pub async fn eigene(conn: &mut PgConnection, konto: &Angemeldet, art: &str) -> Result<Vec<Uuid>> {
    let (referat, ortsteil) = konto.zustaendig();
    Ok(sqlx::query_scalar!(
        r#"SELECT freigabe.eigene_von($1, $2, $3) AS "id!""#,
        art,
        referat,
        ortsteil
    )
    .fetch_all(conn)
    .await?)
}
