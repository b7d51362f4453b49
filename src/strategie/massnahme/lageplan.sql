-- Shapes of the small map of measure $1 in the box $2 $3 $4 $5, simplified to $6 m.
WITH kasten AS (SELECT st_makeenvelope($2, $3, $4, $5, 25832) AS geom)
SELECT art AS "art!", titel, farbe, st_assvg(geom, 0, 1) AS "d!" FROM (
  SELECT 1 AS lage, 'nutzung' AS art, n.name AS titel, n.farbe, st_simplify(st_clipbybox2d(f.geom, k.geom::box2d), $6) AS geom
  FROM kasten k JOIN flaeche f ON f.geom && k.geom AND f.fassung_id IN (SELECT fassung_id FROM fassung_in_kraft) JOIN nutzung n ON n.schluessel = f.nutzung WHERE f.flaeche_m2 > $6 * $6 * 4
  UNION ALL
  SELECT 2, 'ortsteil', o.name, NULL, st_simplify(st_clipbybox2d(st_boundary(o.geom), k.geom::box2d), $6) FROM kasten k JOIN ortsteil o ON o.geom && k.geom
  UNION ALL
  SELECT 3, CASE st_dimension(x.geom) WHEN 2 THEN 'flaeche' WHEN 1 THEN 'linie' ELSE 'punkt' END, m.titel, NULL,
    CASE st_dimension(x.geom) WHEN 0 THEN st_buffer(x.geom, $6 * 12) ELSE st_simplify(x.geom, $6) END
  FROM massnahme m JOIN massnahme_ort x ON x.massnahme_id = m.id WHERE m.kennung = $1
  UNION ALL
  SELECT 3, 'genannt', o.name, NULL, st_simplify(o.geom, $6) FROM massnahme m JOIN raumbezug r ON r.massnahme_id = m.id JOIN ortsteil o ON o.id = r.ortsteil_id WHERE m.kennung = $1
) s WHERE NOT st_isempty(geom) ORDER BY lage LIMIT 3000
