//! FlatGeobuf, with the tables of the format's own crate. Its ready-made writer cannot hold
//! objects without geometry or several kinds in one file, so the order of the parts (head,
//! index, objects) is ours.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs,
    GeometryType, Header, HeaderArgs,
};

use super::form::{Art, Folge, Form};
use super::satz::{Feld, Satz, Wert};
use super::{Auftrag, Saetze};
use crate::error::{Error, Result};
use crate::layers::wert::Klasse;

const MARKE: [u8; 8] = *b"fgb\x03fgb\x00";

/// Writes the file; a page keeps its order, a whole layer gets a spatial index instead.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let ordner = ziel.parent().unwrap_or(ziel);
    let mut zwischen = BufWriter::new(tempfile::tempfile_in(ordner)?);
    let mut knoten: Vec<NodeItem> = Vec::new();
    let mut laengen: Vec<usize> = Vec::new();
    let mut bau = FlatBufferBuilder::new();
    for satz in saetze {
        let satz = satz?;
        let mut kasten = NodeItem::create(knoten.len() as u64);
        objekt(
            &mut bau,
            &satz,
            &auftrag.aufbau.felder,
            auftrag.aufbau.art,
            &mut kasten,
        );
        zwischen.write_all(bau.finished_data())?;
        laengen.push(bau.finished_data().len());
        knoten.push(kasten);
        bau.reset();
    }
    let mut zwischen = zwischen
        .into_inner()
        .map_err(|e| Error::from(e.into_error()))?;
    zwischen.rewind()?;

    let ausdehnung = calc_extent(&knoten);
    let mit_geometrie = ausdehnung.min_x.is_finite();
    let index = mit_geometrie && auftrag.seite.is_none();
    let mut out = BufWriter::new(File::create(ziel)?);
    out.write_all(&MARKE)?;
    kopf(&mut bau, auftrag, &ausdehnung, knoten.len(), index);
    out.write_all(bau.finished_data())?;
    if !index {
        std::io::copy(&mut zwischen, &mut out)?;
        return Ok(out.flush()?);
    }
    let anfaenge: Vec<u64> = laengen
        .iter()
        .scan(0, |ende, laenge| {
            let anfang = *ende;
            *ende += *laenge as u64;
            Some(anfang)
        })
        .collect();
    hilbert_sort(&mut knoten, &ausdehnung);
    let folge: Vec<usize> = knoten
        .iter()
        .map(|knoten| usize::try_from(knoten.offset).map_err(Error::intern))
        .collect::<Result<_>>()?;
    let mut offset = 0;
    for (knoten, nr) in knoten.iter_mut().zip(&folge) {
        knoten.offset = offset;
        offset += laengen[*nr] as u64;
    }
    PackedRTree::build(&knoten, &ausdehnung, PackedRTree::DEFAULT_NODE_SIZE)
        .map_err(Error::intern)?
        .stream_write(&mut out)?;
    let mut zwischen = BufReader::new(zwischen);
    let mut puffer = Vec::new();
    for nr in folge {
        zwischen.seek(SeekFrom::Start(anfaenge[nr]))?;
        puffer.resize(laengen[nr], 0);
        zwischen.read_exact(&mut puffer)?;
        out.write_all(&puffer)?;
    }
    Ok(out.flush()?)
}

fn kopf(
    bau: &mut FlatBufferBuilder<'_>,
    auftrag: &Auftrag,
    ausdehnung: &NodeItem,
    anzahl: usize,
    index: bool,
) {
    let spalten: Vec<_> = auftrag
        .aufbau
        .felder
        .iter()
        .map(|feld| {
            let args = ColumnArgs {
                name: Some(bau.create_string(&feld.name)),
                type_: typ(feld.klasse),
                title: Some(bau.create_string(&feld.kopf())),
                description: feld
                    .beschreibung
                    .as_ref()
                    .map(|text| bau.create_string(text)),
                ..ColumnArgs::default()
            };
            Column::create(bau, &args)
        })
        .collect();
    let crs = CrsArgs {
        org: Some(bau.create_string("EPSG")),
        code: auftrag.epsg(),
        ..CrsArgs::default()
    };
    let finit = ausdehnung.min_x.is_finite();
    let kasten = [
        ausdehnung.min_x,
        ausdehnung.min_y,
        ausdehnung.max_x,
        ausdehnung.max_y,
    ];
    let hinweise: serde_json::Map<String, serde_json::Value> = auftrag
        .hinweise
        .iter()
        .map(|(name, wert)| (name.clone(), wert.clone().into()))
        .collect();
    let hinweise = serde_json::Value::Object(hinweise).to_string();
    let args = HeaderArgs {
        name: Some(bau.create_string(&auftrag.id)),
        envelope: finit.then(|| bau.create_vector(&kasten)),
        geometry_type: match auftrag.aufbau.art {
            Some(Art::Punkte) => GeometryType::MultiPoint,
            Some(Art::Linien) => GeometryType::MultiLineString,
            Some(Art::Flaechen) => GeometryType::MultiPolygon,
            Some(Art::Gemischt) | None => GeometryType::Unknown,
        },
        columns: Some(bau.create_vector(&spalten)),
        features_count: anzahl as u64,
        index_node_size: if index {
            PackedRTree::DEFAULT_NODE_SIZE
        } else {
            0
        },
        crs: auftrag.aufbau.art.map(|_| Crs::create(bau, &crs)),
        title: Some(bau.create_string(&auftrag.titel)),
        description: auftrag
            .beschreibung
            .as_ref()
            .map(|text| bau.create_string(text)),
        metadata: Some(bau.create_string(&hinweise)),
        ..HeaderArgs::default()
    };
    let kopf = Header::create(bau, &args);
    bau.finish_size_prefixed(kopf, None);
}

fn typ(klasse: Klasse) -> ColumnType {
    match klasse {
        Klasse::Ganzzahl => ColumnType::Long,
        Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => ColumnType::Double,
        Klasse::Wahrheit => ColumnType::Bool,
        Klasse::Datum | Klasse::Zeitpunkt | Klasse::Ortszeit => ColumnType::DateTime,
        Klasse::Json | Klasse::Feld | Klasse::Objekt => ColumnType::Json,
        Klasse::Uuid | Klasse::Text | Klasse::Anderes => ColumnType::String,
    }
}

fn objekt(
    bau: &mut FlatBufferBuilder<'_>,
    satz: &Satz,
    felder: &[Feld],
    art: Option<Art>,
    kasten: &mut NodeItem,
) {
    let geometrie = satz
        .form
        .as_ref()
        .map(|form| geometrie(bau, form, art == Some(Art::Gemischt), kasten));
    let mut werte = Vec::new();
    for (n, (wert, feld)) in satz.werte.iter().zip(felder).enumerate() {
        // Columns are counted by PostgreSQL, which ends at 1,600.
        eigenschaft(
            &mut werte,
            u16::try_from(n).unwrap_or(u16::MAX),
            wert,
            typ(feld.klasse),
        );
    }
    let args = FeatureArgs {
        geometry: geometrie,
        properties: Some(bau.create_vector(&werte)),
        ..FeatureArgs::default()
    };
    let objekt = Feature::create(bau, &args);
    bau.finish_size_prefixed(objekt, None);
}

fn eigenschaft(out: &mut Vec<u8>, nr: u16, wert: &Wert, typ: ColumnType) {
    let mut text = |wert: &str| {
        out.extend_from_slice(&nr.to_le_bytes());
        out.extend_from_slice(&u32::try_from(wert.len()).unwrap_or(0).to_le_bytes());
        out.extend_from_slice(wert.as_bytes());
    };
    match (wert, typ) {
        (Wert::Leer, _) => {}
        (Wert::Ganz(zahl), ColumnType::Long) => {
            out.extend_from_slice(&nr.to_le_bytes());
            out.extend_from_slice(&zahl.to_le_bytes());
        }
        (wert, ColumnType::Double) => {
            if let Some(zahl) = wert.zahl() {
                out.extend_from_slice(&nr.to_le_bytes());
                out.extend_from_slice(&zahl.to_le_bytes());
            }
        }
        (Wert::Wahr(wahr), ColumnType::Bool) => {
            out.extend_from_slice(&nr.to_le_bytes());
            out.push(u8::from(*wahr));
        }
        (wert, ColumnType::Long | ColumnType::Bool) => {
            debug_assert!(false, "{wert:?} in a column of another type");
        }
        (wert, _) => text(&wert.roh().unwrap_or_default()),
    }
}

/// `mit_art`: the head leaves the kind open, so each object names its own.
fn geometrie<'b>(
    bau: &mut FlatBufferBuilder<'b>,
    form: &Form,
    mit_art: bool,
    kasten: &mut NodeItem,
) -> flatbuffers::WIPOffset<Geometry<'b>> {
    let (typ, teile) = match form {
        Form::Punkte(punkte) => {
            let args = flach(bau, GeometryType::MultiPoint, mit_art, &[punkte], kasten);
            return Geometry::create(bau, &args);
        }
        Form::Linien(linien) => {
            let teile: Vec<&Folge> = linien.iter().collect();
            let args = flach(bau, GeometryType::MultiLineString, mit_art, &teile, kasten);
            return Geometry::create(bau, &args);
        }
        Form::Flaechen(flaechen) => {
            let teile: Vec<_> = flaechen
                .iter()
                .map(|ringe| {
                    let ringe: Vec<&Folge> = ringe.iter().collect();
                    let args = flach(bau, GeometryType::Polygon, true, &ringe, kasten);
                    Geometry::create(bau, &args)
                })
                .collect();
            (GeometryType::MultiPolygon, teile)
        }
        Form::Sammlung(formen) => {
            let teile = formen
                .iter()
                .map(|form| geometrie(bau, form, true, kasten))
                .collect();
            (GeometryType::GeometryCollection, teile)
        }
    };
    let args = GeometryArgs {
        type_: if mit_art { typ } else { GeometryType::Unknown },
        parts: Some(bau.create_vector(&teile)),
        ..GeometryArgs::default()
    };
    Geometry::create(bau, &args)
}

fn flach<'b>(
    bau: &mut FlatBufferBuilder<'b>,
    typ: GeometryType,
    mit_art: bool,
    teile: &[&Folge],
    kasten: &mut NodeItem,
) -> GeometryArgs<'b> {
    let xy: Vec<f64> = teile
        .iter()
        .flat_map(|teil| teil.iter().flatten())
        .copied()
        .collect();
    for [x, y] in teile.iter().copied().flatten() {
        kasten.expand_xy(*x, *y);
    }
    let mut ende = 0;
    let enden: Vec<u32> = teile
        .iter()
        .map(|teil| {
            ende += u32::try_from(teil.len()).unwrap_or(0);
            ende
        })
        .collect();
    GeometryArgs {
        xy: Some(bau.create_vector(&xy)),
        // One ring needs no ends; of lines GDAL reads none without.
        ends: (enden.len() > 1 || typ == GeometryType::MultiLineString)
            .then(|| bau.create_vector(&enden)),
        type_: if mit_art { typ } else { GeometryType::Unknown },
        ..GeometryArgs::default()
    }
}
