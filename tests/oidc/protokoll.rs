//! What the service logs while the test runs: never a secret.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Everything logged from its start, `DEBUG` and above.
#[derive(Clone, Default)]
pub struct Protokoll(Arc<Mutex<Vec<u8>>>);

impl Write for Protokoll {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Protokoll {
    pub fn beginne() -> Self {
        let neu = Self::default();
        let fuer = neu.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || fuer.clone())
            .init();
        neu
    }

    /// The secret of ours, as it is and as it goes over the wire.
    pub fn pruefe(&self, geheim: &str) {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("signed in by OIDC"), "something was logged");
        let prozent: String =
            openidconnect::url::form_urlencoded::byte_serialize(geheim.as_bytes()).collect();
        let basic = STANDARD.encode(format!("zielraum:{prozent}"));
        for form in [geheim, &prozent, &basic] {
            assert!(!text.contains(form), "{form}");
        }
    }
}
