//! Flurstücke: the Kennzeichen of ALKIS, and the numbers as a clerk types them.
//!
//! Kennzeichen (`GeoInfoDok`, `AX_Flurstueck`): Land 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4,
//! Folge 2 places, leading zeros, `_` where an element is not set. Offices also deliver zeros
//! in the places not set, leave trailing places out, or write the older form of the ALB,
//! `091234-003-01234/005`. One form is stored, so that one parcel has one address.

/// A Kennzeichen in its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kennzeichen {
    /// Land and Gemarkung, six digits.
    pub gemarkung: String,
    /// Flur; None where the Gemarkung is not divided.
    pub flur: Option<u16>,
    /// Number before the slash.
    pub zaehler: u32,
    /// Number behind the slash.
    pub nenner: Option<u16>,
    /// Continuation, two places, where set.
    pub folge: Option<String>,
}

impl std::fmt::Display for Kennzeichen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.gemarkung)?;
        match self.flur {
            Some(flur) => write!(f, "{flur:03}")?,
            None => f.write_str("___")?,
        }
        write!(f, "{:05}", self.zaehler)?;
        match self.nenner {
            Some(nenner) => write!(f, "{nenner:04}")?,
            None => f.write_str("____")?,
        }
        f.write_str(self.folge.as_deref().unwrap_or("__"))
    }
}

impl Kennzeichen {
    /// Reads any of the written forms; None when the text is no Kennzeichen.
    ///
    /// ```
    /// use zielraum::gemeinde::flurstueck::Kennzeichen;
    /// let geschrieben = |text| Kennzeichen::lies(text).map(|k| (k.to_string(), k.nummer()));
    /// let gleich = Some(("091234___012340005__".to_owned(), "1234/5".to_owned()));
    /// assert_eq!(geschrieben("091234000012340005"), gleich);
    /// assert_eq!(Kennzeichen::lies("091234-003-01234/005").map(|k| k.nummer()).as_deref(), Some("1234/5"));
    /// ```
    #[must_use]
    pub fn lies(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.strip_prefix("DE").unwrap_or(&text).to_uppercase();
        if text.contains(['-', '/']) {
            return Self::lies_alb(&text);
        }
        if !text.is_ascii() || !(14..=20).contains(&text.len()) {
            return None;
        }
        let voll = format!("{text:_<20}");
        let folge = &voll[18..20];
        let k = Self {
            gemarkung: ziffern(&voll[..6])?.to_owned(),
            flur: gesetzt(&voll[6..9])?,
            zaehler: ziffern(&voll[9..14])?.parse().ok()?,
            nenner: gesetzt(&voll[14..18])?,
            folge: (!matches!(folge, "__" | "00" | "0_" | "_0")).then(|| folge.to_owned()),
        };
        let folge_gut = folge.chars().all(|c| c.is_ascii_alphanumeric()) || k.folge.is_none();
        (k.zaehler > 0 && folge_gut).then_some(k)
    }

    /// `LLGGGG-FFF-ZZZZZ/NNN[.NN]`, the Flur may be missing.
    fn lies_alb(text: &str) -> Option<Self> {
        let (vorn, hinten) = text.split_once('-')?;
        let (flur, nummer) = match hinten.split_once('-') {
            Some((flur, nummer)) => (gesetzt(flur)?, nummer),
            None => (None, hinten),
        };
        let (zaehler, nenner) = bruch(nummer.split('.').next()?)?;
        (vorn.len() == 6).then_some(())?;
        Some(Self {
            gemarkung: ziffern(vorn)?.to_owned(),
            flur,
            zaehler,
            nenner,
            folge: None,
        })
    }

    /// `1234/5`, as people say it.
    #[must_use]
    pub fn nummer(&self) -> String {
        match self.nenner {
            Some(nenner) => format!("{}/{nenner}", self.zaehler),
            None => self.zaehler.to_string(),
        }
    }
}

fn ziffern(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// An element that may be unset: underscores or zeros. None: neither this nor a number.
#[expect(clippy::option_option, reason = "unreadable and unset differ")]
fn gesetzt(text: &str) -> Option<Option<u16>> {
    let zahl = text.trim_matches('_');
    if zahl.is_empty() {
        return Some(None);
    }
    let zahl: u16 = ziffern(zahl)?.parse().ok()?;
    Some((zahl > 0).then_some(zahl))
}

/// `1234/5`, `1234`, `01234/0005`; a Nenner of zeros is none. None: no Flurstücksnummer.
#[must_use]
pub fn bruch(text: &str) -> Option<(u32, Option<u16>)> {
    let (zaehler, nenner) = match text.split_once('/') {
        Some((zaehler, nenner)) => (zaehler.trim(), gesetzt(nenner.trim())?),
        None => (text.trim(), None),
    };
    let zaehler: u32 = ziffern(zaehler)?.parse().ok()?;
    (1..=99_999).contains(&zaehler).then_some(())?;
    (nenner.is_none_or(|n| n <= 9999)).then_some((zaehler, nenner))
}

/// Longest text that is looked at, in bytes.
const LAENGE_MAX: usize = 200;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suche {
    /// The one of this Kennzeichen.
    Kennzeichen(Kennzeichen),
    /// All of this number.
    Nummer {
        /// Name or number of the Gemarkung (four digits, or six with the Land).
        gemarkung: Option<String>,
        /// Flur; `Some(0)` is said where the Gemarkung has none.
        flur: Option<u16>,
        /// Number before the slash.
        zaehler: u32,
        /// Number behind the slash; None finds all of the Zähler.
        nenner: Option<u16>,
    },
}

impl Suche {
    /// Reads what a clerk types: `1234/5`, `Erpfting 1234/5`, `Gemarkung Erpfting, Flur 0,
    /// 1234/5`, `Fl.Nr. 1234/5`, `Erpfting 3-12/4`, a Kennzeichen. None: nothing like it.
    #[must_use]
    pub fn lies(text: &str) -> Option<Self> {
        if let Some(kennzeichen) = Kennzeichen::lies(text) {
            return Some(Self::Kennzeichen(kennzeichen));
        }
        // "12/" and "12/a" are no numbers, and no guess is better than a wrong parcel.
        let lose = |(i, _): (usize, &str)| {
            let (davor, danach) = (text[..i].trim_end(), text[i + 1..].trim_start());
            davor.ends_with(|c: char| c.is_ascii_digit())
                && !danach.starts_with(|c: char| c.is_ascii_digit())
        };
        if text.len() > LAENGE_MAX || text.match_indices('/').any(lose) {
            return None;
        }
        let stuecke = zerlege(text);
        let mut gemarkung: Vec<&str> = Vec::new();
        let mut zahlen: Vec<(u32, Option<u16>, bool)> = Vec::new();
        let mut flur = None;
        let mut davor = "";
        for stueck in &stuecke {
            if stueck.starts_with(|c: char| c.is_ascii_digit()) {
                let schraeg = stueck.contains('/');
                if davor == "flur" && !schraeg && flur.is_none() {
                    flur = Some(stueck.parse().ok()?);
                } else if davor == "gemarkung" && !schraeg && matches!(stueck.len(), 4 | 6) {
                    gemarkung.push(stueck);
                } else if let Some((zaehler, nenner)) = bruch(stueck) {
                    zahlen.push((zaehler, nenner, schraeg));
                } else if stueck.bytes().all(|b| b == b'0') && flur.is_none() {
                    flur = Some(0); // "Erpfting 0 1234/5"
                } else {
                    return None;
                }
            }
            match ist_wort(stueck) {
                Wort::Zahl => davor = "",
                Wort::Merkwort(wort) => davor = wort,
                Wort::Name => {
                    gemarkung.push(stueck);
                    davor = "";
                }
            }
        }
        let (zaehler, nenner) = match zahlen[..] {
            [(zaehler, nenner, _)] => (zaehler, nenner),
            // "Erpfting 3-12/4": the first number is the Flur.
            [(erste, None, false), (zaehler, nenner, _)] if flur.is_none() => {
                flur = Some(u16::try_from(erste).ok().filter(|flur| *flur < 1000)?);
                (zaehler, nenner)
            }
            _ => return None,
        };
        Some(Self::Nummer {
            gemarkung: (!gemarkung.is_empty()).then(|| gemarkung.join(" ")),
            flur,
            zaehler,
            nenner,
        })
    }
}

enum Wort {
    Zahl,
    /// A word that says what the next number is.
    Merkwort(&'static str),
    Name,
}

fn ist_wort(stueck: &str) -> Wort {
    if stueck.starts_with(|c: char| c.is_ascii_digit()) {
        return Wort::Zahl;
    }
    match stueck.to_lowercase().as_str() {
        "gemarkung" | "gem" | "gmk" | "gmkg" => Wort::Merkwort("gemarkung"),
        "flur" => Wort::Merkwort("flur"),
        // "Flur-Nr." is Bavarian for the number of the parcel.
        "flurstück" | "flurstücke" | "flurstueck" | "flurstücks" | "flurstuecks" | "flst"
        | "flstk" | "flurst" | "fl" | "fst" | "nr" | "nummer" | "no" | "flnr" | "flstnr"
        | "flstnummer" | "flurnr" | "flurnummer" | "flurstücksnummer" | "flurstuecksnummer"
        | "grundstück" | "grundstueck" | "in" | "der" | "von" => Wort::Merkwort("nummer"),
        _ => Wort::Name,
    }
}

/// Words and numbers; a slash binds two numbers, also with blanks around it.
fn zerlege(text: &str) -> Vec<String> {
    let mut stuecke: Vec<String> = Vec::new();
    let mut offen = String::new();
    let zeichen: Vec<char> = text.chars().collect();
    let ziffer_danach = |ab: usize| {
        zeichen[ab..]
            .iter()
            .find(|c| !c.is_whitespace())
            .is_some_and(char::is_ascii_digit)
    };
    for (i, &c) in zeichen.iter().enumerate() {
        let ziffern_offen = offen.starts_with(|c: char| c.is_ascii_digit());
        if c.is_ascii_digit() && (offen.is_empty() || ziffern_offen) {
            offen.push(c);
        } else if c == '/' && ziffer_danach(i + 1) && !offen.contains('/') {
            if offen.is_empty()
                && let Some(letztes) = stuecke.last()
                && letztes.bytes().all(|b| b.is_ascii_digit())
            {
                offen = stuecke.pop().unwrap_or_default();
            }
            offen.push('/');
        } else if c.is_whitespace() && offen.ends_with('/') {
            // "1234 / 5"
        } else if c.is_alphabetic() && (offen.is_empty() || !ziffern_offen) {
            offen.push(c);
        // Hyphens inside names stay: "Bad Soden-Salmünster".
        } else if c == '-'
            && !offen.is_empty()
            && !ziffern_offen
            && zeichen.get(i + 1).is_some_and(|n| n.is_alphabetic())
            && !matches!(ist_wort(&offen), Wort::Merkwort(_))
        {
            offen.push(c);
        } else {
            if !offen.is_empty() {
                stuecke.push(std::mem::take(&mut offen));
            }
            if c.is_alphanumeric() {
                offen.push(c);
            }
        }
    }
    if !offen.is_empty() {
        stuecke.push(offen);
    }
    stuecke
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kennzeichen_in_every_form_of_delivery() {
        for (text, soll) in [
            ("091234___012340005__", "091234___012340005__"),
            ("09123400001234000500", "091234___012340005__"),
            ("091234___01234", "091234___01234______"),
            ("091234003012340005", "091234003012340005__"),
            ("09 1234 003 01234 0005 __", "091234003012340005__"),
            ("DE091234003012340005__", "091234003012340005__"),
            ("09123400301234000501", "09123400301234000501"),
            ("091234-003-01234/005", "091234003012340005__"),
            ("091234-000-01234/0000.00", "091234___01234______"),
            ("091234-1234/5", "091234___012340005__"),
        ] {
            assert_eq!(
                Kennzeichen::lies(text).map(|k| k.to_string()).as_deref(),
                Some(soll),
                "{text}"
            );
        }
        for falsch in [
            "",
            "1234/5",
            "091234___00000______",
            "09123X___01234______",
            "091234___012340005__0",
            "0912340010123400ä5__",
            "91234-1234/5",
        ] {
            assert_eq!(Kennzeichen::lies(falsch), None, "{falsch}");
        }
    }

    fn nummer(
        gemarkung: Option<&str>,
        flur: Option<u16>,
        zaehler: u32,
        nenner: Option<u16>,
    ) -> Suche {
        Suche::Nummer {
            gemarkung: gemarkung.map(str::to_owned),
            flur,
            zaehler,
            nenner,
        }
    }

    #[test]
    fn numbers_as_clerks_type_them() {
        let erpfting = Some("Erpfting");
        for (text, soll) in [
            ("1234/5", nummer(None, None, 1234, Some(5))),
            ("1234 / 5", nummer(None, None, 1234, Some(5))),
            ("1234", nummer(None, None, 1234, None)),
            ("01234/0005", nummer(None, None, 1234, Some(5))),
            ("Fl.Nr. 1234/5", nummer(None, None, 1234, Some(5))),
            ("Flur-Nr. 1234/5", nummer(None, None, 1234, Some(5))),
            (
                "FlNr.1234/5 Erpfting",
                nummer(erpfting, None, 1234, Some(5)),
            ),
            ("Erpfting 1234/5", nummer(erpfting, None, 1234, Some(5))),
            (
                "Gemarkung Erpfting, Flur 0, 1234/5",
                nummer(erpfting, Some(0), 1234, Some(5)),
            ),
            (
                "Gem. Erpfting Flur 3 Flurstück 12",
                nummer(erpfting, Some(3), 12, None),
            ),
            ("Erpfting 3-12/4", nummer(erpfting, Some(3), 12, Some(4))),
            (
                "Erpfting 0 1234/5",
                nummer(erpfting, Some(0), 1234, Some(5)),
            ),
            (
                "Flurstück 7 der Gemarkung Bad Soden-Salmünster",
                nummer(Some("Bad Soden-Salmünster"), None, 7, None),
            ),
            (
                "Gemarkung 098432, 1234/5",
                nummer(Some("098432"), None, 1234, Some(5)),
            ),
        ] {
            assert_eq!(Suche::lies(text), Some(soll), "{text}");
        }
        assert!(matches!(
            Suche::lies("098432___012340005__"),
            Some(Suche::Kennzeichen(_))
        ));
        for falsch in ["", "Erpfting", "1 2 3", "123456/1", "Flur 3", "12/a5"] {
            assert_eq!(Suche::lies(falsch), None, "{falsch}");
        }
    }
}
