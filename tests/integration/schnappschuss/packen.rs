//! Packed answers, opened by programs that are not ours.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Dienst;
use crate::anfrage::{hole, sende};
use crate::support::datenbank_mit_demo;

fn durch(programm: &str, argumente: &[&str], hinein: &[u8]) -> Vec<u8> {
    let mut prozess = Command::new(programm)
        .args(argumente)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rein = prozess.stdin.take().unwrap();
    let daten = hinein.to_vec();
    let schreiber = std::thread::spawn(move || rein.write_all(&daten));
    let aus = prozess.wait_with_output().unwrap();
    schreiber.join().unwrap().unwrap();
    assert!(aus.status.success(), "{programm}");
    aus.stdout
}

/// All but the moment of the answer.
fn ohne_zeit(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let von = text.find(r#""timeStamp":"#).unwrap();
    format!("{}{}", &text[..von], &text[von + 35..])
}

const PYTHON: &str = "import sys, zlib
d = zlib.decompressobj(31)
out = d.decompress(sys.stdin.buffer.read()) + d.flush()
assert d.eof and not d.unused_data, 'one member, nothing behind it'
sys.stdout.buffer.write(out)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packed_pages_are_the_plain_ones() {
    let db = datenbank_mit_demo().await;
    let dienst = Dienst::neu(&db, 256 << 20).await;
    for id in [
        "fnp_flaechen",
        "fnp_anteile",
        "flurstuecke",
        "massnahmen",
        "ortsteile",
    ] {
        let bild = dienst.bild(id).await;
        let ganz = hole(&dienst.router, &format!("/collections/{id}/items.geojson")).await;
        // All of it: two texts, the packed pieces, geometry, index.
        let (bytes, text) = (bild.bytes(), ganz.bytes.len());
        assert!(
            bild.len() < 300 || bytes <= 3 * text,
            "{id}: {bytes} for {text}"
        );
        for zusatz in [
            "limit=1000",
            "limit=50",
            "limit=17",
            "limit=1",
            "bbox=10.85,48.05,10.88,48.07",
            "crs=http://www.opengis.net/def/crs/EPSG/0/25832",
        ] {
            let mut adresse = format!("/collections/{id}/items?{zusatz}");
            for _ in 0..4 {
                let klar = hole(&dienst.router, &adresse).await;
                assert_eq!(klar.kopf("content-encoding"), "");
                let gepackt = anfrage_gepackt(&dienst, &adresse, "gzip, deflate, br").await;
                for (programm, argumente) in [("gzip", &["-dc"][..]), ("python3", &["-c", PYTHON])]
                {
                    let aus = durch(programm, argumente, &gepackt);
                    assert!(ohne_zeit(&aus) == ohne_zeit(&klar.bytes), "{adresse}");
                }
                if zusatz == "limit=1000" && bild.len() > 300 {
                    assert!(
                        gepackt.len() * 2 < klar.bytes.len(),
                        "{} {}",
                        gepackt.len(),
                        klar.bytes.len()
                    );
                }
                let doc = klar.json();
                let links = doc["links"].as_array().unwrap();
                let Some(next) = links.iter().find(|l| l["rel"] == "next") else {
                    break;
                };
                let href = next["href"].as_str().unwrap();
                adresse = href[href.find("/collections").unwrap()..].to_owned();
            }
        }
    }
    // Refused packing is refused.
    let antwort = sende(
        &dienst.router,
        "GET",
        "/collections/ortsteile/items",
        &[("accept-encoding", "gzip;q=0")],
    )
    .await;
    assert_eq!(antwort.kopf("content-encoding"), "");
}

async fn anfrage_gepackt(dienst: &Dienst, adresse: &str, kodierung: &str) -> Vec<u8> {
    use tower::ServiceExt as _;
    // However busy the machine: memory is trusted for this request.
    dienst.lager.frische().erneuere().await.unwrap();
    let request = axum::http::Request::get(adresse)
        .header("host", "zr.test:8080")
        .header("accept-encoding", kodierung)
        .body(axum::body::Body::empty())
        .unwrap();
    let antwort = dienst.router.clone().oneshot(request).await.unwrap();
    assert_eq!(antwort.headers()["content-encoding"], "gzip", "{adresse}");
    let vary: Vec<_> = antwort
        .headers()
        .get_all("vary")
        .iter()
        .map(|v| v.to_str().unwrap().to_ascii_lowercase())
        .collect();
    assert!(
        vary.iter().any(|v| v.contains("accept-encoding")),
        "{vary:?}"
    );
    axum::body::to_bytes(antwort.into_body(), usize::MAX)
        .await
        .unwrap()
        .to_vec()
}
