-- Measures of the ISEK-Nachweis with everything the overview shows. $1 area, $2 Handlungsfeld,
-- $3 only measures with a place of an ISEK. Rejected, merged and replaced ones stay out.
WITH ort AS (
  SELECT mo.massnahme_id, string_agg(o.name, ', ' ORDER BY mo.anteil DESC NULLS LAST, o.name) AS namen
  FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id GROUP BY 1
), bezug AS (
  SELECT massnahme_id, bool_or(art = 'gesamtstadt') AS stadt, max(grund) AS grund, bool_or(art NOT IN ('gesamtstadt', 'unverortet')) AS lage FROM raumbezug GROUP BY 1
), gebiete AS (
  SELECT gm.massnahme_id, string_agg(g.name, ', ' ORDER BY g.name) AS namen FROM gebiet_massnahme gm JOIN gebiet g ON g.id = gm.gebiet_id GROUP BY 1
), quelle AS (
  SELECT f.massnahme_id, string_agg(concat_ws(', ', p.titel || coalesce(' ' || p.jahr, ''), f.stelle), '; ' ORDER BY p.jahr DESC NULLS LAST, p.titel, f.stelle) AS stellen
  FROM fundstelle f JOIN fachplan p ON p.id = f.fachplan_id WHERE p.typ = 'isek' AND f.massnahme_id IS NOT NULL GROUP BY 1
), feld AS (
  SELECT DISTINCT ON (zm.massnahme_id) zm.massnahme_id, h.kennung, h.titel, z.nummer AS ziel_nummer, z.titel AS ziel
  FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE zm.haupt OR zm.beitrag > 0
  ORDER BY zm.massnahme_id, zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung
)
SELECT m.kennung, m.nummer, m.titel, s.horizont AS "horizont!", m.beginn, m.ende, b.titel AS beschlussstand, u.titel AS umsetzungsphase, feld.titel AS "handlungsfeld?", concat_ws(' ', feld.ziel_nummer, feld.ziel) AS "ziel!",
  concat_ws(', ', ort.namen, CASE WHEN r.stadt THEN 'gesamte Stadt' END, CASE WHEN ort.namen IS NULL AND NOT coalesce(r.stadt, false) AND r.lage THEN 'außerhalb der Ortsteile' END) AS "ort!",
  r.grund AS "ort_grund?", gebiete.namen AS "gebiet?", quelle.stellen AS "fundstelle?",
  f.kosten_ct, f.kosten_aus, f.foerderung_ct, f.foerderung_aus, f.erwartet_ct, f.ertrag_ct, f.folgekosten_ct, coalesce(f.foerderungen, 0) AS "foerderungen!", f.stand
FROM massnahme m
JOIN massnahme_stand s ON s.massnahme_id = m.id
JOIN beschlussstand b ON b.schluessel = m.beschlussstand
JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase
LEFT JOIN massnahme_finanzierung f ON f.massnahme_id = m.id
LEFT JOIN ort ON ort.massnahme_id = m.id
LEFT JOIN bezug r ON r.massnahme_id = m.id
LEFT JOIN gebiete ON gebiete.massnahme_id = m.id
LEFT JOIN quelle ON quelle.massnahme_id = m.id
LEFT JOIN feld ON feld.massnahme_id = m.id
WHERE NOT EXISTS (SELECT FROM massnahme_entfallen e WHERE e.massnahme_id = m.id)
  AND ($1::text IS NULL OR EXISTS (SELECT FROM gebiet_massnahme gm JOIN gebiet g ON g.id = gm.gebiet_id WHERE gm.massnahme_id = m.id AND g.kennung = $1))
  AND ($2::text IS NULL OR feld.kennung = $2)
  AND (NOT $3 OR quelle.stellen IS NOT NULL)
ORDER BY array_position(ARRAY['kurz', 'mittel', 'lang', 'dauerhaft', 'offen'], s.horizont), m.nummer, m.kennung
