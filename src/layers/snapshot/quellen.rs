//! What a layer is made of: the base tables whose counters are its version.

use sqlx::{PgPool, Row};

use crate::error::Result;
use crate::layers::ebene::Ebene;
use crate::layers::query::fehler;
use crate::layers::relation::quotiere;

/// Base tables of a layer.
#[derive(Debug)]
pub(super) struct Quellen {
    /// Names in schema `oeffentlich`, sorted.
    pub(super) tabellen: Vec<String>,
    /// All of them count their changes: the version says everything.
    pub(super) gezaehlt: bool,
    /// The day is part of the version.
    pub(super) vom_tag: bool,
    /// The table whose `kennung` is the id of the feature made of that row alone: its changed
    /// keys are the changed features.
    pub(super) traeger: Option<String>,
}

impl Quellen {
    /// Looked up in the system catalogues, which the public role may read.
    pub(super) async fn lies(pool: &PgPool, ebene: &Ebene) -> Result<Self> {
        let relation = &ebene.relation;
        let name = format!(
            "{}.{}",
            quotiere(&relation.schema),
            quotiere(&relation.name)
        );
        let zeilen = sqlx::query(include_str!("quellen.sql"))
            .bind(name)
            .bind(&ebene.schluessel.name)
            .fetch_all(pool)
            .await
            .map_err(fehler)?;
        let mut quellen = Self {
            tabellen: Vec::new(),
            gezaehlt: !zeilen.is_empty(),
            vom_tag: false,
            traeger: None,
        };
        for zeile in &zeilen {
            let tabelle: String = zeile.get("name");
            quellen.gezaehlt &= zeile.get::<bool, _>("gezaehlt");
            quellen.vom_tag |= zeile.get::<bool, _>("vom_tag");
            let schluessel: Option<String> = zeile.get("schluessel");
            if zeile.get::<bool, _>("einfach")
                && matches!(schluessel.as_deref(), Some("kennung" | "kennzeichen"))
            {
                quellen.traeger = Some(tabelle.clone());
            }
            quellen.tabellen.push(tabelle);
        }
        quellen.tabellen.sort_unstable();
        Ok(quellen)
    }
}
