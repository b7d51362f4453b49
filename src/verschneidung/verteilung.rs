//! Distributes one area among the regions: by a look-up when no border comes near,
//! else by halving it until the overlay is small, and cutting.

use std::cmp::Ordering;

use geo_types::{Coord, MultiPolygon};
use i_overlay::i_shape::flat::buffer::FlatContoursBuffer;
use rstar::{AABB, RTree};

use super::ring::{self, Kasten, Ring};
use super::schere::{Raster, Schere};
use super::teil::{Ort, Summe, Teile};
use super::zelle::{Kante, Region, Zelle};

/// An area with more borders and points than this is halved first: keeps the local
/// grid fine and the overlay linear, even for the whole plan.
const HOECHSTENS_PUNKTE: usize = 400;
/// So is a box with a longer side, metres: its local grid would be too coarse (a plan of
/// 15 km with few corners lost 0.08 m² to rounding).
const GROESSTE_SEITE: f64 = 512.0;
/// Halving stops here, metres.
const KLEINSTE_HAELFTE: f64 = 2.0;

/// The regions: position in `ids` for the Ortsteile, `grenze` for the Geltungsbereich.
pub(super) struct Regionen {
    pub ids: Vec<i32>,
    pub grenze: Option<Region>,
    pub zellen: RTree<Zelle>,
}

/// One distribution at work.
pub(super) struct Verteilung<'a> {
    regionen: &'a Regionen,
    /// The Geltungsbereich, when it is to cut.
    grenze: Option<Region>,
    summe: Summe,
}

impl<'a> Verteilung<'a> {
    /// The parts of an area. With `ganz` the Geltungsbereich does not cut: for the
    /// Geltungsbereich itself.
    pub(super) fn teile(
        regionen: &'a Regionen,
        flaeche: &MultiPolygon<f64>,
        ganz: bool,
        schere: &mut Option<Schere>,
    ) -> Teile {
        let kasten = Kasten::um(flaeche.iter().flat_map(|p| &p.exterior().0));
        let m2 = ring::plan_m2(flaeche);
        if kasten.ist_leer() || m2 <= 0.0 {
            return Teile::default();
        }
        let mut verteilung = Self {
            regionen,
            grenze: regionen.grenze.filter(|_| !ganz),
            summe: Summe::default(),
        };
        let umgebung = verteilung.umgebung(kasten);
        if umgebung.kanten().next().is_none() {
            let ort = verteilung.ort(&umgebung);
            verteilung.summe.plus(ort, m2);
        } else {
            let schere = schere.get_or_insert_with(Schere::neu);
            verteilung.verteile(&ring::ringe(flaeche), schere);
        }
        verteilung.summe.teile()
    }

    fn umgebung(&self, kasten: Kasten) -> Umgebung<'a> {
        let huelle = AABB::from_corners(kasten.min, kasten.max);
        Umgebung {
            kasten,
            zellen: self
                .regionen
                .zellen
                .locate_in_envelope_intersecting(&huelle)
                .collect(),
            ohne: self.regionen.grenze.filter(|_| self.grenze.is_none()),
        }
    }

    /// What a box that meets no border belongs to.
    fn ort(&self, umgebung: &Umgebung) -> Ort {
        if self.grenze.is_some_and(|g| !umgebung.enthalten_in(g)) {
            return Ort::Ausserhalb;
        }
        // Ortsteile come first, in the order of their ids; then the Geltungsbereich.
        let erste = umgebung.regionen().next();
        let ortsteil = erste.and_then(|r| self.regionen.ids.get(r as usize));
        Ort::Ortsteil(ortsteil.copied().unwrap_or(0))
    }

    fn verteile(&mut self, ringe: &[Ring], schere: &mut Schere) {
        let kasten = Kasten::um(ringe.iter().flatten());
        if kasten.ist_leer() {
            return;
        }
        let umgebung = self.umgebung(kasten);
        let borders = umgebung.kanten().count();
        if borders == 0 {
            let ort = self.ort(&umgebung);
            self.summe.plus(ort, ring::flaeche(ringe));
            return;
        }
        let punkte: usize = ringe.iter().map(Vec::len).sum();
        let seite = kasten.laengste_seite();
        if seite > GROESSTE_SEITE
            || borders + punkte > HOECHSTENS_PUNKTE && seite > KLEINSTE_HAELFTE
        {
            let (achse, grenze, ..) = kasten.haelften();
            for unten in [true, false] {
                self.verteile(&ring::schneide_alle(ringe, achse, grenze, unten), schere);
            }
            return;
        }
        self.ueberlagere(ringe, &umgebung, schere);
    }

    /// Cuts off the outside, then Ortsteil by Ortsteil; what is left belongs to none.
    fn ueberlagere(&mut self, ringe: &[Ring], umgebung: &Umgebung, schere: &mut Schere) {
        // The frame of the cut regions must not coincide with the area's own edges.
        let rand = umgebung.kasten.laengste_seite() * 0.05 + 0.01;
        let rahmen = umgebung.kasten.erweitert(rand);
        let raster = Raster::fuer(&rahmen);
        let mut rest = raster.konturen(ringe);
        if let Some(grenze) = self.grenze {
            let (innen, aussen) = umgebung.trenne(rest, grenze, &rahmen, &raster, schere);
            self.summe.plus(Ort::Ausserhalb, raster.m2(&aussen));
            rest = innen;
        }
        let mut beteiligt: Vec<Region> = umgebung
            .zellen
            .iter()
            .flat_map(|z| z.inhalt.iter().map(|(r, _)| *r))
            .filter(|r| self.regionen.grenze != Some(*r))
            .collect();
        beteiligt.sort_unstable();
        beteiligt.dedup();
        let letzte = beteiligt.last().copied();
        let lueckenlos = umgebung.lueckenlos(self.regionen.grenze);
        for region in beteiligt {
            if rest.is_empty() {
                return;
            }
            if lueckenlos && Some(region) == letzte {
                let id = self.regionen.ids[region as usize];
                self.summe.plus(Ort::Ortsteil(id), raster.m2(&rest));
                return;
            }
            let (innen, aussen) = umgebung.trenne(rest, region, &rahmen, &raster, schere);
            let id = self.regionen.ids[region as usize];
            self.summe.plus(Ort::Ortsteil(id), raster.m2(&innen));
            rest = aussen;
        }
        self.summe.plus(Ort::Ortsteil(0), raster.m2(&rest));
    }
}

/// A box and the cells it meets.
struct Umgebung<'a> {
    kasten: Kasten,
    zellen: Vec<&'a Zelle>,
    /// A region to be ignored.
    ohne: Option<Region>,
}

impl Umgebung<'_> {
    /// Border edges that meet the box.
    fn kanten(&self) -> impl Iterator<Item = &Kante> {
        self.zellen
            .iter()
            .flat_map(|z| &z.kanten)
            .filter(|k| self.ohne != Some(k.region) && self.kasten.trifft(k.a, k.b))
    }

    /// A point well inside the box and inside one cell, on no border as long as no
    /// border meets the box.
    fn stelle(&self) -> Option<(&Zelle, Coord<f64>)> {
        let gemeinsam = |z: &Zelle| z.kasten.schnitt(&self.kasten);
        let groesse = |z: &Zelle| {
            let k = gemeinsam(z);
            k.breite(0).min(k.breite(1))
        };
        self.zellen
            .iter()
            .max_by(|a, b| groesse(a).total_cmp(&groesse(b)))
            .filter(|z| groesse(z) > 0.0)
            .map(|z| (*z, gemeinsam(z).mitte()))
    }

    /// The regions around that point, in order.
    fn regionen(&self) -> impl Iterator<Item = Region> {
        self.stelle().into_iter().flat_map(|(zelle, ort)| {
            zelle
                .inhalt
                .iter()
                .filter(move |(_, ringe)| ring::windung(ringe, ort) != 0)
                .map(|(region, _)| *region)
        })
    }

    /// Splits what is left of an area into inside and outside of one region.
    fn trenne(
        &self,
        was: FlatContoursBuffer,
        region: Region,
        rahmen: &Kasten,
        raster: &Raster,
        schere: &mut Schere,
    ) -> (FlatContoursBuffer, FlatContoursBuffer) {
        if !self.kanten().any(|k| k.region == region) {
            let nichts = FlatContoursBuffer::default();
            return if self.enthalten_in(region) {
                (was, nichts)
            } else {
                (nichts, was)
            };
        }
        let ringe: Vec<Ring> = self
            .zellen
            .iter()
            .flat_map(|z| z.inhalt.iter().filter(|(r, _)| *r == region))
            .flat_map(|(_, ringe)| ringe)
            .filter_map(|r| ring::in_kasten(r, rahmen))
            .collect();
        schere.teile(&was, &raster.konturen(&ringe))
    }

    /// Do the Ortsteile cover the box exactly once? True where every border edge has its
    /// reverse, the normal case inside a town; then the last Ortsteil takes the rest.
    fn lueckenlos(&self, grenze: Option<Region>) -> bool {
        let ortsteile = |r: &Region| Some(*r) != grenze;
        let mut kanten: Vec<_> = self
            .kanten()
            .filter(|k| ortsteile(&k.region))
            .map(|k| {
                let [a, b] = [k.a, k.b].map(|p| (p.x, p.y));
                if a < b { (a, b, 1) } else { (b, a, -1) }
            })
            .collect();
        kanten.sort_unstable_by(|k, l| k.partial_cmp(l).unwrap_or(Ordering::Equal));
        let paarweise = kanten
            .chunk_by(|k, l| (k.0, k.1) == (l.0, l.1))
            .all(|gleiche| gleiche.iter().map(|k| k.2).sum::<i32>() == 0);
        paarweise && self.regionen().filter(ortsteile).count() == 1
    }

    /// Does the region, none of whose borders meets the box, contain it?
    fn enthalten_in(&self, region: Region) -> bool {
        self.stelle().is_some_and(|(zelle, ort)| {
            let inhalt = zelle.inhalt.iter().find(|(r, _)| *r == region);
            inhalt.is_some_and(|(_, ringe)| ring::windung(ringe, ort) != 0)
        })
    }
}
