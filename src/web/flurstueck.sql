-- The areas of version $2 on the parcel $1. Invalid areas count repaired, as in the balance.
WITH stueck AS (SELECT geom, flaeche_m2 FROM flurstueck WHERE kennzeichen = $1),
teil AS (
  SELECT f.kennung, f.nutzung, f.rechtsstand, f.flaeche_m2 AS ganz_m2, s.flaeche_m2,
    st_area(st_intersection(CASE WHEN f.gueltig THEN f.geom ELSE st_makevalid(f.geom, 'method=structure') END, s.geom)) AS m2
  FROM stueck s JOIN flaeche f ON f.geom && s.geom AND f.fassung_id = $2
)
SELECT t.kennung AS "kennung!", n.schluessel AS "nutzung!", n.name AS "name!", n.farbe AS "farbe!", t.rechtsstand AS "rechtsstand!",
  t.ganz_m2 AS "ganz_m2!", t.m2 AS "m2!", t.m2 / t.flaeche_m2 AS "anteil!"
FROM teil t JOIN nutzung n ON n.schluessel = t.nutzung WHERE t.m2 > 0.0001 ORDER BY t.m2 DESC, t.kennung
