//! Sign-in by `OpenID Connect` against npm's certified `oidc-provider`, and against one that
//! lies. One test: database, provider and service are started once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod anbieterfehler;
mod browser;
mod faelle;
mod konten;
mod protokoll;
mod provider;
mod zeichen;

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use axum::Router;
use clap::Parser;
use zielraum::app::{self, App};
use zielraum::auth::oidc::Anbieter;
use zielraum::auth::oidc::konfig::{Konfig, Optionen};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Database, Server};

/// The options as the command line reads them.
#[derive(Parser)]
struct Befehl {
    #[command(flatten)]
    oidc: Optionen,
}

/// The provider as the command line configures it.
fn konfig(issuer: &str, geheim: &str) -> Konfig {
    let argumente = [
        "zielraum",
        "--oidc-issuer",
        issuer,
        "--oidc-client",
        "zielraum",
        "--oidc-secret-file",
        geheim,
        "--oidc-gruppe",
        "Stadtplanung=stadtplanung",
        "--oidc-gruppe",
        "CN=Ziele,OU=Rathaus=strategie",
        "--oidc-gruppe",
        "IT=admin",
        "--oidc-gruppe",
        "Bauhof=fachamt:gibtesnicht",
        "--oidc-name",
        "Rathaus-Konto <b>",
    ];
    let konfig = Befehl::try_parse_from(argumente).unwrap().oidc.lies();
    konfig.unwrap().unwrap()
}

/// The service, with this provider.
async fn dienst(db: &Database, issuer: &str, geheim: &str) -> Router {
    let anbieter = Anbieter::neu(konfig(issuer, geheim)).unwrap();
    app::router(&App {
        oidc: Some(Arc::new(anbieter)),
        ..App::neu(db, None, None, false).await.unwrap()
    })
}

#[tokio::test]
async fn oidc_sign_in() {
    let protokoll = protokoll::Protokoll::beginne();
    let anbieter = provider::Anbieter::starte(browser::ZURUECK);
    let ordner = tempfile::tempdir().unwrap();
    // As root the database runs as another user and must get through.
    std::fs::set_permissions(ordner.path(), PermissionsExt::from_mode(0o711)).unwrap();
    let geheim = ordner.path().join("geheim");
    std::fs::write(&geheim, format!("{}\n", anbieter.geheim)).unwrap();
    let geheim = geheim.to_str().unwrap();
    let daten = ordner.path().join("daten");
    let cluster = Arc::new(Cluster::start(Some(&daten), Durability::Tests).unwrap());
    let db = Server::of_cluster(cluster, "zielraum")
        .open(Durability::Tests)
        .await
        .unwrap();

    let ohne = app::router(&App::neu(&db, None, None, false).await.unwrap());
    faelle::nicht_eingerichtet(&ohne).await;

    let gut = dienst(&db, &anbieter.gut, geheim).await;
    konten::herein_und_rollen(&db, &gut, &anbieter).await;
    konten::ohne_gruppe_kein_zutritt(&db, &gut, &anbieter).await;
    konten::gruppen_aendern_sich(&db, &gut, &anbieter).await;
    konten::letzter_admin(&db, &gut, &anbieter).await;
    konten::gesperrt_bleibt_gesperrt(&db, &gut, &anbieter).await;
    konten::fremder_name(&db, &gut, &anbieter).await;
    konten::viele_auf_einmal(&db, &konfig(&anbieter.gut, geheim)).await;
    faelle::gebunden_an_den_browser(&gut, &anbieter).await;
    faelle::keine_fremde_seite(&gut, &anbieter).await;
    faelle::abgebrochen(&gut, &anbieter).await;
    faelle::benutzter_code(&gut, &anbieter).await;
    faelle::abmelden(&gut, &anbieter).await;

    let boese = dienst(&db, &anbieter.boese, geheim).await;
    zeichen::gute(&boese, &anbieter).await;
    zeichen::schlechte(&db, &boese, &anbieter).await;
    zeichen::andere_person(&db, &boese, &anbieter).await;
    zeichen::ein_rathaus(&boese, &anbieter).await;
    anbieterfehler::am_token(&boese, &anbieter).await;
    anbieterfehler::in_den_angaben(&db, &anbieter, geheim).await;
    anbieterfehler::haengt(&db, &anbieter, geheim).await;

    let gut = dienst(&db, &anbieter.gut, geheim).await;
    konten::angaben_aus_userinfo(&db, &gut, &anbieter).await;
    faelle::zu_viele(&gut).await;
    protokoll.pruefe(&anbieter.geheim);
}
