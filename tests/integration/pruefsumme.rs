//! The hash an import leaves in the audit can be proved from the database alone.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgPoolCopyExt as _;
use zielraum::import::fnp::pruefsumme::SPALTEN;
use zielraum::import::fnp::{Auftrag, fuehre_aus};

use crate::lieferung::Plan;
use crate::support::{admin, datenbank};

/// Head of COPY BINARY, before the first row.
const KOPF: usize = 19;

/// What the head comment of `pruefsumme` tells to do: rows and their hash.
fn aus_copy(bytes: &[u8]) -> (i64, String) {
    let mut rest = &bytes[KOPF..];
    let mut hash = Sha256::new();
    let mut zeilen = 0;
    loop {
        let (felder, danach) = rest.split_first_chunk().unwrap();
        rest = danach;
        let felder = i16::from_be_bytes(*felder);
        if felder == -1 {
            break;
        }
        zeilen += 1;
        for _ in 0..felder {
            let laenge = i32::from_be_bytes(*rest.first_chunk().unwrap()).max(0);
            let (feld, danach) = rest.split_at(4 + usize::try_from(laenge).unwrap());
            hash.update(feld);
            rest = danach;
        }
    }
    assert!(rest.is_empty());
    let hex = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    (zeilen, hex)
}

#[tokio::test]
async fn the_hash_of_an_import_is_that_of_the_stored_areas() {
    let db = datenbank().await;
    // Codes found at points of the file, after the areas they belong to; quotes and umlauts.
    let auftrag = Auftrag {
        datei: "tests/fixtures/xplan/falle_zweck_am_punkt.gml".into(),
        plan: Some("zweck".into()),
        wer: "pruefung".into(),
        ..Auftrag::default()
    };
    fuehre_aus(&db, &auftrag).await.unwrap();
    let text = r#"<x:flaechenschluss>true</x:flaechenschluss><x:text>„Grün“ "und" \ Blau</x:text>"#;
    let ring = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)];
    Plan::neu("p")
        .mit("FP_Gruen", text, &ring)
        .wohnen(100.0, 200.0)
        .importiere(&db)
        .await;
    // Here the kennungen come from the delivery before.
    Plan::neu("p")
        .wohnen(100.0, 200.0)
        .wald(50.0, 100.0)
        .importiere(&db)
        .await;
    let admin = admin(&db).await;
    let nachgetragen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM fnp.flaeche WHERE codes::text LIKE '%1600_1%'")
            .fetch_one(&admin)
            .await
            .unwrap();
    assert_eq!(nachgetragen, 1, "the meadow took its codes from its sign");
    let importe: Vec<(i32, i64, f64, String)> = sqlx::query_as(
        "SELECT z.schluessel::int, (z.daten ->> 'flaechen')::bigint, (z.daten ->> 'flaeche_m2')::float8, z.daten ->> 'inhalt_sha256' FROM audit.zeile z WHERE z.art = 'import' ORDER BY z.id",
    )
    .fetch_all(&admin)
    .await
    .unwrap();
    assert_eq!(importe.len(), 3);
    for (fassung, anzahl, m2, sha256) in importe {
        let copy = format!(
            "COPY (SELECT {SPALTEN} FROM fnp.flaeche WHERE fassung_id = {fassung} ORDER BY ordnung) TO STDOUT (FORMAT binary)"
        );
        let bytes: Vec<u8> = admin
            .copy_out_raw(&copy)
            .await
            .unwrap()
            .try_fold(Vec::new(), async |mut alle, teil| {
                alle.extend_from_slice(&teil);
                Ok(alle)
            })
            .await
            .unwrap();
        assert_eq!(aus_copy(&bytes), (anzahl, sha256), "Fassung {fassung}");
        let summe: f64 =
            sqlx::query_scalar("SELECT sum(flaeche_m2) FROM fnp.flaeche WHERE fassung_id = $1")
                .bind(fassung)
                .fetch_one(&admin)
                .await
                .unwrap();
        assert!((summe - m2).abs() < 1e-6, "{summe} {m2}");
    }
}
