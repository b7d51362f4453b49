//! What every route shares and no domain knows: problems, negotiation, links,
//! query parameters, the OpenAPI builder, the frame of an HTML page.
//!
//! Handlers take one [`extract::Anfrage`], return `Result<Response, Problem>`,
//! and [`frame::begleite`] does the rest once for all routes.

pub mod datei;
pub mod extract;
pub mod frame;
pub mod koerper;
pub mod link;
pub mod negotiate;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod verbindung;

/// What the operator configured and every page or link needs; an extension of each request.
#[derive(Debug, Clone, Default)]
pub struct Kontext {
    /// Public address without a trailing slash; without it links follow the Host header.
    pub public_url: Option<String>,
    /// Pages show "Demodaten – keine amtlichen Angaben".
    pub demo: bool,
    /// The past day the request is answered from.
    pub rueckblick: Option<Rueckblick>,
}

/// A past day, as addresses and pages name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rueckblick {
    /// In addresses: `2026-05-01`.
    pub text: String,
    /// For people: „1.5.2026“.
    pub worte: String,
}

/// Who is signed in, as the frame of a page shows it; an extension of the request and of its
/// answer, which then goes to nobody else (no shared cache, no foreign page).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Display name; empty where the credentials were wrong.
    pub name: String,
    /// The answers show drafts.
    pub entwuerfe: bool,
    /// May look after accounts.
    pub verwaltung: bool,
    /// May, with some object at least: edit a measure; enter a value of a Kennzahl.
    pub formulare: Formulare,
    /// What every form must repeat; empty without a session.
    pub formularschutz: String,
}

/// Which forms a person is shown the way to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Formulare {
    /// A measure.
    pub massnahme: bool,
    /// A value of a Kennzahl.
    pub kennzahlwert: bool,
}

/// Extension of an answer that says itself what was wrong: a form, shown again.
#[derive(Debug, Clone, Copy)]
pub struct EigeneSeite;

/// Extension of an answer whose bytes must stay as they are: a file that is asked for in ranges.
#[derive(Debug, Clone, Copy)]
pub struct Ungepackt;

/// Extension of an answer to somebody signed in.
#[derive(Debug, Clone, Copy)]
pub struct Vertraulich;
