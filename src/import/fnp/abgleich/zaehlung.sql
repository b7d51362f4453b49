SELECT x.name AS art, coalesce(a.anzahl, 0) AS vorher, coalesce(n.anzahl, 0) AS nachher, coalesce(na.anzahl, 0) AS neu, coalesce(aa.anzahl, 0) AS entfallen,
  coalesce(e.geaendert, 0) AS geaendert, coalesce(e.unveraendert, 0) AS unveraendert, coalesce(e.geometrie, 0) AS geometrie, coalesce(e.klasse, 0) AS klasse,
  coalesce(e.nutzung, 0) AS nutzung, coalesce(e.codes, 0) AS codes, coalesce(e.rechtsstand, 0) AS rechtsstand
FROM (VALUES ('F'::"char", 'flaeche', 1), ('U', 'ueberlagerung', 2), ('L', 'linie', 3), ('P', 'punkt', 4)) x (art, name, reihe)
-- each table once, not once per kind
LEFT JOIN (SELECT art, count(*) AS anzahl FROM abgleich_alt GROUP BY art) a USING (art)
LEFT JOIN (SELECT art, count(*) AS anzahl FROM abgleich_neu GROUP BY art) n USING (art)
LEFT JOIN (SELECT art, count(*) AS anzahl FROM abgleich_offen_neu GROUP BY art) na USING (art)
LEFT JOIN (SELECT art, count(*) AS anzahl FROM abgleich_offen_alt GROUP BY art) aa USING (art)
LEFT JOIN (
  SELECT art, count(*) FILTER (WHERE g) AS geaendert, count(*) FILTER (WHERE NOT g) AS unveraendert, count(*) FILTER (WHERE geometrie) AS geometrie, count(*) FILTER (WHERE klasse) AS klasse,
    count(*) FILTER (WHERE nutzung) AS nutzung, count(*) FILTER (WHERE codes) AS codes, count(*) FILTER (WHERE rechtsstand) AS rechtsstand
  FROM (SELECT *, geometrie OR klasse OR nutzung OR codes OR rechtsstand AS g FROM abgleich_ergebnis) z GROUP BY art
) e USING (art)
ORDER BY x.reihe
