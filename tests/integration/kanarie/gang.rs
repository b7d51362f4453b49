//! The walk: addresses come from the `OpenAPI` document, from every link of every answer and
//! from the keys in the answers; nothing is listed by hand.
//!
//! It ends because of every kind of address only the first few are asked: every pattern, every
//! collection's documents, every parameter and format of a pattern, and each of that once per
//! past.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use axum::Router;
use serde_json::Value;
use tokio::task::JoinSet;

use super::anfrage::{Anfrage, Antwort, UMKREIS, gleicht_nichts, lies, sende};
use super::routen::{Routen, faellt, hat_vergangenheit, heute};
use super::werte;

/// Requests on their way at once.
const GLEICHZEITIG: usize = 6;
/// Addresses of one kind that are asked.
const JE_ART: usize = 2;
/// Keys tried on a pattern no link led to.
const VERSUCHE: usize = 120;
const MEDIEN: [&str; 6] = [
    "text/html",
    "application/json",
    "application/geo+json",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/problem+json",
];
/// A walk over one service, as nobody known.
pub struct Gang {
    router: Router,
    /// What was found: address and where.
    pub funde: Vec<String>,
    gestellt: HashSet<Anfrage>,
    routen: Routen,
    /// Past (or none) and pattern → best status of a `GET`.
    erreicht: HashMap<(String, String), u16>,
    /// Addresses without a question that answered 200, per pattern of today.
    gut: BTreeMap<String, Vec<String>>,
    /// Paths of today that answered 200, whatever the question.
    beantwortet: BTreeSet<String>,
    gekannt: HashSet<String>,
    je_art: HashMap<String, usize>,
    offen: Vec<Anfrage>,
    werte: BTreeSet<String>,
}

impl Gang {
    pub fn neu(router: Router) -> Self {
        Self {
            router,
            funde: Vec::new(),
            gestellt: HashSet::new(),
            routen: Routen::der_quellen(),
            erreicht: HashMap::new(),
            gut: BTreeMap::new(),
            beantwortet: BTreeSet::new(),
            gekannt: HashSet::new(),
            je_art: HashMap::new(),
            offen: Vec::new(),
            werte: BTreeSet::new(),
        }
    }

    /// Requests sent.
    pub fn anfragen(&self) -> usize {
        self.gestellt.len()
    }

    /// Walks until nothing new is left: these addresses, what they lead to, what is
    /// described, the same in each of the pasts, and what is asked wrongly.
    pub async fn gehe(&mut self, anfaenge: &[String], zeiten: &[String]) {
        let doc = sende(self.router.clone(), lies("/api?f=json")).await;
        let doc: Value = serde_json::from_str(&doc.text).unwrap();
        let pfade = doc["paths"].as_object().unwrap();
        assert!(pfade.len() > 40, "{}", pfade.len());
        for pfad in pfade.keys() {
            self.routen.ergaenze(pfad);
        }
        self.merke("/");
        for (muster, offen) in self.routen.alle() {
            if offen && !muster.contains('{') {
                self.merke(&muster);
            }
        }
        self.offen
            .extend(anfaenge.iter().map(|adresse| lies(adresse)));
        self.folge().await;
        self.beschriebenes(&doc).await;
        self.unerreichte_muster().await;
        self.medien().await;
        for zeit in zeiten {
            let damals = |adresse: &String| lies(&format!("/stand/{zeit}{adresse}"));
            let gut = self
                .gut
                .values()
                .flat_map(|pfade| pfade.iter().take(JE_ART));
            let neu: Vec<_> = gut.chain(anfaenge).map(damals).collect();
            self.offen.extend(neu);
            self.folge().await;
        }
        self.falsches().await;
    }

    /// Patterns everybody may read that never answered 200; today, or in one of the pasts.
    pub fn unerreicht(&self, zeit: &str) -> Vec<String> {
        let gut =
            |muster: &str| self.erreicht.get(&(zeit.to_owned(), muster.to_owned())) == Some(&200);
        let alle = self.routen.alle().into_iter();
        alle.filter(|(muster, offen)| *offen && (zeit.is_empty() || hat_vergangenheit(muster)))
            .filter(|(muster, _)| !gut(muster))
            .map(|(muster, _)| muster)
            .collect()
    }

    /// Patterns not for everybody that answered nobody with success.
    pub fn zu_offen(&self) -> Vec<String> {
        let alle = self.routen.alle().into_iter();
        alle.filter(|(muster, offen)| {
            !offen
                && self
                    .erreicht
                    .get(&(String::new(), muster.clone()))
                    .is_some_and(|status| *status < 300)
        })
        .map(|(muster, _)| muster)
        .collect()
    }

    /// Asked for by its key, in the path or a parameter, what is hidden answers as what never
    /// was.
    pub async fn verborgenes_gleicht_nichts(&self, kennungen: &[&str]) -> Vec<String> {
        let mut muster = BTreeSet::new();
        for (m, _) in self.routen.alle() {
            if m.contains('{') {
                for art in self.arten() {
                    muster.insert(m.replace("{art}", &art));
                }
            }
        }
        for anfrage in &self.gestellt {
            let (pfad, frage) = anfrage.adresse.split_once('?').unwrap_or_default();
            if let Some(name) = frage.strip_suffix("=a")
                && !pfad.is_empty()
            {
                muster.insert(format!("{pfad}?{name}={{wert}}"));
            }
        }
        let mut fragen = Vec::new();
        for kennung in kennungen {
            for muster in &muster {
                let enden: &[&str] = if muster.contains('?') {
                    &["&f=json"]
                } else {
                    &["?f=json", "?f=html"]
                };
                for ende in enden {
                    fragen.push((format!("{muster}{ende}"), (*kennung).to_owned()));
                }
            }
        }
        let mut laufend = JoinSet::new();
        let mut anders = Vec::new();
        let mut rest = fragen.into_iter();
        loop {
            while laufend.len() < GLEICHZEITIG
                && let Some((muster, kennung)) = rest.next()
            {
                laufend.spawn(gleicht_nichts(self.router.clone(), muster, kennung));
            }
            match laufend.join_next().await {
                None => break anders,
                Some(ergebnis) => anders.extend(ergebnis.unwrap()),
            }
        }
    }

    /// Kinds of things `{art}` stands for, as the walk met them.
    fn arten(&self) -> BTreeSet<String> {
        let mut arten = BTreeSet::from(["massnahme".to_owned()]);
        for anfrage in &self.gestellt {
            if let Some(rest) = anfrage.adresse.strip_prefix("/verlauf/") {
                arten.extend(rest.split('/').next().map(str::to_owned));
            }
        }
        arten
    }

    /// Asks an address later, unless enough of its kind were asked.
    fn merke(&mut self, adresse: &str) {
        if !self.gekannt.insert(adresse.to_owned()) {
            return;
        }
        let (ganz, frage) = adresse.split_once('?').unwrap_or((adresse, ""));
        let (pfad, zeit) = heute(ganz);
        // An address no pattern knows is answered by 404: a few are enough.
        let muster = self.routen.passend(pfad).unwrap_or("").to_owned();
        let mut format = "";
        let mut namen = Vec::new();
        for paar in frage.split('&').filter(|paar| !paar.is_empty()) {
            match paar.strip_prefix("f=") {
                Some(f) => format = f,
                None => namen.push(paar.split('=').next().unwrap_or_default()),
            }
        }
        // Of every collection its own documents: the pattern alone would hide all but a few.
        let ebene = pfad
            .strip_prefix("/collections/")
            .filter(|_| namen.is_empty())
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default();
        if namen.is_empty() {
            namen.push("");
        }
        let mut neu = false;
        let hoechstens = if zeit.is_empty() { JE_ART } else { 1 };
        for name in namen {
            let art = format!("{zeit} {muster} {ebene} {name} {format}");
            let zahl = self.je_art.entry(art).or_default();
            neu |= *zahl < hoechstens;
            *zahl += 1;
        }
        if neu {
            self.offen.push(lies(adresse));
        }
    }

    /// Asks what is open, and what that leads to.
    async fn folge(&mut self) {
        while !self.offen.is_empty() {
            let offen = std::mem::take(&mut self.offen);
            self.frage(offen).await;
        }
    }

    async fn frage(&mut self, anfragen: Vec<Anfrage>) {
        let mut laufend = JoinSet::new();
        let mut rest = anfragen.into_iter();
        loop {
            while laufend.len() < GLEICHZEITIG
                && let Some(anfrage) = rest.next()
            {
                if self.gestellt.insert(anfrage.clone()) {
                    laufend.spawn(sende(self.router.clone(), anfrage));
                }
            }
            match laufend.join_next().await {
                None => break,
                Some(antwort) => self.verbuche(antwort.unwrap()),
            }
        }
        assert!(self.gestellt.len() < 20_000, "no end");
    }

    fn verbuche(&mut self, antwort: Antwort) {
        let adresse = &antwort.anfrage.adresse;
        let (ganz, frage) = adresse.split_once('?').unwrap_or((adresse, ""));
        let (pfad, zeit) = heute(ganz);
        if let Some(muster) = self.routen.passend(pfad).map(str::to_owned)
            && antwort.anfrage.methode == "GET"
        {
            if zeit.is_empty() && antwort.status == 200 {
                self.beantwortet.insert(pfad.to_owned());
            }
            if frage.is_empty() && zeit.is_empty() && antwort.status == 200 {
                let gut = self.gut.entry(muster.clone()).or_default();
                if !gut.iter().any(|schon| schon == pfad) {
                    gut.push(pfad.to_owned());
                }
            }
            let bester = self
                .erreicht
                .entry((zeit.to_owned(), muster))
                .or_insert(antwort.status);
            *bester = (*bester).min(antwort.status);
        }
        self.funde.extend(antwort.funde);
        if self.werte.len() < 600 {
            self.werte.extend(antwort.werte);
        }
        let mut wege: Vec<_> = antwort.wege.into_iter().collect();
        wege.sort();
        for weg in wege {
            self.merke(&weg);
        }
    }

    /// Every path of the document with every parameter it names, one at a time.
    async fn beschriebenes(&mut self, doc: &Value) {
        let pfade = doc["paths"].as_object().into_iter().flatten();
        let mut je_muster: HashMap<String, usize> = HashMap::new();
        for (beschrieben, inhalt) in pfade {
            // Some answer only with a parameter; a collection without objects has none to ask for.
            let pfad = if beschrieben.contains('{') {
                self.belege(beschrieben).await
            } else {
                Some(beschrieben.clone())
            };
            let Some(pfad) = pfad else { continue };
            let muster = self.routen.passend(beschrieben).unwrap_or_default();
            let schon = je_muster.entry(muster.to_owned()).or_default();
            *schon += 1;
            let mut fragen = vec![pfad.clone()];
            for (name, schema) in werte::parameter(doc, inhalt) {
                // Collections share what they take: all of it is tried on a few.
                if *schon > 2 && name != "f" {
                    continue;
                }
                for wert in werte::beispiele(name, schema, &self.werte) {
                    fragen.push(format!("{pfad}?{name}={wert}"));
                    if name != "f" {
                        fragen.push(format!("{pfad}?{name}={wert}&f=html"));
                    }
                }
            }
            self.offen
                .extend(fragen.iter().map(|adresse| lies(adresse)));
        }
        self.folge().await;
    }

    /// An address of a pattern that answers: one a link led to, else of the keys seen so far.
    async fn belege(&mut self, muster: &str) -> Option<String> {
        let bekannt = |gang: &Self| {
            gang.gut
                .values()
                .flatten()
                .find(|pfad| faellt(muster, pfad))
                .cloned()
        };
        if let Some(pfad) = bekannt(self) {
            return Some(pfad);
        }
        let mut versuche: Vec<String> = self
            .schluessel_fuer(muster)
            .iter()
            .map(|wert| {
                let teile = muster.split('/');
                let teile = teile.map(|teil| {
                    if teil.starts_with('{') {
                        wert.as_str()
                    } else {
                        teil
                    }
                });
                teile.collect::<Vec<_>>().join("/")
            })
            .collect();
        versuche.dedup();
        for stapel in versuche.chunks(GLEICHZEITIG) {
            self.frage(stapel.iter().map(|adresse| lies(adresse)).collect())
                .await;
            if let Some(pfad) = bekannt(self) {
                return Some(pfad);
            }
        }
        None
    }

    /// Keys to try on a pattern: first those under which related addresses answered
    /// (`/ortsteil/…` as `/ortsteile/…`), then what was seen anywhere.
    fn schluessel_fuer(&self, muster: &str) -> Vec<String> {
        let stamm = muster.get(..6.min(muster.len())).unwrap_or_default();
        let verwandte = self
            .beantwortet
            .iter()
            .filter(|pfad| pfad.starts_with(stamm))
            .filter_map(|pfad| pfad.split('/').nth(2).map(str::to_owned));
        let mut schluessel: Vec<String> = verwandte.collect::<BTreeSet<_>>().into_iter().collect();
        schluessel.truncate(VERSUCHE / 2);
        schluessel.extend(self.werte.iter().take(VERSUCHE).cloned());
        schluessel
    }

    async fn unerreichte_muster(&mut self) {
        for muster in self.unerreicht("") {
            self.belege(&muster).await;
        }
        self.folge().await;
    }

    /// One address of every pattern in every medium.
    async fn medien(&mut self) {
        for pfade in self.gut.values() {
            for accept in MEDIEN {
                self.offen.push(Anfrage {
                    accept,
                    ..lies(&pfade[0])
                });
            }
        }
        self.folge().await;
    }

    /// Other methods and broken requests: errors are answers too.
    async fn falsches(&mut self) {
        for (muster, _) in self.routen.alle() {
            let pfad = match self.gut.get(&muster) {
                Some(pfade) => pfade[0].clone(),
                None => muster.replace(['{', '}'], ""),
            };
            for methode in ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
                let koerper = if methode == "POST" { "{}" } else { "" };
                self.offen.push(Anfrage {
                    methode,
                    accept: "application/json",
                    koerper,
                    ..lies(&pfad)
                });
            }
            self.offen.push(Anfrage {
                methode: "POST",
                koerper: UMKREIS,
                ..lies(&pfad)
            });
            for ende in [
                "?gibtesnicht=1",
                "?f=gibtesnicht",
                "?limit=0",
                "?bbox=a",
                "?f=json&f=html",
                "?%FF=1",
                "/gibtesnicht",
            ] {
                self.offen.push(lies(&format!("{pfad}{ende}")));
            }
            self.offen.push(Anfrage {
                accept: "image/png",
                ..lies(&pfad)
            });
        }
        self.folge().await;
    }

    /// One address alone.
    pub async fn pruefe(&mut self, adresse: &str) -> u16 {
        let antwort = sende(self.router.clone(), lies(adresse)).await;
        let status = antwort.status;
        self.verbuche(antwort);
        status
    }
}
