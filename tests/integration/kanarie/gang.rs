//! The walk: addresses come from the `OpenAPI` document, from every link of every answer and
//! from the keys in the answers; nothing is listed by hand.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read as _;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use percent_encoding::percent_decode;
use serde_json::Value;
use tower::ServiceExt;

use super::daten::{WORT, ZAHL};

const WURZEL: &str = "http://zr.test:8080";
/// The rare place 655555 5355555 in the systems answers come in, cut short.
const ORTE: [&str; 5] = ["655555", "5355555", "11.0989", "48.3340", "1235529"];
/// Addresses of one kind (route, names of parameters, format) that are asked.
const JE_ART: usize = 2;
const MEDIEN: [&str; 6] = [
    "text/html",
    "application/json",
    "application/geo+json",
    "text/csv",
    "application/problem+json",
    "*/*",
];

/// One answer, searched.
struct Antwort {
    status: u16,
    text: String,
}

/// A walk over one service, as nobody known.
pub struct Gang {
    router: Router,
    /// What was found: address and where.
    pub funde: Vec<String>,
    /// Requests sent.
    pub anfragen: usize,
    muster: Vec<String>,
    /// Pattern → best status seen.
    erreicht: HashMap<String, u16>,
    gesehen: HashSet<String>,
    /// Patterns asked for every media type.
    medien: HashSet<String>,
    durchsucht: HashSet<u64>,
    beschrieben: HashMap<String, usize>,
    je_art: HashMap<String, usize>,
    offen: VecDeque<String>,
    werte: BTreeSet<String>,
}

impl Gang {
    pub fn neu(router: Router) -> Self {
        Self {
            router,
            funde: Vec::new(),
            anfragen: 0,
            muster: muster(),
            erreicht: HashMap::new(),
            gesehen: HashSet::new(),
            medien: HashSet::new(),
            durchsucht: HashSet::new(),
            beschrieben: HashMap::new(),
            je_art: HashMap::new(),
            offen: VecDeque::new(),
            werte: BTreeSet::new(),
        }
    }

    /// Walks until nothing new is left.
    pub async fn gehe(&mut self) {
        self.merke("/");
        self.merke("/api?f=json");
        self.folge().await;
        self.beschriebenes().await;
        self.folge().await;
        self.unerreichte_muster().await;
        self.folge().await;
        self.methoden().await;
    }

    /// Patterns of the sources nothing of the walk fell under, or only with 404 where
    /// everybody may read.
    pub fn unerreicht(&self) -> Vec<String> {
        self.muster
            .iter()
            .filter(|muster| {
                self.erreicht
                    .get(*muster)
                    .is_none_or(|status| *status == 404 && !muster.contains("/einrichten/"))
            })
            .cloned()
            .collect()
    }

    /// Asked by its key, what is hidden answers as what never was.
    pub async fn verborgenes_gleicht_nichts(&mut self, kennungen: &[&str]) {
        let muster: Vec<String> = self
            .muster
            .iter()
            .filter(|m| m.contains('{'))
            .cloned()
            .collect();
        for kennung in kennungen {
            let nichts = format!("zzz{}", &kennung[3..]);
            for muster in &muster {
                let bau = |wert: &str| {
                    muster
                        .split('/')
                        .map(|teil| if teil.starts_with('{') { wert } else { teil })
                        .collect::<Vec<_>>()
                        .join("/")
                };
                for ende in ["?f=json", "?f=html"] {
                    let da = self
                        .sende("GET", &format!("{}{ende}", bau(kennung)), "*/*")
                        .await;
                    let nie = self
                        .sende("GET", &format!("{}{ende}", bau(&nichts)), "*/*")
                        .await;
                    let ohne = |text: &str, wort: &str| {
                        // The request's number differs, and the suggestion may name other keys.
                        let text = text.replace(wort, "?");
                        text.split("\"anfrage\"")
                            .next()
                            .unwrap_or_default()
                            .split("Anfrage ")
                            .next()
                            .unwrap_or_default()
                            .to_owned()
                    };
                    assert_eq!(da.status, nie.status, "{muster} {kennung}");
                    assert_eq!(
                        ohne(&da.text, kennung),
                        ohne(&nie.text, &nichts),
                        "{muster} {kennung}{ende}"
                    );
                }
            }
        }
    }

    fn merke(&mut self, adresse: &str) {
        let adresse = adresse.split('#').next().unwrap_or_default();
        if adresse.starts_with("/static/") && !self.gesehen.insert(adresse.to_owned())
            || adresse.len() > 2000
        {
            return;
        }
        let (pfad, frage) = adresse.split_once('?').unwrap_or((adresse, ""));
        let mut namen: Vec<&str> = frage
            .split('&')
            .map(|paar| {
                if paar.starts_with("f=") {
                    paar
                } else {
                    paar.split('=').next().unwrap_or_default()
                }
            })
            .collect();
        namen.sort_unstable();
        let art = format!(
            "{}?{}",
            self.passend(pfad).unwrap_or_else(|| pfad.to_owned()),
            namen.join("&")
        );
        // Of every collection its own documents: the pattern alone would hide all but a few.
        let art = match pfad.strip_prefix("/collections/") {
            Some(rest) => format!("{art} {}", rest.split('/').next().unwrap_or_default()),
            None => art,
        };
        let zahl = self.je_art.entry(art).or_default();
        if *zahl < JE_ART && self.gesehen.insert(adresse.to_owned()) {
            *zahl += 1;
            self.offen.push_back(adresse.to_owned());
        }
    }

    async fn folge(&mut self) {
        while let Some(adresse) = self.offen.pop_front() {
            assert!(self.anfragen < 20_000, "no end: {adresse}");
            self.pruefe("GET", &adresse, "*/*").await;
            if !adresse.contains('?') {
                let muster = self.passend(&adresse).unwrap_or_else(|| adresse.clone());
                if self.medien.insert(muster) {
                    for medium in MEDIEN {
                        self.pruefe("GET", &adresse, medium).await;
                    }
                }
                for f in ["json", "html", "geojson", "csv", "xlsx"] {
                    self.merke(&format!("{adresse}?f={f}"));
                }
            }
        }
    }

    /// Every path of the document with every parameter it names, one at a time.
    async fn beschriebenes(&mut self) {
        let doc = self.sende("GET", "/api?f=json", "*/*").await;
        let doc: Value = serde_json::from_str(&doc.text).unwrap();
        let pfade = doc["paths"].as_object().unwrap();
        assert!(pfade.len() > 40, "{}", pfade.len());
        for (pfad, inhalt) in pfade {
            let konkret: Vec<String> = if pfad.contains('{') {
                self.belege(pfad).await
            } else {
                vec![pfad.clone()]
            };
            for pfad in konkret.iter().take(1) {
                self.merke(pfad);
                // Collections share their parameters by reference: each is tried on a few.
                let muster = self.passend(pfad).unwrap_or_else(|| pfad.clone());
                let zahl = self.beschrieben.entry(muster).or_default();
                *zahl += 1;
                if *zahl > 3 {
                    continue;
                }
                for parameter in inhalt["get"]["parameters"].as_array().into_iter().flatten() {
                    let parameter = match parameter["$ref"].as_str() {
                        Some(weg) => doc.pointer(weg.trim_start_matches('#')).unwrap(),
                        None => parameter,
                    };
                    if parameter["in"] != "query" {
                        continue;
                    }
                    let name = parameter["name"].as_str().unwrap();
                    for wert in beispiele(name, &parameter["schema"], &self.werte) {
                        for f in ["", "&f=html"] {
                            let f = if name == "f" { "" } else { f };
                            self.pruefe("GET", &format!("{pfad}?{name}={wert}{f}"), "*/*")
                                .await;
                        }
                    }
                }
            }
        }
    }

    /// Addresses of a pattern that answer, made of the keys seen so far.
    async fn belege(&mut self, muster: &str) -> Vec<String> {
        let schon: Vec<String> = self
            .gesehen
            .iter()
            .map(|a| a.split('?').next().unwrap_or_default().to_owned())
            .filter(|pfad| faellt(muster, pfad))
            .take(2)
            .collect();
        if !schon.is_empty() {
            return schon;
        }
        let mut gut = Vec::new();
        let werte: Vec<String> = self.werte.iter().cloned().collect();
        for wert in werte {
            let pfad: Vec<&str> = muster
                .split('/')
                .map(|teil| {
                    if teil.starts_with('{') {
                        wert.as_str()
                    } else {
                        teil
                    }
                })
                .collect();
            let pfad = pfad.join("/");
            if self.pruefe("GET", &pfad, "*/*").await < 400 {
                gut.push(pfad);
                if gut.len() == 2 {
                    break;
                }
            }
        }
        gut
    }

    async fn unerreichte_muster(&mut self) {
        for muster in self.unerreicht() {
            for pfad in self.belege(&muster).await {
                self.merke(&pfad);
            }
        }
    }

    /// Other methods and broken requests: errors are answers too.
    async fn methoden(&mut self) {
        let mut je_muster: HashMap<String, String> = HashMap::new();
        for adresse in &self.gesehen {
            let pfad = adresse.split('?').next().unwrap_or_default();
            if let Some(muster) = self.passend(pfad) {
                je_muster.entry(muster).or_insert_with(|| pfad.to_owned());
            }
        }
        for muster in &self.muster {
            je_muster
                .entry(muster.clone())
                .or_insert_with(|| muster.replace(['{', '}'], ""));
        }
        for pfad in je_muster.into_values() {
            for methode in ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
                self.pruefe(methode, &pfad, "application/json").await;
            }
            for ende in [
                "?gibtesnicht=1",
                "?f=gibtesnicht",
                "?limit=0",
                "?bbox=a",
                "?f=json&f=html",
                "?%FF=1",
            ] {
                self.pruefe("GET", &format!("{pfad}{ende}"), "application/json")
                    .await;
            }
            self.pruefe("GET", &format!("{pfad}/gibtesnicht"), "text/html")
                .await;
            self.pruefe("GET", &pfad, "image/png").await;
        }
    }

    /// Sends, searches, follows. Returns the status.
    pub async fn pruefe(&mut self, methode: &str, adresse: &str, accept: &str) -> u16 {
        let antwort = self.sende(methode, adresse, accept).await;
        if let Some(muster) = self.passend(adresse.split('?').next().unwrap_or_default()) {
            let bester = self.erreicht.entry(muster).or_insert(antwort.status);
            if antwort.status != 404 {
                *bester = (*bester).min(antwort.status);
            }
        }
        for weg in wege_in(&antwort.text) {
            self.merke(&weg);
        }
        if antwort.status < 300 && self.werte.len() < 600 {
            if let Ok(doc) = serde_json::from_str::<Value>(&antwort.text) {
                sammle(&doc, &mut self.werte);
            }
        }
        antwort.status
    }

    async fn sende(&mut self, methode: &str, adresse: &str, accept: &str) -> Antwort {
        self.anfragen += 1;
        let anfrage = Request::builder()
            .method(methode)
            .uri(adresse)
            .header("host", "zr.test:8080")
            .header("accept", accept);
        let anfrage = if methode == "POST" {
            anfrage.header("content-type", "application/json")
        } else {
            anfrage
        };
        let Ok(anfrage) = anfrage.body(Body::from(if methode == "POST" { "{}" } else { "" }))
        else {
            panic!("{adresse}");
        };
        let antwort = self.router.clone().oneshot(anfrage).await.unwrap();
        let (parts, body) = antwort.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let status = parts.status.as_u16();
        assert!(status < 500, "{methode} {adresse}: {status}");
        let mut stoff = vec![format!("{:?}", parts.headers).into_bytes(), bytes.to_vec()];
        entpacke(&bytes, &mut stoff);
        // What the request itself says comes back in errors and links.
        let gesagt = adresse.to_lowercase();
        for teil in &stoff {
            // The same bytes were searched before.
            let mut hash = DefaultHasher::new();
            teil.hash(&mut hash);
            if !self.durchsucht.insert(hash.finish()) {
                continue;
            }
            for (was, fund) in suche(teil) {
                if !gesagt.contains(&fund.to_lowercase()) {
                    self.funde.push(format!(
                        "{was} {fund}: {methode} {adresse} ({accept}) {}",
                        umfeld(teil, &fund)
                    ));
                }
            }
        }
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        for name in ["location", "link", "content-location"] {
            for wert in parts.headers.get_all(name) {
                text.push(' ');
                text.push_str(wert.to_str().unwrap_or_default());
            }
        }
        Antwort { status, text }
    }

    fn passend(&self, pfad: &str) -> Option<String> {
        self.muster
            .iter()
            .filter(|muster| faellt(muster, pfad))
            .min_by_key(|muster| muster.matches('{').count())
            .cloned()
    }
}

/// The path falls under the pattern.
fn faellt(muster: &str, pfad: &str) -> bool {
    let (m, p): (Vec<&str>, Vec<&str>) = (muster.split('/').collect(), pfad.split('/').collect());
    m.len() == p.len()
        && m.iter()
            .zip(p)
            .all(|(m, p)| m.starts_with('{') && !p.is_empty() || *m == p)
}

/// Every pattern the sources register: whatever is given to `route(`.
fn muster() -> Vec<String> {
    fn lies(ordner: &Path, liste: &mut BTreeSet<String>) {
        for eintrag in std::fs::read_dir(ordner).unwrap() {
            let pfad = eintrag.unwrap().path();
            if pfad.is_dir() && !pfad.ends_with("node_modules") {
                lies(&pfad, liste);
            } else if pfad.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&pfad).unwrap();
                for rest in text.split(".route(").skip(1) {
                    if let Some(rest) = rest.trim_start().strip_prefix('"') {
                        liste.insert(rest.split('"').next().unwrap().to_owned());
                    }
                }
            }
        }
    }
    let mut liste = BTreeSet::new();
    lies(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut liste,
    );
    assert!(liste.len() > 60, "{}", liste.len());
    liste.into_iter().collect()
}

/// Addresses of ours in a text, HTML or JSON.
fn wege_in(text: &str) -> Vec<String> {
    let mut wege = Vec::new();
    let ende = |rest: &str| {
        rest.find(['"', '\'', '<', '>', ' ', '\\', ')', '\n', ','])
            .map_or(rest.len(), |n| n)
    };
    for rest in text.split(WURZEL).skip(1) {
        wege.push(rest[..ende(rest)].to_owned());
    }
    for anfang in ["href=\"/", "src=\"/", "action=\"/"] {
        for rest in text.split(anfang).skip(1) {
            wege.push(format!("/{}", &rest[..ende(rest)]));
        }
    }
    wege.into_iter()
        .map(|weg| weg.replace("&amp;", "&").replace("&#38;", "&"))
        .filter(|weg| weg.starts_with('/') && !weg.contains('{') && weg.is_ascii())
        .collect()
}

/// Keys by which things are asked for.
fn sammle(doc: &Value, werte: &mut BTreeSet<String>) {
    match doc {
        Value::Array(liste) => liste.iter().take(40).for_each(|wert| sammle(wert, werte)),
        Value::Object(felder) => {
            for (name, wert) in felder {
                match wert {
                    Value::String(text)
                        if [
                            "id",
                            "kennung",
                            "schluessel",
                            "kennzeichen",
                            "nummer",
                            "code",
                        ]
                        .contains(&name.as_str()) =>
                    {
                        if !text.is_empty()
                            && text.len() < 60
                            && text
                                .bytes()
                                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
                        {
                            werte.insert(text.clone());
                        }
                    }
                    Value::Number(zahl) if ["id", "sdg", "nummer"].contains(&name.as_str()) => {
                        werte.insert(zahl.to_string());
                    }
                    _ => sammle(wert, werte),
                }
            }
        }
        _ => {}
    }
}

/// Values to try for a documented parameter.
fn beispiele(name: &str, schema: &Value, werte: &BTreeSet<String>) -> Vec<String> {
    if let Some(liste) = schema["enum"].as_array() {
        return liste
            .iter()
            .filter_map(|wert| wert.as_str().map(str::to_owned))
            .collect();
    }
    let fest: &[&str] = match (name, schema["type"].as_str()) {
        ("bbox", _) => &["-180,-90,180,90", "11.09,48.33,11.11,48.34"],
        ("datetime", _) => &["../..", "2025-01-01T00:00:00Z"],
        ("punkt", _) => &["655555,5355555", "10.87,48.05"],
        ("stichtag", _) => &["2026-06-30"],
        (_, Some("boolean")) => &["true", "false"],
        (_, Some("integer" | "number")) => &["1", "2026"],
        _ => &["a"],
    };
    let mut liste: Vec<String> = fest.iter().map(|wert| (*wert).to_owned()).collect();
    // A few keys that exist; by prefix, since names of parameters follow kinds.
    let passend = werte
        .iter()
        .filter(|wert| wert.starts_with(&name[..1]))
        .take(2);
    liste.extend(passend.cloned());
    liste
}

/// Archives and workbooks: their files, and theirs.
fn entpacke(bytes: &[u8], stoff: &mut Vec<Vec<u8>>) {
    if !bytes.starts_with(b"PK\x03\x04") {
        return;
    }
    let mut archiv = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for nr in 0..archiv.len() {
        let mut datei = archiv.by_index(nr).unwrap();
        let mut inhalt = datei.name().unwrap().as_bytes().to_vec();
        datei.read_to_end(&mut inhalt).unwrap();
        drop(datei);
        entpacke(&inhalt, stoff);
        stoff.push(inhalt);
    }
}

/// Word, number and place, however they are written.
fn suche(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let roh = String::from_utf8_lossy(bytes).to_lowercase();
    let prozent = if roh.contains('%') {
        percent_decode(&percent_decode(bytes).collect::<Vec<u8>>())
            .decode_utf8_lossy()
            .to_lowercase()
    } else {
        String::new()
    };
    let json = if roh.contains("\\u") || roh.contains("&#") {
        entschluessle(&roh).to_lowercase()
    } else {
        roh.clone()
    };
    let mut funde = Vec::new();
    for text in [&roh, &prozent, &json] {
        if text.contains(WORT) {
            funde.push(("Wort", WORT.to_owned()));
        }
        for ort in ORTE {
            // The middle of another number, or of a request's number, is no place.
            if text
                .match_indices(ort)
                .any(|(stelle, _)| !text[..stelle].ends_with(|c: char| c.is_ascii_alphanumeric()))
            {
                funde.push(("Ort", ort.to_owned()));
            }
        }
    }
    // Amounts are written with points, commas, spaces.
    let ziffern: String = json
        .chars()
        .filter(|c| !['.', ',', ' ', '\u{a0}', '\u{202f}', '\''].contains(c))
        .collect();
    if ziffern.contains(ZAHL) {
        funde.push(("Zahl", ZAHL.to_owned()));
    }
    funde.sort();
    funde.dedup();
    funde
}

/// `\u0041` and `&#65;`, `&#x41;` as letters.
fn entschluessle(text: &str) -> String {
    let mut aus = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(stelle) = rest.find(['\\', '&']) {
        aus.push_str(&rest[..stelle]);
        rest = &rest[stelle..];
        let gefunden = if let Some(hex) = rest.strip_prefix("\\u").and_then(|r| r.get(..4)) {
            u32::from_str_radix(hex, 16).ok().map(|n| (n, 6))
        } else if let Some(zahl) = rest.strip_prefix("&#") {
            let ende = zahl.find(';').unwrap_or(0);
            let ziffern = zahl.get(..ende).unwrap_or_default();
            let wert = ziffern.strip_prefix('x').map_or_else(
                || ziffern.parse().ok(),
                |hex| u32::from_str_radix(hex, 16).ok(),
            );
            wert.map(|n| (n, ende + 3))
        } else {
            None
        };
        match gefunden.and_then(|(n, laenge)| char::from_u32(n).map(|c| (c, laenge))) {
            Some((c, laenge)) => {
                aus.push(c);
                rest = &rest[laenge..];
            }
            None => {
                aus.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    aus.push_str(rest);
    aus
}

fn umfeld(teil: &[u8], fund: &str) -> String {
    let text = String::from_utf8_lossy(teil);
    let klein = text.to_lowercase();
    let stelle = klein.find(fund).unwrap_or(0);
    klein
        .chars()
        .skip(klein[..stelle].chars().count().saturating_sub(80))
        .take(200)
        .collect()
}

#[test]
fn the_search_sees_through_encodings() {
    for text in [
        "XyloQuarz",
        "%58yloquarz",
        "%2558yloquarz",
        "\\u0058yloquarz",
        "&#88;yloquarz",
        "&#x58;yloquarz",
        "7.770.077.007,01",
        "7 770 077 007",
        "[11.09895,48.33402]",
    ] {
        assert!(!suche(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(suche("Xylophon 777 11.09 655554".as_bytes()).is_empty());
}
