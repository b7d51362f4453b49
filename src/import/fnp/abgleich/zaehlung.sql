SELECT x.name AS art,
  (SELECT count(*) FROM abgleich_alt a WHERE a.art = x.art) AS vorher, (SELECT count(*) FROM abgleich_neu n WHERE n.art = x.art) AS nachher,
  (SELECT count(*) FROM abgleich_offen_neu n WHERE n.art = x.art) AS neu, (SELECT count(*) FROM abgleich_offen_alt a WHERE a.art = x.art) AS entfallen,
  e.geaendert, e.unveraendert, e.geometrie, e.klasse, e.nutzung, e.codes, e.rechtsstand
FROM (VALUES ('F'::"char", 'flaeche'), ('U', 'ueberlagerung'), ('L', 'linie'), ('P', 'punkt')) x (art, name)
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE g) AS geaendert, count(*) FILTER (WHERE NOT g) AS unveraendert, count(*) FILTER (WHERE geometrie) AS geometrie, count(*) FILTER (WHERE klasse) AS klasse,
    count(*) FILTER (WHERE nutzung) AS nutzung, count(*) FILTER (WHERE codes) AS codes, count(*) FILTER (WHERE rechtsstand) AS rechtsstand
  FROM (SELECT *, geometrie OR klasse OR nutzung OR codes OR rechtsstand AS g FROM abgleich_ergebnis y WHERE y.art = x.art) z) e
