//! Which entries of a dump go into which target: the table of contents, as `pg_restore --list`
//! prints it, filtered.

/// Functions that tell row counts and extents; closed again by `statistik.sql`, which a target
/// without superuser survives.
const STATISTIK: [&str; 6] = [
    "st_estimatedextent(",
    "st_findextent(",
    "_postgis_stats(",
    "_postgis_selectivity(",
    "_postgis_join_selectivity(",
    "_postgis_index_extent(",
];
/// Schemas of extensions that PostGIS' container images install beside it; nothing of ours.
const BEIWERK: [(&str, &str); 3] = [
    ("tiger", "postgis_tiger_geocoder"),
    ("tiger_data", "postgis_tiger_geocoder"),
    ("topology", "postgis_topology"),
];

/// What stands in the target.
#[derive(Debug, Default)]
pub(super) struct Zielstand {
    /// Schemas there are.
    pub schemata: Vec<String>,
    /// Extensions there are.
    pub erweiterungen: Vec<String>,
    /// Extensions that could be made.
    pub verfuegbar: Vec<String>,
    /// Who restores.
    pub benutzer: String,
}

/// The entries to restore.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Auswahl {
    /// With their owners.
    pub mit_eigner: String,
    /// What belonged to the administrator of the source and shall belong to that of the
    /// target; empty when both have the same name.
    pub ohne_eigner: String,
}

/// Splits and filters the list.
pub(super) fn waehle(liste: &str, verwalter: &str, ziel: &Zielstand) -> Auswahl {
    let mut auswahl = Auswahl {
        mit_eigner: String::new(),
        ohne_eigner: String::new(),
    };
    let fehlt = |name: &str| {
        ziel.erweiterungen.iter().any(|e| e == name) || !ziel.verfuegbar.iter().any(|e| e == name)
    };
    let endung = format!(" {verwalter}");
    for zeile in liste.lines() {
        // 7840; 1259 16405 TABLE DATA public kataster postgres
        let Some(eintrag) = (!zeile.starts_with(';'))
            .then(|| zeile.splitn(4, ' ').nth(3))
            .flatten()
        else {
            continue;
        };
        let worte: Vec<&str> = eintrag.split_whitespace().collect();
        let beiwerk = BEIWERK.iter().any(|(schema, erweiterung)| {
            worte.iter().skip(1).take(3).any(|w| w == schema) && fehlt(erweiterung)
        });
        let weg = match *worte.as_slice() {
            ["COMMENT", "-", "EXTENSION", ..] | ["ACL", "pg_catalog", ..] => true,
            ["ACL", "public", "FUNCTION", name, ..] => {
                STATISTIK.iter().any(|f| name.starts_with(f))
            }
            ["EXTENSION", "-", name, ..] => fehlt(name),
            // Systems of a PostGIS that somebody else made are his.
            ["TABLE", "DATA", "public", "spatial_ref_sys", ..] => fehlt("postgis"),
            ["SCHEMA", "-", name, ..] => ziel.schemata.iter().any(|s| s == name),
            _ => false,
        };
        if weg || beiwerk {
            continue;
        }
        let ziel = if verwalter != ziel.benutzer && eintrag.ends_with(&endung) {
            &mut auswahl.ohne_eigner
        } else {
            &mut auswahl.mit_eigner
        };
        ziel.push_str(zeile);
        ziel.push('\n');
    }
    auswahl
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTE: &str = ";
; Archive created
9; 2615 16400 SCHEMA - audit zielraum_owner
10; 2615 16401 SCHEMA - tiger postgres
2; 3079 16402 EXTENSION - postgis 
3; 3079 16403 EXTENSION - postgis_tiger_geocoder 
11; 0 0 COMMENT - EXTENSION postgis 
12; 1259 16405 TABLE public _sqlx_migrations postgres
13; 0 16405 TABLE DATA public _sqlx_migrations postgres
14; 0 16406 TABLE DATA tiger geocode_settings postgres
19; 0 16407 TABLE DATA public spatial_ref_sys postgres
15; 0 0 ACL pg_catalog TABLE pg_class postgres
16; 0 0 ACL public FUNCTION st_estimatedextent(text, text) postgres
17; 0 0 ACL public TABLE kataster postgres
18; 0 0 ACL audit FUNCTION pruefe() zielraum_owner
";

    fn nummern(text: &str) -> Vec<&str> {
        text.lines().filter_map(|z| z.split(';').next()).collect()
    }

    #[test]
    fn what_the_target_has_or_lacks_is_left_out() {
        let ziel = Zielstand {
            schemata: vec!["public".into()],
            verfuegbar: vec!["postgis".into()],
            benutzer: "postgres".into(),
            ..Zielstand::default()
        };
        let auswahl = waehle(LISTE, "postgres", &ziel);
        assert_eq!(
            nummern(&auswahl.mit_eigner),
            ["9", "2", "12", "13", "19", "17", "18"]
        );
        assert_eq!(auswahl.ohne_eigner, "");
    }

    #[test]
    fn the_administrators_things_go_to_the_new_one() {
        let ziel = Zielstand {
            schemata: vec!["public".into(), "tiger".into()],
            erweiterungen: vec!["postgis".into(), "postgis_tiger_geocoder".into()],
            verfuegbar: vec!["postgis".into(), "postgis_tiger_geocoder".into()],
            benutzer: "stadt".into(),
        };
        let auswahl = waehle(LISTE, "postgres", &ziel);
        assert_eq!(nummern(&auswahl.mit_eigner), ["9", "18"]);
        assert_eq!(nummern(&auswahl.ohne_eigner), ["12", "13", "17"]);
    }
}
