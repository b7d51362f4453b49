-- What the parameter $1 may name: key, title, number; in the order of lists. $2: the one of this key alone.
SELECT x.schluessel AS "schluessel!", x.titel AS "titel!", x.nummer FROM (
  SELECT 'ortsteil' AS name, kennung::text AS schluessel, name AS titel, NULL::text AS nummer, 0 AS reihe FROM ortsteil
  UNION ALL SELECT 'ziel', kennung, titel, nummer, 0 FROM ziel
  UNION ALL SELECT 'handlungsfeld', kennung, titel, nummer, reihenfolge FROM handlungsfeld
  UNION ALL SELECT 'nutzung', schluessel, name, NULL, reihenfolge FROM nutzung
  UNION ALL SELECT 'beschlussstand', schluessel, titel, NULL, reihenfolge FROM beschlussstand
  UNION ALL SELECT 'umsetzungsphase', schluessel, titel, NULL, reihenfolge FROM umsetzungsphase
  UNION ALL SELECT 'ampel', schluessel, titel, NULL, reihenfolge FROM ampel
  UNION ALL SELECT 'aktualitaet', schluessel, titel, NULL, reihenfolge FROM aktualitaet
  UNION ALL SELECT 'zustaendig', kennung, titel, nummer, 0 FROM akteur
  UNION ALL SELECT 'sdg', nummer::text, titel, NULL, nummer FROM sdg
  UNION ALL SELECT 'foerderprogramm', kennung, titel, NULL, 0 FROM foerderprogramm
  UNION ALL SELECT 'fachplan', kennung, titel, nummer, 0 FROM fachplan
) x WHERE x.name = $1 AND ($2::text IS NULL OR x.schluessel = $2) ORDER BY x.reihe, x.nummer, x.titel, x.schluessel
