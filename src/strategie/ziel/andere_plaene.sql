-- What the newest version of every other plan says at the place of area $2 of version $1.
SELECT p.kennung AS "plan!", p.name AS "plan_name!", p.stand AS "stand!", fa.nummer AS "fassung!", x.kennung AS "flaeche!", x.nutzung AS "nutzung!", n.name AS "name!", n.farbe AS "farbe!", s.m2 AS "m2!", s.m2 / greatest(e.flaeche_m2, 1e-9) AS "anteil!"
FROM flaeche e
JOIN fassung eigene ON eigene.id = e.fassung_id
JOIN fassung fa ON fa.aktuell AND fa.plan_id <> eigene.plan_id
JOIN plan p ON p.id = fa.plan_id
JOIN flaeche x ON x.fassung_id = fa.id AND x.geom && e.geom AND x.gueltig
JOIN nutzung n ON n.schluessel = x.nutzung
CROSS JOIN LATERAL (SELECT st_area(st_intersection(st_makevalid(e.geom), x.geom)) AS m2) s
WHERE e.fassung_id = $1 AND e.ordnung = $2 AND s.m2 > 0.01
ORDER BY array_position(ARRAY['wirksam', 'entwurf', 'frueher'], p.stand), p.kennung, s.m2 DESC
