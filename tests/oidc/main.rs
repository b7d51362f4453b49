//! Sign-in by `OpenID Connect` against npm's certified `oidc-provider`, and against one that
//! lies. One test: database, provider and service are started once.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, as tests do, and say what they skip"
)]

mod browser;
mod faelle;
mod provider;

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use axum::Router;
use clap::Parser;
use zielraum::app::{self, App};
use zielraum::auth::oidc::Anbieter;
use zielraum::auth::oidc::konfig::Optionen;
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Database, Server};

/// The options as the command line reads them.
#[derive(Parser)]
struct Befehl {
    #[command(flatten)]
    oidc: Optionen,
}

/// The service, with this provider.
async fn dienst(db: &Database, issuer: &str, geheim: &str) -> Router {
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
    let anbieter = Anbieter::neu(konfig.unwrap().unwrap()).unwrap();
    app::router(&App {
        oidc: Some(Arc::new(anbieter)),
        ..App::neu(db, None, None, false).await.unwrap()
    })
}

#[tokio::test]
async fn oidc_sign_in() {
    let Some(anbieter) = provider::Anbieter::starte(browser::ZURUECK) else {
        return;
    };
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
    faelle::herein_und_rollen(&db, &gut, &anbieter).await;
    faelle::ohne_gruppe_kein_zutritt(&gut, &anbieter).await;
    faelle::gruppen_aendern_sich(&db, &gut, &anbieter).await;
    faelle::letzter_admin(&db, &gut, &anbieter).await;
    faelle::gesperrt_bleibt_gesperrt(&db, &gut, &anbieter).await;
    faelle::fremder_name(&db, &gut, &anbieter).await;
    faelle::gebunden_an_den_browser(&gut, &anbieter).await;
    faelle::abgebrochen(&gut, &anbieter).await;
    faelle::benutzter_code(&gut, &anbieter).await;

    let boese = dienst(&db, &anbieter.boese, geheim).await;
    faelle::gute_zeichen(&boese, &anbieter).await;
    faelle::schlechte_zeichen(&db, &boese, &anbieter).await;
    faelle::fehler_des_anbieters(&db, &anbieter, geheim).await;

    let gut = dienst(&db, &anbieter.gut, geheim).await;
    faelle::angaben_aus_userinfo(&db, &gut, &anbieter).await;
    faelle::zu_viele(&gut).await;
}
