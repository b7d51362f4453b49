//! Ranges of a file (RFC 9110, 14): one range of bytes, If-Range by the strong tag; anything
//! else gets the whole.

use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::lager::Datei;
use crate::http::Ungepackt;
use crate::http::problem::{self, Problem};

/// Bytes read at once.
const STUECK: u64 = 256 << 10;

/// What is asked of a file.
#[derive(Debug, PartialEq, Eq)]
enum Bereich {
    Ganz,
    /// First and last byte.
    Teil(u64, u64),
    Unerfuellbar,
}

fn lies(headers: &HeaderMap, laenge: u64, etag: &str) -> Bereich {
    let text = |name| {
        headers
            .get(name)
            .and_then(|wert: &HeaderValue| wert.to_str().ok())
    };
    let Some(bereich) = text(header::RANGE).and_then(|wert| wert.strip_prefix("bytes=")) else {
        return Bereich::Ganz;
    };
    // A day is no strong validator; another tag is another file.
    if text(header::IF_RANGE).is_some_and(|wert| wert.trim() != etag) {
        return Bereich::Ganz;
    }
    let Some((von, bis)) = bereich.split_once('-') else {
        return Bereich::Ganz;
    };
    let zahl = |text: &str| {
        let text = text.trim();
        // Larger than any file is as good as its end.
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (zahl(von), zahl(bis)) {
        (Some(von), _)
            if von >= laenge
                && (bis.trim().is_empty() || zahl(bis).is_some_and(|bis| bis >= von)) =>
        {
            Bereich::Unerfuellbar
        }
        (Some(von), None) if bis.trim().is_empty() => Bereich::Teil(von, laenge - 1),
        (Some(von), Some(bis)) if bis >= von => Bereich::Teil(von, bis.min(laenge - 1)),
        (None, Some(0)) if von.trim().is_empty() => Bereich::Unerfuellbar,
        (None, Some(_)) if von.trim().is_empty() && laenge == 0 => Bereich::Unerfuellbar,
        (None, Some(letzte)) if von.trim().is_empty() => {
            Bereich::Teil(laenge.saturating_sub(letzte), laenge - 1)
        }
        _ => Bereich::Ganz,
    }
}

/// The file or the part of it that is asked for; `teilbar`: a later request finds the same file.
pub fn antworte(
    datei: &Arc<Datei>,
    headers: &HeaderMap,
    teilbar: bool,
) -> Result<Response, Problem> {
    let bereich = if teilbar {
        lies(headers, datei.laenge, &datei.etag)
    } else {
        Bereich::Ganz
    };
    if teilbar && kennt(headers, &datei.etag) {
        return Ok(mit_kopf(
            StatusCode::NOT_MODIFIED.into_response(),
            &[(header::ETAG, &datei.etag)],
        ));
    }
    let (status, von, ende) = match bereich {
        Bereich::Ganz => (StatusCode::OK, 0, datei.laenge),
        Bereich::Teil(von, bis) => (StatusCode::PARTIAL_CONTENT, von, bis + 1),
        Bereich::Unerfuellbar => {
            return Err(problem::BEREICH
                .mit(format!(
                    "Die Datei hat {} Bytes; der verlangte Bereich (Range) liegt dahinter.",
                    datei.laenge
                ))
                .kopf(header::CONTENT_RANGE, &format!("bytes */{}", datei.laenge)));
        }
    };
    let mut antwort = (status, koerper(Arc::clone(datei), von, ende)).into_response();
    antwort.extensions_mut().insert(Ungepackt);
    let laenge = (ende - von).to_string();
    antwort = mit_kopf(antwort, &[(header::CONTENT_LENGTH, &laenge)]);
    if !teilbar {
        return Ok(mit_kopf(antwort, &[(header::ACCEPT_RANGES, "none")]));
    }
    antwort = mit_kopf(
        antwort,
        &[
            (header::ACCEPT_RANGES, "bytes"),
            (header::ETAG, &datei.etag),
        ],
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let bereich = format!("bytes {von}-{}/{}", ende - 1, datei.laenge);
        antwort = mit_kopf(antwort, &[(header::CONTENT_RANGE, &bereich)]);
    }
    Ok(antwort)
}

/// The caller has this file already.
fn kennt(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|wert| wert.to_str().ok())
        .flat_map(|wert| wert.split(','))
        .any(|tag| matches!(tag.trim().trim_start_matches("W/"), t if t == etag || t == "*"))
}

fn mit_kopf(mut antwort: Response, paare: &[(header::HeaderName, &str)]) -> Response {
    for (name, wert) in paare {
        if let Ok(wert) = HeaderValue::from_str(wert) {
            antwort.headers_mut().insert(name, wert);
        }
    }
    antwort
}

/// Reads on the blocking pool, a piece when the last one is gone.
fn koerper(datei: Arc<Datei>, von: u64, ende: u64) -> Body {
    Body::from_stream(stream::try_unfold(
        (datei, von),
        move |(datei, stelle)| async move {
            if stelle >= ende {
                return Ok(None);
            }
            let (datei, stueck) = tokio::task::spawn_blocking(move || {
                let laenge =
                    usize::try_from(STUECK.min(ende - stelle)).map_err(std::io::Error::other)?;
                let mut puffer = vec![0; laenge];
                datei.inhalt.read_exact_at(&mut puffer, stelle)?;
                std::io::Result::Ok((datei, puffer))
            })
            .await
            .map_err(std::io::Error::other)??;
            let weiter = stelle + stueck.len() as u64;
            std::io::Result::Ok(Some((Bytes::from(stueck), (datei, weiter))))
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_the_standard_reads_them() {
        let fuer = |range: &str, if_range: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            if let Some(wert) = if_range {
                headers.insert(header::IF_RANGE, wert.parse().unwrap());
            }
            lies(&headers, 1000, "\"t\"")
        };
        for (range, erwartet) in [
            ("bytes=0-99", Bereich::Teil(0, 99)),
            ("bytes=900-", Bereich::Teil(900, 999)),
            ("bytes=900-5000", Bereich::Teil(900, 999)),
            ("bytes=-100", Bereich::Teil(900, 999)),
            ("bytes=-5000", Bereich::Teil(0, 999)),
            ("bytes=999-999", Bereich::Teil(999, 999)),
            ("bytes=0-99999999999999999999999", Bereich::Teil(0, 999)),
            ("bytes=1000-", Bereich::Unerfuellbar),
            ("bytes=99999999999999999999999-", Bereich::Unerfuellbar),
            ("bytes=-0", Bereich::Unerfuellbar),
            ("bytes=9-1", Bereich::Ganz),
            ("bytes=2000-1", Bereich::Ganz),
            ("bytes=a-b", Bereich::Ganz),
            ("bytes=-", Bereich::Ganz),
            ("bytes=+1-5", Bereich::Ganz),
            ("bytes=0-1,5-6", Bereich::Ganz),
            ("zeilen=0-1", Bereich::Ganz),
        ] {
            assert_eq!(fuer(range, None), erwartet, "{range}");
        }
        assert_eq!(fuer("bytes=0-9", Some("\"t\"")), Bereich::Teil(0, 9));
        assert_eq!(fuer("bytes=0-9", Some("\"u\"")), Bereich::Ganz);
        assert_eq!(fuer("bytes=0-9", Some("W/\"t\"")), Bereich::Ganz);
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, "bytes=-5".parse().unwrap());
        assert_eq!(lies(&headers, 0, ""), Bereich::Unerfuellbar);
    }
}
