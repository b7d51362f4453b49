-- Copies: in the Flächenschluss whatever their class, elsewhere within a class. Only the objects $1
-- (ordnung) have their box in common with another of their table. Equal boxes first; only those are brought to one order of points (to the millimetre) and compared.
WITH alle AS (
  SELECT 1 AS art, ordnung, kennung, klasse, '' AS gruppe, flaeche_m2 AS m2, geom::geometry FROM fnp.flaeche_f{neu}
  UNION ALL SELECT 2, ordnung, kennung, klasse, klasse, flaeche_m2, geom FROM fnp.ueberlagerung_f{neu}
  UNION ALL SELECT 3, ordnung, kennung, klasse, klasse, NULL, geom FROM fnp.linie_f{neu}
  UNION ALL SELECT 4, ordnung, kennung, klasse, klasse, NULL, geom FROM fnp.punkt_f{neu}
), objekt AS (
  SELECT a.* FROM alle a JOIN unnest($1::bigint[]) o (ordnung) USING (ordnung)
), kasten AS (
  SELECT art, gruppe, ordnung, count(*) OVER (PARTITION BY art, gruppe, round(st_xmin(geom) * 1000), round(st_ymin(geom) * 1000), round(st_xmax(geom) * 1000), round(st_ymax(geom) * 1000)) AS zahl FROM objekt
), form AS (
  SELECT o.*, md5(st_asbinary(st_normalize(st_snaptogrid(o.geom, 0.001)))) AS form FROM kasten k JOIN objekt o USING (art, gruppe, ordnung) WHERE k.zahl > 1
), satz AS (
  SELECT art, form, count(*) AS zahl, (array_agg(kennung ORDER BY ordnung))[1:10] AS namen, min(klasse) AS klasse, max(m2) AS m2, (array_agg(geom ORDER BY ordnung))[1] AS geom
  FROM form GROUP BY art, gruppe, form HAVING count(*) > 1
)
SELECT art, zahl, namen, klasse, m2, st_x(p.punkt) AS x, st_y(p.punkt) AS y, count(*) OVER () AS alle
FROM satz CROSS JOIN LATERAL (SELECT st_pointonsurface(st_makevalid(geom)) AS punkt) p ORDER BY art, m2 DESC NULLS LAST, namen LIMIT 100
