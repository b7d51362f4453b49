//! Bodies of answers: prepared bytes without a copy, or chunks from a task that may fail.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::error::{Error, Result};

/// A client that takes nothing for so long is given up.
const GEDULD: Duration = Duration::from_mins(1);

/// Bytes that stand ready, of known length.
#[derive(Debug)]
pub struct Stuecke {
    stuecke: VecDeque<Bytes>,
    rest: u64,
}

impl Stuecke {
    /// One body of all pieces.
    #[must_use]
    pub fn neu(stuecke: Vec<Bytes>) -> Self {
        let rest = stuecke.iter().map(|bytes| bytes.len() as u64).sum();
        Self {
            stuecke: stuecke.into(),
            rest,
        }
    }
}

impl HttpBody for Stuecke {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let stueck = self.stuecke.pop_front();
        self.rest -= stueck.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Poll::Ready(stueck.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.stuecke.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest)
    }
}

/// What the writing task says.
#[derive(Debug)]
enum Nachricht {
    Bytes(Bytes),
    /// The rest: after it comes nothing.
    Letzte(Bytes),
    Fehler(Error),
}

/// Where a task writes an answer; it waits while the client does.
#[derive(Debug)]
pub struct Schreiber(mpsc::Sender<Nachricht>);

impl Schreiber {
    /// Passes a chunk on. The error means that nobody reads any more.
    pub async fn sende(&self, bytes: impl Into<Bytes>) -> Result<()> {
        self.melde(Nachricht::Bytes(bytes.into())).await
    }

    async fn melde(&self, nachricht: Nachricht) -> Result<()> {
        match tokio::time::timeout(GEDULD, self.0.send(nachricht)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Error::intern("the client has left")),
            Err(_) => Err(Error::intern("the client takes nothing")),
        }
    }

    /// Passes the rest on. Without this, or after an error, the answer breaks off visibly.
    pub async fn beende(self, rest: Result<Vec<u8>>) {
        let letzte = match rest {
            Ok(rest) => Nachricht::Letzte(rest.into()),
            Err(fehler) => Nachricht::Fehler(fehler),
        };
        // Nobody reads: nobody is to be told.
        let _ = self.melde(letzte).await;
    }
}

/// The reading end.
#[derive(Debug)]
pub struct Strom {
    erste: Option<Bytes>,
    kanal: mpsc::Receiver<Nachricht>,
    fertig: bool,
}

impl Strom {
    /// A writer, and what it writes; so many chunks wait for a client that reads slowly.
    #[must_use]
    pub fn neu(wartend: usize) -> (Schreiber, Self) {
        let (sender, kanal) = mpsc::channel(wartend);
        let strom = Self {
            erste: None,
            kanal,
            fertig: false,
        };
        (Schreiber(sender), strom)
    }

    /// Waits for the first chunk: what fails before it is an error like any other.
    ///
    /// # Errors
    /// What the task failed with.
    pub async fn beginne(mut self) -> Result<Self> {
        match self.kanal.recv().await {
            Some(Nachricht::Bytes(bytes)) => self.erste = Some(bytes),
            Some(Nachricht::Letzte(bytes)) => {
                self.erste = Some(bytes);
                self.fertig = true;
            }
            Some(Nachricht::Fehler(fehler)) => return Err(fehler),
            None => return Err(Error::intern("the task that writes an answer ended")),
        }
        Ok(self)
    }

    /// Everything at once.
    ///
    /// # Errors
    /// What the task failed with.
    pub async fn alles(mut self) -> Result<Vec<u8>> {
        let mut out = self.erste.take().map_or_else(Vec::new, Vec::from);
        while !self.fertig {
            match self.kanal.recv().await {
                Some(Nachricht::Bytes(bytes)) => out.extend_from_slice(&bytes),
                Some(Nachricht::Letzte(bytes)) => {
                    out.extend_from_slice(&bytes);
                    self.fertig = true;
                }
                Some(Nachricht::Fehler(fehler)) => return Err(fehler),
                None => return Err(Error::intern("the task that writes an answer ended")),
            }
        }
        Ok(out)
    }
}

impl HttpBody for Strom {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        if let Some(erste) = self.erste.take() {
            return Poll::Ready(Some(Ok(Frame::data(erste))));
        }
        if self.fertig {
            return Poll::Ready(None);
        }
        self.kanal.poll_recv(cx).map(|nachricht| {
            let fehler = match nachricht {
                Some(Nachricht::Bytes(bytes)) => return Some(Ok(Frame::data(bytes))),
                Some(Nachricht::Letzte(bytes)) => {
                    self.fertig = true;
                    return (!bytes.is_empty()).then(|| Ok(Frame::data(bytes)));
                }
                Some(Nachricht::Fehler(fehler)) => fehler,
                None => Error::intern("the task that writes an answer ended"),
            };
            self.fertig = true;
            tracing::warn!(%fehler, "an answer broke off");
            Some(Err(fehler))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.fertig && self.erste.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let erste = self.erste.as_ref().map_or(0, |bytes| bytes.len() as u64);
        if self.fertig {
            return SizeHint::with_exact(erste);
        }
        let mut mindestens = SizeHint::new();
        mindestens.set_lower(erste);
        mindestens
    }
}

/// The body of an answer, however it comes about.
#[derive(Debug)]
pub enum Koerper {
    /// Ready.
    Fertig(Vec<Bytes>),
    /// Being written.
    Strom(Strom),
}

impl Koerper {
    /// Everything at once.
    ///
    /// # Errors
    /// What the writing task failed with.
    pub async fn alles(self) -> Result<Vec<u8>> {
        match self {
            Self::Fertig(stuecke) => Ok(stuecke.concat()),
            Self::Strom(strom) => strom.alles().await,
        }
    }
}

impl From<Koerper> for Body {
    fn from(koerper: Koerper) -> Self {
        match koerper {
            Koerper::Fertig(stuecke) => Self::new(Stuecke::neu(stuecke)),
            Koerper::Strom(strom) => Self::new(strom),
        }
    }
}
