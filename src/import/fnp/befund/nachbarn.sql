-- Up to three areas nearest to each gap ($1 easting, $2 northing), within $3 metres.
SELECT coalesce(n.namen, '{}') FROM unnest($1::float8[], $2::float8[], $3::float8[]) WITH ORDINALITY s (x, y, weite, nr)
LEFT JOIN LATERAL (SELECT array_agg(k.kennung ORDER BY k.abstand, k.kennung) AS namen FROM (
  SELECT f.kennung, st_distance(f.geom, p.punkt) AS abstand FROM (SELECT st_setsrid(st_makepoint(s.x, s.y), 25832) AS punkt) p
  JOIN fnp.flaeche_f{neu} f ON f.geom && st_expand(p.punkt, s.weite) ORDER BY 2, 1 LIMIT 3) k WHERE k.abstand <= s.weite) n ON true
ORDER BY s.nr
