//! Zielraum joins a town's strategy to its Flächennutzungsplan and its Ortsteile in PostGIS.
//!
//! # Reading order
//! 1. [`cli`] – what the program can do; [`app`] – every HTTP route in one list.
//! 2. [`db`] – where the database runs, roles and pools; `migrations/` – the schema, the
//!    published copy `oeffentlich`, the sealed audit.
//! 3. [`import`] – a file becomes a Fassung; [`verschneidung`] – what lies in what.
//! 4. [`fnp`], [`gemeinde`], [`strategie`], [`haushalt`], [`isek`], [`dorferneuerung`] – the domain: types and rules,
//!    `store.rs` (SQL), `routes.rs`.
//!    [`freigabe`] – what of it is public.
//! 5. [`audit`] – who changed what, undo, personal data; [`hier`] – what applies at a place; [`luecken`] – what is missing.
//! 6. [`auth`] – accounts, rights; [`welt`] – what a signed-in person reads; [`zeitreise`] – the public's world on a past day.
//! 7. [`layers`] – OGC API Features from `geodata/layers.toml`; [`tiles`] – vector tiles, generalised by [`abdeckung`]; [`http`] – what all routes share;
//!    [`tabelle`] – columns and CSV; [`qgis`] – projects and layer definitions.
//! 8. [`export`] – plans as XPlanGML and INSPIRE. [`mitnehmen`] – a GeoPackage to take along, and its way back. [`bearbeiten`] – changes by API and form; [`sicherung`] – backup, restore, check.
//!
//! # Glossary
//! | term | English gloss | source |
//! |---|---|---|
//! | Flächennutzungsplan (FNP) | preparatory land-use plan of the whole municipal area | § 5 `BauGB` |
//! | Fassung | one version of a plan, made by one import | – |
//! | Flächenschluss | areas that cover the plan once, without gap or overlap | XPlanung |
//! | Nutzung | land-use class of the balance | § 5 Abs. 2 `BauGB`, `PlanZV` |
//! | Geltungsbereich | area a plan covers | XPlanung |
//! | Ortsteil | district or village of the town | – |
//! | Handlungsfeld, Ziel, Maßnahme | field of action, goal, measure of the strategy | – |
//! | Kennzahl, Soll-Pfad | indicator, and its way from basis to targets | – |
//! | Ampel | traffic light, derived from deviation and delay | – |
//! | Stichtag | the day figures are seen from | – |
//! | Raumbezug | where a measure lies | – |
//! | Eigenanteil | costs minus funding: what the town pays itself | – |
//! | Ansatz, Nachtrag, Finanzplan, Ergebnis | stages of a budget figure: budget, supplementary, medium-term plan, actual | `KommHV` |
//! | ISEK-Nachweis | cost and financing overview of the measures | § 149 `BauGB` |
//! | Dorferneuerung | village renewal | `FlurbG`, `DorfR` |
//! | Befund | finding of an import | – |
pub mod abdeckung;
pub mod app;
pub mod audit;
pub mod auth;
pub mod bearbeiten;
pub mod cli;
pub mod db;
pub mod dorferneuerung;
pub mod error;
pub mod export;
pub mod fachdaten;
pub mod fnp;
pub mod freigabe;
pub mod gemeinde;
pub mod gml;
pub mod handbuch;
pub mod haushalt;
pub mod hier;
pub mod http;
pub mod import;
pub mod isek;
pub mod layers;
pub mod luecken;
pub mod maschine;
pub mod mitnehmen;
pub mod ortszeit;
pub mod qgis;
pub mod sicherung;
pub mod strategie;
pub mod tabelle;
pub mod tiles;
pub mod verschneidung;
pub mod web;
pub mod welt;
pub mod wfs;
pub mod zeitreise;
