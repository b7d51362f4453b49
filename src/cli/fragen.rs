//! Commands that answer a planner's questions.

use clap::{Arg, ArgMatches, Command};

use super::answer;
use super::strategie::{Format, json};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::strategie::massnahme::Frage;
use crate::strategie::massnahme::frage::{FILTER, SEITE};
use crate::strategie::{ausgabe, store};

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
