-- Fachdaten at the point $1 by kind: areas that cover it. Lines and single points have no
-- inside; they count within $2 metres.
SELECT a.schluessel AS "art!", a.titel AS "titel!", a.farbe AS "farbe!", a.strenge AS "strenge!",
  string_agg(DISTINCT coalesce(f.rechtsgrundlage, a.rechtsgrundlage), '; ') AS rechtsgrundlage, string_agg(DISTINCT f.name, '; ') AS namen,
  count(*) AS "anzahl!", NULL::double precision AS m2, NULL::double precision AS anteil, NULL::double precision AS laenge_m,
  (count(*) FILTER (WHERE st_dimension(f.geom) = 0)) AS punkte, string_agg(DISTINCT f.quelle, '; ') AS quelle, min(f.stand) AS stand
FROM fachobjekt f JOIN fachart a ON a.schluessel = f.art
WHERE st_dwithin(f.geom, $1::geometry, CASE WHEN st_dimension(f.geom) = 2 THEN 0 ELSE $2::float8 END) AND f.geom && st_expand($1::geometry, $2::float8)
GROUP BY a.schluessel, a.titel, a.farbe, a.strenge, a.reihenfolge ORDER BY a.reihenfolge
