-- Fachdaten inside the area $1 by kind. Each object is measured in its own dimension; a
-- measure of zero is a touch and no object. Areas of one kind are united before they are
-- measured: two map sheets of one flood area count once.
WITH gebiet AS (SELECT $1::geometry AS geom, st_area($1::geometry) AS m2),
teil AS (
  SELECT f.art, f.name, f.rechtsgrundlage, f.quelle, f.stand, st_dimension(f.geom) AS dimension,
    st_collectionextract(CASE WHEN st_coveredby(f.geom, g.geom) THEN f.geom ELSE st_intersection(f.geom, g.geom) END, st_dimension(f.geom) + 1) AS geom
  FROM gebiet g JOIN fachobjekt f ON f.geom && g.geom AND st_intersects(f.geom, g.geom)
),
drin AS (
  SELECT * FROM teil WHERE CASE dimension WHEN 2 THEN st_area(geom) > 0.01 WHEN 1 THEN st_length(geom) > 0.01 ELSE NOT st_isempty(geom) END
)
SELECT a.schluessel AS "art!", a.titel AS "titel!", a.farbe AS "farbe!", a.strenge AS "strenge!",
  string_agg(DISTINCT coalesce(d.rechtsgrundlage, a.rechtsgrundlage), '; ') AS rechtsgrundlage, string_agg(DISTINCT d.name, '; ') AS namen,
  count(*) AS "anzahl!", st_area(st_union(d.geom) FILTER (WHERE d.dimension = 2)) AS m2,
  st_area(st_union(d.geom) FILTER (WHERE d.dimension = 2)) / (SELECT nullif(m2, 0) FROM gebiet) AS anteil,
  sum(st_length(d.geom)) FILTER (WHERE d.dimension = 1) AS laenge_m, (sum(st_numgeometries(d.geom)) FILTER (WHERE d.dimension = 0))::bigint AS punkte,
  string_agg(DISTINCT d.quelle, '; ') AS quelle, min(d.stand) AS stand
FROM drin d JOIN fachart a ON a.schluessel = d.art
GROUP BY a.schluessel, a.titel, a.farbe, a.strenge, a.reihenfolge ORDER BY a.reihenfolge
