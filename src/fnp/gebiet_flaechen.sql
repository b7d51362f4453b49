-- Areas of version $2 at the place $1 (point or polygon, EPSG:25832). Of a polygon the part in
-- the Geltungsbereich is measured, as in the balance; a point has no size.
WITH ort AS (
  SELECT st_dimension($1::geometry) AS dimension, CASE WHEN st_dimension($1::geometry) < 2 OR v.geom IS NULL THEN $1::geometry
    ELSE st_collectionextract(st_intersection($1::geometry, CASE WHEN st_isvalid(v.geom) THEN v.geom ELSE st_makevalid(v.geom, 'method=structure') END), 3) END AS geom
  FROM fassung v WHERE v.id = $2
), teil AS (
  SELECT f.kennung, f.nutzung, f.rechtsstand, f.klasse, f.codes, f.name, f.text, f.gueltig, f.flaeche_m2, o.dimension,
    CASE WHEN o.dimension < 2 THEN NULL WHEN st_coveredby(g.geom, o.geom) THEN st_area(g.geom) ELSE st_area(st_intersection(g.geom, o.geom)) END AS m2
  FROM ort o JOIN flaeche f ON f.fassung_id = $2 AND f.geom && o.geom
  CROSS JOIN LATERAL (SELECT CASE WHEN f.gueltig THEN f.geom ELSE st_makevalid(f.geom, 'method=structure') END AS geom) g
  WHERE st_intersects(g.geom, o.geom)
)
SELECT t.kennung AS "kennung!", n.schluessel AS "nutzung!", n.name AS "nutzung_name!", gr.titel AS "gruppe!", n.farbe AS "farbe!", n.planzv, n.rechtsgrundlage, n.reihenfolge AS "reihenfolge!",
  t.rechtsstand AS "rechtsstand!", t.klasse AS "klasse!", t.codes AS "codes!", t.name, t.text, t.gueltig AS "gueltig!", t.flaeche_m2 AS "flaeche_m2!", t.m2
FROM teil t JOIN nutzung n ON n.schluessel = t.nutzung JOIN nutzung_gruppe gr ON gr.schluessel = n.gruppe
WHERE t.dimension < 2 OR t.m2 > 0.0001
ORDER BY t.m2 DESC NULLS LAST, t.kennung
