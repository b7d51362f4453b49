-- The page of an answer from what was found.
--   $1 measures · $2 in the space asked for (else of the whole town) · $3 the value they are ordered by (NULL: $4 says)
--   $4 order · $5 limit · $6, $7, $8 the last row of the page before (empty, value, kennung) · $9 with places as GeoJSON
--   $10 Beschlussstand · $11 phase · $12 running in these years · $13 Leitprojekt · $14 words, folded; NULL asks nothing
WITH gezaehlt AS (
  SELECT m.id, m.kennung, g.im_raum, count(*) OVER () AS gesamt, count(*) FILTER (WHERE NOT g.im_raum) OVER () AS davon_stadtweit,
    CASE WHEN $3::text[] IS NOT NULL THEN g.wert ELSE CASE $4::text WHEN 'titel' THEN lower(m.titel) WHEN 'kennung' THEN m.kennung COLLATE "default" WHEN 'beginn' THEN m.beginn::text WHEN 'ende' THEN m.ende::text
      WHEN 'prioritaet' THEN lpad(m.prioritaet::text, 10, '0') ELSE m.nummer END END AS wert
  FROM unnest($1::uuid[], $2::bool[], $3::text[]) g (id, im_raum, wert) JOIN massnahme m ON m.id = g.id
  WHERE ($10::text[] IS NULL OR m.beschlussstand = ANY ($10)) AND ($11::text[] IS NULL OR m.umsetzungsphase = ANY ($11))
    AND ($12::int[] IS NULL OR EXISTS (SELECT FROM unnest($12) j WHERE num_nonnulls(m.beginn, m.ende) > 0
      AND coalesce(extract(year FROM m.beginn) <= j, true) AND (m.dauerhaft OR coalesce(extract(year FROM m.ende) >= j, true))))
    AND ($13::bool IS NULL OR m.leitprojekt = $13)
    -- each word somewhere; ä is found by ae and by a
    AND ($14::text[] IS NULL OR NOT EXISTS (SELECT FROM unnest($14) wort WHERE position(wort IN
      replace(replace(replace(translate(replace(lower(concat_ws(' ', m.kennung, m.nummer, m.titel, m.kurztext, m.beschreibung)), 'ß', 'ss'), 'äöüáàâéèêíìîóòôúùûç', 'aouaaaeeeiiiooouuuc'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')) = 0))
), seite AS (
  SELECT * FROM gezaehlt g
  WHERE $8::text IS NULL OR (g.wert IS NULL, coalesce(g.wert, ''), g.kennung) > ($6::bool, $7::text, $8::text)
  ORDER BY g.wert IS NULL, coalesce(g.wert, ''), g.kennung LIMIT $5::bigint
)
SELECT m.id, m.kennung, m.nummer, m.titel, m.kurztext, a.titel AS art, m.beginn, m.ende, m.leitprojekt,
  jsonb_build_object('schluessel', u.schluessel, 'titel', u.titel, 'symbol', u.symbol, 'farbe', u.farbe) AS "umsetzungsphase!: Json<Code>",
  jsonb_build_object('schluessel', b.schluessel, 'titel', b.titel, 'symbol', b.symbol, 'farbe', b.farbe) AS "beschlussstand!: Json<Code>",
  be.handlungsfeld AS "handlungsfeld?: Json<Handlungsfeld>", coalesce(be.ziele, '[]') AS "ziele!: Json<Vec<Beitrag>>",
  coalesce(ort.arten, '{}') AS "raumbezug!",
  -- the public copy has no such column: everything in it is published
  coalesce(to_jsonb(m) ->> 'veroeffentlichung', 'veroeffentlicht') <> 'veroeffentlicht' AS "entwurf!",
  g.geometrie AS "geometrie?", w.im_raum AS "im_raum!", w.gesamt AS "gesamt!", w.davon_stadtweit AS "davon_stadtweit!", w.wert AS "wert?"
FROM seite w JOIN massnahme m ON m.id = w.id
JOIN massnahme_art a ON a.schluessel = m.art
JOIN beschlussstand b ON b.schluessel = m.beschlussstand
JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase
-- last and lateral: only of the measures that are in the answer
LEFT JOIN LATERAL (SELECT array_agg(DISTINCT r.art ORDER BY r.art) AS arten FROM raumbezug r WHERE r.massnahme_id = m.id) ort ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('kennung', z.kennung, 'nummer', z.nummer, 'titel', z.titel, 'beitrag', zm.beitrag, 'haupt', zm.haupt)
      ORDER BY zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung) AS ziele,
    (array_agg(jsonb_build_object('kennung', h.kennung, 'titel', h.titel, 'farbe', h.farbe, 'symbol', h.symbol)
      ORDER BY zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung))[1] AS handlungsfeld
  FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE zm.massnahme_id = m.id
) be ON true
LEFT JOIN LATERAL (
  SELECT st_asgeojson(st_forcepolygonccw(st_transform(st_collectionhomogenize(st_collect(x.geom)), 4326)), 7)::jsonb AS geometrie
  FROM massnahme_ort x WHERE $9 AND x.massnahme_id = m.id
) g ON true
ORDER BY w.wert IS NULL, coalesce(w.wert, ''), m.kennung
