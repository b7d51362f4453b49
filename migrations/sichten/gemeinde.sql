-- Layers of Gemeinde and Ortsteile. Written without schema: run once per world.
CREATE VIEW gemeinde_sicht WITH (security_invoker = true) AS
SELECT kennung, name, ags, flaeche_amtlich_m2, st_area(geom) AS flaeche_m2, geom::geometry(MultiPolygon, 25832) AS geom
FROM gemeinde;
COMMENT ON COLUMN gemeinde_sicht.flaeche_m2 IS 'Fläche
Ebene Fläche in EPSG:25832. [einheit m²]';

-- Inhabitants per day: the delivered total, else the sum of the age groups.
CREATE VIEW einwohner_summe WITH (security_invoker = true) AS
SELECT ortsteil_id, stichtag, art, variante,
  coalesce(max(anzahl) FILTER (WHERE altersgruppe = 'gesamt'), sum(anzahl)) AS anzahl, string_agg(DISTINCT quelle, '; ') AS quelle
FROM einwohner GROUP BY ortsteil_id, stichtag, art, variante;

CREATE VIEW ortsteil_sicht WITH (security_invoker = true) AS
SELECT o.kennung, o.name, o.schluessel, o.typ, g.name AS gemeinde, e.anzahl AS einwohner, e.stichtag AS einwohner_stichtag, o.flaeche_m2,
  o.geom::geometry(MultiPolygon, 25832) AS geom
FROM ortsteil o LEFT JOIN gemeinde g ON g.id = o.gemeinde_id
LEFT JOIN LATERAL (SELECT s.anzahl, s.stichtag FROM einwohner_summe s WHERE s.ortsteil_id = o.id AND s.art = 'ist' ORDER BY s.stichtag DESC LIMIT 1) e ON true;
COMMENT ON COLUMN ortsteil_sicht.gemeinde IS 'Gemeinde';
COMMENT ON COLUMN ortsteil_sicht.einwohner IS 'Einwohner
Neueste gezählte Zahl.';
COMMENT ON COLUMN ortsteil_sicht.einwohner_stichtag IS 'Stichtag der Einwohner';

CREATE VIEW flurstueck_sicht WITH (security_invoker = true) AS
SELECT kennzeichen, gemarkung, gemarkungsnummer, flur, nummer, flaeche_amtlich_m2, flaeche_m2, quelle, stand, geom::geometry(MultiPolygon, 25832) AS geom
FROM flurstueck;
