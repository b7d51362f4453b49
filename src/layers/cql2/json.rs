//! CQL2 JSON → tree.

use geo_types::{Coord, Geometry, LineString, MultiPoint, Point, Polygon};
use serde_json::{Map, Value};

use super::baum::{Art, Ausdruck, Logik, Op, Stelle};
use super::{Fehler, Grenzen, raum, zeit};

/// Reads a whole filter.
pub(super) fn lies(text: &str) -> Result<Ausdruck, Fehler> {
    Grenzen::laenge(text)?;
    let doc: Value = serde_json::from_str(text).map_err(|fehler| {
        // The reader itself stops at 128 brackets.
        let grund = match fehler.classify() {
            serde_json::error::Category::Eof => "Es endet zu früh.",
            _ => "Es ist kein JSON oder zu tief geschachtelt.",
        };
        let stelle = text
            .split_inclusive('\n')
            .take(fehler.line().saturating_sub(1))
            .map(|zeile| zeile.chars().count())
            .sum::<usize>()
            + fehler.column();
        Fehler::neu(
            &Stelle::Zeichen(stelle.max(1)),
            format!("Das Dokument ist nicht lesbar. {grund} Für einen Filter als Text gehört filter-lang=cql2-text dazu."),
        )
    })?;
    ausdruck(&doc, "", 0)
}

fn stelle(pfad: &str) -> Stelle {
    Stelle::Zeiger(pfad.to_owned())
}

fn fehler(pfad: &str, text: impl Into<String>) -> Fehler {
    Fehler::neu(&stelle(pfad), text)
}

fn kurz(wert: &Value) -> String {
    let text = wert.to_string();
    let mut kurz: String = text.chars().take(40).collect();
    if kurz.len() < text.len() {
        kurz.push('…');
    }
    kurz
}

fn ausdruck(wert: &Value, pfad: &str, tiefe: usize) -> Result<Ausdruck, Fehler> {
    Grenzen::klammern(tiefe, &stelle(pfad))?;
    let art = match wert {
        Value::Bool(wahr) => Art::Wahr(*wahr),
        Value::Number(zahl) => zahl_art(zahl, pfad)?,
        Value::String(text) => Art::Text(kein_null(text, pfad)?),
        Value::Array(werte) => Art::Liste(alle(werte, pfad, tiefe)?),
        Value::Object(felder) => return objekt(felder, pfad, tiefe),
        Value::Null => {
            return Err(fehler(
                pfad,
                "Hier steht null; auf fehlende Werte prüft {\"op\": \"isNull\", \"args\": […]}.",
            ));
        }
    };
    Ok(Ausdruck {
        art,
        stelle: stelle(pfad),
    })
}

/// PostgreSQL has no text with NUL.
fn kein_null(text: &str, pfad: &str) -> Result<String, Fehler> {
    if text.contains('\0') {
        return Err(fehler(pfad, "Der Text enthält ein Nullzeichen."));
    }
    Ok(text.to_owned())
}

fn zahl_art(zahl: &serde_json::Number, pfad: &str) -> Result<Art, Fehler> {
    if let Some(ganz) = zahl.as_i64() {
        return Ok(Art::Ganz(ganz));
    }
    match zahl.as_f64().filter(|z| z.is_finite()) {
        Some(zahl) => Ok(Art::Zahl(zahl)),
        None => Err(fehler(pfad, "Die Zahl ist zu groß.")),
    }
}

fn alle(werte: &[Value], pfad: &str, tiefe: usize) -> Result<Vec<Ausdruck>, Fehler> {
    let eines = |(n, wert): (usize, &Value)| ausdruck(wert, &format!("{pfad}/{n}"), tiefe + 1);
    werte.iter().enumerate().map(eines).collect()
}

fn objekt(felder: &Map<String, Value>, pfad: &str, tiefe: usize) -> Result<Ausdruck, Fehler> {
    let text = |name: &str| -> Result<Option<&str>, Fehler> {
        match felder.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(anderes) => Err(fehler(
                &format!("{pfad}/{name}"),
                format!("Hier steht {}; erwartet wird ein Text.", kurz(anderes)),
            )),
        }
    };
    let hier = |art| Ausdruck {
        art,
        stelle: stelle(pfad),
    };
    if let Some(op) = text("op")? {
        return aufruf(op, felder.get("args"), pfad, tiefe);
    }
    if let Some(name) = text("property")? {
        return Ok(hier(Art::Eigenschaft(kein_null(name, pfad)?)));
    }
    if let Some(tag) = text("date")? {
        let wo = stelle(&format!("{pfad}/date"));
        return Ok(hier(Art::Datum(zeit::datum(tag, &wo)?)));
    }
    if let Some(moment) = text("timestamp")? {
        let wo = stelle(&format!("{pfad}/timestamp"));
        return Ok(hier(Art::Zeitpunkt(zeit::zeitpunkt(moment, &wo)?)));
    }
    if let Some(enden) = felder.get("interval") {
        return intervall(enden, &format!("{pfad}/interval"), tiefe).map(hier);
    }
    if let Some(kasten) = felder.get("bbox") {
        let wo = format!("{pfad}/bbox");
        let zahlen = zahlen(kasten, &wo)?;
        raum::kasten(&zahlen, &stelle(&wo))?;
        return Ok(hier(Art::Kasten(zahlen)));
    }
    if text("type")?.is_some() {
        return geometrie(felder, pfad, tiefe).map(|g| hier(Art::Geometrie(g)));
    }
    Err(fehler(
        pfad,
        "Erwartet wird ein Objekt mit „op“ und „args“, „property“, „date“, „timestamp“, „interval“, „bbox“ oder eine GeoJSON-Geometrie.",
    ))
}

fn aufruf(op: &str, args: Option<&Value>, pfad: &str, tiefe: usize) -> Result<Ausdruck, Fehler> {
    let wo = format!("{pfad}/args");
    let Some(Value::Array(werte)) = args else {
        return Err(fehler(
            &wo,
            format!("Zu „{op}“ gehört eine Liste „args“ mit den Operanden."),
        ));
    };
    let op = Op::zu_name(op);
    let mut argumente = alle(werte, &wo, tiefe)?;
    if matches!(op, Op::Logik(Logik::Und | Logik::Oder))
        && argumente.len() == 1
        && let Some(einer) = argumente.pop()
    {
        return Ok(einer);
    }
    Ok(Ausdruck::aufruf(op, argumente, stelle(pfad)))
}

fn intervall(enden: &Value, pfad: &str, tiefe: usize) -> Result<Art, Fehler> {
    let ende = |n: usize, wert: &Value| {
        let pfad = format!("{pfad}/{n}");
        match wert {
            Value::String(text) => zeit::ende(text, &stelle(&pfad)),
            _ => ausdruck(wert, &pfad, tiefe + 1),
        }
    };
    match enden.as_array().map(Vec::as_slice) {
        Some([von, bis]) => Ok(Art::Intervall(Box::new([ende(0, von)?, ende(1, bis)?]))),
        _ => Err(fehler(
            pfad,
            "Ein Zeitraum ist eine Liste aus Anfang und Ende.",
        )),
    }
}

fn zahlen(wert: &Value, pfad: &str) -> Result<Vec<f64>, Fehler> {
    let zahl = |wert: &Value| wert.as_f64().filter(|z| z.is_finite());
    wert.as_array()
        .and_then(|werte| werte.iter().map(zahl).collect())
        .ok_or_else(|| {
            fehler(
                pfad,
                format!(
                    "Hier steht {}; erwartet wird eine Liste von Zahlen.",
                    kurz(wert)
                ),
            )
        })
}

fn geometrie(
    felder: &Map<String, Value>,
    pfad: &str,
    tiefe: usize,
) -> Result<Geometry<f64>, Fehler> {
    let typ = felder
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if typ == "GeometryCollection" {
        let wo = format!("{pfad}/geometries");
        Grenzen::klammern(tiefe, &stelle(&wo))?;
        let teile = nicht_leer(felder.get("geometries"), &wo)?;
        let eine = |(n, teil): (usize, &Value)| {
            let wo = format!("{wo}/{n}");
            match teil.as_object() {
                Some(felder) => geometrie(felder, &wo, tiefe + 1),
                None => Err(fehler(&wo, "Erwartet wird eine GeoJSON-Geometrie.")),
            }
        };
        let teile = teile
            .iter()
            .enumerate()
            .map(eine)
            .collect::<Result<_, _>>()?;
        return Ok(Geometry::GeometryCollection(geo_types::GeometryCollection(
            teile,
        )));
    }
    let wo = format!("{pfad}/coordinates");
    let werte = felder.get("coordinates");
    Ok(match typ {
        "Point" => Geometry::Point(Point(ort(werte.unwrap_or(&Value::Null), &wo)?)),
        "LineString" => Geometry::LineString(linie(werte, &wo)?),
        "Polygon" => Geometry::Polygon(flaeche(werte, &wo)?),
        "MultiPoint" => Geometry::MultiPoint(MultiPoint(
            orte(werte, &wo)?.into_iter().map(Point).collect(),
        )),
        "MultiLineString" => {
            Geometry::MultiLineString(geo_types::MultiLineString(jedes(werte, &wo, linie)?))
        }
        "MultiPolygon" => {
            Geometry::MultiPolygon(geo_types::MultiPolygon(jedes(werte, &wo, flaeche)?))
        }
        _ => {
            return Err(fehler(
                &format!("{pfad}/type"),
                format!(
                    "„{typ}“ ist keine Geometrie. Möglich sind Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, GeometryCollection."
                ),
            ));
        }
    })
}

fn nicht_leer<'a>(werte: Option<&'a Value>, pfad: &str) -> Result<&'a [Value], Fehler> {
    match werte.and_then(Value::as_array) {
        Some(werte) if werte.len() > Grenzen::PUNKTE => Err(fehler(
            pfad,
            format!("Höchstens {} Stützpunkte sind möglich.", Grenzen::PUNKTE),
        )),
        Some(werte) if !werte.is_empty() => Ok(werte),
        _ => Err(fehler(
            pfad,
            "Erwartet wird eine Liste, die nicht leer ist.",
        )),
    }
}

fn jedes<T>(
    werte: Option<&Value>,
    pfad: &str,
    lies: impl Fn(Option<&Value>, &str) -> Result<T, Fehler>,
) -> Result<Vec<T>, Fehler> {
    let eines = |(n, wert): (usize, &Value)| lies(Some(wert), &format!("{pfad}/{n}"));
    nicht_leer(werte, pfad)?
        .iter()
        .enumerate()
        .map(eines)
        .collect()
}

fn ort(wert: &Value, pfad: &str) -> Result<Coord<f64>, Fehler> {
    match *zahlen(wert, pfad)?.as_slice() {
        [x, y] | [x, y, _] | [x, y, _, _] => Ok(Coord { x, y }),
        _ => Err(fehler(pfad, "Ein Ort hat zwei oder drei Zahlen.")),
    }
}

fn orte(werte: Option<&Value>, pfad: &str) -> Result<Vec<Coord<f64>>, Fehler> {
    jedes(werte, pfad, |wert, pfad| {
        ort(wert.unwrap_or(&Value::Null), pfad)
    })
}

fn linie(werte: Option<&Value>, pfad: &str) -> Result<LineString<f64>, Fehler> {
    raum::linie(orte(werte, pfad)?, &stelle(pfad))
}

fn flaeche(werte: Option<&Value>, pfad: &str) -> Result<Polygon<f64>, Fehler> {
    let mut ringe = jedes(werte, pfad, |ring, pfad| {
        raum::ring(orte(ring, pfad)?, &stelle(pfad))
    })?
    .into_iter();
    let aussen = ringe.next().unwrap_or_else(LineString::empty);
    Ok(Polygon::new(aussen, ringe.collect()))
}
