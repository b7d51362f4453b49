-- Layers of Gemeinde and Ortsteile. Written without schema: run once per world.
CREATE VIEW gemeinde_sicht WITH (security_invoker = true) AS
SELECT kennung, name, ags, flaeche_amtlich_m2, st_area(geom) AS flaeche_m2, geom::geometry(MultiPolygon, 25832) AS geom
FROM gemeinde;
COMMENT ON COLUMN gemeinde_sicht.flaeche_m2 IS 'Fläche
Ebene Fläche in EPSG:25832. [einheit m²]';

CREATE VIEW ortsteil_sicht WITH (security_invoker = true) AS
SELECT o.kennung, o.name, o.schluessel, o.typ, g.name AS gemeinde, o.flaeche_m2, o.geom::geometry(MultiPolygon, 25832) AS geom
FROM ortsteil o LEFT JOIN gemeinde g ON g.id = o.gemeinde_id;
COMMENT ON COLUMN ortsteil_sicht.gemeinde IS 'Gemeinde';
