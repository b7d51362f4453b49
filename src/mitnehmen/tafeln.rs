//! What lies in a file beside its layers: goals, indicators and what hangs on what, as plain
//! tables and as the GeoPackage extension „Related Tables“; the state of the objects; a QGIS
//! project.

use std::path::Path;

use gdal::Dataset;
use gdal::vector::{Feature, LayerAccess as _, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use sqlx::PgPool;

use super::basis::{self, Kopf, Objekt};
use super::store;
use crate::error::Result;
use crate::layers::formate::gpkg::{fuehre_aus, name_sql, oeffne, schreibe_angaben, text};
use crate::layers::formate::ogr::fehler;
use crate::qgis::beilage::{Beilage, Beilagen, Beziehung};

/// A table of texts.
#[derive(Debug)]
pub struct Tafel {
    /// Name in the file.
    pub name: &'static str,
    /// German title.
    pub titel: &'static str,
    /// Columns and their German titles.
    spalten: &'static [(&'static str, &'static str)],
    zeilen: store::Zeilen,
}

/// Layers of measures with places.
const MASSNAHMEN: [&str; 4] = [
    "massnahmen_punkte",
    "massnahmen_linien",
    "massnahmen_flaechen",
    "massnahmen",
];

/// Table of links, its column with the measure, the other's table, column and key.
const VERBINDUNGEN: [(&str, &str, &str, &str); 3] = [
    ("ziele_der_massnahmen", "ziele", "ziel", "Ziele"),
    (
        "kennzahlen_der_massnahmen",
        "kennzahlen",
        "kennzahl",
        "Kennzahlen",
    ),
    (
        "ortsteile_der_massnahmen",
        "ortsteile",
        "ortsteil",
        "Ortsteile",
    ),
];

/// Reads the tables through the reader's world.
pub async fn lies(pool: &PgPool) -> Result<Vec<Tafel>> {
    let mut conn = pool.acquire().await?;
    let conn = &mut *conn;
    Ok(vec![
        Tafel {
            name: "ziele",
            titel: "Ziele der Strategie",
            spalten: &[
                ("kennung", "Kennung"),
                ("nummer", "Nummer"),
                ("titel", "Ziel"),
                ("text", "Text"),
                ("ebene", "Ebene"),
                ("handlungsfeld", "Handlungsfeld"),
                ("handlungsfeld_titel", "Name des Handlungsfelds"),
                ("uebergeordnet", "Übergeordnetes Ziel"),
            ],
            zeilen: store::ziele(conn).await?,
        },
        Tafel {
            name: "kennzahlen",
            titel: "Kennzahlen",
            spalten: &[
                ("kennung", "Kennung"),
                ("titel", "Kennzahl"),
                ("einheit", "Einheit"),
            ],
            zeilen: store::kennzahlen(conn).await?,
        },
        Tafel {
            name: "ziele_der_massnahmen",
            titel: "Ziele der Maßnahmen",
            spalten: &[
                ("massnahme", "Maßnahme"),
                ("ziel", "Ziel"),
                ("ziel_titel", "Name des Ziels"),
                ("beitrag", "Beitrag (−2 bis +2)"),
                ("haupt", "Hauptziel"),
            ],
            zeilen: store::ziele_der_massnahmen(conn).await?,
        },
        Tafel {
            name: "kennzahlen_der_massnahmen",
            titel: "Kennzahlen der Maßnahmen",
            spalten: &[
                ("massnahme", "Maßnahme"),
                ("kennzahl", "Kennzahl"),
                ("kennzahl_titel", "Name der Kennzahl"),
                ("wirkung", "Wirkung"),
            ],
            zeilen: store::kennzahlen_der_massnahmen(conn).await?,
        },
        Tafel {
            name: "ortsteile_der_massnahmen",
            titel: "Ortsteile der Maßnahmen",
            spalten: &[
                ("massnahme", "Maßnahme"),
                ("massnahme_titel", "Name der Maßnahme"),
                ("ortsteil", "Ortsteil"),
                ("ortsteil_name", "Name des Ortsteils"),
            ],
            zeilen: store::ortsteile_der_massnahmen(conn).await?,
        },
    ])
}

impl Tafel {
    /// Code lists of all layers in one table, for programs that know no enumerations.
    #[must_use]
    pub fn codelisten(zeilen: store::Zeilen) -> Self {
        Self {
            name: "codelisten",
            titel: "Codelisten",
            spalten: &[
                ("ebene", "Ebene"),
                ("feld", "Feld"),
                ("wert", "Wert in der Datei"),
                ("titel", "Bedeutung"),
            ],
            zeilen,
        }
    }
}

/// What the project in the file shows of them, for a file with these layers.
#[must_use]
pub fn beilagen(tafeln: &[Tafel], ebenen: &[String]) -> Beilagen {
    let da =
        |name: &str| ebenen.iter().any(|id| id == name) || tafeln.iter().any(|t| t.name == name);
    let mut beziehungen = Vec::new();
    for (tafel, andere, spalte, titel) in VERBINDUNGEN {
        for massnahmen in MASSNAHMEN.into_iter().filter(|m| da(m)) {
            beziehungen.push(Beziehung {
                titel: titel.to_owned(),
                von: (tafel.to_owned(), "massnahme"),
                zu: (massnahmen.to_owned(), "kennung"),
            });
        }
        if da(andere) {
            beziehungen.push(Beziehung {
                titel: "Maßnahmen".to_owned(),
                von: (tafel.to_owned(), spalte),
                zu: (andere.to_owned(), "kennung"),
            });
        }
    }
    Beilagen {
        tabellen: tafeln
            .iter()
            .map(|t| Beilage {
                name: t.name,
                titel: t.titel,
            })
            .collect(),
        beziehungen,
    }
}

/// Everything that is written when the layers are there.
#[derive(Debug)]
pub struct Schluss {
    /// Tables.
    pub tafeln: Vec<Tafel>,
    /// Where the file comes from.
    pub kopf: Kopf,
    /// Objects by layer.
    pub objekte: Vec<(String, Vec<Objekt>)>,
    /// Stand, source, what to know: name and text.
    pub angaben: Vec<(String, String)>,
    /// Name and packed document of the project.
    pub projekt: (String, Vec<u8>),
}

impl Schluss {
    /// Writes them into the file. Blocks.
    pub fn schreibe(&self, ziel: &Path) -> Result<()> {
        gdal::config::set_thread_local_config_option("OGR_SQLITE_SYNCHRONOUS", "OFF")
            .map_err(fehler)?;
        let mut dataset = oeffne(ziel)?;
        for tafel in &self.tafeln {
            let spalten: Vec<&str> = tafel.spalten.iter().map(|(name, _)| *name).collect();
            let zeilen = tafel.zeilen.iter().cloned();
            tabelle(&mut dataset, tafel.name, tafel.titel, &spalten, zeilen)?;
            for (name, titel) in tafel.spalten {
                fuehre_aus(
                    &dataset,
                    &format!(
                        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES ({}, {}, {titel}, {titel})",
                        text(tafel.name),
                        text(name),
                        titel = text(titel)
                    ),
                )?;
            }
        }
        self.schreibe_basis(&mut dataset)?;
        schreibe_angaben(&mut dataset, &self.angaben)?;
        self.verbinde(&dataset)?;
        self.schreibe_projekt(&dataset)?;
        dataset.close().map_err(fehler)
    }

    fn schreibe_basis(&self, dataset: &mut Dataset) -> Result<()> {
        let kopf = &self.kopf;
        let zeile = vec![
            Some(kopf.id.clone()),
            Some(basis::FORM.to_owned()),
            Some(kopf.dienst.clone()),
            Some(serde_json::to_string(&kopf.gemeinden)?),
            Some(kopf.bereich.clone()),
            Some(kopf.stand.clone()),
            Some(kopf.wer.clone()),
            Some(serde_json::to_string(&kopf.ebenen)?),
        ];
        let titel = "Herkunft dieser Datei (nicht ändern)";
        tabelle(dataset, basis::KOPF, titel, basis::KOPF_SPALTEN, [zeile])?;
        let objekte = self.objekte.iter().flat_map(|(ebene, objekte)| {
            objekte.iter().map(move |o| {
                vec![
                    Some(ebene.clone()),
                    Some(o.kennung.clone()),
                    Some(o.nummer.to_string()),
                    Some(o.version.clone()),
                    Some(kopf.stand.clone()),
                    Some(o.inhalt.clone()),
                ]
            })
        });
        let titel = "Ausgangsstand der Objekte (nicht ändern)";
        tabelle(
            dataset,
            basis::OBJEKTE,
            titel,
            basis::OBJEKT_SPALTEN,
            objekte,
        )
    }

    /// „Related Tables“: rows of a layer of measures, and of what they are tied to.
    fn verbinde(&self, dataset: &Dataset) -> Result<()> {
        for sql in VERWANDTE {
            fuehre_aus(dataset, sql)?;
        }
        let da = |name: &str| {
            self.kopf.ebenen.iter().any(|e| e.id == name)
                || self.tafeln.iter().any(|t| t.name == name)
        };
        for (tafel, andere, spalte, _) in VERBINDUNGEN {
            for massnahmen in MASSNAHMEN {
                if !da(massnahmen) || !da(andere) {
                    continue;
                }
                // No layer has such a name.
                let name = format!("verbund_{massnahmen}_{andere}");
                // Tables of texts are keyed by `id`, layers by `fid`.
                let schluessel = if self.tafeln.iter().any(|t| t.name == andere) {
                    "id"
                } else {
                    "fid"
                };
                for sql in [
                    format!(
                        "CREATE TABLE {n} (base_id INTEGER NOT NULL, related_id INTEGER NOT NULL)",
                        n = name_sql(&name)
                    ),
                    format!(
                        "INSERT INTO {n} SELECT m.fid, a.{schluessel} FROM {v} v JOIN {m} m ON m.kennung = v.massnahme JOIN {a} a ON a.kennung = v.{spalte}",
                        n = name_sql(&name),
                        v = name_sql(tafel),
                        m = name_sql(massnahmen),
                        a = name_sql(andere)
                    ),
                    format!(
                        "INSERT INTO gpkgext_relations (base_table_name, base_primary_column, related_table_name, related_primary_column, relation_name, mapping_table_name) VALUES ({}, 'fid', {}, {}, {}, {})",
                        text(massnahmen),
                        text(andere),
                        text(schluessel),
                        text(if schluessel == "fid" {
                            "features"
                        } else {
                            "attributes"
                        }),
                        text(&name)
                    ),
                    format!(
                        "INSERT INTO gpkg_extensions VALUES ({}, NULL, 'gpkg_related_tables', 'http://www.geopackage.org/18-000.html', 'read-write')",
                        text(&name)
                    ),
                ] {
                    fuehre_aus(dataset, &sql)?;
                }
            }
        }
        Ok(())
    }

    /// As QGIS keeps projects in a GeoPackage: packed, in hexadecimal digits.
    fn schreibe_projekt(&self, dataset: &Dataset) -> Result<()> {
        let (name, inhalt) = &self.projekt;
        let hex: String = inhalt.iter().map(|b| format!("{b:02x}")).collect();
        let angaben = serde_json::json!({
            "last_modified_time": chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S").to_string(),
            "last_modified_user": "Zielraum",
        });
        fuehre_aus(
            dataset,
            "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)",
        )?;
        fuehre_aus(
            dataset,
            &format!(
                "INSERT INTO qgis_projects VALUES ({}, {}, '{hex}')",
                text(name),
                text(&angaben.to_string())
            ),
        )
    }
}

/// Tables of the extension.
const VERWANDTE: &[&str] = &[
    "CREATE TABLE gpkgext_relations (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, base_table_name TEXT NOT NULL, base_primary_column TEXT NOT NULL DEFAULT 'id', related_table_name TEXT NOT NULL, related_primary_column TEXT NOT NULL DEFAULT 'id', relation_name TEXT NOT NULL, mapping_table_name TEXT NOT NULL UNIQUE)",
    "INSERT OR IGNORE INTO gpkg_extensions VALUES ('gpkgext_relations', NULL, 'gpkg_related_tables', 'http://www.geopackage.org/18-000.html', 'read-write')",
];

/// A table of texts with its rows.
fn tabelle(
    dataset: &mut Dataset,
    name: &str,
    titel: &str,
    spalten: &[&str],
    zeilen: impl IntoIterator<Item = Vec<Option<String>>>,
) -> Result<()> {
    let titel = format!("IDENTIFIER={titel}");
    let ebene = dataset
        .create_layer(LayerOptions {
            name,
            ty: OGRwkbGeometryType::wkbNone,
            options: Some(&["FID=id", &titel]),
            ..LayerOptions::default()
        })
        .map_err(fehler)?;
    let felder: Vec<_> = spalten
        .iter()
        .map(|spalte| (*spalte, OGRFieldType::OFTString))
        .collect();
    ebene.create_defn_fields(&felder).map_err(fehler)?;
    let vorgang = dataset.start_transaction().map_err(fehler)?;
    {
        let ebene = vorgang.layer_by_name(name).map_err(fehler)?;
        for zeile in zeilen {
            let mut objekt = Feature::new(ebene.defn()).map_err(fehler)?;
            for (stelle, wert) in zeile.iter().enumerate() {
                match wert {
                    Some(wert) => objekt.set_field_string(stelle, wert),
                    None => objekt.set_field_null(stelle),
                }
                .map_err(fehler)?;
            }
            objekt.create(&ebene).map_err(fehler)?;
        }
    }
    vorgang.commit().map_err(fehler)
}
