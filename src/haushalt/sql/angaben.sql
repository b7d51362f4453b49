-- Every statement about the measure $1, newest last within its kind, and whether it counts by
-- the rule of finanzwert_gueltig and massnahme_jahr.
WITH gilt AS (
  SELECT jahr, planfassung, art, stand FROM finanzwert_gueltig WHERE massnahme_id = $1
), stufe AS (
  SELECT DISTINCT ON (jahr, art) jahr, art, planfassung FROM gilt WHERE jahr IS NOT NULL AND planfassung <> 'ergebnis'
  ORDER BY jahr, art, array_position(ARRAY['nachtrag', 'ansatz', 'finanzplan', 'kostenschaetzung'], planfassung)
)
SELECT w.jahr, w.planfassung, w.art, w.betrag_ct, w.stand, w.quelle,
  CASE WHEN w.stand > t.tag THEN 'liegt nach dem Stichtag'
    WHEN g.stand IS NULL THEN 'durch eine neuere Angabe ersetzt'
    WHEN w.jahr IS NOT NULL AND w.planfassung <> 'ergebnis' AND s.planfassung <> w.planfassung THEN 'überholt durch ' || initcap(s.planfassung)
    WHEN w.planfassung <> 'ergebnis' AND w.art <> 've' AND EXISTS (SELECT FROM gilt e WHERE e.planfassung = 'ergebnis' AND e.jahr = w.jahr AND e.art = w.art) THEN 'überholt durch Ergebnis'
  END AS ersetzt
FROM finanzwert w CROSS JOIN stichtag t
LEFT JOIN gilt g ON g.jahr IS NOT DISTINCT FROM w.jahr AND g.planfassung = w.planfassung AND g.art = w.art AND g.stand = w.stand
LEFT JOIN stufe s ON s.jahr = w.jahr AND s.art = w.art
WHERE w.massnahme_id = $1
ORDER BY w.jahr NULLS FIRST, w.art, array_position(ARRAY['kostenschaetzung', 'finanzplan', 'ansatz', 'nachtrag', 'ergebnis'], w.planfassung), w.stand
