SELECT n.schluessel AS nutzung, n.name, g.titel AS gruppe, count(DISTINCT a.ordnung) AS "anzahl!",
  coalesce(sum(a.m2 ORDER BY a.ordnung, a.ortsteil_id) FILTER (WHERE a.rechtsstand IN ('bestand', 'entfaellt')), 0) AS "bestand_m2!",
  coalesce(sum(a.m2 ORDER BY a.ordnung, a.ortsteil_id) FILTER (WHERE a.rechtsstand = 'entfaellt'), 0) AS "davon_fortfallend_m2!",
  coalesce(sum(a.m2 ORDER BY a.ordnung, a.ortsteil_id) FILTER (WHERE a.rechtsstand = 'planung'), 0) AS "planung_m2!",
  coalesce(sum(a.m2 ORDER BY a.ordnung, a.ortsteil_id) FILTER (WHERE a.rechtsstand = 'ohne_angabe'), 0) AS "ohne_angabe_m2!",
  sum(a.m2 ORDER BY a.ordnung, a.ortsteil_id) AS "summe_m2!",
  0::double precision AS "anteil!",
  n.reihenfolge
FROM anteil a
JOIN nutzung n ON n.schluessel = a.nutzung
JOIN nutzung_gruppe g ON g.schluessel = n.gruppe
WHERE a.fassung_id = $1 AND ($2::int IS NULL OR a.ortsteil_id = $2)
GROUP BY n.schluessel, n.name, g.titel, n.reihenfolge
ORDER BY n.reihenfolge
