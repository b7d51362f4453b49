//! Commands that answer a planner's questions.

use clap::{Arg, ArgMatches, Command};

use super::strategie::{Format, json};
use super::{answer, notice};
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::hier::auskunft;
use crate::hier::ort::Angabe;
use crate::strategie::frage::{self, Gespeichert};
use crate::strategie::massnahme::Frage;
use crate::strategie::massnahme::frage::{FILTER, SEITE};
use crate::strategie::{ausgabe, store, suchraum};
use crate::{hier, luecken, tabelle};

/// The words of the filter language as options: one list for address and command line.
#[derive(Debug, Clone, Default)]
pub(super) struct Woerter(Vec<(&'static str, String)>);

impl clap::Args for Woerter {
    fn augment_args(command: Command) -> Command {
        FILTER
            .iter()
            .chain(SEITE)
            .fold(command, |command, (name, was)| {
                let hilfe = match *name {
                    "polygon" => "Polygon: Datei mit GeoJSON oder WKT, oder WKT selbst",
                    _ => was,
                };
                let arg = Arg::new(*name).long(*name).value_name("WERT").help(hilfe);
                command.arg(arg)
            })
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Woerter {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let woerter = FILTER.iter().chain(SEITE);
        Ok(Self(
            woerter
                .filter_map(|(name, _)| Some((*name, matches.get_one::<String>(name)?.clone())))
                .collect(),
        ))
    }
    fn update_from_arg_matches(
        &mut self,
        matches: &ArgMatches,
    ) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Woerter {
    /// The question; a polygon that is no text of its own is a file.
    fn frage(&self) -> Result<Frage> {
        let mut frage = Frage::lies(self.0.iter().map(|(name, wert)| (*name, wert.as_str())))?;
        if let Some(polygon) = frage.polygon_text.take() {
            frage.polygon_text = Some(polygon_aus(&polygon)?);
        }
        Ok(frage)
    }
}

/// WKT or GeoJSON itself, or the content of the file it names.
fn polygon_aus(wert: &str) -> Result<String> {
    let gross = wert.trim_start().to_ascii_uppercase();
    if ["{", "POLYGON", "MULTIPOLYGON", "SRID="]
        .iter()
        .any(|anfang| gross.starts_with(anfang))
    {
        return Ok(wert.to_owned());
    }
    std::fs::read_to_string(wert)
        .map_err(|cause| Error::eingabe(format!("Die Datei {wert} ist nicht lesbar: {cause}")))
}

/// Options of `massnahmen`; everything given must hold.
#[derive(Debug, clap::Args)]
pub(super) struct Massnahmen {
    #[command(flatten)]
    woerter: Woerter,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

pub(super) async fn massnahmen(args: Massnahmen, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let mut frage = args.woerter.frage()?;
    frage.mit_geometrie = args.format == Format::Geojson;
    let antwort = store::massnahmen(&mut conn, &frage).await?;
    answer(&match args.format {
        Format::Tabelle => ausgabe::tabelle(&antwort),
        Format::Csv => ausgabe::massnahmen_csv(&antwort),
        Format::Json => json(&antwort)?,
        Format::Geojson => json(&ausgabe::massnahmen_geojson(
            antwort.massnahmen.iter().chain(&antwort.gesamtstadt),
        ))?,
    })
}

/// Options of `hier`: exactly one place.
#[derive(Debug, clap::Args)]
pub(super) struct Hier {
    /// Länge,Breite oder Ost,Nord in EPSG:25832
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    punkt: Option<String>,
    /// Flurstückskennzeichen
    #[arg(long, value_name = "KENNZEICHEN")]
    flurstueck: Option<String>,
    /// Ortsteil (Kennung oder Name)
    #[arg(long, value_name = "KENNUNG")]
    ortsteil: Option<String>,
    /// Polygon: Datei mit GeoJSON oder WKT, oder WKT selbst
    #[arg(long, value_name = "DATEI")]
    polygon: Option<String>,
    /// Umkreis in Metern für Maßnahmen um einen Punkt [Vorgabe: 20]
    #[arg(long, value_name = "METER", requires = "punkt")]
    abstand: Option<String>,
    /// Nur dieser Plan [Vorgabe: alle]
    #[arg(long, value_name = "KENNUNG[@FASSUNG]")]
    plan: Option<String>,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

pub(super) async fn hier(args: Hier, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let polygon = match &args.polygon {
        Some(wert) => Some(suchraum::lies(&mut conn, &polygon_aus(wert)?).await?),
        None => None,
    };
    let angabe = Angabe {
        punkt: args.punkt,
        flurstueck: args.flurstueck,
        ortsteil: args.ortsteil,
        polygon,
        abstand: args.abstand,
    };
    let a = auskunft::lies(&mut conn, angabe, args.plan.as_deref()).await?;
    answer(&match args.format {
        Format::Tabelle => hier::ausgabe::text(&a),
        Format::Csv => hier::ausgabe::als_csv(&a),
        Format::Json => json(&a)?,
        Format::Geojson => {
            let form = hier::routes::form(&mut conn, &a).await?;
            json(&hier::ausgabe::feature(&a, &form)?)?
        }
    })
}

/// Options of `luecken`.
#[derive(Debug, clap::Args)]
pub(super) struct Luecken {
    /// Nur diese Art (`ziel_ohne_massnahme`, `massnahme_ohne_ort` …)
    #[arg(long, value_name = "ART")]
    art: Option<String>,
    /// Plan der Flächen [Vorgabe: der Entwurf, sonst der wirksame]; nur mit json und geojson
    #[arg(long, value_name = "KENNUNG[@FASSUNG]")]
    plan: Option<String>,
    /// Ausgabe; geojson gibt die Zielbilanz der Flächen
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

pub(super) async fn luecken(args: Luecken, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let art = luecken::routes::art(args.art.as_deref())?;
    let flaechen = matches!(args.format, Format::Json | Format::Geojson);
    let plan = luecken::routes::entwurf(&mut conn, args.plan.as_deref()).await?;
    let flaechen = match &plan {
        Some(plan) if flaechen => {
            let form = args.format == Format::Geojson;
            luecken::store::flaechen(&mut conn, plan, form, i64::MAX).await?
        }
        _ => Vec::new(),
    };
    let liste = luecken::store::luecken(&mut conn, art).await?;
    answer(&match args.format {
        Format::Tabelle => luecken::store::text(&liste),
        Format::Csv => luecken::store::als_csv(&liste),
        Format::Json => {
            json(&serde_json::json!({"luecken": liste, "plan": plan, "flaechen": flaechen}))?
        }
        Format::Geojson => json(&luecken::store::geojson(&flaechen))?,
    })
}

/// Commands of `frage`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum GespeicherteFrage {
    /// Frage anlegen oder ändern; ein Filter, der nicht passt, wird abgelehnt
    Anlegen {
        /// Kennung; die Ebene heißt `frage_KENNUNG`
        #[arg(value_name = "KENNUNG")]
        kennung: String,
        /// Titel in Listen, Karte und QGIS
        #[arg(long)]
        titel: String,
        /// Filter wie in der Adresse von /massnahmen: 'ortsteil=erpfting&ampel=gefaehrdet'
        #[arg(long)]
        filter: String,
        /// Wofür die Frage gut ist
        #[arg(long)]
        beschreibung: Option<String>,
        /// Gleich veröffentlichen: erst dann ist sie eine Ebene
        #[arg(long)]
        veroeffentlichen: bool,
    },
    /// Alle Fragen mit der Zahl ihrer Maßnahmen
    Liste,
    /// Frage und Ebene entfernen
    Loeschen {
        /// Kennung
        #[arg(value_name = "KENNUNG")]
        kennung: String,
    },
}

pub(super) async fn gespeichert(was: GespeicherteFrage, db: &Database) -> Result<()> {
    match was {
        GespeicherteFrage::Anlegen {
            kennung,
            titel,
            filter,
            beschreibung,
            veroeffentlichen,
        } => {
            let frage = Gespeichert {
                kennung,
                titel,
                filter,
                beschreibung,
            };
            let mut tx = audit::begin(&db.write, &audit::operator(), "Frage gespeichert").await?;
            let treffer = frage::store::speichere(&mut tx, &frage, veroeffentlichen).await?;
            tx.commit().await?;
            let ebene = if veroeffentlichen {
                format!("Die Ebene heißt {}.", frage.ebene())
            } else {
                "Noch nicht veröffentlicht; als Ebene erscheint sie mit --veroeffentlichen."
                    .to_owned()
            };
            notice(&format!(
                "Frage „{}“ gespeichert, zurzeit {treffer} Maßnahmen. {ebene}\n",
                frage.titel
            ));
            Ok(())
        }
        GespeicherteFrage::Liste => {
            let mut conn = db.write.acquire().await?;
            let mut zeilen = Vec::new();
            for f in frage::store::liste(&mut conn, None).await? {
                let treffer = match frage::store::auswerten(&mut conn, &f.filter).await {
                    Ok(treffer) => treffer.len().to_string(),
                    Err(fehler @ Error::Intern(_)) => return Err(fehler),
                    Err(fehler) => fehler.to_string(),
                };
                zeilen.push(vec![f.kennung, f.titel, f.filter, treffer]);
            }
            answer(&tabelle::spalten(
                &["Kennung", "Titel", "Filter", "Maßnahmen"],
                &zeilen,
            ))
        }
        GespeicherteFrage::Loeschen { kennung } => {
            let mut tx = audit::begin(&db.write, &audit::operator(), "Frage entfernt").await?;
            frage::store::loesche(&mut tx, &kennung).await?;
            tx.commit().await?;
            notice(&format!("Frage „{kennung}“ entfernt.\n"));
            Ok(())
        }
    }
}
