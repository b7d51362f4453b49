//! The Flächenschluss in words: the worst places one by one, and what all of them come to.

use sqlx::PgConnection;

use crate::db::vorlage::Vorlage;
use crate::error::Result;
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::zahl::{dezimal, hektar};
use crate::verschneidung::schluss::{HOECHSTENS_STELLEN, KLEINSTE_STELLE_M2, Stelle};

/// Total m² of each kind, of all places and not of the listed ones alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kenngroessen {
    /// Gaps.
    pub luecke_m2: f64,
    /// Overlaps.
    pub ueberlappung_m2: f64,
    /// Outside the Geltungsbereich.
    pub ausserhalb_m2: f64,
}

struct Art {
    code: &'static str,
    code_summe: &'static str,
    was: &'static str,
    mehrzahl: &'static str,
    rat: &'static str,
}

const LUECKE: Art = Art {
    code: "flaechenschluss-luecke",
    code_summe: "flaechenschluss-luecke-summe",
    was: "Lücke",
    mehrzahl: "Lücken",
    rat: "Bitte in der Quelle schließen oder als Fläche ohne Darstellung führen.",
};
const UEBERLAPPUNG: Art = Art {
    code: "flaechenschluss-ueberlappung",
    code_summe: "flaechenschluss-ueberlappung-summe",
    was: "Überlappung",
    mehrzahl: "Überlappungen",
    rat: "Bitte in der Quelle eine der Flächen zurücknehmen.",
};

/// Reports gaps, overlaps and what lies outside. `beteiligte` are the kennungen of the areas over
/// each overlap; the neighbours of a gap are looked up in `fnp.flaeche_f<fassung>`.
pub async fn melde(
    conn: &mut PgConnection,
    fassung: i32,
    luecken: &[Stelle],
    ueberlappungen: &[Stelle],
    beteiligte: &[Vec<String>],
    summen: Kenngroessen,
) -> Result<Vec<Befund>> {
    let nachbarn = nachbarn(conn, fassung, luecken).await?;
    let mut befunde = Vec::new();
    for (stelle, beteiligt) in luecken.iter().zip(nachbarn) {
        befunde.push(befund(&LUECKE, stelle, "neben", &beteiligt));
    }
    befunde.extend(summe(&LUECKE, luecken, summen.luecke_m2));
    for (stelle, beteiligt) in ueberlappungen.iter().zip(beteiligte) {
        befunde.push(befund(&UEBERLAPPUNG, stelle, "von", beteiligt));
    }
    befunde.extend(summe(&UEBERLAPPUNG, ueberlappungen, summen.ueberlappung_m2));
    if summen.ausserhalb_m2 > KLEINSTE_STELLE_M2 {
        befunde.push(Befund::neu(
            "flaechenschluss-ausserhalb",
            Schwere::Warnung,
            format!(
                "{} ha der Flächen liegen außerhalb des Geltungsbereichs und zählen nicht zur Bilanz. Bitte die Flächen darauf zuschneiden oder den Geltungsbereich berichtigen.",
                hektar(summen.ausserhalb_m2, 4)
            ),
        ));
    }
    Ok(befunde)
}

fn befund(art: &Art, stelle: &Stelle, lage: &str, beteiligt: &[String]) -> Befund {
    let wer = match beteiligt {
        [] => String::new(),
        [..] => format!(", {lage} {}", beteiligt.join(", ")),
    };
    Befund {
        code: art.code.into(),
        schwere: Schwere::Warnung,
        klasse: None,
        kennung: beteiligt.first().cloned(),
        ort: Some(stelle.ort),
        text: format!(
            "{} von {} ha ({} m²) bei {:.2} {:.2}{wer}. {}",
            art.was,
            hektar(stelle.m2, 4),
            dezimal(stelle.m2, 1),
            stelle.ort[0],
            stelle.ort[1],
            art.rat
        ),
    }
}

/// The total, where the listed places are not all of it.
fn summe(art: &Art, stellen: &[Stelle], m2: f64) -> Option<Befund> {
    let genannt: f64 = stellen.iter().map(|s| s.m2).sum();
    if m2 - genannt <= KLEINSTE_STELLE_M2
        && (stellen.len() < HOECHSTENS_STELLEN || m2 - genannt <= 0.0)
    {
        return None;
    }
    Some(Befund::neu(
        art.code_summe,
        Schwere::Warnung,
        format!(
            "Alle {} zusammen: {} ha; einzeln genannt sind die {} größten mit {} ha.",
            art.mehrzahl,
            hektar(m2, 4),
            stellen.len(),
            hektar(genannt, 4)
        ),
    ))
}

/// Up to three areas nearest to each gap, by kennung; nearer than the gap is wide.
async fn nachbarn(
    conn: &mut PgConnection,
    fassung: i32,
    luecken: &[Stelle],
) -> Result<Vec<Vec<String>>> {
    if luecken.is_empty() {
        return Ok(Vec::new());
    }
    let spalte = |n: usize| luecken.iter().map(|s| s.ort[n]).collect::<Vec<f64>>();
    let weiten: Vec<f64> = luecken.iter().map(|s| s.m2.sqrt() + 1.0).collect();
    let zeilen: Vec<(Vec<String>,)> = Vorlage::der_fassung(fassung)
        .lies_zu(
            conn,
            include_str!("nachbarn.sql"),
            [spalte(0), spalte(1), weiten],
        )
        .await?;
    Ok(zeilen.into_iter().map(|(namen,)| namen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stelle(m2: f64) -> Stelle {
        Stelle {
            ort: [1.0, 2.0],
            m2,
            flaechen: vec![0, 1],
        }
    }

    #[test]
    fn the_total_is_told_when_the_list_is_not_all_of_it() {
        assert!(summe(&LUECKE, &[stelle(100.0)], 100.2).is_none());
        let rest = summe(&LUECKE, &[stelle(100.0)], 20_000.0).map(|b| b.text);
        assert_eq!(
            rest.as_deref(),
            Some(
                "Alle Lücken zusammen: 2,0000 ha; einzeln genannt sind die 1 größten mit 0,0100 ha."
            )
        );
    }

    #[test]
    fn a_place_names_size_position_and_areas() {
        let text = befund(
            &UEBERLAPPUNG,
            &stelle(152_476.0),
            "von",
            &["p.1".into(), "p.2".into()],
        )
        .text;
        assert_eq!(
            text,
            "Überlappung von 15,2476 ha (152.476,0 m²) bei 1.00 2.00, von p.1, p.2. Bitte in der Quelle eine der Flächen zurücknehmen."
        );
    }
}
