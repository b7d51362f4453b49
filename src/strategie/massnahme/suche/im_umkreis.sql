-- Measures within $2 metres of the shape $1 (EWKB, EPSG:25832), by their own place or by the Ortsteil they name.
SELECT massnahme_id AS "massnahme_id!", min(herkunft) AS "herkunft!", (array_agg(abstand_m ORDER BY herkunft, abstand_m))[1] AS abstand_m FROM (
  SELECT x.massnahme_id, 'lage' AS herkunft, st_distance(x.geom, st_geomfromewkb($1::bytea)) AS abstand_m FROM massnahme_ort x WHERE st_dwithin(x.geom, st_geomfromewkb($1::bytea), $2::float8)
  UNION ALL
  SELECT r.massnahme_id, 'ortsteil', st_distance(ot.geom, st_geomfromewkb($1::bytea)) FROM ortsteil ot JOIN raumbezug r ON r.ortsteil_id = ot.id WHERE st_dwithin(ot.geom, st_geomfromewkb($1::bytea), $2::float8)
) x GROUP BY 1
