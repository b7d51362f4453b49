-- Objects wholly outside the Gemeinden of the plan. What has a share in an Ortsteil is inside;
-- the areas without one are $1 (ordnung).
WITH gebiet AS MATERIALIZED (
  SELECT g.geom FROM fnp.fassung f JOIN fnp.plan_gemeinde pg ON pg.plan_id = f.plan_id JOIN gemeinde.gemeinde g ON g.id = pg.gemeinde_id WHERE f.id = {neu} AND g.geom IS NOT NULL
), objekt AS (
  SELECT 1 AS art, f.ordnung, f.kennung, f.klasse, f.flaeche_m2 AS m2, f.geom::geometry FROM fnp.flaeche_f{neu} f JOIN unnest($1::bigint[]) o (ordnung) USING (ordnung)
  UNION ALL SELECT 2, ordnung, kennung, klasse, flaeche_m2, geom FROM fnp.ueberlagerung_f{neu}
  UNION ALL SELECT 3, ordnung, kennung, klasse, NULL, geom FROM fnp.linie_f{neu}
  UNION ALL SELECT 4, ordnung, kennung, klasse, NULL, geom FROM fnp.punkt_f{neu}
), draussen AS (
  SELECT o.* FROM objekt o WHERE EXISTS (SELECT FROM gebiet) AND NOT EXISTS (SELECT FROM gebiet g WHERE g.geom && o.geom AND st_intersects(g.geom, o.geom))
)
SELECT d.kennung, d.klasse, d.m2, st_x(p.punkt) AS x, st_y(p.punkt) AS y, (SELECT min(st_distance(g.geom, d.geom)) FROM gebiet g) AS abstand_m, d.alle
FROM (SELECT *, count(*) OVER () AS alle FROM draussen ORDER BY m2 DESC NULLS LAST, art, ordnung LIMIT 20) d
CROSS JOIN LATERAL (SELECT st_pointonsurface(st_makevalid(d.geom)) AS punkt) p ORDER BY d.m2 DESC NULLS LAST, d.art, d.ordnung
