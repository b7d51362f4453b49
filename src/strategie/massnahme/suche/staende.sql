-- States of $1, a few measures.
SELECT s.massnahme_id AS "massnahme_id!", a.reihenfolge AS "rang!",
  jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS "ampel!: Json<Code>",
  s.ampel_anlass AS "ampel_anlass!", s.verzug_tage, s.fortschritt::double precision AS fortschritt, s.horizont AS "horizont!",
  jsonb_build_object('schluessel', k.schluessel, 'titel', k.titel, 'symbol', k.symbol, 'farbe', k.farbe) AS "aktualitaet!: Json<Code>"
FROM massnahme_stand_einzeln s JOIN ampel a ON a.schluessel = s.ampel JOIN aktualitaet k ON k.schluessel = s.aktualitaet
WHERE s.massnahme_id = ANY ($1::uuid[])
