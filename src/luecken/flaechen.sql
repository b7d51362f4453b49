-- Areas of version $1 with their goal balance, the most straining first; $2: with shapes.
SELECT f.kennung AS "kennung!", f.nutzung AS "nutzung!", n.name AS "nutzung_name!", f.rechtsstand AS "rechtsstand!", f.flaeche_m2 AS "flaeche_m2!",
  z.zielbilanz, z.dient_zielen, z.belastet_ziele, (SELECT count(*) FROM massnahme_flaeche mf WHERE mf.fassung_id = $1 AND mf.ordnung = f.ordnung) AS "massnahmen!",
  CASE WHEN $2 THEN st_asgeojson(st_forcepolygonccw(st_transform(f.geom, 4326)), 7)::jsonb END AS geometrie
FROM flaeche f JOIN nutzung n ON n.schluessel = f.nutzung LEFT JOIN nutzung_ziele z ON z.nutzung = f.nutzung
WHERE f.fassung_id = $1
ORDER BY z.zielbilanz NULLS LAST, f.flaeche_m2 DESC, f.kennung LIMIT $3
