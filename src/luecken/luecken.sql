-- Everything missing, one row each: kind, key, title, why. A goal counts with those below it;
-- money of a whole town's measure is nobody's share; rejected and replaced measures fill no gap.
WITH ziel_fehlt AS (
  SELECT z.kennung, z.nummer, z.titel FROM ziel z
  WHERE NOT EXISTS (SELECT FROM ziel_massnahme_ganz zm JOIN massnahme_stand s ON s.massnahme_id = zm.massnahme_id WHERE zm.ziel_id = z.id AND zm.beitrag > 0 AND s.ampel NOT IN ('entfallen', 'zusammengefuehrt'))
), ortsteil_geld AS (
  SELECT DISTINCT mo.ortsteil_id FROM massnahme_ortsteil mo JOIN finanzwert w ON w.massnahme_id = mo.massnahme_id WHERE w.betrag_ct > 0 AND mo.massnahme_id NOT IN (SELECT massnahme_id FROM massnahme_entfallen)
)
SELECT art AS "art!", kennung AS "kennung!", nummer, titel AS "titel!", grund AS "grund!" FROM (
  SELECT 1 AS reihe, 'ziel_ohne_massnahme' AS art, kennung::text, nummer, titel, 'keine Maßnahme fördert das Ziel oder eines darunter' AS grund FROM ziel_fehlt
  UNION ALL SELECT 2, 'ziel_ohne_kennzahl', z.kennung, z.nummer, z.titel, 'keine Kennzahl misst das Ziel oder eines darunter' FROM ziel z WHERE NOT EXISTS (SELECT FROM ziel_kennzahl_ganz k WHERE k.ziel_id = z.id)
  UNION ALL SELECT 3, 'massnahme_ohne_ort', m.kennung, m.nummer, m.titel, coalesce((SELECT 'unverortet: ' || r.grund FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art = 'unverortet'), 'kein Raumbezug angegeben')
    FROM massnahme m WHERE NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet')
  UNION ALL SELECT 4, 'massnahme_ohne_ziel', m.kennung, m.nummer, m.titel, 'mit keinem Ziel verknüpft' FROM massnahme m WHERE NOT EXISTS (SELECT FROM ziel_massnahme zm WHERE zm.massnahme_id = m.id)
  UNION ALL SELECT 5, 'massnahme_ohne_zustaendigkeit', m.kennung, m.nummer, m.titel, 'keine Stelle ist zuständig' FROM massnahme m WHERE NOT EXISTS (SELECT FROM zustaendigkeit zu WHERE zu.massnahme_id = m.id)
  UNION ALL SELECT 6, 'ortsteil_ohne_massnahme', o.kennung, NULL, o.name, 'keine Maßnahme liegt hier oder nennt den Ortsteil; Maßnahmen der gesamten Stadt zählen nicht' FROM ortsteil o WHERE NOT EXISTS (SELECT FROM massnahme_ortsteil mo WHERE mo.ortsteil_id = o.id AND mo.massnahme_id NOT IN (SELECT massnahme_id FROM massnahme_entfallen))
  UNION ALL SELECT 7, 'ortsteil_ohne_geld', o.kennung, NULL, o.name, 'keine Maßnahme mit einem Finanzwert liegt hier; Geld der gesamten Stadt zählt nicht' FROM ortsteil o WHERE o.id NOT IN (SELECT ortsteil_id FROM ortsteil_geld)
  UNION ALL SELECT 8, 'kennzahl_ohne_wert', k.kennung, k.nummer, k.titel, 'kein Ist-Wert' FROM kennzahl k WHERE NOT k.ruht AND NOT EXISTS (SELECT FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND w.art = 'ist')
  UNION ALL SELECT 9, 'kennzahl_ohne_ziel', k.kennung, k.nummer, k.titel, 'kein Zielwert' FROM kennzahl k WHERE NOT k.ruht AND NOT EXISTS (SELECT FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND w.art = 'soll')
) x ORDER BY reihe, nummer, titel, kennung
