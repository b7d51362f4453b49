//! Writes a plan as XPlanGML.

use super::form::{P, Ring};
use super::klassen::{Darstellung, darstellung, element};
use super::plan::{Flaeche, Polygon, Stand, Zug};
use std::fmt::Write;

/// What the file says of the plan itself.
struct Kopf {
    version: &'static str,
    name: &'static str,
    nummer: &'static str,
    /// From `planArt` to the dates.
    verfahren: &'static str,
}

fn kopf(stand: Stand) -> Kopf {
    match stand {
        Stand::Wirksam => Kopf {
            version: "5/1",
            name: "Flächennutzungsplan 2001 (Demodaten – keine amtlichen Angaben)",
            nummer: "FNP 2001",
            verfahren: "<xplan:planArt>1000</xplan:planArt><xplan:verfahren>1000</xplan:verfahren><xplan:rechtsstand>4000</xplan:rechtsstand><xplan:wirksamkeitsDatum>2001-06-01</xplan:wirksamkeitsDatum>",
        },
        Stand::Entwurf => Kopf {
            version: "6/0",
            name: "Flächennutzungsplan 2025, Entwurf (Demodaten – keine amtlichen Angaben)",
            nummer: "FNP 2025 Entwurf",
            verfahren: "<xplan:planArt>1000</xplan:planArt><xplan:verfahren>1000</xplan:verfahren><xplan:rechtsstand>2400</xplan:rechtsstand><xplan:aufstellungsbeschlussDatum>2017-02-22</xplan:aufstellungsbeschlussDatum><xplan:entwurfsbeschlussDatum>2025-11-19</xplan:entwurfsbeschlussDatum>",
        },
    }
}

/// Position of an object that is no area of the partition.
pub enum Lage {
    Punkt(P),
    Linie(Vec<P>),
    /// Straight line, arc, straight line.
    Kurve(Vec<Zug>),
    Flaeche(Vec<Polygon>),
}

/// A further object: overlay, line, point.
pub struct Beiwerk {
    pub id: String,
    pub klasse: &'static str,
    pub inhalt: String,
    pub rechtsstand: Option<&'static str>,
    /// Code of the version the file has.
    pub rechtscharakter: &'static str,
    pub aufschrift: Option<String>,
    pub lage: Lage,
}

/// Drawing helper of an object.
pub struct Praesentation {
    pub id: String,
    pub objekt: String,
    pub ort: P,
    pub stil: &'static str,
}

struct Schreiber {
    aus: String,
    geometrien: u32,
}

/// The whole file.
pub fn xplan(
    stand: Stand,
    gemeinde: &Ring,
    flaechen: &[Flaeche],
    beiwerk: &[Beiwerk],
    bilder: &[Praesentation],
) -> String {
    let k = kopf(stand);
    let mut s = Schreiber {
        aus: String::new(),
        geometrien: 0,
    };
    let (min, max) = ecken(&gemeinde.ecken);
    let _ = write!(
        s.aus,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Demodaten – keine amtlichen Angaben. Flächen und Nutzungen sind erfunden. -->\n<xplan:XPlanAuszug xmlns:xplan=\"http://www.xplanung.de/xplangml/{}\" xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" gml:id=\"GML_auszug\">\n<gml:boundedBy><gml:Envelope srsName=\"EPSG:25832\"><gml:lowerCorner>{} {}</gml:lowerCorner><gml:upperCorner>{} {}</gml:upperCorner></gml:Envelope></gml:boundedBy>\n",
        k.version,
        min.ost(),
        min.nord(),
        max.ost(),
        max.nord()
    );
    let umriss = [Polygon {
        ringe: vec![vec![Zug::Linie(geschlossen(&gemeinde.ecken))]],
    }];
    let bereich = s.flaeche(&umriss);
    s.mitglied(&format!(
        "<xplan:FP_Plan gml:id=\"GML_plan\">{}{}{}<xplan:raeumlicherGeltungsbereich>{bereich}</xplan:raeumlicherGeltungsbereich><xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>09181130</xplan:ags><xplan:gemeindeName>Landsberg am Lech</xplan:gemeindeName></xplan:XP_Gemeinde></xplan:gemeinde>{}<xplan:bereich xlink:href=\"#GML_bereich\"/></xplan:FP_Plan>",
        element("name", k.name),
        element("nummer", k.nummer),
        element("beschreibung", "Demodaten – keine amtlichen Angaben"),
        k.verfahren,
    ));
    s.mitglied("<xplan:FP_Bereich gml:id=\"GML_bereich\"><xplan:nummer>0</xplan:nummer><xplan:name>Gesamtplan</xplan:name><xplan:gehoertZuPlan xlink:href=\"#GML_plan\"/></xplan:FP_Bereich>");
    for f in flaechen {
        s.flaechenobjekt(stand, f);
    }
    for b in beiwerk {
        s.beiwerk(b);
    }
    for p in bilder {
        s.bild(p);
    }
    s.aus += "</xplan:XPlanAuszug>\n";
    s.aus
}

impl Schreiber {
    fn mitglied(&mut self, xml: &str) {
        let _ = writeln!(self.aus, "<gml:featureMember>{xml}</gml:featureMember>");
    }

    fn nummer(&mut self) -> String {
        self.geometrien += 1;
        format!(
            "srsName=\"EPSG:25832\" gml:id=\"GML_geometrie-{}\"",
            self.geometrien
        )
    }

    fn flaechenobjekt(&mut self, stand: Stand, f: &Flaeche) {
        let Darstellung {
            klasse,
            inhalt,
            uebernommen,
        } = darstellung(stand, f.art, &f.id, f.aufschrift);
        let charakter = match (stand, uebernommen) {
            (_, true) => "2000",
            (Stand::Entwurf, false) => "3000",
            (Stand::Wirksam, false) => "1000",
        };
        let lage = self.flaeche(&f.polygone);
        let inhalt = format!("<xplan:flaechenschluss>true</xplan:flaechenschluss>{inhalt}");
        let kopf = objektkopf(f.rechtsstand, f.aufschrift, charakter);
        self.mitglied(&format!(
            "<xplan:{klasse} gml:id=\"GML_{}\">{kopf}<xplan:position>{lage}</xplan:position>{inhalt}</xplan:{klasse}>",
            f.id
        ));
    }

    fn beiwerk(&mut self, b: &Beiwerk) {
        let kopf = objektkopf(b.rechtsstand, b.aufschrift.as_deref(), b.rechtscharakter);
        let (lage, schluss) = match &b.lage {
            Lage::Punkt(p) => {
                let nr = self.nummer();
                let xml = format!(
                    "<gml:Point {nr}><gml:pos>{} {}</gml:pos></gml:Point>",
                    p.ost(),
                    p.nord()
                );
                (xml, "")
            }
            Lage::Linie(l) => {
                let nr = self.nummer();
                let xml = format!("<gml:LineString {nr}>{}</gml:LineString>", pos_list(l));
                (xml, "")
            }
            Lage::Kurve(z) => {
                let nr = self.nummer();
                (format!("<gml:Curve {nr}>{}</gml:Curve>", segmente(z)), "")
            }
            Lage::Flaeche(p) => (
                self.flaeche(p),
                "<xplan:flaechenschluss>false</xplan:flaechenschluss>",
            ),
        };
        self.mitglied(&format!(
            "<xplan:{0} gml:id=\"GML_{1}\">{kopf}<xplan:position>{lage}</xplan:position>{schluss}{2}</xplan:{0}>",
            b.klasse, b.id, b.inhalt
        ));
    }

    fn bild(&mut self, p: &Praesentation) {
        let nr = self.nummer();
        self.mitglied(&format!(
            "<xplan:XP_PPO gml:id=\"GML_{}\"><xplan:stylesheetId>{}</xplan:stylesheetId><xplan:gehoertZuBereich xlink:href=\"#GML_bereich\"/><xplan:dientZurDarstellungVon xlink:href=\"#GML_{}\"/><xplan:position><gml:Point {nr}><gml:pos>{} {}</gml:pos></gml:Point></xplan:position><xplan:drehwinkel uom=\"grad\">0</xplan:drehwinkel><xplan:skalierung>1</xplan:skalierung></xplan:XP_PPO>",
            p.id,
            p.stil,
            p.objekt,
            p.ort.ost(),
            p.ort.nord()
        ));
    }

    fn flaeche(&mut self, polygone: &[Polygon]) -> String {
        if let [p] = polygone {
            return self.polygon(p);
        }
        let nr = self.nummer();
        let mut teile = String::new();
        for p in polygone {
            let _ = write!(
                teile,
                "<gml:surfaceMember>{}</gml:surfaceMember>",
                self.polygon(p)
            );
        }
        format!("<gml:MultiSurface {nr}>{teile}</gml:MultiSurface>")
    }

    fn polygon(&mut self, p: &Polygon) -> String {
        let mut xml = format!("<gml:Polygon {}>", self.nummer());
        for (i, zuege) in p.ringe.iter().enumerate() {
            let rolle = if i == 0 { "exterior" } else { "interior" };
            let ring = if let [Zug::Linie(l)] = zuege.as_slice() {
                format!("<gml:LinearRing>{}</gml:LinearRing>", pos_list(l))
            } else {
                self.geometrien += 1;
                format!(
                    "<gml:Ring><gml:curveMember><gml:Curve gml:id=\"GML_geometrie-{}\">{}</gml:Curve></gml:curveMember></gml:Ring>",
                    self.geometrien,
                    segmente(zuege)
                )
            };
            let _ = write!(xml, "<gml:{rolle}>{ring}</gml:{rolle}>");
        }
        xml + "</gml:Polygon>"
    }
}

fn objektkopf(rechtsstand: Option<&str>, aufschrift: Option<&str>, charakter: &str) -> String {
    let mut xml = String::new();
    if let Some(r) = rechtsstand {
        xml += &element("rechtsstand", r);
    }
    xml += "<xplan:ebene>0</xplan:ebene><xplan:gehoertZuBereich xlink:href=\"#GML_bereich\"/>";
    if let Some(a) = aufschrift {
        xml += &element("aufschrift", a);
    }
    // Last of XP_Objekt in 6.0, first of FP_Objekt in 5.1: the same place.
    xml + &element("rechtscharakter", charakter)
}

fn segmente(zuege: &[Zug]) -> String {
    let teile: String = zuege
        .iter()
        .map(|z| match z {
            Zug::Linie(l) => {
                format!(
                    "<gml:LineStringSegment>{}</gml:LineStringSegment>",
                    pos_list(l)
                )
            }
            Zug::Bogen(b) => format!("<gml:Arc>{}</gml:Arc>", pos_list(b)),
        })
        .collect();
    format!("<gml:segments>{teile}</gml:segments>")
}

fn pos_list(punkte: &[P]) -> String {
    let zahlen: Vec<String> = punkte
        .iter()
        .map(|p| format!("{} {}", p.ost(), p.nord()))
        .collect();
    format!("<gml:posList>{}</gml:posList>", zahlen.join(" "))
}

/// With the first corner again at the end.
pub fn geschlossen(ecken: &[P]) -> Vec<P> {
    ecken.iter().chain(&ecken[..1]).copied().collect()
}

fn ecken(punkte: &[P]) -> (P, P) {
    let x = || punkte.iter().map(|p| p.x);
    let y = || punkte.iter().map(|p| p.y);
    let p = |x: Option<i64>, y: Option<i64>| P {
        x: x.unwrap_or(0),
        y: y.unwrap_or(0),
    };
    (p(x().min(), y().min()), p(x().max(), y().max()))
}
