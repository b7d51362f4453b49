-- Of the polygon $1: its size, its part in the Geltungsbereich of version $2, and how much of
-- that valid areas cover at least once (asked only where areas may overlap: $3), m².
WITH ort AS (
  SELECT CASE WHEN v.geom IS NULL THEN $1::geometry
    ELSE st_collectionextract(st_intersection($1::geometry, CASE WHEN st_isvalid(v.geom) THEN v.geom ELSE st_makevalid(v.geom, 'method=structure') END), 3) END AS geom
  FROM fassung v WHERE v.id = $2
)
SELECT st_area($1::geometry) AS "gebiet_m2!", coalesce(st_area(o.geom), 0) AS "im_plan_m2!",
  CASE WHEN $3 THEN coalesce(st_area(st_intersection(o.geom, (SELECT st_union(f.geom) FROM flaeche f WHERE f.fassung_id = $2 AND f.gueltig AND f.geom && o.geom AND st_intersects(f.geom, o.geom)))), 0) END AS bedeckt_m2,
  coalesce((SELECT p.ueberlappung_m2 FROM pruefung p WHERE p.fassung_id = $2 AND p.ortsteil_id = -1), 0) AS "ueberlappung_m2!"
FROM ort o
