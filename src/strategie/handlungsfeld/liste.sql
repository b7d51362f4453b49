-- Fields of action with the measures that further one of their goals, each once.
WITH dabei AS (
  SELECT DISTINCT z.handlungsfeld_id, zm.massnahme_id FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id WHERE zm.beitrag > 0
), je_ampel AS (
  SELECT d.handlungsfeld_id, a.reihenfolge, jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS ampel, count(*) AS zahl
  FROM dabei d JOIN massnahme_stand s USING (massnahme_id) JOIN ampel a ON a.schluessel = s.ampel GROUP BY d.handlungsfeld_id, a.schluessel
)
SELECT h.kennung AS "kennung!", h.nummer, h.titel AS "titel!", h.kurztext, h.farbe AS "farbe!", h.symbol, p.kennung AS "pate?", p.titel AS "pate_titel?",
  (SELECT count(*) FROM ziel z WHERE z.handlungsfeld_id = h.id) AS "ziele!", coalesce(j.massnahmen, 0) AS "massnahmen!", coalesce(j.ampeln, '[]') AS "ampeln!: Json<Vec<Ampelzahl>>"
FROM handlungsfeld h LEFT JOIN akteur p ON p.id = h.akteur_id
LEFT JOIN (
  SELECT handlungsfeld_id, sum(zahl)::bigint AS massnahmen, jsonb_agg(jsonb_build_object('ampel', ampel, 'zahl', zahl) ORDER BY reihenfolge) AS ampeln FROM je_ampel GROUP BY 1
) j ON j.handlungsfeld_id = h.id
ORDER BY h.reihenfolge, h.nummer, h.kennung
