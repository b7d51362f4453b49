//! Downloads: who may read a plan gets it, for anybody else there is none.

use zielraum::app::{self, App};
use zielraum::auth::Rolle;

use crate::anfrage::{hole, sende};
use crate::bearbeiten::Amt;
use crate::lieferung::Plan;
use crate::support::{admin, datenbank_mit_demo, zahl};

#[tokio::test]
async fn a_published_plan_is_a_file_for_everybody() {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, true).await.unwrap());
    let antwort = hole(&router, "/plaene/fnp-2001/xplangml").await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    assert_eq!(
        antwort.kopf("content-type"),
        "application/gml+xml; version=3.2"
    );
    assert_eq!(
        antwort.kopf("content-disposition"),
        "attachment; filename=\"fnp-2001-1-xplan-6.0.gml\""
    );
    assert!(antwort.text.contains("http://www.xplanung.de/xplangml/6/0"));
    let flaechen = zahl(
        &admin(&db).await,
        "SELECT count(*) FROM oeffentlich.flaeche f JOIN oeffentlich.fassung v ON v.id = f.fassung_id JOIN oeffentlich.plan p ON p.id = v.plan_id WHERE p.kennung = 'fnp-2001'",
    )
    .await
    .unwrap();
    let geschlossen = antwort
        .text
        .matches("<xplan:flaechenschluss>true</xplan:flaechenschluss>")
        .count();
    assert!(flaechen > 10);
    assert_eq!(i64::try_from(geschlossen).unwrap(), flaechen);
    // The same file again, in parts.
    let teil = sende(
        &router,
        "GET",
        "/plaene/fnp-2001/xplangml?version=6.0",
        &[("range", "bytes=0-4")],
    )
    .await;
    assert_eq!((teil.status.as_u16(), teil.text.as_str()), (206, "<?xml"));
    let alt = hole(&router, "/plaene/fnp-2001@1/xplangml?version=5.4").await;
    assert!(alt.text.contains("http://www.xplanung.de/xplangml/5/4"));

    let falsch = hole(&router, "/plaene/fnp-2001/xplangml?version=3.0").await;
    assert_eq!(falsch.status, 400);
    assert!(falsch.text.contains("6.0 und 5.4"), "{}", falsch.text);
    let falsch = hole(&router, "/plaene/fnp-2001/xplangml?fassung=1").await;
    assert_eq!(falsch.status, 400);
    let keiner = hole(&router, "/plaene/fnp-1850/xplangml").await;
    assert_eq!(keiner.status, 404);
    let seite = hole(&router, "/bilanz?plan=fnp-2001&f=html").await;
    assert!(
        seite
            .text
            .contains("/plaene/fnp-2001%401/xplangml?version=6.0")
    );
}

#[tokio::test]
async fn a_draft_is_none_for_who_may_not_read_it() {
    let amt = Amt::neu().await;
    let token = amt.token("planer", &[Rolle::Stadtplanung]).await;
    let entwurf = Plan::neu("FNP-2040").rechtsstand(Some("2000"));
    entwurf.wohnen(0.0, 200.0).importiere(&amt.db).await;
    for pfad in [
        "/plaene/fnp-2040/xplangml",
        "/plaene/fnp-2040@1/xplangml?version=5.4",
        "/plaene/fnp-2040/inspire",
    ] {
        let fremd = hole(&amt.router, pfad).await;
        assert_eq!(fremd.status, 404, "{pfad}");
        assert!(!fremd.text.contains("Probe"), "{}", fremd.text);
        let zugang = format!("Bearer {token}");
        let eigen = sende(&amt.router, "GET", pfad, &[("authorization", &zugang)]).await;
        assert_eq!(eigen.status, 200, "{pfad}: {}", eigen.text);
    }
}
