//! Equality filters in memory: the numbers of each value of a column, made when the column is
//! first asked for. Only where equal text means equal in PostgreSQL.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use axum::body::Bytes;

use super::packen::{BREITE, Gepackt, Packung};
use super::{Form, Schnappschuss};
use crate::layers::auswahl::Filter;
use crate::layers::wert::{self, Klasse};

/// Of the memory of a snapshot, packed answers of each filtered column take this part at most.
const GEMERKT: usize = 64;

/// Numbers by value.
#[derive(Debug)]
pub(super) struct Verzeichnis {
    /// Hash of each value and where its numbers end; 64 bits make a second look needless.
    werte: Box<[(u64, u32)]>,
    /// Value after value, ascending within each.
    nummern: Box<[u32]>,
    /// By [`Form`]: what was sent packed before, by where it begins in `nummern`. The features of
    /// a value lie apart, so no piece of a block serves; but each client of a project asks alike.
    gepackt: [RwLock<HashMap<usize, Gepackt>>; 2],
    /// What those take, bytes.
    gemerkt: AtomicUsize,
}

impl Verzeichnis {
    pub(super) fn bytes(&self) -> usize {
        let gemerkt = self.gemerkt.load(Ordering::Relaxed);
        self.werte.len() * 16 + self.nummern.len() * 4 + gemerkt
    }

    /// Where the numbers of a value stand.
    fn stelle(&self, json: &[u8]) -> Range<usize> {
        let Ok(n) = self.werte.binary_search_by_key(&hash(json), |(h, _)| *h) else {
            return 0..0;
        };
        let von = if n == 0 { 0 } else { self.werte[n - 1].1 };
        von as usize..self.werte[n].1 as usize
    }

    fn treffer(&self, json: &[u8]) -> &[u32] {
        &self.nummern[self.stelle(json)]
    }

    /// The piece that begins there; kept while there is room.
    fn stueck(
        &self,
        form: Form,
        ab: usize,
        hoechstens: usize,
        text: impl Fn() -> Vec<u8>,
    ) -> Gepackt {
        let gepackt = &self.gepackt[form as usize];
        let bekannt = gepackt.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(stueck) = bekannt.get(&ab) {
            return stueck.clone();
        }
        drop(bekannt);
        let stueck = Gepackt::neu(&text());
        let gemerkt = self.gemerkt.fetch_add(stueck.bytes(), Ordering::Relaxed);
        if gemerkt + stueck.bytes() > hoechstens {
            self.gemerkt.fetch_sub(stueck.bytes(), Ordering::Relaxed);
            return stueck;
        }
        let mut alle = gepackt.write().unwrap_or_else(PoisonError::into_inner);
        if alle.insert(ab, stueck.clone()).is_some() {
            // Another made it meanwhile.
            self.gemerkt.fetch_sub(stueck.bytes(), Ordering::Relaxed);
        }
        stueck
    }
}

fn hash(json: &[u8]) -> u64 {
    let mut hash = DefaultHasher::new();
    hash.write(json);
    hash.finish()
}

/// How a filter value of this class is written in a feature; None where PostgreSQL has to
/// compare (fractions, moments, types with an equality of their own).
fn als_json(klasse: Klasse, text: &str) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    match klasse {
        Klasse::Ganzzahl => {
            json.extend_from_slice(text.parse::<i64>().ok()?.to_string().as_bytes());
        }
        Klasse::Wahrheit => json.extend_from_slice(text.as_bytes()),
        Klasse::Datum | Klasse::Text => wert::zeichenkette(&mut json, text),
        Klasse::Uuid => {
            let uuid = uuid::Uuid::parse_str(text).ok()?;
            wert::zeichenkette(&mut json, &uuid.to_string());
        }
        _ => return None,
    }
    Some(json)
}

impl Schnappschuss {
    /// Numbers, ascending, of what meets all filters; None where PostgreSQL has to be asked.
    pub(in crate::layers) fn gefiltert(&self, filter: &[Filter]) -> Option<Cow<'_, [u32]>> {
        let mut listen = Vec::with_capacity(filter.len());
        for filter in filter {
            let mut spalten = self.ebene.spalten.iter();
            let spalte = spalten.position(|s| s.name == filter.spalte)?;
            let json = als_json(self.ebene.spalten[spalte].klasse, &filter.wert)?;
            listen.push(self.verzeichnis(spalte).treffer(&json));
        }
        listen.sort_unstable_by_key(|liste| liste.len());
        let (erste, weitere) = listen.split_first()?;
        if weitere.is_empty() {
            return Some(Cow::Borrowed(erste));
        }
        let in_allen = |n: &&u32| weitere.iter().all(|liste| liste.binary_search(n).is_ok());
        Some(erste.iter().filter(in_allen).copied().collect())
    }

    /// A part of what one filter gives, packed inside a document; None where it is no single
    /// filter.
    pub(in crate::layers) fn gefiltert_gepackt(
        &self,
        form: Form,
        filter: &[Filter],
        teil: Range<usize>,
        (anfang, schluss): (&[u8], &[u8]),
    ) -> Option<Vec<Bytes>> {
        let [filter] = filter else { return None };
        let mut spalten = self.ebene.spalten.iter();
        let spalte = spalten.position(|s| s.name == filter.spalte)?;
        let json = als_json(self.ebene.spalten[spalte].klasse, &filter.wert)?;
        let verzeichnis = self.verzeichnis(spalte);
        let stelle = verzeichnis.stelle(&json);
        let liste = verzeichnis.nummern.get(stelle.clone())?;
        let texte = |stueck: &[u32]| {
            let texte = stueck.iter().map(|n| self.objekt(*n).geojson(form));
            texte.collect::<Vec<_>>().join(&b","[..])
        };
        let hoechstens = self.groesse() / GEMERKT;
        let mut packung = Packung::default();
        packung.text(anfang);
        let Range { mut start, end } = teil;
        while start < end {
            // Pieces begin at multiples; what is cut by the page is packed for it alone.
            let naechste = (start / BREITE + 1) * BREITE;
            let bis = naechste.min(end);
            let stueck = liste.get(start..bis)?;
            if start.is_multiple_of(BREITE) && bis == naechste.min(liste.len()) {
                let ab = stelle.start + start;
                packung.fertiges(verzeichnis.stueck(form, ab, hoechstens, || texte(stueck)));
            } else {
                packung.text(&texte(stueck));
            }
            if bis < end {
                packung.text(b",");
            }
            start = bis;
        }
        packung.text(schluss);
        Some(packung.fertig())
    }

    fn verzeichnis(&self, spalte: usize) -> &Verzeichnis {
        self.filter[spalte].get_or_init(|| {
            let mut liste: Vec<(u64, u32)> = Vec::with_capacity(self.len());
            for (anfang, block) in self.anfaenge.iter().zip(&self.bloecke) {
                let werte = (0..block.len()).map(|n| hash(block.wert(n, spalte, &self.namen)));
                liste.extend(werte.zip(*anfang..));
            }
            liste.sort_unstable();
            let mut werte: Vec<(u64, u32)> = Vec::new();
            for (ende, (hash, _)) in (1..).zip(&liste) {
                match werte.last_mut() {
                    Some(letzter) if letzter.0 == *hash => letzter.1 = ende,
                    _ => werte.push((*hash, ende)),
                }
            }
            Verzeichnis {
                werte: werte.into(),
                nummern: liste.into_iter().map(|(_, n)| n).collect(),
                gepackt: Default::default(),
                gemerkt: AtomicUsize::new(0),
            }
        })
    }
}
