//! Who may do what: one table, one function (domain page strategie.md, section 7).
//!
//! Reading drafts is not decided here but by the reading world ([`super::Sicht`], row level
//! security): what a person may not see does not exist for them. Four eyes (who asked for a
//! release does not grant it) is a constraint of the database.

use super::akteur::{Akteur, Rolle, Umfang};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aktion {
    /// Read.
    Lesen,
    /// Make a new object; it begins as a draft.
    Anlegen,
    /// Change; a published object gets a draft on top, the public keeps the old one.
    Aendern,
    /// Remove for good; the history stays.
    Loeschen,
    /// Ask for release, or take the request back.
    Vorlegen,
    /// Publish what was asked for, or return it.
    Freigeben,
    /// Take back from the public.
    Zurueckziehen,
    /// Put aside: readable inside, no longer changed.
    Archivieren,
    /// Keep a field or an amount from the public, until a day or for good.
    Verdecken,
    /// End that before its day: the released value is public again.
    Aufdecken,
    /// Load files.
    Importieren,
}

impl Aktion {
    /// Every action.
    pub const ALLE: &[Self] = &[
        Self::Lesen,
        Self::Anlegen,
        Self::Aendern,
        Self::Loeschen,
        Self::Vorlegen,
        Self::Freigeben,
        Self::Zurueckziehen,
        Self::Archivieren,
        Self::Verdecken,
        Self::Aufdecken,
        Self::Importieren,
    ];

    /// The scope a token needs for it.
    fn umfang(self) -> Option<Umfang> {
        match self {
            // A token without it reads what the public reads.
            Self::Lesen => None,
            Self::Importieren => Some(Umfang::Import),
            _ => Some(Umfang::Schreiben),
        }
    }
}

/// On what it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Objektart {
    /// Whatever the caller's reading world shows: layers, pages, answers.
    Lesewelt,
    /// Whatever can be edited: which kind it is the handler finds out, and asks for that.
    Inhalt,
    /// The doors: sign-in, sign-out, the link of the first account.
    Anmeldung,
    /// One's own account: password, tokens.
    EigenesKonto,
    /// Accounts and roles.
    Konten,
    /// The list of what waits for a release; the object itself is asked by its own kind.
    Freigaben,
    /// Who changed what, and the past of internal rows.
    Verlauf,
    /// Strategie, Strategiefassung, Leitlinie, Handlungsfeld, Akteur, Zuständigkeit.
    Geruest,
    /// Ziel, with its effect on land uses.
    Ziel,
    /// Maßnahme with Teilschritte and links.
    Massnahme,
    /// Where a measure or goal lies.
    Raumbezug,
    /// Kennzahl.
    Kennzahl,
    /// Value of a Kennzahl.
    Kennzahlwert,
    /// Beschluss, Fachplan, Trend, saved question.
    Unterlage,
    /// Plan, its versions and areas.
    Plan,
    /// Restriction and subject areas.
    Fachdaten,
    /// Gemeinde, Ortsteil, Einwohner, Flurstück.
    Gemeindegebiet,
    /// Area of the village renewal.
    Gebiet,
    /// Finanzwert, Förderung, Programm, Produkt.
    Haushalt,
}

impl Objektart {
    /// Every kind.
    pub const ALLE: &[Self] = &[
        Self::Lesewelt,
        Self::Inhalt,
        Self::Anmeldung,
        Self::EigenesKonto,
        Self::Konten,
        Self::Freigaben,
        Self::Verlauf,
        Self::Geruest,
        Self::Ziel,
        Self::Massnahme,
        Self::Raumbezug,
        Self::Kennzahl,
        Self::Kennzahlwert,
        Self::Unterlage,
        Self::Plan,
        Self::Fachdaten,
        Self::Gemeindegebiet,
        Self::Gebiet,
        Self::Haushalt,
    ];
}

/// State of publication (`freigabe.zustand`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zustand {
    /// Draft, also the draft on top of a published row.
    Entwurf,
    /// Waits for its release.
    InFreigabe,
    /// Internal for good, or withdrawn.
    Intern,
    /// Public.
    Veroeffentlicht,
    /// Put aside.
    Archiviert,
}

impl Zustand {
    /// Every state.
    pub const ALLE: &[Self] = &[
        Self::Entwurf,
        Self::InFreigabe,
        Self::Intern,
        Self::Veroeffentlicht,
        Self::Archiviert,
    ];

    /// By key of `freigabe.zustand`.
    #[must_use]
    pub fn zu(schluessel: &str) -> Option<Self> {
        Some(match schluessel {
            "entwurf" => Self::Entwurf,
            "in_freigabe" => Self::InFreigabe,
            "intern" => Self::Intern,
            "veroeffentlicht" => Self::Veroeffentlicht,
            "archiviert" => Self::Archiviert,
            _ => return None,
        })
    }
}

/// One object, as far as a rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objekt {
    /// Kind.
    pub art: Objektart,
    /// State now; for a new object [`Zustand::Entwurf`].
    pub zustand: Zustand,
    /// The actor's Referat is responsible, or it lies in the actor's Ortsteil.
    pub eigen: bool,
}

/// Whom a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wer {
    Alle,
    Angemeldete,
    Rolle(Rolle),
}

/// Under which condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wann {
    Immer,
    In(&'static [Zustand]),
    EigenIn(&'static [Zustand]),
}

impl Wann {
    fn gilt(self, objekt: &Objekt) -> bool {
        match self {
            Self::Immer => true,
            Self::In(zustaende) => zustaende.contains(&objekt.zustand),
            Self::EigenIn(zustaende) => objekt.eigen && zustaende.contains(&objekt.zustand),
        }
    }
}

struct Regel(Wer, &'static [Aktion], &'static [Objektart], Wann);

use Aktion::{
    Aendern, Anlegen, Archivieren, Aufdecken, Freigeben, Importieren, Lesen, Loeschen, Verdecken,
    Vorlegen, Zurueckziehen,
};
use Objektart::{
    Anmeldung, EigenesKonto, Fachdaten, Freigaben, Gebiet, Gemeindegebiet, Geruest, Haushalt,
    Inhalt, Kennzahl, Kennzahlwert, Konten, Lesewelt, Massnahme, Plan, Raumbezug, Unterlage,
    Verlauf, Ziel,
};
use Zustand::{Archiviert, Entwurf, InFreigabe, Intern, Veroeffentlicht};

/// States in which content may change: what waits for its release or is put aside may not.
const OFFEN: &[Zustand] = &[Entwurf, Intern, Veroeffentlicht];
/// States before the public saw it, or after it was taken back.
const UNGESEHEN: &[Zustand] = &[Entwurf, Intern];
/// What is asked for, or taken back.
const VORLEGBAR: &[Zustand] = &[Entwurf, Intern, InFreigabe];
/// What is released one by one.
const FREIGEBBAR: &[Objektart] = &[
    Geruest, Ziel, Massnahme, Kennzahl, Unterlage, Plan, Fachdaten, Gebiet,
];
const STRATEGISCHES: &[Objektart] = &[
    Geruest,
    Ziel,
    Massnahme,
    Raumbezug,
    Kennzahl,
    Kennzahlwert,
    Unterlage,
];
const RAEUMLICHES: &[Objektart] = &[Plan, Fachdaten, Gemeindegebiet, Gebiet, Raumbezug];

/// The table. A right that stands in no row does not exist.
#[rustfmt::skip]
static REGELN: &[Regel] = &[
    Regel(Wer::Alle, &[Lesen], &[Lesewelt], Wann::Immer),
    Regel(Wer::Alle, &[Lesen, Aendern], &[Anmeldung], Wann::Immer),
    Regel(Wer::Angemeldete, &[Lesen, Aendern], &[EigenesKonto], Wann::Immer),
    Regel(Wer::Angemeldete, &[Lesen], &[Freigaben], Wann::Immer),
    // The way to a step; whose it is, the object's own rows say.
    Regel(Wer::Rolle(Rolle::Ortssprecher), &[Vorlegen], &[Freigaben], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Fachamt), &[Vorlegen], &[Freigaben], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Freigabe), &[Vorlegen, Verdecken, Aufdecken], &[Freigaben], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Kaemmerei), &[Verdecken], &[Freigaben], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Vorlegen], &[Freigaben], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Strategie), &[Vorlegen, Verdecken], &[Freigaben], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Ortssprecher), &[Aendern], &[Inhalt], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Fachamt), &[Aendern], &[Inhalt], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Aendern], &[Inhalt], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Kaemmerei), &[Aendern], &[Inhalt], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Strategie), &[Aendern], &[Inhalt], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Ortssprecher), &[Anlegen, Aendern, Loeschen], &[Massnahme, Raumbezug], Wann::EigenIn(&[Entwurf])),
    Regel(Wer::Rolle(Rolle::Ortssprecher), &[Vorlegen], &[Massnahme], Wann::EigenIn(&[Entwurf])),

    Regel(Wer::Rolle(Rolle::Fachamt), &[Anlegen, Aendern], &[Massnahme, Kennzahl, Kennzahlwert, Raumbezug], Wann::EigenIn(OFFEN)),
    Regel(Wer::Rolle(Rolle::Fachamt), &[Vorlegen], &[Massnahme, Kennzahl], Wann::EigenIn(VORLEGBAR)),
    Regel(Wer::Rolle(Rolle::Fachamt), &[Loeschen], &[Massnahme, Kennzahlwert, Raumbezug], Wann::EigenIn(UNGESEHEN)),

    Regel(Wer::Rolle(Rolle::Freigabe), &[Freigeben], FREIGEBBAR, Wann::In(&[InFreigabe])),
    Regel(Wer::Rolle(Rolle::Freigabe), &[Zurueckziehen], FREIGEBBAR, Wann::In(&[Veroeffentlicht, Entwurf, Archiviert])),
    Regel(Wer::Rolle(Rolle::Freigabe), &[Archivieren], FREIGEBBAR, Wann::In(&[Intern, Veroeffentlicht])),
    Regel(Wer::Rolle(Rolle::Freigabe), &[Verdecken, Aufdecken], FREIGEBBAR, Wann::Immer),
    Regel(Wer::Rolle(Rolle::Freigabe), &[Lesen], &[Verlauf], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Anlegen, Aendern, Importieren], RAEUMLICHES, Wann::In(OFFEN)),
    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Loeschen], RAEUMLICHES, Wann::In(UNGESEHEN)),
    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Vorlegen], &[Plan, Fachdaten, Gebiet], Wann::In(VORLEGBAR)),
    Regel(Wer::Rolle(Rolle::Stadtplanung), &[Lesen], &[Verlauf], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Kaemmerei), &[Anlegen, Aendern, Loeschen, Importieren], &[Haushalt], Wann::In(OFFEN)),
    // Amounts alone, whatever they belong to.
    Regel(Wer::Rolle(Rolle::Kaemmerei), &[Verdecken], &[Haushalt], Wann::Immer),
    Regel(Wer::Rolle(Rolle::Kaemmerei), &[Lesen], &[Verlauf], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Strategie), &[Anlegen, Aendern, Importieren], STRATEGISCHES, Wann::In(OFFEN)),
    Regel(Wer::Rolle(Rolle::Strategie), &[Loeschen], STRATEGISCHES, Wann::In(UNGESEHEN)),
    Regel(Wer::Rolle(Rolle::Strategie), &[Vorlegen], FREIGEBBAR, Wann::In(VORLEGBAR)),
    Regel(Wer::Rolle(Rolle::Strategie), &[Verdecken], FREIGEBBAR, Wann::Immer),
    Regel(Wer::Rolle(Rolle::Strategie), &[Lesen], &[Verlauf], Wann::Immer),

    Regel(Wer::Rolle(Rolle::Admin), &[Lesen, Anlegen, Aendern], &[Konten], Wann::Immer),
];

impl Regel {
    fn nennt(&self, akteur: &Akteur, aktion: Aktion, art: Objektart) -> bool {
        let wer = match self.0 {
            Wer::Alle => true,
            Wer::Angemeldete => akteur.konto().is_some(),
            Wer::Rolle(rolle) => akteur.konto().is_some_and(|konto| konto.ist(rolle)),
        };
        wer && self.1.contains(&aktion) && self.2.contains(&art)
    }
}

/// The actor may do it to this object.
#[must_use]
pub fn darf(akteur: &Akteur, aktion: Aktion, objekt: &Objekt) -> bool {
    schluessel_reicht(akteur, aktion, objekt.art)
        && REGELN
            .iter()
            .any(|regel| regel.nennt(akteur, aktion, objekt.art) && regel.3.gilt(objekt))
}

/// There is an object of the kind to which the actor may do it: the question a route asks
/// before it knows the object. A handler that changes one asks [`darf`].
#[must_use]
pub fn darf_je(akteur: &Akteur, aktion: Aktion, art: Objektart) -> bool {
    schluessel_reicht(akteur, aktion, art)
        && REGELN.iter().any(|regel| regel.nennt(akteur, aktion, art))
}

/// A token is no way to accounts, and never goes beyond its scopes.
fn schluessel_reicht(akteur: &Akteur, aktion: Aktion, art: Objektart) -> bool {
    let per_token = akteur
        .konto()
        .is_some_and(|konto| matches!(konto.herkunft, super::Herkunft::Token { .. }));
    if per_token && matches!(art, EigenesKonto | Konten) {
        return false;
    }
    match aktion.umfang() {
        _ if art == Anmeldung => true,
        None => art != Verlauf || akteur.erlaubt(Umfang::Lesen),
        Some(umfang) => akteur.erlaubt(umfang),
    }
}
