-- Lines and points of version $2 at the place $1. Of a polygon what lies inside counts, with its
-- part; at a point nothing lies exactly, so what is within $3 metres counts, with its distance.
SELECT x.form AS "form!", x.kennung AS "kennung!", x.nutzung AS "nutzung!", n.name AS "nutzung_name!", x.klasse AS "klasse!", x.name, x.text, x.rechtsstand AS "rechtsstand!",
  n.rechtsgrundlage, x.laenge_m, x.anzahl, x.abstand_m FROM (
  SELECT 'linie' AS form, l.kennung, l.nutzung, l.klasse, l.name, l.text, l.rechtsstand,
    CASE WHEN st_dimension($1::geometry) = 2 THEN st_length(st_intersection(l.geom, $1::geometry)) ELSE l.laenge_m END AS laenge_m, NULL::bigint AS anzahl,
    CASE WHEN st_dimension($1::geometry) < 2 THEN st_distance(l.geom, $1::geometry) END AS abstand_m
  FROM linie l WHERE l.fassung_id = $2 AND st_dwithin(l.geom, $1::geometry, CASE WHEN st_dimension($1::geometry) = 2 THEN 0 ELSE $3::float8 END)
  UNION ALL
  SELECT 'punkt', p.kennung, p.nutzung, p.klasse, p.name, p.text, p.rechtsstand, NULL,
    CASE WHEN st_dimension($1::geometry) = 2 THEN st_numgeometries(st_multi(st_intersection(p.geom, $1::geometry))) END,
    CASE WHEN st_dimension($1::geometry) < 2 THEN st_distance(p.geom, $1::geometry) END
  FROM punkt p WHERE p.fassung_id = $2 AND st_dwithin(p.geom, $1::geometry, CASE WHEN st_dimension($1::geometry) = 2 THEN 0 ELSE $3::float8 END)
) x JOIN nutzung n ON n.schluessel = x.nutzung
-- a line that only touches the border is not inside
WHERE x.form = 'punkt' OR x.laenge_m > 0.01
ORDER BY x.form, x.abstand_m, x.laenge_m DESC, x.kennung
