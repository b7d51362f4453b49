-- The plan beside the Gemeinden we know: whose it says it is, and how its Geltungsbereich fits.
WITH eigene AS (
  SELECT g.* FROM gemeinde.gemeinde g WHERE g.geom IS NOT NULL OR EXISTS (SELECT FROM gemeinde.ortsteil o WHERE o.gemeinde_id = g.id)
), des_plans AS (
  SELECT g.* FROM fnp.fassung f JOIN fnp.plan_gemeinde pg ON pg.plan_id = f.plan_id JOIN gemeinde.gemeinde g ON g.id = pg.gemeinde_id WHERE f.id = {neu}
), flaeche AS (
  SELECT st_unaryunion(st_collect(g.geom)) AS gebiet FROM des_plans g WHERE g.geom IS NOT NULL
), bereich AS (
  SELECT st_makevalid(geom) AS geom FROM fnp.fassung WHERE id = {neu}
)
SELECT EXISTS (SELECT FROM eigene) AND EXISTS (SELECT FROM des_plans) AND NOT EXISTS (SELECT FROM eigene JOIN des_plans USING (id)) AS fremd,
  (SELECT string_agg(name || coalesce(' (AGS ' || ags || ')', ''), ', ' ORDER BY name) FROM des_plans) AS des_plans,
  (SELECT string_agg(name || coalesce(' (AGS ' || ags || ')', ''), ', ' ORDER BY name) FROM eigene) AS eigene,
  (SELECT plan_art FROM fnp.plan p JOIN fnp.fassung f ON f.plan_id = p.id WHERE f.id = {neu}) AS plan_art,
  st_area(b.geom) AS bereich_m2, st_area(f.gebiet) AS gemeinde_m2, st_area(st_difference(b.geom, f.gebiet)) AS draussen_m2, st_area(st_difference(f.gebiet, b.geom)) AS ohne_plan_m2,
  st_x(p.punkt) AS x, st_y(p.punkt) AS y
FROM flaeche f CROSS JOIN bereich b CROSS JOIN LATERAL (SELECT st_pointonsurface(b.geom) AS punkt) p
