//! One layer in memory: attributes encoded once, shapes of each zoom when first asked for.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::bau::LEER;
use super::filter::Gefragt;
use super::matrix::Satz;
use crate::abdeckung::Gitter;
use crate::abdeckung::netz::{FEIN_AB, Netz, fein_bits};
use crate::abdeckung::stufe::Stufe;

type Eintrag = GeomWithData<Rectangle<Gitter>, u32>;

/// Shapes of a zoom with an index.
#[derive(Debug)]
pub(super) struct Formen {
    pub(super) stufe: Stufe,
    index: RTree<Eintrag>,
}

impl Formen {
    fn neu(stufe: Stufe) -> Self {
        let zahl = u32::try_from(stufe.len()).unwrap_or(u32::MAX);
        let eintrag = |objekt| {
            let [x0, y0, x1, y1] = stufe.kasten(objekt)?;
            Some(Eintrag::new(
                Rectangle::from_corners([x0, y0], [x1, y1]),
                objekt,
            ))
        };
        let index = RTree::bulk_load((0..zahl).filter_map(eintrag).collect());
        Self { stufe, index }
    }

    /// Objects whose envelope meets the box, in the order of the layer.
    pub(super) fn im_kasten(&self, [x0, y0, x1, y1]: [i32; 4]) -> Vec<u32> {
        let rahmen = AABB::from_corners([x0, y0], [x1, y1]);
        let mut gefunden: Vec<u32> = self
            .index
            .locate_in_envelope_intersecting(&rahmen)
            .map(|e| e.data)
            .collect();
        gefunden.sort_unstable();
        gefunden
    }
}

/// A layer.
#[derive(Debug)]
pub(super) struct Schicht {
    pub(super) name: String,
    pub(super) spalten: Vec<String>,
    /// Columns sent at low zooms.
    pub(super) wenige: Vec<usize>,
    pub(super) nummern: Vec<Option<u64>>,
    pub(super) schluessel: HashMap<String, u32>,
    pub(super) marken: Vec<u32>,
    pub(super) werte: Vec<Box<[u8]>>,
    pub(super) punkte: RTree<GeomWithData<[i64; 2], u32>>,
    pub(super) mit_punkten: HashSet<u32>,
    pub(super) satz: Satz,
    pub(super) netzstand: Netzstand,
    pub(super) gefragt: Gefragt,
}

/// The shapes, and the network they come from.
#[derive(Debug)]
pub(super) struct Netzstand {
    /// The network and the zoom it has come to.
    naechste: Mutex<Option<(Netz, u8)>>,
    /// The coarsest zoom there is; above the finest while there is none.
    bis: AtomicU8,
    /// Who makes shapes does so alone, and waits without a thread.
    pub(super) reihe: tokio::sync::Mutex<()>,
    /// 0 to 15, and the finest.
    stufen: [OnceLock<Arc<Formen>>; FEIN_AB as usize + 1],
}

impl Netzstand {
    fn neu(naechste: Option<(Netz, u8)>, bis: u8) -> Self {
        Self {
            naechste: Mutex::new(naechste),
            bis: AtomicU8::new(bis),
            reihe: tokio::sync::Mutex::default(),
            stufen: Default::default(),
        }
    }

    /// All zooms, made when they are asked for.
    pub(super) fn ganz(netz: Netz) -> Self {
        let fein = netz.fein_ab();
        Self::neu(Some((netz, fein)), fein + 1)
    }

    /// One zoom, made now; the others are empty.
    pub(super) fn nur(netz: Netz, zoom: u8) -> Self {
        let zoom = zoom.min(netz.fein_ab());
        let stand = Self::neu(None, 0);
        stand.stufen[usize::from(zoom)].get_or_init(|| Arc::new(Formen::neu(netz.nur(zoom))));
        stand
    }
}

impl Schicht {
    pub(super) fn nummer(&self, objekt: u32) -> Option<u64> {
        self.nummern.get(objekt as usize).copied().flatten()
    }

    /// Points are part of this object: they are not generalised.
    pub(super) fn hat_punkte(&self, objekt: u32) -> bool {
        self.mit_punkten.contains(&objekt)
    }

    /// Number of the object with this id.
    pub(super) fn objekt(&self, schluessel: &str) -> Option<u32> {
        self.schluessel.get(schluessel).copied()
    }

    /// Places of the object's values, one per column; [`LEER`] for none.
    pub(super) fn marken(&self, objekt: u32) -> &[u32] {
        let ab = objekt as usize * self.spalten.len();
        self.marken
            .get(ab..ab + self.spalten.len())
            .unwrap_or_default()
    }

    /// The object's value in a column, encoded.
    pub(super) fn wert_von(&self, objekt: u32, spalte: usize) -> Option<&[u8]> {
        let marke = self.marken(objekt).get(spalte).copied()?;
        (marke != LEER).then(|| self.wert(marke))
    }

    pub(super) fn wert(&self, marke: u32) -> &[u8] {
        self.werte.get(marke as usize).map_or(&[], |w| w)
    }

    /// Points in a box of the world grid, by object.
    pub(super) fn punkte(&self, ecken: [[i64; 2]; 2]) -> Vec<(u32, [i64; 2])> {
        let rahmen = AABB::from_corners(ecken[0], ecken[1]);
        let mut gefunden: Vec<(u32, [i64; 2])> = self
            .punkte
            .locate_in_envelope(&rahmen)
            .map(|p| (p.data, *p.geom()))
            .collect();
        gefunden.sort_unstable();
        gefunden
    }

    /// The zoom whose shapes are to be made next on the way to this one; None: they are there.
    pub(super) fn fehlt(&self, zoom: u8) -> Option<u8> {
        let ziel = zoom.min(self.satz.fein_ab());
        let bis = self.netzstand.bis.load(Ordering::Acquire);
        (bis > ziel).then(|| bis - 1)
    }

    /// Shapes of a zoom, made with those of all finer ones if they are not there: see
    /// [`super::lager::Lager::forme`] for who must not block.
    pub(super) fn formen(&self, zoom: u8) -> Arc<Formen> {
        let stand = &self.netzstand;
        let stelle = usize::from(zoom.min(self.satz.fein_ab()));
        if let Some(formen) = stand.stufen[stelle].get() {
            return Arc::clone(formen);
        }
        let mut offen = stand
            .naechste
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while stand.stufen[stelle].get().is_none() {
            let Some((netz, naechste)) = offen.as_mut() else {
                break;
            };
            let stufe = if *naechste == self.satz.fein_ab() {
                netz.fein()
            } else {
                netz.vergroebere(*naechste)
            };
            stand.stufen[usize::from(*naechste)].get_or_init(|| Arc::new(Formen::neu(stufe)));
            stand.bis.store(*naechste, Ordering::Release);
            match naechste.checked_sub(1) {
                Some(weiter) => *naechste = weiter,
                None => *offen = None,
            }
        }
        let leer = || Arc::new(Formen::neu(Stufe::default()));
        Arc::clone(stand.stufen[stelle].get_or_init(leer))
    }

    /// Bytes held, about.
    pub(super) fn bytes(&self) -> usize {
        let formen: usize = self
            .netzstand
            .stufen
            .iter()
            .filter_map(OnceLock::get)
            .map(|f| f.stufe.bytes() + f.index.size() * 32)
            .sum();
        // Who holds it is at work on it: not to be waited for.
        let netz = self.netzstand.naechste.try_lock().map_or(0, |stand| {
            stand.as_ref().map_or(0, |(netz, _)| netz.bytes())
        });
        let werte: usize = self.werte.iter().map(|w| w.len() + 16).sum();
        let schluessel: usize = self.schluessel.keys().map(|s| s.len() + 48).sum();
        formen
            + netz
            + werte
            + schluessel
            + self.marken.len() * 4
            + self.nummern.len() * 16
            + self.punkte.size() * 40
    }

    /// Bits of the grid and cells across a tile, by zoom.
    pub(super) fn gitter(&self, zoom: u8) -> (u32, i32) {
        let fein_ab = self.satz.fein_ab();
        if zoom >= fein_ab {
            let bits = fein_bits(fein_ab);
            (bits, 1 << (bits - u32::from(zoom)))
        } else {
            (u32::from(zoom) + 12, 4096)
        }
    }

    /// Cells of a tile of this zoom are so many times larger than tiles have them at least, as
    /// a shift.
    pub(super) fn dehnung(&self, zoom: u8) -> u32 {
        u32::from(zoom).saturating_sub(u32::from(self.satz.fein_ab()) + 2)
    }
}
