//! Namespaces: which one means XPlanGML of which version, and what else we meet.

/// `http://www.xplanung.de/xplangml/` + `5/1`.
const STAMM: &str = "http://www.xplanung.de/xplangml/";
/// Flattened view of the `XPlanSyn` WFS: text values instead of codes, not XPlanGML.
const XPLANSYN: &str = "http://www.deegree.org/xplanung/1/0";
const GML: &str = "http://www.opengis.net/gml";
const WFS: &str = "http://www.opengis.net/wfs";

/// Textual inclusion of other files, which a parser may follow; we never do.
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

/// Versions read here. 4.0 has the FP classes of 4.1 under the same names (its three
/// `…Flaeche` classes included) and is read by the rules of 4.1; the report says so.
const LESBAR: &[&str] = &[
    "4.0", "4.1", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1",
];

/// What a namespace stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raum {
    /// XPlanGML of a version we read.
    XPlan(&'static str),
    /// GML, any version.
    Gml,
    /// WFS, any version.
    Wfs,
    /// None at all, or another one.
    Fremd,
}

/// Namespace of an element. Err: the German reason why a namespace that belongs to
/// XPlanung cannot be read.
pub(super) fn raum(uri: &str) -> Result<Raum, String> {
    if let Some(rest) = uri.strip_prefix(STAMM) {
        let version = rest.trim_end_matches('/').replace('/', ".");
        return match LESBAR.iter().find(|v| **v == version) {
            Some(v) => Ok(Raum::XPlan(v)),
            None if version.starts_with(['1', '2', '3']) => Err(format!(
                "XPlanGML {version} (Namensraum {uri}) ist zu alt und wird nicht gelesen; gelesen werden {}. \
                 Bitte den Plan vom Planungsbüro oder mit einem Umsetzer auf eine dieser Versionen bringen lassen.",
                lesbare()
            )),
            None => Err(format!(
                "XPlanGML {version} (Namensraum {uri}) wird nicht gelesen; gelesen werden {}. \
                 Bitte in einer dieser Versionen ausgeben lassen.",
                lesbare()
            )),
        };
    }
    if uri == XPLANSYN {
        return Err(format!(
            "Der Namensraum {uri} ist die vereinfachte Ausgabe XPlanSyn eines Dienstes, kein \
             XPlanGML. Bitte die Originaldatei des Plans verwenden."
        ));
    }
    if uri == XINCLUDE {
        return Err(
            "Die Datei will andere Dateien einbinden (xi:include). Aus Gründen der Sicherheit wird sie nicht gelesen; \
             bitte den Plan als eine Datei ausgeben lassen."
                .to_owned(),
        );
    }
    // Inspire, ALKIS … have "gml" nowhere in front; versions follow after a slash.
    let ist =
        |stamm: &str| uri == stamm || uri.strip_prefix(stamm).is_some_and(|r| r.starts_with('/'));
    Ok(if ist(GML) {
        Raum::Gml
    } else if ist(WFS) {
        Raum::Wfs
    } else {
        Raum::Fremd
    })
}

/// The versions for a message.
pub(super) fn lesbare() -> String {
    LESBAR.join(", ")
}
