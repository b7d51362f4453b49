//! The handbook in the service: the German chapters of `docs/`, with their pictures, at
//! `/handbuch`. A chapter is one entry in [`KAPITEL`].

use std::sync::LazyLock;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;

use crate::error::{Error, Result};

pub mod routes;

/// Name in addresses, text.
const KAPITEL: &[(&str, &str)] = &[
    ("qgis", include_str!("../../docs/qgis.md")),
    (
        "xplangml-export",
        include_str!("../../docs/xplangml-export.md"),
    ),
];

/// The address the texts use for the service.
const BEISPIEL: &str = "http://127.0.0.1:8080";

#[derive(RustEmbed)]
#[folder = "docs/bilder"]
struct Bilder;

/// One chapter, ready for a page.
#[derive(Debug)]
pub struct Kapitel {
    /// Name in addresses.
    pub name: &'static str,
    /// Its heading.
    pub titel: String,
    /// What follows the heading, HTML; [`BEISPIEL`] stands for the address of the service.
    html: String,
}

impl Kapitel {
    /// The text as it reads on the service at this address.
    #[must_use]
    pub fn html(&self, adresse: &str) -> String {
        let bilder = format!("src=\"{adresse}/handbuch/bilder/");
        self.html
            .replace(BEISPIEL, adresse)
            .replace("src=\"bilder/", &bilder)
    }
}

static ALLE: LazyLock<Vec<Kapitel>> = LazyLock::new(|| {
    KAPITEL
        .iter()
        .map(|(name, text)| setze(name, text))
        .collect()
});

/// All chapters, in the order of the handbook.
#[must_use]
pub fn alle() -> &'static [Kapitel] {
    &ALLE
}

/// One chapter.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown name.
pub fn kapitel(name: &str) -> Result<&'static Kapitel> {
    ALLE.iter()
        .find(|kapitel| kapitel.name == name)
        .ok_or_else(|| {
            let namen: Vec<&str> = ALLE.iter().map(|kapitel| kapitel.name).collect();
            Error::nicht_gefunden(format!(
                "Ein Kapitel „{name}“ hat das Handbuch nicht. Vorhanden: {}.",
                namen.join(", ")
            ))
        })
}

/// A picture, WebP.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown name.
pub fn bild(name: &str) -> Result<Vec<u8>> {
    let datei = Bilder::get(name).ok_or_else(|| {
        Error::nicht_gefunden(format!("Ein Bild „{name}“ hat das Handbuch nicht."))
    })?;
    Ok(datei.data.into_owned())
}

fn setze(name: &'static str, text: &str) -> Kapitel {
    let mut titel = String::new();
    let mut im_titel = false;
    let ereignisse: Vec<Event> = Parser::new_ext(text, Options::ENABLE_TABLES)
        .filter(|ereignis| match ereignis {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1,
                ..
            }) => {
                im_titel = true;
                false
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                im_titel = false;
                false
            }
            Event::Text(wort) | Event::Code(wort) if im_titel => {
                titel.push_str(wort);
                false
            }
            _ => true,
        })
        .collect();
    let mut html = String::new();
    html::push_html(&mut html, ereignisse.into_iter());
    // Wide tables scroll in their box; a keyboard reaches it.
    let html = html
        .replace(
            "<table>",
            "<div class=\"breit\" tabindex=\"0\" role=\"region\" aria-label=\"Tabelle\"><table>",
        )
        .replace("</table>", "</table></div>")
        .replace("<img ", "<img loading=\"lazy\" ");
    Kapitel { name, titel, html }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_picture_is_shown_and_every_picture_shown_exists() {
        let mut gezeigt = BTreeSet::new();
        for kapitel in alle() {
            assert!(!kapitel.titel.is_empty(), "{}", kapitel.name);
            for stelle in kapitel.html.split("src=\"").skip(1) {
                let adresse = stelle.split('"').next().unwrap();
                let name = adresse.strip_prefix("bilder/").unwrap();
                assert!(bild(name).unwrap().starts_with(b"RIFF"), "{name}");
                gezeigt.insert(name.to_owned());
            }
        }
        let vorhanden: BTreeSet<String> = Bilder::iter().map(|name| name.to_string()).collect();
        assert_eq!(gezeigt, vorhanden);
    }

    #[test]
    fn the_text_names_the_service_it_is_read_on() {
        let qgis = kapitel("qgis").unwrap();
        let text = qgis.html("https://plan.example.de");
        assert!(text.contains("https://plan.example.de/qgis"), "{text}");
        let gezeigt = "src=\"https://plan.example.de/handbuch/bilder/qgis-projekt.webp\"";
        assert!(text.contains(gezeigt), "{text}");
        assert!(!text.contains("127.0.0.1") && !text.contains("<h1"));
        assert!(kapitel("nichts").is_err() && bild("../qgis.md").is_err());
    }
}
