-- Measures that get money from a programme of the area $1 (its own or of its projects), lie in an
-- Ortsteil the area touches, and are a project of no area.
WITH g AS (
  SELECT id, ortsteil_id, geom FROM gebiet WHERE kennung = $1
), programm AS (
  SELECT f.programm_id FROM foerderung f JOIN g ON f.gebiet_id = g.id WHERE f.stand <> 'abgelehnt'
  UNION SELECT f.programm_id FROM foerderung f JOIN gebiet_massnahme gm ON gm.massnahme_id = f.massnahme_id JOIN g ON g.id = gm.gebiet_id WHERE f.stand <> 'abgelehnt'
), nah AS (
  SELECT o.id FROM ortsteil o JOIN g ON o.id = g.ortsteil_id OR (o.geom && g.geom AND st_area(st_intersection(o.geom, g.geom)) > 1)
)
SELECT m.kennung, m.titel, string_agg(DISTINCT p.titel, ', ' ORDER BY p.titel) AS "programme!"
FROM foerderung f JOIN programm x USING (programm_id) JOIN foerderprogramm p ON p.id = f.programm_id JOIN massnahme m ON m.id = f.massnahme_id
WHERE f.stand <> 'abgelehnt' AND NOT EXISTS (SELECT FROM massnahme_entfallen e WHERE e.massnahme_id = m.id)
  AND NOT EXISTS (SELECT FROM gebiet_massnahme gm WHERE gm.massnahme_id = m.id)
  AND EXISTS (SELECT FROM massnahme_ortsteil mo WHERE mo.massnahme_id = m.id AND mo.ortsteil_id IN (SELECT id FROM nah))
GROUP BY m.kennung, m.nummer, m.titel ORDER BY m.nummer, m.kennung
