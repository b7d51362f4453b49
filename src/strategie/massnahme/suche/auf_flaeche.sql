-- Measures on the areas $2 (ordnung) of version $1, of these on the land uses $3 alone (NULL: any).
SELECT mf.massnahme_id, 'lage' AS "herkunft!", least(sum(mf.anteil), 1) AS anteil, sum(mf.schnitt_m2) AS schnitt_m2, sum(mf.schnitt_m) AS schnitt_m, sum(mf.punkte)::int AS punkte
FROM massnahme_flaeche mf JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung
WHERE mf.fassung_id = $1 AND mf.ordnung = ANY ($2::bigint[]) AND ($3::text[] IS NULL OR f.nutzung = ANY ($3))
GROUP BY mf.massnahme_id
