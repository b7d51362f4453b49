//! One layer of the catalogue looked up in the database: where it is read, what its columns are.

use sqlx::PgPool;

use super::catalog::{self, Darstellung, EIGENE_SCHEMAS, Eintrag, Legende, OEFFENTLICH, Zugang};
use super::query::{self, Tafel};
use super::relation::{self, Relation, Spalte, Verlangt};
use crate::error::{Error, Result};

/// Column that binds a collection to one plan version.
const BINDUNG: &str = "fassung_id";

/// One layer with what the database says about its relation.
#[derive(Debug, Clone)]
pub struct Ebene {
    /// Where it is read.
    pub relation: Relation,
    /// Published columns, in order; without geometries and hidden ones.
    pub spalten: Vec<Spalte>,
    /// Column of the feature id.
    pub schluessel: Spalte,
    /// Column of the spatial order.
    pub ordnung: Option<Spalte>,
    /// Columns of the first and last moment.
    pub zeit: Option<[Spalte; 2]>,
    /// Classes of the legend.
    pub legende: Option<Legende>,
    /// The code table of the legend.
    pub tafel: Option<Tafel>,
    /// Who the data come from.
    pub quelle: Option<String>,
    /// Terms of use.
    pub lizenz: Option<String>,
    /// Group of the layer tree.
    pub gruppe: Option<String>,
    /// Column written beside each feature.
    pub beschriftung: Option<String>,
    /// Shown from this scale on (denominator).
    pub massstab: Option<u32>,
    /// Labels from this scale on.
    pub schriftmassstab: Option<u32>,
    /// How areas are drawn.
    pub darstellung: Darstellung,
    /// Shown when a project is opened.
    pub sichtbar: bool,
    /// Code table of the legend, else the relation: what the table of signs knows it by.
    pub tafelname: String,
    /// Own schema: keys and order are never NULL and unique, the migrations see to it.
    pub eigen: bool,
}

impl Ebene {
    /// A published column by name.
    #[must_use]
    pub fn spalte(&self, name: &str) -> Option<&Spalte> {
        self.spalten.iter().find(|spalte| spalte.name == name)
    }
}

/// Whose catalogue it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Welt {
    Oeffentlich,
    Intern,
}

/// The relation as the reader sees it: for the public our own schemas are one copy.
fn wo(relation: &str, oeffentlich: bool) -> Result<(String, String, bool)> {
    let (schema, name) = catalog::zerlege(relation)?;
    let eigen = EIGENE_SCHEMAS.contains(&schema.as_str());
    let schema = if eigen && oeffentlich {
        OEFFENTLICH.to_owned()
    } else {
        schema
    };
    Ok((schema, name, eigen))
}

/// In a world of the past, or of restricted readers, the view stands before the table or its
/// published copy: names are unique over our schemas, the pool's `search_path` decides.
async fn sichtbar(pool: &PgPool, schema: String, name: &str) -> Result<String> {
    let gefunden: Option<String> = sqlx::query_scalar(
        "SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname = $1 AND pg_table_is_visible(c.oid)",
    )
    .bind(name)
    .fetch_optional(pool)
    .await
    .map_err(query::fehler)?;
    Ok(gefunden.unwrap_or(schema))
}

/// The code table of a legend must be there and readable, like the layer itself.
async fn klassen(pool: &PgPool, legende: &Legende, oeffentlich: bool) -> Result<Tafel> {
    let (schema, name, _) = wo(&legende.classes, oeffentlich)?;
    let verlangt = Verlangt {
        geometrie: None,
        oeffentlich,
    };
    let relation = relation::lies(pool, &schema, &name, verlangt).await?;
    Tafel::neu(relation, legende.key.as_deref())
}

/// Looks the layer up in the database: `name` is its relation, or with `je_plan` that of one plan.
///
/// # Errors
/// [`Error::Eingabe`] when the database does not have what the entry names.
pub(super) async fn loese(
    pool: &PgPool,
    eintrag: &Eintrag,
    name: &str,
    je_plan: bool,
    welt: Welt,
) -> Result<Ebene> {
    let oeffentlich = eintrag.access == Zugang::Oeffentlich && welt == Welt::Oeffentlich;
    // Read by the pool's own role: its rights are checked.
    let gelesen = oeffentlich || welt == Welt::Intern;
    let (schema, name, eigen) = wo(name, oeffentlich)?;
    let schema = if schema == OEFFENTLICH || eigen && welt == Welt::Intern {
        sichtbar(pool, schema, &name).await?
    } else {
        schema
    };
    let verlangt = Verlangt {
        geometrie: eintrag.geometry.as_deref(),
        oeffentlich: gelesen,
    };
    let relation = relation::lies(pool, &schema, &name, verlangt).await?;

    let spalte = |gesucht: &str, wofuer: &str| {
        relation.spalte(gesucht).cloned().ok_or_else(|| {
            let namen = || relation.spalten.iter().map(|s| s.name.as_str());
            Error::eingabe(format!(
                "{schema}.{name} hat keine Spalte „{gesucht}“ ({wofuer}).{} Vorhanden: {}.",
                relation::meinten(relation::naechster(gesucht, namen())),
                relation::aufzaehlung(namen())
            ))
        })
    };
    let schluessel = match (&eintrag.key, &relation.primaerschluessel) {
        (Some(key), _) | (None, Some(key)) => spalte(key, "key")?,
        (None, None) => {
            return Err(Error::eingabe(format!(
                "{schema}.{name} hat keinen Primärschlüssel aus einer Spalte. Nennen Sie mit key = \"…\" die Spalte, die jedes Objekt eindeutig bezeichnet."
            )));
        }
    };
    let ordnung = match &eintrag.order {
        None => None,
        Some(order) => Some(spalte(order, "order")?),
    };
    let zeit = match eintrag.datetime.as_deref() {
        Some([tag]) => Some([spalte(tag, "datetime")?, spalte(tag, "datetime")?]),
        Some([von, bis]) => Some([spalte(von, "datetime")?, spalte(bis, "datetime")?]),
        _ => None,
    };
    pruefe_typen(&schluessel, ordnung.as_ref(), zeit.as_ref())?;
    let mut tafel = None;
    if let Some(legende) = &eintrag.legend {
        let spalte = spalte(&legende.column, "legend")?;
        if !spalte.klasse.filterbar() {
            return Err(Error::eingabe(format!(
                "legend: „{}“ ist vom Typ {}; eine Legende braucht einen Schlüssel (Text oder Zahl).",
                spalte.name, spalte.typ
            )));
        }
        tafel = Some(klassen(pool, legende, oeffentlich).await?);
    }
    if let Some(label) = &eintrag.label {
        spalte(label, "label")?;
    }
    for versteckt in &eintrag.hide {
        spalte(versteckt, "hide")?;
    }
    if je_plan || eintrag.aktuell {
        spalte(BINDUNG, if je_plan { "je" } else { "aktuell" })?;
    }
    let bleibt = |s: &&Spalte| {
        !(eintrag.hide.contains(&s.name) || (je_plan || eintrag.aktuell) && s.name == BINDUNG)
    };
    let spalten = relation.spalten.iter().filter(bleibt).cloned().collect();
    let ebene = Ebene {
        spalten,
        schluessel,
        ordnung,
        zeit,
        legende: eintrag.legend.clone(),
        tafel,
        quelle: eintrag.source.clone(),
        lizenz: eintrag.license.clone(),
        gruppe: eintrag.group.clone(),
        beschriftung: eintrag.label.clone(),
        massstab: eintrag.scale,
        schriftmassstab: eintrag.label_scale,
        darstellung: eintrag.draw,
        sichtbar: eintrag.visible,
        tafelname: eintrag.legend.as_ref().map_or_else(
            || eintrag.relation.clone(),
            |legende| legende.classes.clone(),
        ),
        eigen,
        relation,
    };
    if !eigen && gelesen {
        query::pruefe_schluessel(pool, &ebene).await?;
    }
    Ok(ebene)
}

fn pruefe_typen(
    schluessel: &Spalte,
    ordnung: Option<&Spalte>,
    zeit: Option<&[Spalte; 2]>,
) -> Result<()> {
    use super::wert::Klasse::{Datum, Ganzzahl, Ortszeit, Zeitpunkt};
    if !schluessel.klasse.als_schluessel() {
        return Err(Error::eingabe(format!(
            "key: „{}“ ist vom Typ {} und bezeichnet kein Objekt; möglich sind Zahl, Text, UUID, Datum.",
            schluessel.name, schluessel.typ
        )));
    }
    if let Some(s) = ordnung.filter(|s| s.klasse != Ganzzahl) {
        return Err(Error::eingabe(format!(
            "order: „{}“ ist keine Ganzzahl ({}).",
            s.name, s.typ
        )));
    }
    let unpassend = zeit
        .into_iter()
        .flatten()
        .find(|s| !matches!(s.klasse, Datum | Zeitpunkt | Ortszeit));
    match unpassend {
        Some(s) => Err(Error::eingabe(format!(
            "datetime: „{}“ ist weder Datum noch Zeitpunkt ({}).",
            s.name, s.typ
        ))),
        None => Ok(()),
    }
}
