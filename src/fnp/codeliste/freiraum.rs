//! Open space: green, farming, forest, water, nature.

use super::{Codeliste, V40, V50, V52, V53, V54, V60, V61, c, liste};

#[rustfmt::skip]
pub(super) static GRUEN: Codeliste = liste("XP_ZweckbestimmungGruen", &[
    c("1000", "Parkanlage, Erholungsgrün", V40, V61),
    c("10000", "Historische Parkanlage", V50, V61),
    c("10001", "Naturnahe Parkanlage", V50, V61),
    c("10002", "Parkanlage mit Waldcharakter", V50, V61),
    c("10003", "Ufernahe Parkanlage", V50, V61),
    c("1200", "Dauerkleingarten, Gartenfläche", V40, V61),
    c("12000", "Erholungsgarten", V50, V61),
    c("1400", "Sportplatz", V40, V61),
    c("14000", "Reitsportanlage", V50, V61),
    c("14001", "Hundesportanlage", V50, V61),
    c("14002", "Wassersportanlage", V50, V61),
    c("14003", "Schießstand", V50, V61),
    c("14004", "Golfplatz", V50, V61),
    c("14005", "Anlage für Skisport", V50, V61),
    c("14006", "Tennisanlage", V50, V61),
    c("14007", "Sonstiger Sportplatz", V50, V54),
    c("1600", "Spielplatz", V40, V61),
    c("16000", "Bolzplatz", V50, V61),
    c("16001", "Abenteuerspielplatz", V50, V61),
    c("1800", "Zeltplatz", V40, V61),
    c("18000", "Campingplatz", V50, V61),
    c("2000", "Badeplatz, Schwimmbad, Liegewiese", V40, V61),
    c("2200", "Anlage für Freizeit und Erholung", V40, V61),
    c("22000", "Anlage für Kleintierhaltung", V50, V61),
    c("22001", "Festplatz", V50, V61),
    c("2400", "Spezielle Grünfläche", V40, V61),
    c("24000", "Straßenbegleitgrün", V50, V61),
    c("24001", "Böschungsfläche", V50, V61),
    c("24002", "Feld, Wald, Wiese allgemein", V50, V54),
    c("24003", "Uferstreifen", V50, V61),
    c("24004", "Abschirmgrün", V50, V61),
    c("24005", "Umweltbildungspark, Schaugatter", V50, V61),
    c("24006", "Fläche für den ruhenden Verkehr", V50, V61),
    c("2600", "Friedhof", V40, V61),
    c("2700", "Naturerfahrungsraum", V54, V61),
    c("9999", "Sonstige Zweckbestimmung", V40, V61),
    c("99990", "Gärtnerei", V50, V61),
]);
#[rustfmt::skip]
pub(super) static LANDWIRTSCHAFT: Codeliste = liste("XP_ZweckbestimmungLandwirtschaft", &[
    c("1000", "Allgemeine Landwirtschaft", V40, V61),
    c("1100", "Ackerbau", V40, V61),
    c("1200", "Wiesen- und Weidewirtschaft", V40, V61),
    c("1300", "Gartenbauliche Erzeugung", V40, V61),
    c("1400", "Obstbau", V40, V61),
    c("1500", "Weinbau", V40, V61),
    c("1600", "Imkerei", V40, V61),
    c("1700", "Binnenfischerei", V40, V61),
    c("9999", "Sonstiges", V40, V61),
]);
#[rustfmt::skip]
pub(super) static WALD: Codeliste = liste("XP_ZweckbestimmungWald", &[
    c("1000", "Naturwald", V40, V61),
    c("10000", "Waldschutzgebiet", V52, V61),
    c("1200", "Nutzwald", V40, V61),
    c("1400", "Erholungswald", V40, V61),
    c("1600", "Schutzwald", V40, V61),
    c("16000", "Bodenschutzwald", V52, V61),
    c("16001", "Biotopschutzwald", V52, V61),
    c("16002", "Naturnaher Wald", V52, V61),
    c("16003", "Wald zum Schutz vor schädlichen Umwelteinwirkungen", V52, V61),
    c("16004", "Schonwald", V52, V61),
    c("1700", "Bannwald", V52, V61),
    c("1800", "Fläche für die Forstwirtschaft", V40, V61),
    c("1900", "Immissionsgeschädigter Wald", V52, V61),
    c("9999", "Sonstiger Wald", V40, V61),
]);
#[rustfmt::skip]
pub(super) static WALD_EIGENTUM: Codeliste = liste("XP_EigentumsartWald", &[
    c("1000", "Öffentlicher Wald allgemein", V52, V61),
    c("1100", "Staatswald", V52, V61),
    c("1200", "Körperschaftswald", V52, V61),
    c("12000", "Kommunalwald", V52, V61),
    c("12001", "Stiftungswald", V52, V61),
    c("2000", "Privatwald allgemein", V52, V61),
    c("20000", "Gemeinschaftswald", V52, V61),
    c("20001", "Genossenschaftswald", V52, V61),
    c("3000", "Kirchenwald", V52, V61),
    c("9999", "Sonstiger Wald", V52, V61),
]);
#[rustfmt::skip]
pub(super) static GEWAESSER_FP: Codeliste = liste("XP_ZweckbestimmungGewaesser", &[
    c("1000", "Hafen", V40, V54),
    c("10000", "Sportboothafen", V52, V54),
    c("1100", "Stehende Wasserfläche (See, Teich)", V40, V54),
    c("1200", "Fließgewässer (Fluss, Bach)", V40, V54),
    c("9999", "Sonstiges Gewässer", V40, V54),
]);
#[rustfmt::skip]
pub(super) static GEWAESSER_SO: Codeliste = liste("SO_KlassifizGewaesser", &[
    c("1000", "Allgemeines, bestehendes Gewässer", V52, V61),
    c("10000", "Bestehendes Gewässer 1. Ordnung", V52, V54),
    c("10001", "Bestehendes Gewässer 2. Ordnung", V52, V54),
    c("10002", "Bestehendes Gewässer 3. Ordnung", V52, V54),
    c("10003", "Stehendes Gewässer", V52, V54),
    c("2000", "Allgemeines Fließgewässer", V52, V61),
    c("20000", "Bestehendes Gewässer 1. Ordnung", V60, V61),
    c("20001", "Bestehendes Gewässer 2. Ordnung", V60, V61),
    c("20002", "Bestehendes Gewässer 3. Ordnung", V60, V61),
    c("3000", "Stehendes Gewässer", V60, V61),
    c("4000", "Hafen", V60, V61),
    c("40000", "Sportboothafen", V60, V61),
    c("5000", "Wasserstraße", V60, V61),
    c("6000", "Kanal", V60, V61),
    c("9999", "Sonstiges bestehendes Gewässer", V52, V61),
]);
#[rustfmt::skip]
pub(super) static WASSERWIRTSCHAFT_FP: Codeliste = liste("XP_ZweckbestimmungWasserwirtschaft", &[
    c("1000", "Hochwasser-Rückhaltebecken", V40, V54),
    c("1100", "Überschwemmungsgefährdetes Gebiet (§ 31c WHG in der Fassung vor 2010)", V40, V54),
    c("1200", "Versickerungsfläche", V40, V54),
    c("1300", "Entwässerungsgraben", V40, V54),
    c("1400", "Deich", V50, V54),
    c("1500", "Regen-Rückhaltebecken", V52, V54),
    c("9999", "Sonstige Wasserwirtschaftsfläche", V40, V54),
]);
#[rustfmt::skip]
pub(super) static WASSERWIRTSCHAFT_SO: Codeliste = liste("SO_KlassifizWasserwirtschaft", &[
    c("1000", "Hochwasser-Rückhaltebecken", V60, V61),
    c("1100", "Überschwemmungsgefährdetes Gebiet (§ 31c WHG in der Fassung vor 2010)", V60, V61),
    c("1200", "Versickerungsfläche", V60, V61),
    c("1300", "Entwässerungsgraben", V60, V61),
    c("1400", "Deich", V60, V61),
    c("1450", "Hochwasserschutzanlage", V61, V61),
    c("1500", "Regen-Rückhaltebecken", V60, V61),
    c("9999", "Sonstige Wasserwirtschaftsfläche", V60, V61),
]);
#[rustfmt::skip]
pub(super) static NUTZUNGSFORM: Codeliste = liste("XP_Nutzungsform", &[
    c("1000", "Private Nutzung", V40, V61),
    c("2000", "Öffentliche Nutzung", V40, V61),
]);
#[rustfmt::skip]
pub(super) static SPE_ZIELE: Codeliste = liste("XP_SPEZiele", &[
    c("1000", "Schutz und Pflege", V40, V61),
    c("2000", "Entwicklung", V40, V61),
    c("3000", "Neu-Anlage", V40, V61),
    c("4000", "Schutz, Pflege und Entwicklung", V40, V61),
    c("9999", "Sonstiges Ziel", V40, V61),
]);
#[rustfmt::skip]
pub(super) static KLIMAWANDEL: Codeliste = liste("FP_MassnahmeKlimawandelTypen", &[
    c("1000", "Erhalt vegetationsbestandener Freiflächen", V53, V61),
    c("10000", "Erhalt privater Grünflächen", V53, V61),
    c("10001", "Erhalt öffentlicher Grünflächen", V53, V61),
    c("10002", "Erhalt einer Kaltluftschneise", V60, V61),
    c("9999", "Sonstige Massnahme", V53, V61),
]);
