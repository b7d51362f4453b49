//! The providers of `provider.mjs`, and their login pages driven as a browser does.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use openidconnect::url::Url;
use serde_json::{Value, json};

/// Node with both providers; ends with this value.
pub struct Anbieter {
    prozess: Child,
    /// Address of the certified provider.
    pub gut: String,
    /// Address of the one that errs.
    pub boese: String,
    /// Our secret at both.
    pub geheim: String,
    client: reqwest::Client,
}

impl Drop for Anbieter {
    fn drop(&mut self) {
        let _ = self.prozess.kill();
        let _ = self.prozess.wait();
    }
}

impl Anbieter {
    /// Fails with what to do where node or its packages are missing: a test that was asked for
    /// and did not run has not passed.
    pub fn starte(zurueck: &str) -> Self {
        let ordner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        assert!(
            ordner.join("node_modules/oidc-provider").exists(),
            "Es fehlt der Anmeldedienst für die Prüfung: ./test holt ihn, oder npm ci --prefix tests/oidc --ignore-scripts"
        );
        let mut prozess = Command::new("node")
            .arg(ordner.join("provider.mjs"))
            .arg(zurueck)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("node fehlt: bitte Node.js ab Version 20 installieren (Debian: nodejs)");
        let mut zeile = String::new();
        let ausgabe = prozess.stdout.take().unwrap();
        BufReader::new(ausgabe).read_line(&mut zeile).unwrap();
        let adressen: Value = serde_json::from_str(&zeile)
            .expect("der Anmeldedienst für die Prüfung startet nicht (Node.js ab Version 20?)");
        let text = |name: &str| adressen[name].as_str().unwrap().to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            gut: text("good"),
            boese: text("bad"),
            geheim: text("secret"),
            prozess,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
        }
    }

    async fn sage(&self, adresse: String, wert: &Value) -> String {
        let antwort = self.client.post(adresse).body(wert.to_string());
        antwort.send().await.unwrap().text().await.unwrap()
    }

    /// Somebody the certified provider knows.
    pub async fn person(&self, sub: &str, name: &str, gruppen: &[&str]) {
        let person =
            json!({ "sub": sub, "name": name, "preferred_username": sub, "groups": gruppen });
        self.sage(format!("{}/pruefung/person", self.gut), &person)
            .await;
    }

    /// From now on names and groups come by userinfo alone, and the keys are new.
    pub async fn kurze_ausweise(&self) {
        self.sage(format!("{}/pruefung/kurz", self.gut), &Value::Null)
            .await;
    }

    /// What the erring provider answers next.
    pub async fn antworte(&self, wert: &Value) {
        self.sage(format!("{}/pruefung/antwort", self.boese), wert)
            .await;
    }

    /// What the erring provider says of itself besides.
    pub async fn metadaten(&self, wert: &Value) {
        self.sage(format!("{}/pruefung/metadaten", self.boese), wert)
            .await;
    }

    /// What a page of the provider shows.
    pub async fn seite(&self, adresse: &str) -> String {
        let antwort = self.client.get(adresse).send().await.unwrap();
        assert_eq!(antwort.status(), 200);
        antwort.text().await.unwrap()
    }

    /// How often the erring provider was asked what it says of itself.
    pub async fn zahl(&self) -> u64 {
        let text = self
            .sage(format!("{}/pruefung/zahl", self.boese), &Value::Null)
            .await;
        let zahl: Value = serde_json::from_str(&text).unwrap();
        zahl["zahl"].as_u64().unwrap()
    }

    /// The last form the erring provider got at its token endpoint.
    pub async fn formular(&self) -> Value {
        let text = self
            .sage(format!("{}/pruefung/formular", self.boese), &Value::Null)
            .await;
        serde_json::from_str(&text).unwrap()
    }

    /// Goes the way a browser goes at the certified provider, until it leads back to us;
    /// `abbrechen` at the login page. Returns path and query of our address.
    pub async fn gehe(&self, start: &str, person: &str, abbrechen: bool) -> String {
        let mut kekse: Vec<(String, String)> = Vec::new();
        let mut url = Url::parse(start).unwrap();
        let mut formular: Option<String> = None;
        for _ in 0..20 {
            let request = match &formular {
                None => self.client.get(url.clone()),
                Some(inhalt) => self
                    .client
                    .post(url.clone())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(inhalt.clone()),
            };
            let alle: Vec<_> = kekse.iter().map(|(n, w)| format!("{n}={w}")).collect();
            let antwort = request.header("cookie", alle.join("; ")).send().await;
            let antwort = antwort.unwrap();
            for kopf in antwort.headers().get_all("set-cookie") {
                let kopf = kopf.to_str().unwrap();
                let (name, wert) = kopf.split(';').next().unwrap().split_once('=').unwrap();
                kekse.retain(|(n, _)| n != name);
                kekse.push((name.to_owned(), wert.to_owned()));
            }
            if let Some(ort) = antwort.headers().get("location") {
                url = url.join(ort.to_str().unwrap()).unwrap();
                formular = None;
                if url.host_str() == Some("zr.test") {
                    return format!("{}?{}", url.path(), url.query().unwrap_or_default());
                }
                continue;
            }
            let seite = antwort.text().await.unwrap();
            let nach = |marke: &str| {
                let rest = seite.split(marke).nth(1);
                let rest = rest.unwrap_or_else(|| panic!("no {marke} at {url}: {seite}"));
                rest.split('"').next().unwrap().to_owned()
            };
            let aktion = nach("action=\"");
            let schritt = nach("name=\"prompt\" value=\"");
            url = url.join(&aktion).unwrap();
            formular = Some(format!("prompt={schritt}&login={person}&password=x"));
            if abbrechen {
                formular = None;
                url = url.join(&format!("{}/abort", url.path())).unwrap();
            }
        }
        panic!("the provider leads nowhere: {url}");
    }
}
