//! Equality filters in memory: the numbers of each value of a column, made when the column is
//! first asked for. Only where equal text means equal in PostgreSQL.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};

use super::Schnappschuss;
use crate::layers::auswahl::Filter;
use crate::layers::wert::{self, Klasse};

/// Numbers by value.
#[derive(Debug)]
pub(super) struct Verzeichnis {
    /// Hash of each value and where its numbers end; 64 bits make a second look needless.
    werte: Box<[(u64, u32)]>,
    /// Value after value, ascending within each.
    nummern: Box<[u32]>,
}

impl Verzeichnis {
    pub(super) fn bytes(&self) -> usize {
        self.werte.len() * 16 + self.nummern.len() * 4
    }

    fn treffer(&self, json: &[u8]) -> &[u32] {
        let Ok(n) = self.werte.binary_search_by_key(&hash(json), |(h, _)| *h) else {
            return &[];
        };
        let von = if n == 0 { 0 } else { self.werte[n - 1].1 };
        &self.nummern[von as usize..self.werte[n].1 as usize]
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
            }
        })
    }
}
