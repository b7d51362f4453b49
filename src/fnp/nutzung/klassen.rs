//! The classes of a Flächennutzungsplan: key of the land use, rule for
//! `flaechenschluss`, versions.

use crate::fnp::codeliste::Version;

/// What the model demands of `flaechenschluss` for polygons of a class on ebene 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// `FP_Flaechenschlussobjekt`: must be true.
    Flaechenschluss,
    /// `FP_Ueberlagerungsobjekt`: must be false.
    Ueberlagerung,
    /// `FP_Flaechenobjekt`, `FP_Geometrieobjekt`, SO objects: either.
    Frei,
}

/// One known class.
#[derive(Debug, Clone, Copy)]
pub struct Klasse {
    /// Name as in the schema, e.g. `FP_Gruen`.
    pub name: &'static str,
    /// Key of `fnp.nutzung`, or [`BAUFLAECHE`] where the codes decide.
    pub(super) nutzung: &'static str,
    /// Rule for `flaechenschluss`.
    pub basis: Basis,
    von: Version,
    bis: Version,
}

impl Klasse {
    /// First and last version that has the class (as far as the table knows it: SO
    /// classes without a row of their own are taken to stand in all).
    #[must_use]
    pub fn versionen(&self) -> (Version, Version) {
        (self.von, self.bis)
    }

    /// Classes with a land use of their own belong together by it, whatever the version
    /// calls them (`FP_Gewaesser`, `SO_Gewaesser`); any other stands alone.
    #[must_use]
    pub fn familie(&self) -> &'static str {
        match self.nutzung {
            BAUFLAECHE | SONSTIGES => self.name,
            nutzung => nutzung,
        }
    }
}

/// Marks the class whose key is found by its codes.
pub(super) const BAUFLAECHE: &str = "";
/// Known, but without a key of its own.
pub(super) const SONSTIGES: &str = "sonstiges";

const ERSTE: Version = Version::neu(4, 0);
const LETZTE: Version = Version::neu(6, 1);

const fn k(name: &'static str, nutzung: &'static str, basis: Basis) -> Klasse {
    Klasse {
        name,
        nutzung,
        basis,
        von: ERSTE,
        bis: LETZTE,
    }
}

impl Klasse {
    const fn von(mut self, haupt: u8, neben: u8) -> Self {
        self.von = Version::neu(haupt, neben);
        self
    }
    const fn bis(mut self, haupt: u8, neben: u8) -> Self {
        self.bis = Version::neu(haupt, neben);
        self
    }
}

use Basis::{Flaechenschluss, Frei, Ueberlagerung};

/// XPlanGML 4.0 to 6.1, sorted by name (FP classes of § 5 BauGB, then SO classes of
/// other law that stand in a Flächennutzungsplan).
#[rustfmt::skip]
const KLASSEN: &[Klasse] = &[
    k("FP_Abgrabung", "abgrabung", Frei),
    k("FP_AbgrabungsFlaeche", "abgrabung", Frei).bis(4, 1),
    k("FP_AnpassungKlimawandel", "klima", Frei),
    k("FP_Aufschuettung", "abgrabung", Frei),
    k("FP_AufschuettungsFlaeche", "abgrabung", Frei).bis(4, 1),
    k("FP_AusgleichsFlaeche", SONSTIGES, Frei),
    k("FP_BebauungsFlaeche", BAUFLAECHE, Flaechenschluss),
    k("FP_Bodenschaetze", "abgrabung", Frei).bis(5, 4),
    k("FP_BodenschaetzeFlaeche", "abgrabung", Frei).bis(4, 1),
    k("FP_DarstellungNachLandesrecht", SONSTIGES, Frei).von(5, 3),
    k("FP_FlaecheOhneDarstellung", "ohne_darstellung", Flaechenschluss).von(5, 3),
    k("FP_Gemeinbedarf", "gemeinbedarf", Frei),
    k("FP_GenerischesObjekt", SONSTIGES, Frei),
    k("FP_Gewaesser", "wasser", Frei).bis(5, 4),
    k("FP_Gruen", "gruen", Frei),
    k("FP_KeineZentrAbwasserBeseitigungFlaeche", SONSTIGES, Frei),
    k("FP_Kennzeichnung", SONSTIGES, Frei),
    k("FP_Landwirtschaft", "landwirtschaft", Frei).von(5, 1),
    k("FP_LandwirtschaftsFlaeche", "landwirtschaft", Flaechenschluss).bis(5, 4),
    k("FP_NatuerlicherKlimaschutz", "klima", Frei).von(6, 1),
    k("FP_Nutzungsbeschraenkung", SONSTIGES, Frei).von(6, 0),
    k("FP_NutzungsbeschraenkungsFlaeche", SONSTIGES, Ueberlagerung).bis(5, 4),
    k("FP_PrivilegiertesVorhaben", SONSTIGES, Frei),
    k("FP_SchutzPflegeEntwicklung", SONSTIGES, Frei),
    k("FP_SpielSportanlage", "sport", Frei),
    k("FP_Strassenverkehr", "verkehr_strasse", Frei).bis(5, 4),
    k("FP_TextAbschnittFlaeche", SONSTIGES, Ueberlagerung).von(6, 0),
    k("FP_TextlicheDarstellungsFlaeche", SONSTIGES, Ueberlagerung).bis(5, 4),
    k("FP_UnverbindlicheVormerkung", SONSTIGES, Frei),
    k("FP_VerEntsorgung", "ver_entsorgung", Frei),
    k("FP_VorbehalteFlaeche", SONSTIGES, Frei),
    k("FP_WaldFlaeche", "wald", Flaechenschluss),
    k("FP_Wasserwirtschaft", "wasserwirtschaft", Frei).bis(5, 4),
    k("FP_ZentralerVersorgungsbereich", SONSTIGES, Ueberlagerung),
    k("SO_Baubeschraenkung", SONSTIGES, Frei),
    k("SO_Bauverbotszone", SONSTIGES, Frei),
    k("SO_Bodenschutzrecht", SONSTIGES, Frei),
    k("SO_Denkmalschutzrecht", SONSTIGES, Frei),
    k("SO_Forstrecht", SONSTIGES, Frei),
    k("SO_Gebiet", SONSTIGES, Frei),
    k("SO_Gelaendemorphologie", SONSTIGES, Frei),
    k("SO_Gewaesser", "wasser", Frei).von(5, 2),
    k("SO_Grenze", SONSTIGES, Frei),
    k("SO_Luftverkehrsrecht", "verkehr_luft", Frei),
    k("SO_Schienenverkehrsrecht", "verkehr_bahn", Frei),
    k("SO_SchutzgebietNaturschutzrecht", SONSTIGES, Frei),
    k("SO_SchutzgebietSonstigesRecht", SONSTIGES, Frei),
    k("SO_SchutzgebietWasserrecht", SONSTIGES, Frei),
    k("SO_Sichtflaeche", SONSTIGES, Frei),
    k("SO_SonstigesRecht", SONSTIGES, Frei),
    k("SO_Strassenverkehr", "verkehr_strasse", Frei).von(6, 0),
    k("SO_Strassenverkehrsrecht", "verkehr_strasse", Frei).bis(5, 4),
    k("SO_TextAbschnittFlaeche", SONSTIGES, Frei),
    k("SO_Wasserrecht", SONSTIGES, Frei),
    k("SO_Wasserwirtschaft", "wasserwirtschaft", Frei).von(6, 0),
];

/// The class of that name, if XPlanung knows it in a Flächennutzungsplan.
#[must_use]
pub fn klasse(name: &str) -> Option<&'static Klasse> {
    KLASSEN
        .binary_search_by(|zeile| zeile.name.cmp(name))
        .ok()
        .map(|i| &KLASSEN[i])
}

/// Classes of the Landschaftsplan: a Flächennutzungsplan with an integrated one
/// carries them as overlays.
pub(super) fn ist_landschaftsplan(name: &str) -> bool {
    name.starts_with("LP_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_for_the_binary_search() {
        assert!(KLASSEN.is_sorted_by(|a, b| a.name < b.name));
        assert!(KLASSEN.iter().all(|z| klasse(z.name).is_some()));
        assert!(KLASSEN.iter().all(|z| z.von <= z.bis));
    }

    /// The FP classes as the schemas have them: name, in 4.1 5.0 5.1 5.2 5.3 5.4 6.0,
    /// and whether the base type is a Flächenschluss- (F) or Überlagerungsobjekt (U).
    #[rustfmt::skip]
    const SCHEMATA: &[(&str, &str, char)] = &[
        ("FP_Abgrabung", "xxxxxxx", '-'),
        ("FP_AbgrabungsFlaeche", "x------", '-'),
        ("FP_AnpassungKlimawandel", "xxxxxxx", '-'),
        ("FP_Aufschuettung", "xxxxxxx", '-'),
        ("FP_AufschuettungsFlaeche", "x------", '-'),
        ("FP_AusgleichsFlaeche", "xxxxxxx", '-'),
        ("FP_BebauungsFlaeche", "xxxxxxx", 'F'),
        ("FP_Bodenschaetze", "xxxxxx-", '-'),
        ("FP_BodenschaetzeFlaeche", "x------", '-'),
        ("FP_DarstellungNachLandesrecht", "----xxx", '-'),
        ("FP_FlaecheOhneDarstellung", "----xxx", 'F'),
        ("FP_Gemeinbedarf", "xxxxxxx", '-'),
        ("FP_GenerischesObjekt", "xxxxxxx", '-'),
        ("FP_Gewaesser", "xxxxxx-", '-'),
        ("FP_Gruen", "xxxxxxx", '-'),
        ("FP_KeineZentrAbwasserBeseitigungFlaeche", "xxxxxxx", '-'),
        ("FP_Kennzeichnung", "xxxxxxx", '-'),
        ("FP_Landwirtschaft", "--xxxxx", '-'),
        ("FP_LandwirtschaftsFlaeche", "xxxxxx-", 'F'),
        ("FP_Nutzungsbeschraenkung", "------x", '-'),
        ("FP_NutzungsbeschraenkungsFlaeche", "xxxxxx-", 'U'),
        ("FP_PrivilegiertesVorhaben", "xxxxxxx", '-'),
        ("FP_SchutzPflegeEntwicklung", "xxxxxxx", '-'),
        ("FP_SpielSportanlage", "xxxxxxx", '-'),
        ("FP_Strassenverkehr", "xxxxxx-", '-'),
        ("FP_TextAbschnittFlaeche", "------x", 'U'),
        ("FP_TextlicheDarstellungsFlaeche", "xxxxxx-", 'U'),
        ("FP_UnverbindlicheVormerkung", "xxxxxxx", '-'),
        ("FP_VerEntsorgung", "xxxxxxx", '-'),
        ("FP_VorbehalteFlaeche", "xxxxxxx", '-'),
        ("FP_WaldFlaeche", "xxxxxxx", 'F'),
        ("FP_Wasserwirtschaft", "xxxxxx-", '-'),
        ("FP_ZentralerVersorgungsbereich", "xxxxxxx", 'U'),
    ];

    #[test]
    fn the_table_agrees_with_the_schemas() {
        let versionen = [(4, 1), (5, 0), (5, 1), (5, 2), (5, 3), (5, 4), (6, 0)];
        for (name, spalten, basis) in SCHEMATA {
            let zeile = klasse(name).expect(name);
            let (von, bis) = zeile.versionen();
            for (spalte, (haupt, neben)) in spalten.chars().zip(versionen) {
                let hier = (von..=bis).contains(&Version::neu(haupt, neben));
                assert_eq!(hier, spalte == 'x', "{name} in {haupt}.{neben}");
            }
            let soll = match basis {
                'F' => Flaechenschluss,
                'U' => Ueberlagerung,
                _ => Frei,
            };
            assert_eq!(zeile.basis, soll, "{name}");
        }
        // And 6.1 added one.
        let fp = KLASSEN.iter().filter(|z| z.name.starts_with("FP_")).count();
        assert_eq!(fp, SCHEMATA.len() + 1);
    }
}
