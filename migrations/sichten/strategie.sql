-- Layers of the measures: one feature per measure with all its places of that kind.
-- Written without schema: run once per world.
CREATE VIEW massnahme_karte WITH (security_invoker = true) AS
SELECT m.id AS massnahme_id, m.kennung, m.nummer, m.titel, m.kurztext, a.titel AS art, b.titel AS beschlussstand, u.titel AS umsetzungsphase,
  s.ampel, p.titel AS ampel_titel, s.ampel_anlass, s.verzug_tage, s.fortschritt::double precision AS fortschritt, ak.titel AS aktualitaet, s.horizont, m.beginn, m.ende, m.prioritaet, m.leitprojekt, z.ziele, z.belastete_ziele, z.handlungsfelder, z.handlungsfeld_farbe
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
COMMENT ON COLUMN massnahme_karte.handlungsfeld_farbe IS 'Farbe des Handlungsfelds';

-- All places with a shape; a linked area of the plan shows its anchor.
CREATE VIEW massnahme_ort WITH (security_invoker = true) AS
SELECT r.massnahme_id, r.art, r.rolle, r.genauigkeit, coalesce(r.geom, v.geom)::geometry(Geometry, 25832) AS geom
FROM raumbezug r LEFT JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
WHERE r.geom IS NOT NULL OR v.geom IS NOT NULL;
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
