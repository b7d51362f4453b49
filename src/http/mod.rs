//! What every route shares and no domain knows: problems, negotiation, links,
//! query parameters, the OpenAPI builder, the frame of an HTML page.
//!
//! Handlers take one [`extract::Anfrage`], return `Result<Response, Problem>`,
//! and [`frame::begleite`] does the rest once for all routes.

pub mod extract;
pub mod frame;
pub mod link;
pub mod negotiate;
pub mod openapi;
pub mod page;
pub mod problem;

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
