//! `check` finds what was broken on purpose.

use sqlx::Executor as _;
use zielraum::db::cluster::Durability;
use zielraum::sicherung::pruefen;

use crate::support::{TestDb, admin, datenbank_mit_demo};

async fn befunde(db: &TestDb) -> Vec<String> {
    let punkte = pruefen::datenbank(&db.server, Durability::Tests, false)
        .await
        .unwrap();
    punkte
        .iter()
        .filter(|p| p.ist_fehler())
        .map(|p| format!("{}: {}", p.name, p.text))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_damage_is_found() {
    let db = datenbank_mit_demo().await;
    let pool = admin(&db).await;
    // The copy of a template has not the rights on the database itself.
    assert_eq!(
        befunde(&db).await,
        [
            "Rechte der Öffentlichkeit: zielraum_public darf mehr als das Veröffentlichte: zeitweilige Tabellen"
        ]
    );
    pool.execute("DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$")
        .await
        .unwrap();
    assert_eq!(befunde(&db).await, [""; 0]);
    // What is confidential differs from its original, and shall.
    pool.execute(
        "BEGIN; SET LOCAL search_path = strategie, fnp, gemeinde, dorferneuerung, haushalt, fachdaten, freigabe, public; SELECT audit.beginne('pruefung', 'vertraulich');
         SELECT freigabe.setze_vertraulich('strategie.massnahme', (SELECT min(o.kennung) FROM oeffentlich.massnahme o WHERE o.beschreibung <> ''), 'beschreibung', NULL, 'Prüfung'); COMMIT",
    )
    .await
    .unwrap();
    assert_eq!(befunde(&db).await, [""; 0]);
    // As damage by hand: past the triggers, which would keep all this right.
    pool.execute(
        "BEGIN; SET LOCAL session_replication_role = replica;
         UPDATE fnp.anteil SET m2 = m2 + 1 WHERE (fassung_id, ordnung, ortsteil_id) = (SELECT fassung_id, ordnung, ortsteil_id FROM fnp.anteil ORDER BY 1, 2, 3 LIMIT 1);
         DELETE FROM oeffentlich.massnahme_ortsteil WHERE ctid = (SELECT min(ctid) FROM oeffentlich.massnahme_ortsteil);
         UPDATE oeffentlich.massnahme SET titel = 'gefälscht' WHERE ctid = (SELECT min(ctid) FROM oeffentlich.massnahme);
         UPDATE oeffentlich.massnahme o SET beschreibung = w.beschreibung FROM strategie.massnahme w JOIN freigabe.vertraulich v ON v.kennung = w.kennung WHERE w.id = o.id;
         UPDATE audit.zeile SET daten = '{}' WHERE id = (SELECT min(id) FROM audit.zeile);
         COMMIT; GRANT SELECT ON fnp.plan TO zielraum_public; GRANT USAGE ON SCHEMA auth TO zielraum_staff;
         GRANT DELETE ON oeffentlich_damals.massnahme TO zielraum_public; ALTER VIEW oeffentlich_damals.plan RESET (security_invoker)",
    )
    .await
    .unwrap();
    let gefunden = befunde(&db).await;
    for stueck in [
        "Änderungsprotokoll: die Siegelkette bricht bei Nr. ",
        "Rechte der Öffentlichkeit: zielraum_public darf mehr als das Veröffentlichte: fnp.plan; oeffentlich_damals.massnahme (schreiben); Sicht oeffentlich_damals.plan ohne security_invoker",
        "Rechte an den Konten: Konten, Sitzungen und Zugangsschlüssel stehen offen: Schema auth für zielraum_staff",
        "Veröffentlichte Kopie: strategie.massnahme: 1 veröffentlichte Zeilen zeigen Vertrauliches; strategie.massnahme: 1 veröffentlichte Zeilen anders",
        "Abgeleitetes: Fläche × Ortsteil: 1 Zeilen",
        "Abgeleitetes, veröffentlicht: Maßnahme × Ortsteil: 1 Zeilen",
    ] {
        assert!(
            gefunden.iter().any(|b| b.contains(stueck)),
            "{stueck}: {gefunden:#?}"
        );
    }
    assert_eq!(gefunden.len(), 6, "{gefunden:#?}");
}
