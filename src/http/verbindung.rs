//! Connections: HTTP/1.1 as old clients expect it. Header names are written in title case,
//! because QGIS up to 3.44 finds `Location` in the answer to a POST only as that; and a head
//! that does not arrive is given up, which hyper does only when it has a timer.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// So long a client may take for the head of a request.
const KOPF: Duration = Duration::from_secs(30);
/// So long requests under way may take when the service ends.
const ENDE: Duration = Duration::from_secs(20);

/// Answers on the listener until `ende`, then lets requests under way finish.
pub async fn bediene(listener: TcpListener, router: Router, ende: impl Future<Output = ()>) {
    let wache = GracefulShutdown::new();
    let mut ende = std::pin::pin!(ende);
    loop {
        let (strom, woher) = tokio::select! {
            () = &mut ende => break,
            neu = listener.accept() => match neu {
                Ok(neu) => neu,
                Err(fehler) => {
                    // Too many open files and the like: others must end first.
                    tracing::warn!(%fehler, "accept failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        // Small answers must not wait for the client's acknowledgement.
        let _ = strom.set_nodelay(true);
        let verbindung = http1::Builder::new()
            .title_case_headers(true)
            .timer(TokioTimer::new())
            .header_read_timeout(KOPF)
            .serve_connection(TokioIo::new(strom), dienst(router.clone(), woher));
        let verbindung = wache.watch(verbindung);
        tokio::spawn(async move {
            if let Err(fehler) = verbindung.await {
                tracing::debug!(%fehler, "connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(ENDE, wache.shutdown()).await.is_err() {
        tracing::warn!("requests under way were given up");
    }
}

/// The routes for one connection, which tell who called.
fn dienst(
    router: Router,
    woher: SocketAddr,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future = impl Future<Output = Result<axum::response::Response, std::convert::Infallible>> + Send,
> {
    hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(woher));
        router.clone().oneshot(request)
    })
}
