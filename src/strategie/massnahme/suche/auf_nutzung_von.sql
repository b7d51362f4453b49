-- Of the measures $3 those on the land uses $2 of version $1.
SELECT mf.massnahme_id, 'lage' AS "herkunft!", least(sum(mf.anteil), 1) AS anteil, sum(mf.schnitt_m2) AS schnitt_m2, sum(mf.schnitt_m) AS schnitt_m, sum(mf.punkte)::int AS punkte
FROM unnest($3::uuid[]) m (id) JOIN massnahme_flaeche mf ON mf.massnahme_id = m.id JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung
WHERE mf.fassung_id = $1 AND f.fassung_id = $1 AND f.nutzung = ANY ($2::text[])
GROUP BY mf.massnahme_id
