//! Namespaces: which one means XPlanGML of which version, and what else we meet.

/// `http://www.xplanung.de/xplangml/` + `5/1`.
const STAMM: &str = "http://www.xplanung.de/xplangml/";
/// Flattened view of the `XPlanSyn` WFS: text values instead of codes, not XPlanGML.
const XPLANSYN: &str = "http://www.deegree.org/xplanung/1/0";
const GML: &str = "http://www.opengis.net/gml";
const WFS: &str = "http://www.opengis.net/wfs";

/// Versions read here. The model of 4.x differs in names only: a row here and the
/// class table in `fnp::nutzung`, which knows the 4.1 classes already.
const LESBAR: &[&str] = &["5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1"];

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
