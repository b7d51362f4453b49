//! The HTTP application: state, all routers in one list.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use sqlx::PgPool;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};

use crate::db::Database;
use crate::db::damals::Damals;
use crate::error::{Error, Result};
use crate::http::problem::Problem;
use crate::http::{Kontext, Ungepackt, Vertraulich, frame};
use crate::layers::snapshot::frische::Frische;
use crate::layers::snapshot::lager::Lager;
use crate::layers::{self, catalog, sammlung::Katalog};
use crate::welt::{Intern, Welten};
use crate::zeitreise::{self, Zeitreise};
use crate::{
    audit, auth, bearbeiten, dorferneuerung, export, fnp, freigabe, handbuch, haushalt, hier,
    import, isek, luecken, mitnehmen, qgis, strategie, tiles, web, wfs,
};

/// What the service was started with.
#[derive(Debug, Clone)]
pub struct App {
    /// Logged in as `zielraum_public`, `search_path` `oeffentlich,public`: the only
    /// way anonymous requests reach the database.
    pub public: PgPool,
    /// Published layers.
    pub katalog: Arc<Katalog>,
    /// Accounts and the reading worlds of staff; without it everybody is anonymous.
    pub intern: Option<(PgPool, Intern)>,
    /// Pools of the past; without it only today is answered.
    pub damals: Option<Damals>,
    /// Public address without a trailing slash.
    pub public_url: Option<String>,
    /// Where publication is decided; without it there are no such pages.
    pub freigabe: Option<freigabe::routes::Dienst>,
    /// The provider people may sign in at.
    #[cfg(feature = "oidc")]
    pub oidc: Option<Arc<auth::oidc::Anbieter>>,
    /// Demonstration data are loaded.
    pub demo: bool,
    /// Memory for layers of the public, bytes; 0 keeps none.
    pub speicher: usize,
}

impl App {
    /// Resolves the catalogue, with a town's own file (name, text) where one is given.
    ///
    /// # Errors
    /// [`Error::Eingabe`] for a layer that is described wrongly, with its line.
    pub async fn neu(
        db: &Database,
        public_url: Option<String>,
        eigene: Option<(String, String)>,
        demo: bool,
    ) -> Result<Self> {
        let weitere = eigene
            .as_ref()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let katalog = Katalog::lies(&db.public, catalog::EIGENE, weitere).await?;
        let lies = async |umfang| {
            let pool = db.personal.pool(umfang, None, None);
            let katalog = Katalog::lies_intern(&pool, catalog::EIGENE, weitere).await?;
            pool.close().await;
            Ok::<_, Error>(Arc::new(katalog))
        };
        let intern = Intern {
            personal: db.personal.clone(),
            schreiben: db.write.clone(),
            katalog: lies("alles").await?,
            eingeschraenkt: lies("veroeffentlicht").await?,
        };
        Ok(Self {
            public: db.public.clone(),
            katalog: Arc::new(katalog),
            intern: Some((db.auth.clone(), intern)),
            damals: Some(db.damals.clone()),
            freigabe: Some(freigabe::routes::Dienst {
                write: db.write.clone(),
                personal: db.personal.clone(),
            }),
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            #[cfg(feature = "oidc")]
            oidc: None,
            demo,
            speicher: layers::snapshot::lager::budget(),
        })
    }
}

/// All routes, for everybody: who asks is found out once, then the request goes to the
/// world of what they may read.
pub fn router(app: &App) -> Router {
    let lager = Lager::neu(app.public.clone(), app.speicher);
    lager.starte(None);
    router_mit(app, &lager)
}

/// The same over a store of layers that is kept up elsewhere.
pub fn router_mit(app: &App, lager: &Arc<Lager>) -> Router {
    let kontext = Kontext {
        public_url: app.public_url.clone(),
        demo: app.demo,
        rueckblick: None,
    };
    let intern = app.intern.as_ref().map(|(_, intern)| intern.clone());
    let schreiben = intern.clone();
    let heute = intern.clone();
    let (lager, frische) = (Arc::clone(lager), Arc::clone(lager.frische()));
    let welten = Arc::new(Welten::neu(
        app.public.clone(),
        Arc::clone(&app.katalog),
        intern,
        Box::new(move |pool, katalog| {
            // The snapshots are the public's: staff see what they wrote, drafts too.
            let lager = (!katalog.ist_intern()).then(|| Arc::clone(&lager));
            welt(pool, katalog, lager, schreiben.clone())
        }),
    ));
    let mut routes = Router::new().fallback(move |request: Request| {
        let welten = Arc::clone(&welten);
        async move { welten.leite(request).await }
    });
    if let Some(damals) = &app.damals {
        let zeitreise = Zeitreise::neu(
            damals.clone(),
            (Arc::clone(&app.katalog), heute),
            kontext.clone(),
            Box::new(|pool, katalog| welt(pool, katalog, None, None)),
        );
        // Around the fallback, so that the addresses of the past, which no route knows, pass through it.
        routes = routes.layer(middleware::from_fn_with_state(
            Arc::new(zeitreise),
            zeitreise::leite,
        ));
    }
    if let Some((konten, _)) = &app.intern {
        let dienst = auth::Dienst::neu(konten.clone(), app.public_url.as_deref());
        #[cfg(feature = "oidc")]
        let dienst = auth::Dienst {
            oidc: app.oidc.clone(),
            ..dienst
        };
        if let Some(freigabe) = &app.freigabe {
            routes = routes.merge(
                freigabe::routes::router(freigabe.clone())
                    .layer(middleware::from_fn(auth::wege::pruefe)),
            );
        }
        routes = routes
            .merge(
                auth::routes::router(dienst.clone()).layer(middleware::from_fn(auth::wege::pruefe)),
            )
            .layer(middleware::from_fn_with_state(dienst, auth::pforte::melde));
    }
    let routes = routes.layer(middleware::from_fn_with_state(frische, nach_dem_schreiben));
    let packen = DefaultPredicate::new().and(packbar);
    // What is large stands packed in memory; the rest is packed while the client waits.
    let packer = CompressionLayer::new().quality(CompressionLevel::Fastest);
    frame::rahmen(routes, kontext).layer(packer.compress_when(packen))
}

/// A change is acknowledged when the public's counters are known anew: the next request, be it
/// of the same instant, sees it.
async fn nach_dem_schreiben(
    State(frische): State<Arc<Frische>>,
    request: Request,
    next: middleware::Next,
) -> Response {
    let liest = request.method().is_safe();
    let antwort = next.run(request).await;
    if !liest && let Err(fehler) = frische.erneuere().await {
        // Then nothing is served from memory until somebody can look.
        tracing::warn!(%fehler, "public counters cannot be read");
    }
    antwort
}

/// Pages of the signed-in hold a secret (what their forms must repeat) beside text of others:
/// packed, their length would give it away bit by bit (BREACH).
fn packbar(_: StatusCode, _: Version, headers: &HeaderMap, erweiterungen: &Extensions) -> bool {
    let seite = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|typ| typ.as_bytes().starts_with(b"text/html"));
    !(seite && erweiterungen.get::<Vertraulich>().is_some())
        && erweiterungen.get::<Ungepackt>().is_none()
}

/// Everything that is read, over one pool: the public's, that of a [`auth::Sicht`], or that of
/// a past day.
fn welt(
    pool: PgPool,
    katalog: Arc<Katalog>,
    lager: Option<Arc<Lager>>,
    schreiben: Option<Intern>,
) -> Router {
    let pfade = [
        fnp::routes::pfade(),
        export::routes::pfade(),
        bearbeiten::daten::routes::pfade(),
        import::lauf::routes::pfade(),
        strategie::routes::pfade(),
        hier::routes::pfade(),
        luecken::routes::pfade(),
        dorferneuerung::routes::pfade(),
        haushalt::routes::pfade(),
        isek::routes::pfade(),
        web::routes::pfade(),
        tiles::schnittstelle::pfade(),
        qgis::routes::pfade(),
        mitnehmen::routes::pfade(),
        audit::routes::pfade(),
    ]
    .concat();
    let mut routes = Router::new();
    let pruefer = schreiben.as_ref().map(|intern| {
        Arc::new(bearbeiten::zurueck::Pruefer(intern.schreiben.clone()))
            as Arc<dyn audit::ruecknahme::Pruefer>
    });
    let mut bearbeitet = None;
    if let Some(intern) = schreiben {
        let dienst = bearbeiten::Dienst {
            lesen: pool.clone(),
            katalog: Arc::clone(&katalog),
            arbeit: intern.katalog,
            schreiben: intern.schreiben,
        };
        let dienst = Arc::new(dienst);
        bearbeitet = Some(Arc::clone(&dienst));
        routes = routes
            .merge(bearbeiten::routes::router(Arc::clone(&dienst)))
            .merge(bearbeiten::daten::routes::router(dienst));
    }
    let operationen = bearbeiten::schnittstelle::operationen;
    let kacheln = Arc::new(tiles::Dienst::neu(
        pool.clone(),
        Arc::clone(&katalog),
        lager.clone(),
    ));
    if lager.as_ref().is_some_and(|lager| lager.liest_vorweg()) {
        kacheln.waerme_vor();
    }
    let projekte = Arc::new(qgis::Dienst {
        pool: pool.clone(),
        katalog: Arc::clone(&katalog),
    });
    let mitgenommen = Arc::new(mitnehmen::Dienst {
        pool: pool.clone(),
        katalog: Arc::clone(&katalog),
        bearbeiten: bearbeitet,
        dateien: layers::formate::lager::Fach::default(),
    });
    let oeffentlich = !katalog.ist_intern();
    let ebenen = layers::Dienst::new(pool.clone(), katalog, lager, pfade, operationen)
        .mit_vereinfacher(Arc::clone(&kacheln) as Arc<dyn layers::vereinfachung::Vereinfacher>);
    let ebenen = Arc::new(ebenen);
    routes
        .merge(layers::routes::router(Arc::clone(&ebenen)))
        .merge(wfs::routes::router(ebenen))
        .merge(tiles::routes::router(kacheln))
        .merge(qgis::routes::router(projekte))
        .merge(handbuch::routes::router())
        .merge(mitnehmen::routes::router(mitgenommen))
        .merge(fnp::routes::router(pool.clone()))
        .merge(export::routes::router(pool.clone(), oeffentlich))
        .merge(import::lauf::routes::router(pool.clone()))
        .merge(strategie::routes::router(pool.clone()))
        .merge(import::strategie::routes::router(pool.clone()))
        .merge(haushalt::routes::router(pool.clone()))
        .merge(isek::routes::router(pool.clone()))
        .merge(hier::routes::router(pool.clone()))
        .merge(luecken::routes::router(pool.clone()))
        .merge(web::routes::router(pool.clone()))
        .merge(audit::routes::router(pool.clone(), pruefer))
        .merge(frame::router())
        .route("/health/live", get(|| async { "ok" }))
        .route("/health/ready", get(ready).with_state(pool))
        .fallback(frame::nichts)
        .layer(middleware::from_fn(auth::wege::pruefe))
}

/// Ready when the public role can read what is published.
async fn ready(State(public): State<PgPool>) -> std::result::Result<Response, Problem> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "zahl!" FROM nutzung"#)
        .fetch_one(&public)
        .await
        .map_err(Error::from)?;
    Ok("ok".into_response())
}
