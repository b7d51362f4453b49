-- Cut at the Gebiet, so that Ortsteile add up here too. Invalid shapes are repaired for this figure only.
WITH gebiet AS (
  SELECT CASE
      WHEN $2::int IS NULL THEN f.geom
      WHEN $2 = 0 THEN st_difference(f.geom, (SELECT st_union(o.geom) FROM ortsteil o WHERE o.geom && f.geom))
      ELSE (SELECT CASE WHEN f.geom IS NULL THEN o.geom ELSE st_intersection(f.geom, o.geom) END FROM ortsteil o WHERE o.id = $2)
    END AS geom
  FROM fassung f WHERE f.id = $1
), teil AS (
  SELECT u.klasse, st_area(CASE WHEN g.geom IS NULL THEN form.geom ELSE st_intersection(form.geom, g.geom) END) AS m2
  FROM ueberlagerung u
  CROSS JOIN gebiet g
  CROSS JOIN LATERAL (SELECT CASE WHEN u.gueltig THEN u.geom ELSE st_makevalid(u.geom, 'method=structure') END AS geom) form
  WHERE u.fassung_id = $1 AND (g.geom IS NULL OR u.geom && g.geom)
)
SELECT klasse, count(*) AS "anzahl!", sum(m2) AS "flaeche_m2!" FROM teil WHERE m2 > 0.01 GROUP BY klasse ORDER BY klasse
