//! A static file by nginx: what a socket can do at all.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use super::last::{Anfragen, Ergebnis, laste};
use super::prozess::freier_port;

/// A static file by nginx.
pub struct Nginx {
    prozess: Child,
    adresse: String,
    ordner: std::path::PathBuf,
}

impl Nginx {
    /// None where there is none.
    pub fn starte(ordner: &Path) -> Result<Option<Self>> {
        let programm = std::env::var("NGINX").unwrap_or_else(|_| "nginx".into());
        let ordner = ordner.join("nginx");
        std::fs::create_dir_all(&ordner)?;
        let adresse = format!("127.0.0.1:{}", freier_port()?);
        let hier = ordner.display();
        let einstellungen = format!(
            "daemon off; pid {hier}/pid; error_log {hier}/error.log; worker_processes 2; events {{ worker_connections 64; }}\nhttp {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000; client_body_temp_path {hier}/b; proxy_temp_path {hier}/p; fastcgi_temp_path {hier}/f; uwsgi_temp_path {hier}/u; scgi_temp_path {hier}/s; server {{ listen {adresse}; root {hier}; }} }}\n"
        );
        std::fs::write(ordner.join("nginx.conf"), einstellungen)?;
        let prozess = Command::new(programm)
            .arg("-p")
            .arg(&ordner)
            .arg("-c")
            .arg(ordner.join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn();
        match prozess {
            Ok(prozess) => Ok(Some(Self {
                prozess,
                adresse,
                ordner,
            })),
            Err(fehler) if fehler.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(fehler) => bail!(fehler),
        }
    }

    pub async fn miss(&self, clients: usize, dauer: Duration, inhalt: &[u8]) -> Result<Ergebnis> {
        std::fs::write(self.ordner.join("seite.json"), inhalt)?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let anfragen = Anfragen {
            pfade: vec!["/seite.json".into()],
            gzip: false,
        };
        laste(&self.adresse, &anfragen, clients, dauer).await
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.ordner.join("pid")).unwrap_or_default();
        if let Ok(pid) = pid.trim().parse() {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGTERM,
            );
        }
        let _ = self.prozess.wait();
    }
}
