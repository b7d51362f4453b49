-- Where measures meet every polygon of $1 (EWKB, EPSG:25832), and how much of them; figures speak of the first.
WITH raum AS (
  SELECT r.nr::int AS nr, st_geomfromewkb(r.form) AS geom FROM unnest($1::bytea[]) WITH ORDINALITY r (form, nr)
), form AS (
  -- lateral and apart (OFFSET 0): so each branch of the view is searched by its own index
  SELECT t.nr, t.massnahme_id, st_dimension(x.geom) AS dimension, st_unaryunion(st_collect(st_makevalid(x.geom))) AS geom
  FROM (SELECT DISTINCT r.nr, y.massnahme_id FROM raum r CROSS JOIN LATERAL (SELECT o.massnahme_id FROM massnahme_ort o WHERE o.geom && r.geom AND st_intersects(o.geom, r.geom) OFFSET 0) y) t
  CROSS JOIN LATERAL (SELECT o.geom FROM massnahme_ort o WHERE o.massnahme_id = t.massnahme_id OFFSET 0) x
  GROUP BY 1, 2, 3
), mass AS (
  SELECT f.nr, f.massnahme_id, f.dimension,
    CASE f.dimension WHEN 2 THEN st_area(f.geom) WHEN 1 THEN st_length(f.geom) ELSE st_npoints(f.geom) END AS ganz,
    CASE f.dimension WHEN 2 THEN st_area(st_intersection(f.geom, r.geom)) WHEN 1 THEN st_length(st_intersection(f.geom, r.geom)) ELSE st_npoints(st_intersection(f.geom, r.geom)) END AS teil
  FROM form f JOIN raum r USING (nr)
), lage AS (
  -- touching is not overlapping; a point on the border counts
  SELECT nr, massnahme_id, (array_agg(CASE WHEN teil > 0.01 THEN teil ELSE 0 END / nullif(ganz, 0) ORDER BY dimension DESC))[1] AS anteil,
    sum(teil) FILTER (WHERE dimension = 2 AND teil > 0.01) AS schnitt_m2, sum(teil) FILTER (WHERE dimension = 1 AND teil > 0.01) AS schnitt_m,
    sum(teil) FILTER (WHERE dimension = 0 AND teil > 0)::int AS punkte
  FROM mass GROUP BY 1, 2 HAVING max(teil) > 0.01
), genannt AS (
  SELECT DISTINCT x.nr, r.massnahme_id FROM raum x JOIN ortsteil ot ON ot.geom && x.geom AND st_area(st_intersection(ot.geom, x.geom)) > 0.01
  JOIN raumbezug r ON r.ortsteil_id = ot.id
)
SELECT massnahme_id AS "massnahme_id!", (array_agg(CASE WHEN g.massnahme_id IS NULL THEN 'lage' ELSE 'ortsteil' END ORDER BY nr))[1] AS "herkunft!", (array_agg(l.anteil ORDER BY nr))[1] AS anteil,
  (array_agg(l.schnitt_m2 ORDER BY nr))[1] AS schnitt_m2, (array_agg(l.schnitt_m ORDER BY nr))[1] AS schnitt_m, (array_agg(l.punkte ORDER BY nr))[1] AS punkte
FROM lage l FULL JOIN genannt g USING (nr, massnahme_id) GROUP BY massnahme_id HAVING count(*) = cardinality($1::bytea[])
