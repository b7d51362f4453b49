//! Legal state and character of plans and objects.

use super::{Codeliste, V40, V50, V53, V54, V60, V61, c, liste};

#[rustfmt::skip]
pub(super) static RECHTSSTAND: Codeliste = liste("XP_Rechtsstand", &[
    c("1000", "Planung", V40, V61),
    c("2000", "Bestand", V40, V61),
    c("3000", "Fortfallend", V40, V61),
]);
#[rustfmt::skip]
pub(super) static PLAN_ART: Codeliste = liste("FP_PlanArt", &[
    c("1000", "Flächennutzungsplan (§ 5 BauGB)", V40, V61),
    c("2000", "Gemeinsamer Flächennutzungsplan (§ 204 BauGB)", V40, V61),
    c("3000", "Regionaler Flächennutzungsplan", V40, V61),
    c("4000", "Flächennutzungsplan mit regionalplanerischen Festlegungen", V40, V61),
    c("5000", "Sachlicher Teilflächennutzungsplan (§ 5 Abs. 2b BauGB)", V40, V61),
    c("9999", "Sonstiger Flächennutzungsplan", V40, V61),
]);
#[rustfmt::skip]
pub(super) static PLAN_RECHTSSTAND: Codeliste = liste("FP_Rechtsstand", &[
    c("1000", "Aufstellungsbeschluss", V40, V61),
    c("2000", "Im Verfahren", V40, V61),
    c("2100", "Frühzeitige Beteiligung der Behörden (§ 4 Abs. 1 BauGB)", V40, V61),
    c("2200", "Frühzeitige Beteiligung der Öffentlichkeit (§ 3 Abs. 1 BauGB)", V40, V61),
    c("2250", "Entwurfsbeschluss", V60, V61),
    c("2300", "Beteiligung der Behörden (§ 4 Abs. 2 BauGB)", V40, V61),
    c("2400", "Öffentliche Auslegung (§ 3 Abs. 2 BauGB)", V40, V61),
    c("3000", "Technisch erstellt", V40, V61),
    c("4000", "Rechtswirksam", V40, V61),
    c("5000", "Außer Kraft gesetzt", V40, V61),
    c("50000", "Durch förmliches Verfahren aufgehoben", V53, V61),
    c("50001", "Ohne förmliches Verfahren außer Kraft getreten", V53, V61),
]);
#[rustfmt::skip]
pub(super) static PLAN_VERFAHREN: Codeliste = liste("FP_Verfahren", &[
    c("1000", "Normales Verfahren", V40, V61),
    c("2000", "Vereinfachtes Verfahren (§ 13 BauGB)", V40, V61),
]);
#[rustfmt::skip]
pub(super) static RECHTSCHARAKTER_FP: Codeliste = liste("FP_Rechtscharakter", &[
    c("1000", "Darstellung im Flächennutzungsplan", V40, V54),
    c("2000", "Nachrichtliche Übernahme", V50, V54),
    c("3000", "Hinweis", V40, V54),
    c("4000", "Vermerk", V40, V54),
    c("5000", "Kennzeichnung (§ 5 Abs. 3 BauGB)", V40, V54),
    c("9998", "Unbekannt", V50, V54),
]);
#[rustfmt::skip]
pub(super) static RECHTSCHARAKTER_XP: Codeliste = liste("XP_Rechtscharakter", &[
    c("1000", "Festsetzung in einem Bebauungsplan", V60, V61),
    c("2000", "Nachrichtliche Übernahme", V60, V61),
    c("3000", "Darstellung im Flächennutzungsplan", V60, V61),
    c("4000", "Ziel der Raumordnung", V60, V61),
    c("4100", "Grundsatz der Raumordnung", V60, V61),
    c("4200", "Nachrichtliche Übernahme: Ziel der Raumordnung", V60, V61),
    c("4300", "Nachrichtliche Übernahme: Grundsatz der Raumordnung", V60, V61),
    c("4400", "Nur Informationsgehalt im Raumordnungsplan", V60, V61),
    c("4500", "Textlich formuliertes Ziel der Raumordnung", V60, V61),
    c("4600", "Ziel und Grundsatz der Raumordnung", V60, V61),
    c("4700", "Vorschlag für die Raumordnung", V60, V61),
    c("5000", "Festsetzung im Landschaftsplan oder Grünordnungsplan", V60, V61),
    c("5100", "Geplante Festsetzung im Landschaftsplan oder Grünordnungsplan", V60, V61),
    c("5200", "Darstellung oder Kennzeichnung im Landschaftsplan", V60, V61),
    c("5300", "Inhalt der Landschaftsplanung", V60, V61),
    c("6000", "Hinweis", V60, V61),
    c("7000", "Kennzeichnung", V60, V61),
    c("8000", "Vermerk (§ 5 BauGB)", V60, V61),
    c("9998", "Unbekannt", V60, V61),
    c("9999", "Sonstiger Rechtscharakter", V60, V61),
]);
