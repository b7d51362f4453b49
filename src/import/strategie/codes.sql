SELECT tabelle AS "tabelle!", schluessel AS "schluessel!", titel AS "titel!" FROM (
  SELECT 'massnahme_art' AS tabelle, schluessel, titel, reihenfolge FROM massnahme_art
  UNION ALL SELECT 'beschlussstand', schluessel, titel, reihenfolge FROM beschlussstand
  UNION ALL SELECT 'umsetzungsphase', schluessel, titel, reihenfolge FROM umsetzungsphase
  UNION ALL SELECT 'ampel', schluessel, titel, reihenfolge FROM ampel
  UNION ALL SELECT 'nutzung', schluessel, name, reihenfolge FROM nutzung
) c ORDER BY tabelle, reihenfolge
