//! What can go wrong, in the domain's words. No HTTP here: `http/problem` turns
//! these into RFC 9457 answers and `cli` into exit codes.
//!
//! Which one to use where:
//! * [`Error::Eingabe`] – a file or a value we cannot take; the sentence says what
//!   is wrong, where, and what to do.
//! * [`Error::NichtGefunden`] – a plan, Ortsteil, layer … that does not exist for this caller.
//! * [`Error::Aufruf`] – the command or the query itself is wrong (unknown option, bad value).
//! * [`Error::Umgebung`] – the machine is not as it must be (no PostGIS, port taken, database busy).
//! * [`Error::Intern`] – ours; the cause goes to the log, never to the user.

/// Result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with a German sentence a clerk can act on (except [`Error::Intern`]).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input was read and is refused (exit 3, HTTP 400).
    #[error("{0}")]
    Eingabe(String),
    /// The thing asked for does not exist, or not for this caller (exit 3, HTTP 404).
    #[error("{0}")]
    NichtGefunden(String),
    /// Wrong usage (exit 2, HTTP 400); the parameter's name, where there is one.
    #[error("{text}")]
    Aufruf {
        /// Name of the query parameter or option at fault.
        parameter: Option<String>,
        /// German sentence.
        text: String,
    },
    /// The machine or another process is in the way (exit 1, HTTP 503).
    #[error("{0}")]
    Umgebung(String),
    /// Our fault (exit 1, HTTP 500).
    #[error("Interner Fehler: {0}")]
    Intern(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Refused input.
    pub fn eingabe(text: impl Into<String>) -> Self {
        Self::Eingabe(text.into())
    }
    /// Missing thing.
    pub fn nicht_gefunden(text: impl Into<String>) -> Self {
        Self::NichtGefunden(text.into())
    }
    /// Wrong usage without a parameter's name.
    pub fn aufruf(text: impl Into<String>) -> Self {
        Self::Aufruf {
            parameter: None,
            text: text.into(),
        }
    }
    /// Wrong value of one parameter.
    pub fn parameter(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Aufruf {
            parameter: Some(name.into()),
            text: text.into(),
        }
    }
    /// The machine's fault.
    pub fn umgebung(text: impl Into<String>) -> Self {
        Self::Umgebung(text.into())
    }
    /// Our fault, with the cause for the log.
    pub fn intern(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Intern(cause.into())
    }
    /// Exit code of the command line: 1 ours or the machine's, 2 usage, 3 refused or missing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Eingabe(_) | Self::NichtGefunden(_) => 3,
            Self::Aufruf { .. } => 2,
            Self::Umgebung(_) | Self::Intern(_) => 1,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::intern(cause)
    }
}
impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::intern(cause)
    }
}
