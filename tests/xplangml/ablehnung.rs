//! What is refused as a whole, and with which words.

use std::io::{BufReader, Cursor, Read};

use zielraum::error::Error;
use zielraum::import::xplangml;

use crate::{DORF_5, abgelehnt, plan, plan_ohne_fp_plan};

#[test]
fn what_is_no_single_plan_is_refused_by_name() {
    let bp = plan_ohne_fp_plan(&[
        "<x:BP_Plan gml:id='B'><x:name>B 12</x:name></x:BP_Plan>",
        "<x:BP_Bereich gml:id='BB'/>",
    ]);
    assert!(abgelehnt(bp.as_bytes()).contains("BP_Plan"));
    assert!(abgelehnt(plan_ohne_fp_plan(&[]).as_bytes()).contains("FP_Plan"));
    let zwei = plan(&["<x:FP_Plan gml:id='Q'><x:name>Zweiter</x:name></x:FP_Plan>"]);
    let text = abgelehnt(zwei.as_bytes());
    assert!(
        text.contains("„Probe“ (Zeile 2)") && text.contains("„Zweiter“ (Zeile 3)"),
        "{text}"
    );
    let sieben = plan(&[]).replace("xplangml/5/1", "xplangml/7/0");
    let text = abgelehnt(sieben.as_bytes());
    assert!(text.contains("7.0") && text.contains("6.1"), "{text}");
    let drei = plan(&[]).replace("xplangml/5/1", "xplangml/3/0");
    let text = abgelehnt(drei.as_bytes());
    assert!(text.contains("3.0") && text.contains("zu alt"), "{text}");
    let syn = plan(&[]).replace(
        "http://www.xplanung.de/xplangml/5/1",
        "http://www.deegree.org/xplanung/1/0",
    );
    assert!(abgelehnt(syn.as_bytes()).contains("XPlanSyn"));
    assert!(abgelehnt(b"<html><body/></html>").contains("html"));
    assert!(abgelehnt(b"").contains("XPlanGML"));
    let gemischt = plan(&["<y:FP_Gruen xmlns:y='http://www.xplanung.de/xplangml/6/0'/>"]);
    assert!(abgelehnt(gemischt.as_bytes()).contains("6.0"));
}

#[test]
fn broken_or_hostile_xml_is_refused_with_its_line() {
    let text = std::str::from_utf8(DORF_5).unwrap();
    for (was, xml, soll) in [
        (
            "cut in a tag",
            text[..text.len() - 600].to_owned(),
            "bricht ab",
        ),
        (
            "cut between tags",
            text.replace("</xplan:XPlanAuszug>", ""),
            "bricht ab",
        ),
        (
            "wrong end",
            plan(&["<x:FP_Gruen></x:FP_Wald>"]),
            "Zeile 3, Spalte",
        ),
        (
            "lone ampersand",
            plan(&["<x:FP_Gruen><x:text>Müller & Söhne</x:text></x:FP_Gruen>"]),
            "&amp;",
        ),
        (
            "unknown entity",
            plan(&["<x:FP_Gruen><x:text>&auml;</x:text></x:FP_Gruen>"]),
            "auml",
        ),
        (
            "doctype",
            plan(&[]).replace("?>", "?><!DOCTYPE x [<!ENTITY a \"b\">]>"),
            "DOCTYPE",
        ),
        ("unbound prefix", plan(&["<z:FP_Gruen/>"]), "„z“"),
        ("second root", plan(&[]) + "<a/>", "weiteres Element"),
        ("text behind", plan(&[]) + "und nun", "außerhalb"),
        (
            "duplicate attribute",
            plan(&["<x:FP_Gruen a='1' a='2'/>"]),
            "Attribut",
        ),
        (
            "control character",
            plan(&["<x:FP_Gruen><x:text>\u{1}</x:text></x:FP_Gruen>"]),
            "Steuerzeichen",
        ),
        (
            "control reference",
            plan(&["<x:FP_Gruen><x:text>&#0;</x:text></x:FP_Gruen>"]),
            "Zeile 3",
        ),
        (
            "too deep",
            plan(&[&("<x:a>".repeat(70) + &"</x:a>".repeat(70))]),
            "64",
        ),
    ] {
        let text = abgelehnt(xml.as_bytes());
        assert!(text.contains(soll), "{was}: {text}");
    }
}

#[test]
fn a_token_without_end_does_not_fill_the_memory() {
    // 200 MB of one text, generated while read.
    let kopf = plan(&[]).replace(
        "</x:XPlanAuszug>",
        "<gml:featureMember><x:FP_Gruen><x:text>",
    );
    let endlos = Cursor::new(kopf.into_bytes()).chain(std::io::repeat(b'x').take(200 << 20));
    let fehler = xplangml::lies(BufReader::new(endlos), &mut |_| Ok(())).unwrap_err();
    assert!(
        matches!(&fehler, Error::Eingabe(t) if t.contains("32 MB")),
        "{fehler}"
    );
}
