-- Money of every measure, or of the measure $2: in total, or of the year $1.
SELECT m.id, m.kennung, m.nummer, m.titel,
  CASE WHEN $1::int IS NULL THEN f.kosten_ct ELSE j.kosten_ct END AS kosten_ct,
  CASE WHEN $1::int IS NULL THEN f.foerderung_ct ELSE j.foerderung_ct END AS foerderung_ct,
  CASE WHEN $1::int IS NULL THEN f.ertrag_ct ELSE j.ertrag_ct END AS ertrag_ct,
  CASE WHEN $1::int IS NULL THEN f.folgekosten_ct ELSE j.folgekosten_ct END AS folgekosten_ct,
  CASE WHEN $1::int IS NULL THEN f.kosten_aus ELSE concat_ws(', ', CASE WHEN j.ergebnis_ct IS NOT NULL THEN 'ergebnis' END, j.planfassungen) END AS kosten_aus,
  CASE WHEN $1::int IS NULL THEN f.foerderung_aus WHEN j.foerderung_ct IS NOT NULL THEN 'jahre' END AS foerderung_aus,
  CASE WHEN $1::int IS NULL THEN f.stand ELSE j.stand END AS stand,
  x.grund AS "entfallen?"
FROM massnahme m
LEFT JOIN massnahme_finanzierung f ON f.massnahme_id = m.id
LEFT JOIN massnahme_jahr j ON j.massnahme_id = m.id AND j.jahr = $1
LEFT JOIN massnahme_entfallen x ON x.massnahme_id = m.id
WHERE $2::uuid IS NULL OR m.id = $2
ORDER BY m.nummer, m.kennung
