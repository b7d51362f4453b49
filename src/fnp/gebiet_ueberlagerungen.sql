-- Overlays of version $2 at the place $1 (point or polygon); never part of a sum.
SELECT u.kennung AS "kennung!", u.klasse AS "klasse!", u.art AS "art!", u.name, u.text, u.rechtsstand AS "rechtsstand!", t.m2
FROM ueberlagerung u
CROSS JOIN LATERAL (SELECT CASE WHEN u.gueltig THEN u.geom ELSE st_makevalid(u.geom, 'method=structure') END AS geom) g
CROSS JOIN LATERAL (SELECT CASE WHEN st_dimension($1::geometry) = 2 THEN st_area(st_intersection(g.geom, $1::geometry)) END AS m2) t
WHERE u.fassung_id = $2 AND u.geom && $1::geometry AND st_intersects(g.geom, $1::geometry) AND (t.m2 IS NULL OR t.m2 > 0.01)
ORDER BY t.m2 DESC NULLS LAST, u.kennung
