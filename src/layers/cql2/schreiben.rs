//! Tree → text and JSON. The text is the canonical form of a filter: two requests that mean
//! the same have the same one, whatever they were written in.

use std::fmt::Write as _;

use chrono::SecondsFormat;
use geo_types::{Coord, Geometry, LineString, Polygon};
use serde_json::{Value, json};

use super::baum::{Art, Ausdruck, Logik, Op};

/// CQL2 text; every operator within another stands in brackets.
#[must_use]
pub fn text(ausdruck: &Ausdruck) -> String {
    let mut out = String::new();
    schreibe(&mut out, ausdruck);
    out
}

fn zeichenkette(out: &mut String, text: &str) {
    let text = text.replace('\\', "\\\\").replace('\'', "''");
    let _ = write!(out, "'{text}'");
}

fn schreibe(out: &mut String, ausdruck: &Ausdruck) {
    match &ausdruck.art {
        Art::Text(text) => zeichenkette(out, text),
        Art::Ganz(zahl) => {
            let _ = write!(out, "{zahl}");
        }
        Art::Zahl(zahl) => {
            let _ = write!(out, "{zahl:?}");
        }
        Art::Wahr(wahr) => out.push_str(if *wahr { "TRUE" } else { "FALSE" }),
        Art::Datum(tag) => {
            let _ = write!(out, "DATE('{}')", tag.format("%Y-%m-%d"));
        }
        Art::Zeitpunkt(moment) => {
            let moment = moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let _ = write!(out, "TIMESTAMP('{moment}')");
        }
        Art::Offen => out.push_str("'..'"),
        Art::Intervall(enden) => {
            out.push_str("INTERVAL(");
            reihe(out, enden.as_slice(), schreibe);
            out.push(')');
        }
        Art::Geometrie(geometrie) => wkt(out, geometrie),
        Art::Kasten(zahlen) => {
            out.push_str("BBOX(");
            reihe(out, zahlen, |out, zahl| {
                let _ = write!(out, "{zahl:?}");
            });
            out.push(')');
        }
        Art::Eigenschaft(name) => {
            let _ = write!(out, "\"{}\"", name.replace('"', "\"\""));
        }
        Art::Liste(werte) => {
            out.push('(');
            reihe(out, werte, schreibe);
            out.push(')');
        }
        Art::Aufruf(op, argumente) => aufruf(out, op, argumente),
    }
}

fn reihe<T>(out: &mut String, teile: &[T], schreibe: impl Fn(&mut String, &T)) {
    for (n, teil) in teile.iter().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        schreibe(out, teil);
    }
}

/// In brackets when it is an operator itself.
fn innen(out: &mut String, ausdruck: &Ausdruck) {
    let klammer = matches!(
        &ausdruck.art,
        Art::Aufruf(Op::Logik(_) | Op::Rechnung(_), _)
    );
    if klammer {
        out.push('(');
    }
    schreibe(out, ausdruck);
    if klammer {
        out.push(')');
    }
}

fn aufruf(out: &mut String, op: &Op, argumente: &[Ausdruck]) {
    let zwischen = |out: &mut String, wort: &str| {
        for (n, argument) in argumente.iter().enumerate() {
            if n > 0 {
                let _ = write!(out, " {wort} ");
            }
            innen(out, argument);
        }
    };
    match (op, argumente) {
        (Op::Logik(Logik::Nicht), [innere]) => {
            out.push_str("NOT ");
            innen(out, innere);
        }
        (Op::Logik(Logik::IstNull), [innere]) => {
            innen(out, innere);
            out.push_str(" IS NULL");
        }
        (Op::Logik(Logik::In), [wert, liste]) => {
            innen(out, wert);
            out.push_str(" IN ");
            schreibe(out, liste);
        }
        (Op::Logik(Logik::Zwischen), [wert, von, bis]) => {
            innen(out, wert);
            out.push_str(" BETWEEN ");
            innen(out, von);
            out.push_str(" AND ");
            innen(out, bis);
        }
        (Op::Logik(op), _) => zwischen(out, &op.name().to_uppercase()),
        (Op::Rechnung(op), _) => zwischen(out, op.name()),
        _ => {
            out.push_str(&op.name().to_uppercase());
            out.push('(');
            reihe(out, argumente, schreibe);
            out.push(')');
        }
    }
}

fn ort(out: &mut String, c: &Coord<f64>) {
    let _ = write!(out, "{:?} {:?}", c.x, c.y);
}

fn linie(out: &mut String, linie: &LineString<f64>) {
    out.push('(');
    reihe(out, &linie.0, ort);
    out.push(')');
}

fn flaeche(out: &mut String, flaeche: &Polygon<f64>) {
    out.push('(');
    reihe(out, &ringe(flaeche), |out, ring| linie(out, ring));
    out.push(')');
}

fn ringe(flaeche: &Polygon<f64>) -> Vec<&LineString<f64>> {
    std::iter::once(flaeche.exterior())
        .chain(flaeche.interiors())
        .collect()
}

fn wkt(out: &mut String, geometrie: &Geometry<f64>) {
    match geometrie {
        Geometry::Point(punkt) => {
            out.push_str("POINT(");
            ort(out, &punkt.0);
            out.push(')');
        }
        Geometry::LineString(l) => {
            out.push_str("LINESTRING");
            linie(out, l);
        }
        Geometry::Polygon(p) => {
            out.push_str("POLYGON");
            flaeche(out, p);
        }
        Geometry::MultiPoint(punkte) => {
            out.push_str("MULTIPOINT(");
            reihe(out, &punkte.0, |out, p| {
                out.push('(');
                ort(out, &p.0);
                out.push(')');
            });
            out.push(')');
        }
        Geometry::MultiLineString(linien) => {
            out.push_str("MULTILINESTRING(");
            reihe(out, &linien.0, linie);
            out.push(')');
        }
        Geometry::MultiPolygon(flaechen) => {
            out.push_str("MULTIPOLYGON(");
            reihe(out, &flaechen.0, flaeche);
            out.push(')');
        }
        Geometry::GeometryCollection(teile) => {
            out.push_str("GEOMETRYCOLLECTION(");
            reihe(out, &teile.0, wkt);
            out.push(')');
        }
        // The readers make none of these.
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {}
    }
}

/// CQL2 JSON.
#[must_use]
pub fn json(ausdruck: &Ausdruck) -> Value {
    match &ausdruck.art {
        Art::Text(text) => json!(text),
        Art::Ganz(zahl) => json!(zahl),
        Art::Zahl(zahl) => json!(zahl),
        Art::Wahr(wahr) => json!(wahr),
        Art::Datum(tag) => json!({"date": tag.format("%Y-%m-%d").to_string()}),
        Art::Zeitpunkt(moment) => {
            json!({"timestamp": moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)})
        }
        Art::Offen => json!(".."),
        Art::Intervall(enden) => {
            let ende = |ende: &Ausdruck| match json(ende) {
                Value::Object(felder) => match (felder.get("date"), felder.get("timestamp")) {
                    (Some(zeit), _) | (_, Some(zeit)) => zeit.clone(),
                    _ => Value::Object(felder),
                },
                anderes => anderes,
            };
            json!({"interval": [ende(&enden[0]), ende(&enden[1])]})
        }
        Art::Geometrie(geometrie) => geojson(geometrie),
        Art::Kasten(zahlen) => json!({"bbox": zahlen}),
        Art::Eigenschaft(name) => json!({"property": name}),
        Art::Liste(werte) => Value::Array(werte.iter().map(json).collect()),
        Art::Aufruf(op, argumente) => {
            json!({"op": op.name(), "args": argumente.iter().map(json).collect::<Vec<_>>()})
        }
    }
}

fn geojson(geometrie: &Geometry<f64>) -> Value {
    let ort = |c: &Coord<f64>| json!([c.x, c.y]);
    let linie = |l: &LineString<f64>| Value::Array(l.0.iter().map(ort).collect());
    let flaeche = |p: &Polygon<f64>| Value::Array(ringe(p).into_iter().map(linie).collect());
    let form = |typ: &str, werte: Value| json!({"type": typ, "coordinates": werte});
    match geometrie {
        Geometry::Point(p) => form("Point", ort(&p.0)),
        Geometry::LineString(l) => form("LineString", linie(l)),
        Geometry::Polygon(p) => form("Polygon", flaeche(p)),
        Geometry::MultiPoint(p) => form("MultiPoint", p.0.iter().map(|p| ort(&p.0)).collect()),
        Geometry::MultiLineString(l) => form("MultiLineString", l.0.iter().map(linie).collect()),
        Geometry::MultiPolygon(p) => form("MultiPolygon", p.0.iter().map(flaeche).collect()),
        Geometry::GeometryCollection(teile) => {
            let teile: Vec<Value> = teile.0.iter().map(geojson).collect();
            json!({"type": "GeometryCollection", "geometries": teile})
        }
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => Value::Null,
    }
}
