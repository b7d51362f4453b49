SELECT tabelle AS "tabelle!", schluessel AS "schluessel!", titel AS "titel!" FROM (
  SELECT 'nutzung' AS tabelle, schluessel, name AS titel, reihenfolge FROM nutzung
  UNION ALL SELECT 'massnahme_art', schluessel, titel, reihenfolge FROM massnahme_art
  UNION ALL SELECT 'beschlussstand', schluessel, titel, reihenfolge FROM beschlussstand
  UNION ALL SELECT 'umsetzungsphase', schluessel, titel, reihenfolge FROM umsetzungsphase
  UNION ALL SELECT 'ampel', schluessel, titel, reihenfolge FROM ampel
  UNION ALL SELECT 'fassungszustand', schluessel, titel, reihenfolge FROM fassungszustand
  UNION ALL SELECT 'zielzustand', schluessel, titel, reihenfolge FROM zielzustand
  UNION ALL SELECT 'teilschrittzustand', schluessel, titel, reihenfolge FROM teilschrittzustand
  UNION ALL SELECT 'kennzahl_art', schluessel, titel, reihenfolge FROM kennzahl_art
  UNION ALL SELECT 'akteur_art', schluessel, titel, reihenfolge FROM akteur_art
  UNION ALL SELECT 'fachplan_typ', schluessel, titel, reihenfolge FROM fachplan_typ
  UNION ALL SELECT 'verbindlichkeit', schluessel, titel, reihenfolge FROM verbindlichkeit
  UNION ALL SELECT 'gebiet_typ', schluessel, titel, reihenfolge FROM gebiet_typ
  UNION ALL SELECT 'gebiet_stand', schluessel, titel, reihenfolge FROM gebiet_stand
  UNION ALL SELECT 'fachart', schluessel, titel, reihenfolge FROM fachart
) c ORDER BY tabelle, reihenfolge
