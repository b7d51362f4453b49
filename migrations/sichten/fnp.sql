-- Layers of the plan. Written without schema: run once per world.
CREATE VIEW plan_sicht WITH (security_invoker = true) AS
SELECT p.kennung, p.name, p.nummer, p.stand, g.name AS gemeinde, p.plan_art, p.verfahren, p.rechtsstand_code, f.nummer AS fassung,
  lower(f.gueltig) AS gueltig_von, upper(f.gueltig) AS gueltig_bis, f.eingelesen_am, f.flaeche_m2, f.geom::geometry(MultiPolygon, 25832) AS geom
FROM plan p JOIN fassung f ON f.plan_id = p.id AND f.aktuell LEFT JOIN gemeinde g ON g.id = p.gemeinde_id;
COMMENT ON COLUMN plan_sicht.gemeinde IS 'Gemeinde';
COMMENT ON COLUMN plan_sicht.fassung IS 'Fassung';
COMMENT ON COLUMN plan_sicht.gueltig_von IS 'Gültig von';
COMMENT ON COLUMN plan_sicht.gueltig_bis IS 'Gültig bis (ausschließlich)';

-- The plan in force: wirksam and no sachlicher Teilplan (planArt 5000), which stands beside it.
CREATE VIEW fassung_in_kraft WITH (security_invoker = true) AS
SELECT f.id AS fassung_id, p.kennung AS plan, p.name AS plan_name, f.nummer AS fassung, f.geom, p.gemeinde_id, f.eingelesen_am
FROM plan p JOIN fassung f ON f.plan_id = p.id AND f.aktuell
WHERE p.stand = 'wirksam' AND p.plan_art IS DISTINCT FROM '5000';
COMMENT ON COLUMN fassung_in_kraft.fassung_id IS 'Fassung (interne Nummer)';
COMMENT ON COLUMN fassung_in_kraft.plan IS 'Plan';
COMMENT ON COLUMN fassung_in_kraft.plan_name IS 'Name des Plans';
COMMENT ON COLUMN fassung_in_kraft.fassung IS 'Fassung';

-- Which goals a land use serves or strains: the matrix, one row per Nutzung.
CREATE VIEW nutzung_ziele WITH (security_invoker = true) AS
SELECT w.nutzung,
  string_agg(z.titel, '; ' ORDER BY w.wirkung DESC, z.nummer, z.kennung) FILTER (WHERE w.wirkung > 0) AS dient_zielen,
  string_agg(z.titel, '; ' ORDER BY w.wirkung, z.nummer, z.kennung) FILTER (WHERE w.wirkung < 0) AS belastet_ziele,
  sum(w.wirkung * z.gewicht)::double precision AS zielbilanz
FROM ziel_nutzungsart_wirkung w JOIN ziel z ON z.id = w.ziel_id GROUP BY w.nutzung;

COMMENT ON COLUMN nutzung_ziele.dient_zielen IS 'Dient den Zielen';
COMMENT ON COLUMN nutzung_ziele.belastet_ziele IS 'Belastet die Ziele';
COMMENT ON COLUMN nutzung_ziele.zielbilanz IS 'Zielbilanz der Nutzung
Summe der Wirkungen (−2 bis +2) mal Gewicht der Ziele; über 0 dient die Nutzung den Zielen mehr, als sie belastet.';

CREATE VIEW flaeche_sicht WITH (security_invoker = true) AS
SELECT f.fassung_id, f.ordnung, f.kennung, f.nutzung, n.name AS nutzung_name, g.titel AS gruppe, f.rechtsstand, f.klasse, f.xplan_version, f.gml_id,
  f.codes ->> 'allgArtDerBaulNutzung' AS allg_art, f.codes ->> 'besondereArtDerBaulNutzung' AS besondere_art,
  translate(f.codes ->> 'sondernutzung', '[]" ', '') AS sondernutzung,
  translate(coalesce(f.codes ->> 'zweckbestimmung', f.codes ->> 'artDerFestlegung'), '[]" ', '') AS zweckbestimmung,
  f.name, f.text, f.gueltig, f.flaeche_m2, z.dient_zielen, z.belastet_ziele, z.zielbilanz, f.geom::geometry(MultiPolygon, 25832) AS geom
FROM flaeche f JOIN nutzung n ON n.schluessel = f.nutzung JOIN nutzung_gruppe g ON g.schluessel = n.gruppe LEFT JOIN nutzung_ziele z ON z.nutzung = f.nutzung;
COMMENT ON COLUMN flaeche_sicht.nutzung_name IS 'Nutzung (Klartext)';
COMMENT ON COLUMN flaeche_sicht.gruppe IS 'Gruppe';
COMMENT ON COLUMN flaeche_sicht.allg_art IS 'Allgemeine Art der baulichen Nutzung [code XP_AllgArtDerBaulNutzung]';
COMMENT ON COLUMN flaeche_sicht.besondere_art IS 'Besondere Art der baulichen Nutzung [code XP_BesondereArtDerBaulNutzung]';
COMMENT ON COLUMN flaeche_sicht.sondernutzung IS 'Sondernutzung [code XP_Sondernutzungen]';
COMMENT ON COLUMN flaeche_sicht.zweckbestimmung IS 'Zweckbestimmung
Codes der Klasse, durch Komma getrennt.';

CREATE VIEW flaeche_aktuell WITH (security_invoker = true) AS
SELECT k.plan, k.fassung, f.* FROM flaeche_sicht f JOIN fassung_in_kraft k USING (fassung_id);
COMMENT ON COLUMN flaeche_aktuell.plan IS 'Plan';
COMMENT ON COLUMN flaeche_aktuell.fassung IS 'Fassung';

CREATE VIEW ueberlagerung_sicht WITH (security_invoker = true) AS
SELECT u.fassung_id, u.ordnung, u.kennung, u.art, u.klasse, u.nutzung, u.rechtsstand, u.ebene, u.flaechenschluss, u.xplan_version, u.gml_id,
  translate(coalesce(u.codes ->> 'zweckbestimmung', u.codes ->> 'artDerFestlegung'), '[]" ', '') AS zweckbestimmung, u.name, u.text, u.gueltig, u.flaeche_m2,
  u.geom::geometry(MultiPolygon, 25832) AS geom
FROM ueberlagerung u;

CREATE VIEW ueberlagerung_aktuell WITH (security_invoker = true) AS
SELECT k.plan, k.fassung, u.* FROM ueberlagerung_sicht u JOIN fassung_in_kraft k USING (fassung_id);

-- Kinds of overlays as a code table: the XPlanung class without its prefix. Colours after the
-- PlanZV; what is not here is drawn as the rest.
CREATE VIEW ueberlagerung_art WITH (security_invoker = true) AS
SELECT x.schluessel, x.titel, x.farbe, x.reihenfolge FROM (VALUES
  ('SchutzPflegeEntwicklung', 'Schutz, Pflege, Entwicklung von Natur', '#008000', 1),
  ('AusgleichsFlaeche', 'Ausgleichsfläche', '#2E8B57', 2),
  ('Naturschutzrecht', 'Schutzgebiet nach Naturschutzrecht', '#4DAE38', 3),
  ('Schutzgebiet', 'Schutzgebiet', '#4DAE38', 4),
  ('SchutzgebietNaturschutzrecht', 'Schutzgebiet nach Naturschutzrecht', '#4DAE38', 4),
  ('Wasserrecht', 'Festlegung nach Wasserrecht', '#007BCE', 5),
  ('SchutzgebietWasserrecht', 'Schutzgebiet nach Wasserrecht', '#007BCE', 5),
  ('Wasserwirtschaft', 'Fläche für die Wasserwirtschaft', '#47A7D4', 6),
  ('Gewaesser', 'Gewässer', '#2F9BE0', 7),
  ('Denkmalschutzrecht', 'Denkmalschutz', '#AD1457', 8),
  ('Bodenschutzrecht', 'Belastete Böden', '#5D4037', 9),
  ('Kennzeichnung', 'Kennzeichnung', '#808080', 10),
  ('Nutzungsbeschraenkung', 'Nutzungsbeschränkung', '#7B1FA2', 11),
  ('NutzungsbeschraenkungsFlaeche', 'Nutzungsbeschränkung', '#7B1FA2', 12),
  ('VorbehalteFlaeche', 'Vorbehaltsfläche', '#FF0070', 13),
  ('PrivilegiertesVorhaben', 'Privilegiertes Vorhaben', '#D81B60', 14),
  ('ZentralerVersorgungsbereich', 'Zentraler Versorgungsbereich', '#C62828', 15),
  ('Bodenschaetze', 'Bodenschätze', '#8D6E63', 16),
  ('Abgrabung', 'Abgrabung', '#8D6E63', 17),
  ('Aufschuettung', 'Aufschüttung', '#A1887F', 18),
  ('AnpassungKlimawandel', 'Anpassung an den Klimawandel', '#00897B', 19),
  ('KeineZentrAbwasserBeseitigungFlaeche', 'Ohne zentrale Abwasserbeseitigung', '#6D4C41', 20),
  ('TextlicheDarstellungsFlaeche', 'Textliche Darstellung', '#455A64', 21),
  ('TextAbschnittFlaeche', 'Textliche Darstellung', '#455A64', 22),
  ('UnverbindlicheVormerkung', 'Unverbindliche Vormerkung', '#78909C', 23),
  ('GenerischesObjekt', 'Sonstige Darstellung', '#6100C1', 24)) x (schluessel, titel, farbe, reihenfolge);
COMMENT ON COLUMN ueberlagerung_art.schluessel IS 'Schlüssel';
COMMENT ON COLUMN ueberlagerung_art.titel IS 'Bezeichnung';
COMMENT ON COLUMN ueberlagerung_art.farbe IS 'Farbe';
COMMENT ON COLUMN ueberlagerung_art.reihenfolge IS 'Reihenfolge';

CREATE VIEW linie_sicht WITH (security_invoker = true) AS
SELECT l.fassung_id, l.ordnung, l.kennung, l.klasse, l.nutzung, n.name AS nutzung_name, l.rechtsstand, l.xplan_version, l.gml_id,
  translate(coalesce(l.codes ->> 'zweckbestimmung', l.codes ->> 'artDerFestlegung'), '[]" ', '') AS zweckbestimmung, l.name, l.text, l.laenge_m,
  l.geom::geometry(MultiLineString, 25832) AS geom
FROM linie l JOIN nutzung n ON n.schluessel = l.nutzung;

CREATE VIEW linie_aktuell WITH (security_invoker = true) AS
SELECT k.plan, k.fassung, l.* FROM linie_sicht l JOIN fassung_in_kraft k USING (fassung_id);

CREATE VIEW punkt_sicht WITH (security_invoker = true) AS
SELECT p.fassung_id, p.ordnung, p.kennung, p.klasse, p.nutzung, n.name AS nutzung_name, p.rechtsstand, p.xplan_version, p.gml_id,
  translate(coalesce(p.codes ->> 'zweckbestimmung', p.codes ->> 'artDerFestlegung'), '[]" ', '') AS zweckbestimmung, p.name, p.text, p.drehung,
  p.geom::geometry(MultiPoint, 25832) AS geom
FROM punkt p JOIN nutzung n ON n.schluessel = p.nutzung;

CREATE VIEW punkt_aktuell WITH (security_invoker = true) AS
SELECT k.plan, k.fassung, p.* FROM punkt_sicht p JOIN fassung_in_kraft k USING (fassung_id);

CREATE VIEW befund_sicht WITH (security_invoker = true) AS
SELECT p.kennung || '.' || b.nr AS id, p.kennung AS plan, f.nummer AS fassung, b.nr, b.schwere, b.code, a.titel AS befund_art, b.klasse, b.kennung, b.text, a.rat, b.geom::geometry(Point, 25832) AS geom
FROM import_befund b JOIN fassung f ON f.importlauf_id = b.importlauf_id AND f.aktuell JOIN plan p ON p.id = f.plan_id LEFT JOIN befund_art a ON a.code = b.code;
COMMENT ON COLUMN befund_sicht.id IS 'Kennung';
COMMENT ON COLUMN befund_sicht.befund_art IS 'Art des Befunds';

-- Imports that became a version; the number outside is plan@fassung, never a uuid.
CREATE VIEW import_sicht WITH (security_invoker = true) AS
SELECT p.kennung || '@' || f.nummer AS id, p.kennung AS plan, p.name AS plan_name, p.stand, f.nummer AS fassung, f.aktuell, l.id AS importlauf_id, l.datei, l.sha256, l.format, l.version,
  l.begonnen, l.beendet, l.ergebnis, l.bericht, g.vergleich
FROM importlauf l JOIN fassung f ON f.importlauf_id = l.id JOIN plan p ON p.id = f.plan_id LEFT JOIN import_vergleich g ON g.importlauf_id = l.id;
COMMENT ON COLUMN import_sicht.id IS 'Kennung';
COMMENT ON COLUMN import_sicht.plan IS 'Plan';
COMMENT ON COLUMN import_sicht.plan_name IS 'Name des Plans';
COMMENT ON COLUMN import_sicht.fassung IS 'Fassung';

DO $$
DECLARE
  v text; t text; s text;
BEGIN
  FOR v, s, t IN SELECT * FROM (VALUES ('linie_sicht', 'nutzung_name', 'Nutzung (Klartext)'), ('punkt_sicht', 'nutzung_name', 'Nutzung (Klartext)'),
    ('linie_sicht', 'zweckbestimmung', 'Zweckbestimmung'), ('punkt_sicht', 'zweckbestimmung', 'Zweckbestimmung'), ('ueberlagerung_sicht', 'zweckbestimmung', 'Zweckbestimmung'),
    ('linie_aktuell', 'nutzung_name', 'Nutzung (Klartext)'), ('punkt_aktuell', 'nutzung_name', 'Nutzung (Klartext)'),
    ('linie_aktuell', 'zweckbestimmung', 'Zweckbestimmung'), ('punkt_aktuell', 'zweckbestimmung', 'Zweckbestimmung'), ('ueberlagerung_aktuell', 'zweckbestimmung', 'Zweckbestimmung'),
    ('linie_aktuell', 'plan', 'Plan'), ('punkt_aktuell', 'plan', 'Plan'), ('ueberlagerung_aktuell', 'plan', 'Plan'), ('befund_sicht', 'plan', 'Plan'),
    ('linie_aktuell', 'fassung', 'Fassung'), ('punkt_aktuell', 'fassung', 'Fassung'), ('ueberlagerung_aktuell', 'fassung', 'Fassung'), ('befund_sicht', 'fassung', 'Fassung')) x LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v, s, t);
  END LOOP;
  -- One column per class, made from the code table: a new class needs no new view.
  EXECUTE (SELECT format('CREATE VIEW bilanz_ortsteil WITH (security_invoker = true) AS
    SELECT o.kennung, o.name, k.plan, k.fassung, p.gebiet_m2, sum(a.m2) AS summe_m2, p.ueberlappung_m2, p.luecke_m2, %s, o.geom::geometry(MultiPolygon, 25832) AS geom
    FROM ortsteil o JOIN pruefung p ON p.ortsteil_id = o.id JOIN fassung_in_kraft k ON k.fassung_id = p.fassung_id
    LEFT JOIN anteil a ON a.fassung_id = p.fassung_id AND a.ortsteil_id = o.id
    GROUP BY o.id, o.kennung, o.name, o.geom, k.plan, k.fassung, p.gebiet_m2, p.ueberlappung_m2, p.luecke_m2',
    string_agg(format('coalesce(sum(a.m2) FILTER (WHERE a.nutzung = %L), 0) AS %I', schluessel, lower(schluessel) || '_m2'), ', ' ORDER BY reihenfolge)) FROM nutzung);
  FOR s, t IN SELECT lower(schluessel) || '_m2', name || ' [einheit m²]' FROM nutzung UNION ALL VALUES ('summe_m2', 'Summe [einheit m²]'), ('plan', 'Plan'), ('fassung', 'Fassung') LOOP
    EXECUTE format('COMMENT ON COLUMN bilanz_ortsteil.%I IS %L', s, t);
  END LOOP;
END $$;

-- Area × Ortsteil: what a figure of the balance is made of, as a layer.
CREATE VIEW anteil_sicht WITH (security_invoker = true) AS
SELECT f.fassung_id, f.ordnung, f.kennung || '.' || coalesce(o.kennung, '-') AS id, f.kennung AS flaeche, o.kennung AS ortsteil, o.name AS ortsteil_name,
  f.nutzung, n.name AS nutzung_name, f.rechtsstand, a.m2, a.m2 / nullif(f.flaeche_m2, 0) AS anteil, f.flaeche_m2, f.geom::geometry(MultiPolygon, 25832) AS geom
FROM anteil a JOIN flaeche f ON f.fassung_id = a.fassung_id AND f.ordnung = a.ordnung JOIN nutzung n ON n.schluessel = f.nutzung LEFT JOIN ortsteil o ON o.id = a.ortsteil_id;
COMMENT ON COLUMN anteil_sicht.id IS 'Kennung';
COMMENT ON COLUMN anteil_sicht.flaeche IS 'Fläche (Kennung)';
COMMENT ON COLUMN anteil_sicht.ortsteil IS 'Ortsteil (Kennung)';
COMMENT ON COLUMN anteil_sicht.ortsteil_name IS 'Ortsteil';
COMMENT ON COLUMN anteil_sicht.nutzung_name IS 'Nutzung (Klartext)';
COMMENT ON COLUMN anteil_sicht.anteil IS 'Anteil der Fläche im Ortsteil
0 bis 1.';

CREATE VIEW anteil_aktuell WITH (security_invoker = true) AS
SELECT k.plan, k.fassung, a.* FROM anteil_sicht a JOIN fassung_in_kraft k USING (fassung_id);
COMMENT ON COLUMN anteil_aktuell.plan IS 'Plan';
COMMENT ON COLUMN anteil_aktuell.fassung IS 'Fassung';
