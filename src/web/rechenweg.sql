-- The areas of version $2 behind a land use ($3, NULL: all) of the village-renewal area $1, largest part first.
WITH teil AS (
  SELECT f.kennung, f.nutzung, n.name, f.rechtsstand, f.flaeche_m2, CASE WHEN st_coveredby(f.geom, g.geom) THEN f.flaeche_m2 ELSE st_area(st_intersection(f.geom, g.geom)) END AS m2
  FROM gebiet g JOIN flaeche f ON f.geom && g.geom AND st_intersects(f.geom, g.geom) JOIN nutzung n ON n.schluessel = f.nutzung
  WHERE g.kennung = $1 AND f.fassung_id = $2 AND f.gueltig AND ($3::text IS NULL OR f.nutzung = $3)
)
SELECT kennung, nutzung, name, rechtsstand, flaeche_m2, m2 AS "m2!", m2 / nullif(flaeche_m2, 0) AS "anteil!" FROM teil WHERE m2 > 0.01 ORDER BY m2 DESC, kennung
