-- Layers of the measures: one feature per measure with all its places of that kind.
-- Written without schema: run once per world.
CREATE VIEW massnahme_karte WITH (security_invoker = true) AS
SELECT m.id AS massnahme_id, m.kennung, m.nummer, m.titel, m.kurztext, a.titel AS art, b.titel AS beschlussstand, u.titel AS umsetzungsphase,
  s.ampel, p.titel AS ampel_titel, s.ampel_anlass, s.verzug_tage, s.fortschritt::double precision AS fortschritt, ak.titel AS aktualitaet, s.horizont, m.beginn, m.ende, m.prioritaet, m.leitprojekt, z.ziele, z.belastete_ziele, z.handlungsfelder, z.handlungsfeld, z.handlungsfeld_farbe,
  (SELECT count(DISTINCT (v.plan_id, v.kennung))::int FROM raumbezug r JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
   WHERE r.massnahme_id = m.id AND v.entfallen_in IS NOT NULL) AS zu_pruefen
FROM massnahme m
JOIN massnahme_art a ON a.schluessel = m.art
JOIN beschlussstand b ON b.schluessel = m.beschlussstand
JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase
JOIN massnahme_stand s ON s.massnahme_id = m.id
JOIN ampel p ON p.schluessel = s.ampel
JOIN aktualitaet ak ON ak.schluessel = s.aktualitaet
LEFT JOIN LATERAL (
  SELECT string_agg(zi.titel, '; ' ORDER BY zm.haupt DESC, zm.beitrag DESC, zi.nummer) FILTER (WHERE zm.beitrag > 0) AS ziele,
    string_agg(zi.titel, '; ' ORDER BY zm.beitrag, zi.nummer) FILTER (WHERE zm.beitrag < 0) AS belastete_ziele,
    string_agg(DISTINCT h.titel, '; ') AS handlungsfelder,
    (array_agg(h.kennung ORDER BY zm.haupt DESC, zm.beitrag DESC, zi.nummer))[1] AS handlungsfeld,
    (array_agg(h.farbe ORDER BY zm.haupt DESC, zm.beitrag DESC, zi.nummer))[1] AS handlungsfeld_farbe
  FROM ziel_massnahme zm JOIN ziel zi ON zi.id = zm.ziel_id JOIN handlungsfeld h ON h.id = zi.handlungsfeld_id
  WHERE zm.massnahme_id = m.id
) z ON true;
COMMENT ON COLUMN massnahme_karte.massnahme_id IS 'Maßnahme (interne Nummer)';
COMMENT ON COLUMN massnahme_karte.art IS 'Art';
COMMENT ON COLUMN massnahme_karte.beschlussstand IS 'Beschlussstand';
COMMENT ON COLUMN massnahme_karte.umsetzungsphase IS 'Umsetzungsphase';
COMMENT ON COLUMN massnahme_karte.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN massnahme_karte.ampel_anlass IS 'Anlass der Ampel';
COMMENT ON COLUMN massnahme_karte.verzug_tage IS 'Verzug [einheit Tage]';
COMMENT ON COLUMN massnahme_karte.fortschritt IS 'Fortschritt
Erledigte Teilschritte nach Gewicht, 0 bis 1.';
COMMENT ON COLUMN massnahme_karte.aktualitaet IS 'Alter der Angaben';
COMMENT ON COLUMN massnahme_karte.horizont IS 'Zeithorizont
kurz, mittel, lang, dauerhaft oder offen.';
COMMENT ON COLUMN massnahme_karte.ampel_titel IS 'Ampel (Klartext)';
COMMENT ON COLUMN massnahme_karte.ziele IS 'Fördert die Ziele';
COMMENT ON COLUMN massnahme_karte.belastete_ziele IS 'Hemmt die Ziele';
COMMENT ON COLUMN massnahme_karte.handlungsfelder IS 'Handlungsfelder';
COMMENT ON COLUMN massnahme_karte.handlungsfeld IS 'Handlungsfeld (Kennung)
Das des Hauptziels, sonst das des am stärksten geförderten Ziels.';
COMMENT ON COLUMN massnahme_karte.handlungsfeld_farbe IS 'Farbe des Handlungsfelds';
COMMENT ON COLUMN massnahme_karte.zu_pruefen IS 'Zu prüfende Verknüpfungen
Verknüpfte Flächen, die es in der neuesten Fassung ihres Plans nicht mehr gibt.';

-- All places with a shape; a linked area of the plan shows its anchor.
CREATE VIEW massnahme_ort WITH (security_invoker = true) AS
-- two branches, not one coalesce: each finds its places by its own spatial index
SELECT r.massnahme_id, r.art, r.rolle, r.genauigkeit, r.geom FROM raumbezug r WHERE r.geom IS NOT NULL
UNION ALL
SELECT r.massnahme_id, r.art, r.rolle, r.genauigkeit, v.geom::geometry(Geometry, 25832) FROM raumbezug r JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
WHERE r.geom IS NULL;
COMMENT ON COLUMN massnahme_ort.geom IS 'Ort';

DO $$
DECLARE
  v record;
BEGIN
  FOR v IN SELECT * FROM (VALUES ('massnahme_punkt', 0, 'MultiPoint'), ('massnahme_linie', 1, 'MultiLineString'), ('massnahme_polygon', 2, 'MultiPolygon')) x (name, dimension, typ) LOOP
    EXECUTE format('CREATE VIEW %I WITH (security_invoker = true) AS
      SELECT k.*, o.genauigkeit, o.orte, o.geom::geometry(%s, 25832) AS geom
      FROM massnahme_karte k JOIN (
        SELECT massnahme_id, string_agg(DISTINCT genauigkeit, '', '') AS genauigkeit, count(*)::int AS orte, st_multi(st_unaryunion(st_collect(geom))) AS geom
        FROM massnahme_ort WHERE st_dimension(geom) = %s GROUP BY massnahme_id) o USING (massnahme_id)', v.name, v.typ, v.dimension);
    EXECUTE format('COMMENT ON COLUMN %I.genauigkeit IS ''Genauigkeit''', v.name);
    EXECUTE format('COMMENT ON COLUMN %I.orte IS ''Zahl der Orte''', v.name);
    EXECUTE format('COMMENT ON COLUMN %I.geom IS ''Lage''', v.name);
  END LOOP;
END $$;

CREATE VIEW massnahme_ortsteil_sicht WITH (security_invoker = true) AS
SELECT k.kennung || '.' || o.kennung AS id, o.kennung AS ortsteil, o.name AS ortsteil_name, k.*, mo.herkunft, mo.anteil, mo.schnitt_m2, mo.schnitt_m, mo.punkte,
  o.geom::geometry(MultiPolygon, 25832) AS geom
FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id JOIN massnahme_karte k USING (massnahme_id);
COMMENT ON COLUMN massnahme_ortsteil_sicht.id IS 'Kennung';
COMMENT ON COLUMN massnahme_ortsteil_sicht.ortsteil IS 'Ortsteil (Kennung)';
COMMENT ON COLUMN massnahme_ortsteil_sicht.ortsteil_name IS 'Ortsteil';
COMMENT ON COLUMN massnahme_ortsteil_sicht.kennung IS 'Maßnahme (Kennung)';

-- Links whose area is gone from the newest version of its plan, with what lies there now: shared
-- parts above 1 m², the three largest. Looked up when asked for, so right in both worlds.
CREATE VIEW verweis_pruefen WITH (security_invoker = true) AS
SELECT m.kennung || '.' || v.kennung AS id, m.kennung AS massnahme, m.nummer AS massnahme_nummer, m.titel AS massnahme_titel, p.kennung AS plan, v.kennung AS flaeche,
  v.nutzung, nu.name AS nutzung_name, v.flaeche_m2, zuletzt.nummer AS zuletzt_in, seit.nummer AS entfallen_in,
  n.kennung AS nachfolger, n.nutzung AS nachfolger_nutzung, n.anteil AS nachfolger_anteil, n.vorschlaege, v.geom::geometry(MultiPolygon, 25832) AS geom
FROM verweis v JOIN plan p ON p.id = v.plan_id
JOIN (SELECT DISTINCT massnahme_id, plan_id, flaeche_kennung FROM raumbezug WHERE flaeche_kennung IS NOT NULL) r ON r.plan_id = v.plan_id AND r.flaeche_kennung = v.kennung
JOIN massnahme m ON m.id = r.massnahme_id
LEFT JOIN nutzung nu ON nu.schluessel = v.nutzung
LEFT JOIN fassung zuletzt ON zuletzt.id = v.fassung_id
LEFT JOIN fassung seit ON seit.id = v.entfallen_in
LEFT JOIN fassung jetzt ON jetzt.plan_id = v.plan_id AND jetzt.aktuell
LEFT JOIN LATERAL (
  SELECT (array_agg(x.kennung ORDER BY x.m2 DESC, x.kennung))[1] AS kennung, (array_agg(x.nutzung ORDER BY x.m2 DESC, x.kennung))[1] AS nutzung,
    max(x.m2) / nullif(v.flaeche_m2, 0) AS anteil,
    string_agg(format('%s (%s, %s %%)', x.kennung, x.nutzung, round((100 * x.m2 / nullif(v.flaeche_m2, 0))::numeric)), '; ' ORDER BY x.m2 DESC, x.kennung) AS vorschlaege
  FROM (SELECT y.* FROM (
      SELECT f.kennung, f.nutzung, st_area(st_intersection(f.geom, st_makevalid(v.geom))) AS m2
      FROM flaeche f WHERE f.fassung_id = jetzt.id AND f.geom && v.geom AND f.gueltig) y
    WHERE y.m2 > 1 ORDER BY y.m2 DESC, y.kennung LIMIT 3) x
) n ON true
WHERE v.entfallen_in IS NOT NULL;
COMMENT ON COLUMN verweis_pruefen.id IS 'Kennung';
COMMENT ON COLUMN verweis_pruefen.massnahme IS 'Maßnahme (Kennung)';
COMMENT ON COLUMN verweis_pruefen.massnahme_nummer IS 'Maßnahme (Nummer)';
COMMENT ON COLUMN verweis_pruefen.massnahme_titel IS 'Maßnahme';
COMMENT ON COLUMN verweis_pruefen.plan IS 'Plan';
COMMENT ON COLUMN verweis_pruefen.flaeche IS 'Entfallene Fläche';
COMMENT ON COLUMN verweis_pruefen.nutzung_name IS 'Nutzung (Klartext)';
COMMENT ON COLUMN verweis_pruefen.zuletzt_in IS 'Zuletzt in Fassung';
COMMENT ON COLUMN verweis_pruefen.entfallen_in IS 'Entfallen in Fassung';
COMMENT ON COLUMN verweis_pruefen.nachfolger IS 'Vorgeschlagener Nachfolger';
COMMENT ON COLUMN verweis_pruefen.nachfolger_nutzung IS 'Nutzung des Nachfolgers [code fnp.nutzung]';
COMMENT ON COLUMN verweis_pruefen.nachfolger_anteil IS 'Anteil des Nachfolgers
0 bis 1, an der entfallenen Fläche.';
COMMENT ON COLUMN verweis_pruefen.vorschlaege IS 'Was dort jetzt liegt
Die drei größten Flächen mit ihrem Anteil an der entfallenen.';
-- Where indicators stand, by Ortsteil.
CREATE VIEW kennzahl_ortsteil_sicht WITH (security_invoker = true) AS
SELECT k.kennung || '.' || o.kennung AS id, k.kennung AS kennzahl, k.titel, k.einheit, k.richtung, o.kennung AS ortsteil, o.name AS ortsteil_name, s.ist::double precision AS ist, s.ist_am,
  s.soll::double precision AS soll, s.ziel::double precision AS ziel, s.ziel_am, s.abweichung::double precision AS abweichung, s.grad::double precision AS grad, s.ampel, a.titel AS ampel_titel, ak.titel AS aktualitaet,
  o.geom::geometry(MultiPolygon, 25832) AS geom
FROM kennzahl_stand s JOIN kennzahl k ON k.id = s.kennzahl_id JOIN ortsteil o ON o.id = s.ortsteil_id JOIN ampel a ON a.schluessel = s.ampel JOIN aktualitaet ak ON ak.schluessel = s.aktualitaet;
COMMENT ON COLUMN kennzahl_ortsteil_sicht.id IS 'Kennung';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.kennzahl IS 'Kennzahl (Kennung)';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.titel IS 'Kennzahl';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.ortsteil IS 'Ortsteil (Kennung)';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.ortsteil_name IS 'Ortsteil';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.ist IS 'Ist';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.soll IS 'Soll am Stichtag des Ist-Werts';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.ziel IS 'Letztes Ziel';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.abweichung IS 'Abweichung vom Soll-Pfad
Anteil am Weg von der Basis zum Ziel; negativ = hinter dem Plan.';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.grad IS 'Zielerreichung
1 = Ziel erreicht; unter 0 = Rückschritt hinter die Basis.';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.ampel_titel IS 'Ampel (Klartext)';
COMMENT ON COLUMN kennzahl_ortsteil_sicht.aktualitaet IS 'Alter der Angaben';

-- Sector plans with an area of their own.
CREATE VIEW fachplan_sicht WITH (security_invoker = true) AS
SELECT p.kennung, p.titel, t.titel AS typ, p.herausgeber, p.jahr, v.titel AS verbindlichkeit, p.zustand, p.dokument_url, p.geom::geometry(MultiPolygon, 25832) AS geom
FROM fachplan p JOIN fachplan_typ t ON t.schluessel = p.typ JOIN verbindlichkeit v ON v.schluessel = p.verbindlichkeit WHERE p.geom IS NOT NULL;
COMMENT ON COLUMN fachplan_sicht.typ IS 'Art';
COMMENT ON COLUMN fachplan_sicht.verbindlichkeit IS 'Verbindlichkeit';

-- One feature per measure: its own places of the highest dimension, else the Ortsteile it names,
-- else no geometry. Saved questions are read from it.
CREATE VIEW massnahme_lage WITH (security_invoker = true) AS
SELECT k.*, CASE WHEN e.geom IS NOT NULL THEN 'eigener Ort' WHEN t.geom IS NOT NULL THEN 'Ortsteil'
    WHEN EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = k.massnahme_id AND r.art = 'gesamtstadt') THEN 'Gesamtstadt' ELSE 'ohne Ort' END AS lage_aus,
  coalesce(e.geom, t.geom)::geometry(Geometry, 25832) AS geom
FROM massnahme_karte k
LEFT JOIN LATERAL (SELECT st_multi(st_unaryunion(st_collect(o.geom))) AS geom FROM massnahme_ort o WHERE o.massnahme_id = k.massnahme_id
  GROUP BY st_dimension(o.geom) ORDER BY st_dimension(o.geom) DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT st_multi(st_unaryunion(st_collect(o.geom))) AS geom FROM raumbezug r JOIN ortsteil o ON o.id = r.ortsteil_id WHERE r.massnahme_id = k.massnahme_id) t ON true;
COMMENT ON COLUMN massnahme_lage.lage_aus IS 'Woher die Lage kommt
eigener Ort, Ortsteil, Gesamtstadt oder ohne Ort; die beiden letzten haben keine Geometrie.';
COMMENT ON COLUMN massnahme_lage.geom IS 'Lage';
