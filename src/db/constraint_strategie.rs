//! Sentences for the constraints of the strategy as a whole and of its money (migrations 0020 to 0023).

/// Constraint name and what to tell the user who hit it.
pub(super) const SENTENCES: &[(&str, &str)] = &[
    (
        "akteur_kennung_key",
        "Diese Kennung trägt schon ein anderer Akteur.",
    ),
    ("akteur_titel_nicht_leer", "Der Name des Akteurs fehlt."),
    (
        "akteur_nicht_sich_selbst",
        "Ein Akteur kann nicht sich selbst übergeordnet sein.",
    ),
    (
        "akteur_kontakt_funktion_nicht_leer",
        "Die Funktion des Kontakts fehlt.",
    ),
    (
        "akteur_kontakt_nur_mit_einwilligung",
        "Name, E-Mail und Telefon einer Person stehen hier nur mit dem Tag ihrer Einwilligung und dem Tag, an dem sie zu löschen sind.",
    ),
    (
        "akteur_kontakt_frist",
        "Der Tag der Löschung liegt nach dem der Einwilligung.",
    ),
    (
        "art_relation_key",
        "Diese Tabelle ist schon einer Art der Freigabe zugeordnet.",
    ),
    (
        "beschluss_kennung_key",
        "Diese Kennung trägt schon ein anderer Beschluss.",
    ),
    (
        "beschluss_titel_nicht_leer",
        "Der Titel des Beschlusses fehlt.",
    ),
    (
        "beschluss_ergebnis",
        "Das Ergebnis eines Beschlusses ist angenommen, geaendert_angenommen, abgelehnt, vertagt oder zur_kenntnis.",
    ),
    (
        "beschluss_url",
        "Die Adresse des Beschlusses beginnt mit http:// oder https://.",
    ),
    (
        "beschluss_bezug_ein_gegenstand",
        "Ein Beschlussbezug nennt genau einen Gegenstand: Ziel, Maßnahme, Gebiet, Plan, Strategiefassung oder Fachplan.",
    ),
    (
        "beschluss_bezug_wirkung",
        "Die Wirkung eines Beschlusses ist beschliesst, aendert, priorisiert, finanziert oder lehnt_ab.",
    ),
    (
        "beschluss_bezug_einmal",
        "Dieser Beschluss ist mit diesem Gegenstand schon verknüpft.",
    ),
    (
        "fachplan_kennung_key",
        "Diese Kennung trägt schon ein anderer Fachplan.",
    ),
    (
        "fachplan_titel_nicht_leer",
        "Der Titel des Fachplans fehlt.",
    ),
    (
        "fachplan_ebene",
        "Die Ebene eines Fachplans ist stadt, landkreis, region oder land.",
    ),
    (
        "fachplan_geom_gueltig",
        "Der Geltungsbereich des Fachplans ist keine gültige Fläche (Grenze schneidet sich selbst).",
    ),
    (
        "fachplan_jahr",
        "Das Jahr des Fachplans liegt zwischen 1900 und 2200.",
    ),
    (
        "fachplan_url",
        "Die Adresse des Dokuments beginnt mit http:// oder https://.",
    ),
    (
        "fachplan_zustand",
        "Der Zustand eines Fachplans ist gueltig, fortgeschrieben oder ausser_kraft.",
    ),
    (
        "fundstelle_ein_gegenstand",
        "Eine Fundstelle nennt genau einen Gegenstand: ein Ziel oder eine Maßnahme.",
    ),
    (
        "fundstelle_beziehung",
        "Die Beziehung einer Fundstelle ist uebernommen, konkretisiert, widerspricht oder ersetzt.",
    ),
    (
        "fundstelle_einmal",
        "Diese Stelle des Fachplans ist für diesen Gegenstand schon genannt.",
    ),
    (
        "finanzwert_ein_gegenstand",
        "Ein Finanzwert gehört zu genau einer Maßnahme oder einem Produkt.",
    ),
    (
        "finanzwert_planfassung",
        "Die Planfassung ist kostenschaetzung, ansatz, nachtrag, finanzplan oder ergebnis.",
    ),
    (
        "finanzwert_art",
        "Die Art eines Finanzwerts ist aufwand, ertrag, investition, foerderung, ve oder folgekosten.",
    ),
    (
        "finanzwert_jahr",
        "Das Jahr eines Finanzwerts liegt zwischen 1990 und 2200.",
    ),
    (
        "finanzwert_jahr_zur_planfassung",
        "Ein Finanzwert ohne Jahr gibt es nur als Kostenschätzung (Gesamtkosten); sonst bitte das Jahr angeben.",
    ),
    (
        "finanzwert_nicht_negativ",
        "Ein Betrag ist nie negativ; ob er einnimmt oder ausgibt, sagt die Art.",
    ),
    (
        "finanzwert_einmal",
        "Diesen Finanzwert (Gegenstand, Jahr, Planfassung, Art, Stand) gibt es schon.",
    ),
    (
        "foerderprogramm_kennung_key",
        "Diese Kennung trägt schon ein anderes Förderprogramm.",
    ),
    (
        "foerderprogramm_titel_nicht_leer",
        "Der Titel des Förderprogramms fehlt.",
    ),
    (
        "foerderprogramm_quote",
        "Die Förderquote liegt zwischen 0 und 100 %.",
    ),
    (
        "foerderung_ein_gegenstand",
        "Eine Förderung gehört zu genau einer Maßnahme oder einem Gebiet der Dorferneuerung.",
    ),
    (
        "foerderung_stand",
        "Der Stand einer Förderung ist geprueft, beantragt, bewilligt, abgerufen oder abgelehnt.",
    ),
    (
        "foerderung_quote",
        "Die Förderquote liegt zwischen 0 und 100 %.",
    ),
    (
        "foerderung_nicht_negativ",
        "Der Betrag einer Förderung ist nie negativ.",
    ),
    (
        "foerderung_bewilligt_mit_datum",
        "Eine bewilligte oder abgerufene Förderung braucht das Datum der Bewilligung.",
    ),
    (
        "foerderung_einmal",
        "Dieses Förderprogramm ist mit diesem Gegenstand schon verknüpft.",
    ),
    (
        "frage_kennung_key",
        "Diese Kennung trägt schon eine andere Frage.",
    ),
    ("frage_titel_nicht_leer", "Der Titel der Frage fehlt."),
    (
        "frage_kennung_form",
        "Die Kennung einer Frage besteht aus kleinen Buchstaben ohne Umlaute, Ziffern, - und _; sie ist der Name einer Ebene.",
    ),
    (
        "gebiet_verfahren",
        "Das Verfahren ist einfach, umfassend oder ohne.",
    ),
    (
        "gebiet_zeitfolge",
        "Beantragt, angeordnet und abgeschlossen müssen in dieser Folge liegen.",
    ),
    (
        "kennzahl_kennung_key",
        "Diese Kennung trägt schon eine andere Kennzahl.",
    ),
    ("kennzahl_titel_nicht_leer", "Der Titel der Kennzahl fehlt."),
    (
        "kennzahl_richtung",
        "Die gewünschte Richtung ist steigt, sinkt oder korridor.",
    ),
    (
        "kennzahl_korridor",
        "Ein Korridor gehört zur Richtung „korridor“ und nur zu ihr.",
    ),
    (
        "kennzahl_turnus",
        "Der Turnus liegt zwischen 1 und 240 Monaten.",
    ),
    ("kennzahl_nachkomma", "Nachkommastellen: 0 bis 6."),
    (
        "kennzahl_kennzahl_art",
        "Der Zusammenhang zweier Kennzahlen ist erhoeht, senkt oder teil_von.",
    ),
    (
        "kennzahl_kennzahl_verschieden",
        "Eine Kennzahl hängt nicht mit sich selbst zusammen.",
    ),
    (
        "kennzahlwert_art",
        "Die Art eines Werts ist ist, soll, prognose oder basis.",
    ),
    (
        "kennzahlwert_status",
        "Der Status eines Werts ist vorlaeufig oder geprueft.",
    ),
    (
        "kennzahlwert_endlich",
        "Der Wert muss eine endliche Zahl sein.",
    ),
    (
        "kennzahlwert_einmal",
        "Diesen Wert (Kennzahl, Ortsteil, Stichtag, Art) gibt es schon.",
    ),
    (
        "leitlinie_kennung_key",
        "Diese Kennung trägt schon eine andere Leitlinie.",
    ),
    (
        "leitlinie_titel_nicht_leer",
        "Der Titel der Leitlinie fehlt.",
    ),
    (
        "massnahme_ampel_mit_grund",
        "Eine von Hand gesetzte Ampel braucht einen Grund (ampel_grund); ohne Grund wird sie abgeleitet.",
    ),
    (
        "massnahme_kennzahl_wirkung",
        "Die Wirkung auf eine Kennzahl ist erhoeht oder senkt.",
    ),
    (
        "massnahme_massnahme_art",
        "Der Zusammenhang zweier Maßnahmen ist setzt_voraus, ergaenzt, alternative_zu, konkurriert, teil_von, ersetzt_durch oder zusammengefuehrt_mit.",
    ),
    (
        "massnahme_massnahme_verschieden",
        "Eine Maßnahme hängt nicht mit sich selbst zusammen.",
    ),
    (
        "produkt_kennung_key",
        "Diese Kennung trägt schon ein anderes Produkt.",
    ),
    (
        "produkt_titel_nicht_leer",
        "Die Bezeichnung des Produkts fehlt.",
    ),
    (
        "produkt_ebene",
        "Die Ebene ist produktbereich, produktgruppe oder produkt.",
    ),
    (
        "produkt_nummer_einmal",
        "Diese Produktnummer gibt es in dieser Fassung des Produktrahmens schon.",
    ),
    (
        "produkt_nummer_zur_ebene",
        "Die Nummer passt nicht zur Ebene: Produktbereich 2 Ziffern, Produktgruppe 3, Produkt 4 oder mehr (Ziffern und Punkte).",
    ),
    (
        "sdg_nummer",
        "Die Nummer eines SDG liegt zwischen 1 und 17.",
    ),
    (
        "sdg_bezug_ein_gegenstand",
        "Ein SDG-Bezug gehört zu genau einem Ziel, einer Maßnahme oder einer Kennzahl.",
    ),
    (
        "sdg_bezug_einmal",
        "Dieses SDG ist mit diesem Gegenstand schon verknüpft.",
    ),
    (
        "strategie_kennung_key",
        "Diese Kennung trägt schon eine andere Strategie.",
    ),
    (
        "strategie_titel_nicht_leer",
        "Der Titel der Strategie fehlt.",
    ),
    (
        "strategiefassung_kennung_key",
        "Diese Kennung trägt schon eine andere Fassung der Strategie.",
    ),
    (
        "strategiefassung_titel_nicht_leer",
        "Der Titel der Strategiefassung fehlt.",
    ),
    (
        "strategiefassung_zeithorizont",
        "Der Zeithorizont liegt zwischen 1990 und 2200.",
    ),
    (
        "strategiefassung_beschlossen_mit_beginn",
        "Eine beschlossene Fassung braucht den Beginn ihrer Gültigkeit.",
    ),
    (
        "strategiefassung_gueltig_getrennt",
        "Zwei beschlossene Fassungen derselben Strategie gelten zur selben Zeit.",
    ),
    (
        "teilschritt_kennung_key",
        "Diese Kennung trägt schon ein anderer Teilschritt.",
    ),
    (
        "teilschritt_titel_nicht_leer",
        "Der Titel des Teilschritts fehlt.",
    ),
    (
        "teilschritt_erledigt_mit_datum",
        "Ein erledigter Teilschritt hat ein Datum „erledigt am“, ein anderer nicht.",
    ),
    (
        "teilschritt_gewicht",
        "Das Gewicht eines Teilschritts ist größer als 0.",
    ),
    (
        "trend_kennung_key",
        "Diese Kennung trägt schon ein anderer Trend.",
    ),
    ("trend_titel_nicht_leer", "Der Titel des Trends fehlt."),
    (
        "trend_zahlen",
        "Die Zahlen hinter einem Trend sind keine, einwohner, altersgruppen oder kennzahl.",
    ),
    (
        "trend_kennzahl",
        "Eine Kennzahl gehört zum Trend, wenn seine Zahlen „kennzahl“ heißen, und nur dann.",
    ),
    ("trend_bezug_art", "Ein Trend verstaerkt oder erschwert."),
    (
        "trend_bezug_ein_gegenstand",
        "Ein Trendbezug nennt genau ein Ziel oder eine Maßnahme.",
    ),
    (
        "trend_bezug_einmal",
        "Dieser Trend ist mit diesem Gegenstand schon verknüpft.",
    ),
    (
        "uebergang_achse",
        "Die Achse ist beschlussstand, umsetzungsphase oder veroeffentlichung.",
    ),
    ("ziel_gewicht", "Das Gewicht eines Ziels ist nicht negativ."),
    (
        "ziel_kennzahl_gewicht",
        "Das Gewicht einer Kennzahl ist größer als 0.",
    ),
    (
        "zustaendigkeit_ein_gegenstand",
        "Eine Zuständigkeit gehört zu genau einem Ziel, einer Maßnahme oder einer Kennzahl.",
    ),
    (
        "zustaendigkeit_rolle",
        "Die Rolle ist federfuehrend, mitwirkend, finanzierend oder informiert.",
    ),
    (
        "zustaendigkeit_eine_federfuehrung",
        "Ein Ziel, eine Maßnahme oder eine Kennzahl hat genau eine federführende Stelle.",
    ),
    (
        "zustaendigkeit_einmal",
        "Diese Stelle hat diese Rolle hier schon.",
    ),
];
