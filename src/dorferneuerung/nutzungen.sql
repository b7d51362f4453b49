-- Land use inside the area $1 by version $2: only areas on its border are cut.
WITH teil AS (
  SELECT f.nutzung, CASE WHEN st_coveredby(f.geom, g.geom) THEN f.flaeche_m2 ELSE st_area(st_intersection(f.geom, g.geom)) END AS m2, g.flaeche_m2
  FROM gebiet g JOIN flaeche f ON f.geom && g.geom AND st_intersects(f.geom, g.geom)
  WHERE g.kennung = $1 AND f.fassung_id = $2 AND f.gueltig
)
SELECT n.schluessel AS "nutzung!", n.name AS "name!", n.farbe AS "farbe!", count(*) AS "anzahl!", sum(t.m2) AS "m2!", sum(t.m2) / max(t.flaeche_m2) AS "anteil!"
FROM teil t JOIN nutzung n ON n.schluessel = t.nutzung
WHERE t.m2 > 0.01
GROUP BY n.schluessel, n.name, n.farbe, n.reihenfolge ORDER BY n.reihenfolge
