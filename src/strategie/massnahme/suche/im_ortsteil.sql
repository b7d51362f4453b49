-- Measures in the Ortsteile $1. Several together: a part is known when it is known in each.
SELECT massnahme_id, CASE WHEN bool_or(herkunft = 'ortsteil') THEN 'ortsteil' ELSE 'lage' END AS "herkunft!",
  CASE WHEN count(anteil) = count(*) THEN least(sum(anteil), 1) END AS anteil, sum(schnitt_m2) AS schnitt_m2, sum(schnitt_m) AS schnitt_m, sum(punkte)::int AS punkte
FROM massnahme_ortsteil WHERE ortsteil_id = ANY (ARRAY(SELECT id FROM ortsteil WHERE kennung = ANY ($1::text[]))) GROUP BY 1
