//! Class of XPlanGML 6.0 → `SupplementaryRegulationValue`, one row for each class.

/// Any other regulation.
pub(super) const SONSTIGE: &str = "10_OtherSupplementaryRegulation";

#[rustfmt::skip]
const TABELLE: &[(&str, &str)] = &[
    ("FP_Abgrabung", "7_2_7_RawMaterials"),
    ("FP_AnpassungKlimawandel", "1_5_ClimateProtection"),
    ("FP_Aufschuettung", SONSTIGE),
    ("FP_AusgleichsFlaeche", "3_1_NaturalHeritageProtection"),
    ("FP_BebauungsFlaeche", "6_RegulationsOnBuildings"),
    ("FP_DarstellungNachLandesrecht", SONSTIGE),
    ("FP_FlaecheOhneDarstellung", SONSTIGE),
    ("FP_Gemeinbedarf", "7_1_3_3_Services"),
    ("FP_GenerischesObjekt", SONSTIGE),
    ("FP_Gruen", "7_2_3_Recreation"),
    ("FP_KeineZentrAbwasserBeseitigungFlaeche", "7_3_3_Disposal"),
    ("FP_Kennzeichnung", SONSTIGE),
    ("FP_Landwirtschaft", "7_1_3_5_Agriculture"),
    ("FP_Nutzungsbeschraenkung", "9_1_RestrictedActivities"),
    ("FP_PrivilegiertesVorhaben", "9_2_PermittedActivities"),
    ("FP_SchutzPflegeEntwicklung", "3_HeritageProtection"),
    ("FP_SpielSportanlage", "7_2_3_Recreation"),
    ("FP_TextAbschnittFlaeche", SONSTIGE),
    ("FP_UnverbindlicheVormerkung", SONSTIGE),
    ("FP_VerEntsorgung", "7_3_Infrastructure"),
    ("FP_VorbehalteFlaeche", "9_RegulatedActivities"),
    ("FP_WaldFlaeche", "7_2_2_Forest"),
    ("FP_ZentralerVersorgungsbereich", "7_1_3_AssignmentOfFunctions"),
    ("LP_SchutzBestimmterTeileVonNaturUndLandschaft", "3_1_NaturalHeritageProtection"),
    ("SO_Baubeschraenkung", "6_RegulationsOnBuildings"),
    ("SO_Bodenschutzrecht", "2_2_IndustrialRisk"),
    ("SO_Denkmalschutzrecht", "3_HeritageProtection"),
    ("SO_Forstrecht", "7_2_2_Forest"),
    ("SO_Gebiet", SONSTIGE),
    ("SO_Gelaendemorphologie", SONSTIGE),
    ("SO_Gewaesser", "7_2_9_Water"),
    ("SO_Grenze", SONSTIGE),
    ("SO_Luftverkehrsrecht", "7_1_3_10_AirportActivities"),
    ("SO_Schienenverkehrsrecht", "7_3_1_2_RailRoad"),
    ("SO_SchutzgebietWasserrecht", "1_6_WaterProtection"),
    ("SO_Sichtflaeche", "6_3_SpatialDesign"),
    ("SO_SonstigesRecht", SONSTIGE),
    ("SO_Strassenverkehr", "7_3_1_1_Road"),
    ("SO_TextAbschnittFlaeche", SONSTIGE),
    ("SO_Wasserrecht", SONSTIGE),
    ("SO_Wasserwirtschaft", "2_1_FloodRisks"),
];

/// The regulation of a class; none: it is not in the table.
pub(super) fn zu(klasse: &str) -> Option<&'static str> {
    TABELLE
        .binary_search_by(|(name, _)| (*name).cmp(klasse))
        .ok()
        .map(|stelle| TABELLE[stelle].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::xplangml::Version;

    #[test]
    fn every_row_is_found_and_its_class_exists() {
        for (klasse, wert) in TABELLE {
            assert_eq!(zu(klasse), Some(*wert));
            assert!(Version::V60.schema().klasse(klasse).is_some(), "{klasse}");
        }
    }

    /// Classes a Flächennutzungsplan of today can hold.
    #[test]
    fn no_class_of_the_plan_is_missing() {
        let text = include_str!("../xplangml/schema_6_0.txt");
        for zeile in text.lines() {
            let name = zeile.split(' ').next().unwrap();
            let objekt = Version::V60.schema().klasse(name).is_some();
            if objekt && name.starts_with("FP_") {
                assert!(zu(name).is_some(), "{name}");
            }
        }
    }
}
