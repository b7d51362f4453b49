SELECT o.kennung AS ortsteil, o.name AS ortsteil_name, n.schluessel AS nutzung, n.name AS nutzung_name, n.reihenfolge, sum(b.vorher) AS vorher_m2, sum(b.nachher) AS nachher_m2
FROM (
  SELECT ortsteil_id, nutzung, sum(m2 ORDER BY ordnung) AS vorher, 0::double precision AS nachher FROM fnp.anteil WHERE fassung_id = {alt} GROUP BY 1, 2
  UNION ALL SELECT ortsteil_id, nutzung, 0, sum(m2 ORDER BY ordnung) FROM fnp.anteil_f{neu} GROUP BY 1, 2) b
JOIN fnp.nutzung n ON n.schluessel = b.nutzung LEFT JOIN gemeinde.ortsteil o ON o.id = b.ortsteil_id
GROUP BY o.kennung, o.name, n.schluessel, n.name, n.reihenfolge ORDER BY o.name COLLATE "de-x-icu" NULLS LAST, o.kennung, n.reihenfolge
