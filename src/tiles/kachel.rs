//! One tile: the shapes of its zoom, cut at the tile and its buffer, with attributes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::bau::LEER;
use super::filter::Nur;
use super::matrix::Adresse;
use super::mvt::{self, Geometrie, Typ};
use super::schicht::{Formen, Schicht};
use crate::abdeckung::netz::{OBJEKTE_JE_KACHEL, RAND};
use crate::abdeckung::stufe::Zugart;
use crate::abdeckung::{Gitter, WELT_BITS, beschneide};

/// A tile's bytes at most, about; what is least important goes.
const BYTES: usize = 500_000;

/// What goes into a tile from one layer.
#[derive(Debug, Clone)]
pub(super) struct Teil {
    pub(super) schicht: Arc<Schicht>,
    /// Only these objects.
    pub(super) nur: Nur,
    /// Only these columns; None: what fits the zoom.
    pub(super) spalten: Option<Vec<usize>>,
}

/// A feature before it is written.
struct Fertig {
    objekt: u32,
    typ: Typ,
    /// Cells of its envelope: what is larger stays longer.
    gewicht: i64,
    geometrie: Geometrie,
}

/// The bytes of a tile; none when nothing is in it.
pub(super) fn baue(adresse: Adresse, teile: &[Teil]) -> Vec<u8> {
    let mut kachel = Vec::new();
    for teil in teile {
        let platz = BYTES.saturating_sub(kachel.len()).max(BYTES / 10);
        baue_ebene(&mut kachel, adresse, teil, platz);
    }
    kachel
}

fn baue_ebene(kachel: &mut Vec<u8>, adresse: Adresse, teil: &Teil, platz: usize) {
    let schicht = &teil.schicht;
    let (bits, breite) = schicht.gitter(adresse.zoom);
    let ecke = [
        adresse.spalte.cast_signed() * breite,
        adresse.zeile.cast_signed() * breite,
    ];
    // 8 pixels, whatever the grid: at least one cell.
    let rand = i32::try_from(i64::from(breite) * RAND / 4096)
        .unwrap_or(64)
        .max(1);
    let faktor = schicht.dehnung(adresse.zoom);
    let kasten = [
        ecke[0] - rand,
        ecke[1] - rand,
        ecke[0] + breite + rand,
        ecke[1] + breite + rand,
    ];
    let formen = schicht.formen(adresse.zoom);
    let mut fertige = Vec::new();
    for objekt in formen.im_kasten(kasten) {
        if teil.nur.trifft(schicht, objekt) {
            schneide(&formen, objekt, kasten, (ecke, faktor), &mut fertige);
        }
    }
    punkte(teil, bits, kasten, (ecke, faktor), &mut fertige);
    if fertige.len() > OBJEKTE_JE_KACHEL {
        fertige.sort_by_key(|f| (-f.gewicht, f.objekt, f.typ));
        fertige.truncate(OBJEKTE_JE_KACHEL);
        fertige.sort_by_key(|f| (f.objekt, f.typ));
    }
    let alle: Vec<usize> = (0..schicht.spalten.len()).collect();
    let spalten = match &teil.spalten {
        Some(spalten) => spalten,
        // Far away there are too many for all attributes.
        None if adresse.zoom < adresse.satz.nah_ab() => &schicht.wenige,
        None => &alle,
    };
    let ausdehnung = u32::try_from(i64::from(breite) << faktor).unwrap_or(4096);
    let mut ebene = schreibe(schicht, &fertige, spalten, ausdehnung);
    if ebene.len() > platz && teil.spalten.is_none() && spalten.len() > schicht.wenige.len() {
        ebene = schreibe(schicht, &fertige, &schicht.wenige, ausdehnung);
    }
    while ebene.len() > platz && fertige.len() > 100 {
        // The largest objects, about as many as there is room for.
        let bleiben = (fertige.len() as f64 * 0.95 * platz as f64 / ebene.len() as f64).max(100.0);
        fertige.sort_by_key(|f| (-f.gewicht, f.objekt, f.typ));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "fewer than there are"
        )]
        fertige.truncate(bleiben as usize);
        fertige.sort_by_key(|f| (f.objekt, f.typ));
        let spalten = teil.spalten.as_ref().unwrap_or(&schicht.wenige);
        ebene = schreibe(schicht, &fertige, spalten, ausdehnung);
    }
    kachel.extend_from_slice(&ebene);
}

fn schreibe(schicht: &Schicht, fertige: &[Fertig], spalten: &[usize], ausdehnung: u32) -> Vec<u8> {
    let mut werte: HashMap<u32, u32, Streuung> = HashMap::default();
    let mut folge: Vec<u32> = Vec::new();
    let mut marken: Vec<(u32, u32)> = Vec::with_capacity(spalten.len());
    let mut objekte = Vec::with_capacity(fertige.len() * 96);
    for f in fertige {
        marken.clear();
        let eigene = schicht.marken(f.objekt);
        for (name, spalte) in (0..).zip(spalten) {
            let marke = eigene.get(*spalte).copied().unwrap_or(LEER);
            if marke != LEER {
                let stelle = *werte.entry(marke).or_insert_with(|| {
                    folge.push(marke);
                    u32::try_from(folge.len() - 1).unwrap_or_default()
                });
                marken.push((name, stelle));
            }
        }
        let nummer = schicht.nummer(f.objekt);
        mvt::objekt(&mut objekte, nummer, &marken, f.typ, &f.geometrie);
    }
    let mut out = Vec::new();
    let namen = spalten.iter().map(|i| schicht.spalten[*i].as_str());
    let werte = folge.iter().map(|marke| schicht.wert(*marke));
    mvt::ebene(&mut out, &schicht.name, &objekte, namen, werte, ausdehnung);
    out
}

/// Numbers we gave ourselves need no hash that withstands an attack.
type Streuung = BuildHasherDefault<Streuer>;

#[derive(Default)]
struct Streuer(u64);

impl Hasher for Streuer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u32(u32::from(*b));
        }
    }

    fn write_u32(&mut self, zahl: u32) {
        // The table takes the place from the lower bits and tells entries apart by the upper.
        self.0 = (self.0 ^ u64::from(zahl))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(26);
    }
}

type Lage = (Gitter, u32);

fn schneide(
    formen: &Formen,
    objekt: u32,
    kasten: [i32; 4],
    (ecke, faktor): Lage,
    fertige: &mut Vec<Fertig>,
) {
    let Some(k) = formen.stufe.kasten(objekt) else {
        return;
    };
    let innerhalb =
        k[0] >= kasten[0] && k[1] >= kasten[1] && k[2] <= kasten[2] && k[3] <= kasten[3];
    let gewicht = i64::from(k[2] - k[0] + 1) * i64::from(k[3] - k[1] + 1);
    let mut flaeche = Geometrie::neu(ecke, faktor);
    let mut linien = Geometrie::neu(ecke, faktor);
    let flaechig = |(art, _): &(Zugart, &[Gitter])| *art != Zugart::Linie;
    if innerhalb {
        for (_, ring) in formen.stufe.zuege(objekt).filter(flaechig) {
            flaeche.ring(ring);
        }
    } else {
        let ringe = formen
            .stufe
            .zuege(objekt)
            .filter(flaechig)
            .map(|(_, ring)| ring);
        for (_, ring) in beschneide(ringe, kasten) {
            flaeche.ring(&ring);
        }
    }
    for (_, linie) in formen.stufe.zuege(objekt).filter(|zug| !flaechig(zug)) {
        for stueck in stuecke(linie, kasten) {
            linien.linie(&stueck);
        }
    }
    for (typ, geometrie) in [(Typ::Linie, linien), (Typ::Flaeche, flaeche)] {
        if !geometrie.ist_leer() {
            fertige.push(Fertig {
                objekt,
                typ,
                gewicht,
                geometrie,
            });
        }
    }
}

fn punkte(
    teil: &Teil,
    bits: u32,
    kasten: [i32; 4],
    (ecke, faktor): Lage,
    fertige: &mut Vec<Fertig>,
) {
    let shift = WELT_BITS - bits;
    let welt = |x: i32, y: i32| [i64::from(x) << shift, i64::from(y) << shift];
    let gefunden = teil
        .schicht
        .punkte([welt(kasten[0], kasten[1]), welt(kasten[2], kasten[3])]);
    for eines in gefunden.chunk_by(|a, b| a.0 == b.0) {
        let objekt = eines[0].0;
        if !teil.nur.trifft(&teil.schicht, objekt) {
            continue;
        }
        let gitter =
            |wert: i64| i32::try_from((wert + (1 << (shift - 1))) >> shift).unwrap_or_default();
        let mut orte: Vec<Gitter> = eines.iter().map(|(_, ort)| ort.map(gitter)).collect();
        orte.dedup();
        let mut geometrie = Geometrie::neu(ecke, faktor);
        geometrie.punkte(&orte);
        fertige.push(Fertig {
            objekt,
            typ: Typ::Punkt,
            gewicht: 1,
            geometrie,
        });
    }
    fertige.sort_by_key(|f| (f.objekt, f.typ));
}

/// The pieces of a line that meet the box, cut at whole edges: an edge that reaches out of the
/// box stays whole.
fn stuecke(linie: &[Gitter], k: [i32; 4]) -> Vec<Vec<Gitter>> {
    let trifft =
        |a: Gitter, b: Gitter| (0..2).all(|i| a[i].min(b[i]) <= k[i + 2] && a[i].max(b[i]) >= k[i]);
    let mut stuecke: Vec<Vec<Gitter>> = Vec::new();
    let mut offen = false;
    for paar in linie.windows(2) {
        let drin = trifft(paar[0], paar[1]);
        match (drin, offen, stuecke.last_mut()) {
            (true, true, Some(stueck)) => stueck.push(paar[1]),
            (true, ..) => stuecke.push(vec![paar[0], paar[1]]),
            (false, ..) => {}
        }
        offen = drin;
    }
    stuecke
}
