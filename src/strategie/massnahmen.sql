-- Measures that match everything asked for. One statement for every question, so that two
-- answers about the same measure cannot differ; NULL asks nothing.
--   $1 Ortsteile · $2 goals, with those below · $3 land uses in version $4 · $5 polygons (EWKB), each must hold
--   $6 kinds of place · $7 these measures · $8 with places as GeoJSON · $9 areas (ordnung) of version $4
--   $10 near this shape (EWKB) within $11 metres · $12 Handlungsfelder · $13 Beschlussstand · $14 phase · $15 Ampel
--   $16 age of data · $17 horizon · $18 running in these years · $19 with money in these years · $20 actors, with those below
--   $21 Leitprojekt · $22 SDG · $23 funding programmes · $24 Fachpläne · $25 without (ziel, ort, kennzahl, geld, zustaendig)
--   $26 words, folded · $27 order · $28 limit · $29, $30, $31 the last row of the page before (empty, value, kennung)
WITH RECURSIVE raum AS (
  SELECT r.nr::int AS nr, st_geomfromewkb(r.form) AS geom FROM unnest($5::bytea[]) WITH ORDINALITY r (form, nr)
), o AS (
  -- several Ortsteile together: a part is known when it is known in each
  SELECT massnahme_id, CASE WHEN bool_or(herkunft = 'ortsteil') THEN 'ortsteil' ELSE 'lage' END AS herkunft,
    CASE WHEN count(anteil) = count(*) THEN least(sum(anteil), 1) END AS anteil, sum(schnitt_m2) AS schnitt_m2, sum(schnitt_m) AS schnitt_m, sum(punkte)::int AS punkte
  FROM massnahme_ortsteil WHERE ortsteil_id = ANY (ARRAY(SELECT id FROM ortsteil WHERE kennung = ANY ($1::text[]))) GROUP BY 1
), n AS (
  SELECT mf.massnahme_id, 'lage' AS herkunft, least(sum(mf.anteil), 1) AS anteil, sum(mf.schnitt_m2) AS schnitt_m2, sum(mf.schnitt_m) AS schnitt_m, sum(mf.punkte)::int AS punkte
  FROM massnahme_flaeche mf JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung
  WHERE mf.fassung_id = $4 AND f.fassung_id = $4 AND ($3::text[] IS NULL OR f.nutzung = ANY ($3)) AND ($9::bigint[] IS NULL OR mf.ordnung = ANY ($9))
  GROUP BY mf.massnahme_id
), form AS (
  SELECT t.nr, x.massnahme_id, st_dimension(x.geom) AS dimension, st_unaryunion(st_collect(st_makevalid(x.geom))) AS geom
  FROM (SELECT DISTINCT r.nr, y.massnahme_id FROM raum r JOIN massnahme_ort y ON y.geom && r.geom AND st_intersects(y.geom, r.geom)) t
  JOIN massnahme_ort x USING (massnahme_id)
  GROUP BY 1, 2, 3
), mass AS (
  SELECT f.nr, f.massnahme_id, f.dimension,
    CASE f.dimension WHEN 2 THEN st_area(f.geom) WHEN 1 THEN st_length(f.geom) ELSE st_npoints(f.geom) END AS ganz,
    CASE f.dimension WHEN 2 THEN st_area(st_intersection(f.geom, r.geom)) WHEN 1 THEN st_length(st_intersection(f.geom, r.geom)) ELSE st_npoints(st_intersection(f.geom, r.geom)) END AS teil
  FROM form f JOIN raum r USING (nr)
), lage AS (
  -- touching is not overlapping; a point on the border counts
  SELECT nr, massnahme_id, (array_agg(CASE WHEN teil > 0.01 THEN teil ELSE 0 END / nullif(ganz, 0) ORDER BY dimension DESC))[1] AS anteil,
    sum(teil) FILTER (WHERE dimension = 2 AND teil > 0.01) AS schnitt_m2, sum(teil) FILTER (WHERE dimension = 1 AND teil > 0.01) AS schnitt_m,
    sum(teil) FILTER (WHERE dimension = 0 AND teil > 0)::int AS punkte
  FROM mass GROUP BY 1, 2 HAVING max(teil) > 0.01
), genannt AS (
  SELECT DISTINCT x.nr, r.massnahme_id FROM raum x JOIN ortsteil ot ON ot.geom && x.geom AND st_area(st_intersection(ot.geom, x.geom)) > 0.01
  JOIN raumbezug r ON r.ortsteil_id = ot.id
), p AS (
  SELECT massnahme_id, (array_agg(CASE WHEN g.massnahme_id IS NULL THEN 'lage' ELSE 'ortsteil' END ORDER BY nr))[1] AS herkunft, (array_agg(l.anteil ORDER BY nr))[1] AS anteil,
    (array_agg(l.schnitt_m2 ORDER BY nr))[1] AS schnitt_m2, (array_agg(l.schnitt_m ORDER BY nr))[1] AS schnitt_m, (array_agg(l.punkte ORDER BY nr))[1] AS punkte
  FROM lage l FULL JOIN genannt g USING (nr, massnahme_id) GROUP BY massnahme_id HAVING count(*) = cardinality($5::bytea[])
), nah AS (
  SELECT massnahme_id, min(herkunft) AS herkunft, (array_agg(abstand_m ORDER BY herkunft, abstand_m))[1] AS abstand_m FROM (
    SELECT x.massnahme_id, 'lage' AS herkunft, st_distance(x.geom, st_geomfromewkb($10::bytea)) AS abstand_m FROM massnahme_ort x WHERE st_dwithin(x.geom, st_geomfromewkb($10::bytea), $11::float8)
    UNION ALL
    SELECT r.massnahme_id, 'ortsteil', st_distance(ot.geom, st_geomfromewkb($10::bytea)) FROM ortsteil ot JOIN raumbezug r ON r.ortsteil_id = ot.id WHERE st_dwithin(ot.geom, st_geomfromewkb($10::bytea), $11::float8)
  ) x GROUP BY 1
), raeumlich AS (
  SELECT num_nonnulls($1::text[], $3::text[], $9::bigint[], $5::bytea[], $10::bytea) > 0 AS ja
), kandidat AS (
  SELECT id FROM massnahme WHERE NOT (SELECT ja FROM raeumlich) AND ($7::text[] IS NULL OR kennung = ANY ($7))
  UNION SELECT massnahme_id FROM o UNION SELECT massnahme_id FROM n UNION SELECT massnahme_id FROM p UNION SELECT massnahme_id FROM nah
  UNION SELECT massnahme_id FROM raumbezug WHERE art = 'gesamtstadt' AND (SELECT ja FROM raeumlich)
), stelle AS (
  SELECT id FROM akteur WHERE kennung = ANY ($20::text[])
  UNION SELECT a.id FROM akteur a JOIN stelle s ON a.uebergeordnet_id = s.id
), wahl AS (
  SELECT m.id, coalesce(o.herkunft, p.herkunft, nah.herkunft, n.herkunft) AS herkunft, nah.abstand_m,
    -- figures speak of the Ortsteil, else of the polygon, else of the land use
    CASE WHEN $1::text[] IS NOT NULL THEN o.anteil WHEN $5::bytea[] IS NOT NULL THEN p.anteil ELSE n.anteil END AS anteil,
    CASE WHEN $1::text[] IS NOT NULL THEN o.schnitt_m2 WHEN $5::bytea[] IS NOT NULL THEN p.schnitt_m2 ELSE n.schnitt_m2 END AS schnitt_m2,
    CASE WHEN $1::text[] IS NOT NULL THEN o.schnitt_m WHEN $5::bytea[] IS NOT NULL THEN p.schnitt_m ELSE n.schnitt_m END AS schnitt_m,
    CASE WHEN $1::text[] IS NOT NULL THEN o.punkte WHEN $5::bytea[] IS NOT NULL THEN p.punkte ELSE n.punkte END AS punkte,
    ($1::text[] IS NULL OR o.massnahme_id IS NOT NULL) AND ($3::text[] IS NULL AND $9::bigint[] IS NULL OR n.massnahme_id IS NOT NULL)
      AND ($5::bytea[] IS NULL OR p.massnahme_id IS NOT NULL) AND ($10::bytea IS NULL OR nah.massnahme_id IS NOT NULL) AS im_raum,
    EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art = 'gesamtstadt') AS stadtweit
  FROM kandidat k JOIN massnahme m ON m.id = k.id LEFT JOIN o ON o.massnahme_id = m.id LEFT JOIN n ON n.massnahme_id = m.id LEFT JOIN p ON p.massnahme_id = m.id LEFT JOIN nah ON nah.massnahme_id = m.id
  WHERE ($2::text[] IS NULL OR EXISTS (SELECT FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id LEFT JOIN ziel oben ON oben.id = z.uebergeordnet_id WHERE zm.massnahme_id = m.id AND (z.kennung = ANY ($2) OR oben.kennung = ANY ($2))))
    AND ($6::text[] IS NULL OR EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art = ANY ($6))
      OR 'unverortet' = ANY ($6) AND NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id))
    AND ($7::text[] IS NULL OR m.kennung = ANY ($7))
    AND ($12::text[] IS NULL OR EXISTS (SELECT FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE zm.massnahme_id = m.id AND h.kennung = ANY ($12)))
    AND ($13::text[] IS NULL OR m.beschlussstand = ANY ($13)) AND ($14::text[] IS NULL OR m.umsetzungsphase = ANY ($14))
    AND ($18::int[] IS NULL OR EXISTS (SELECT FROM unnest($18) j WHERE num_nonnulls(m.beginn, m.ende) > 0
      AND coalesce(extract(year FROM m.beginn) <= j, true) AND (m.dauerhaft OR coalesce(extract(year FROM m.ende) >= j, true))))
    AND ($19::int[] IS NULL OR EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id AND w.jahr = ANY ($19)))
    AND ($20::text[] IS NULL OR EXISTS (SELECT FROM zustaendigkeit zu WHERE zu.massnahme_id = m.id AND zu.akteur_id IN (SELECT id FROM stelle)))
    AND ($21::bool IS NULL OR m.leitprojekt = $21)
    AND ($22::int[] IS NULL OR EXISTS (SELECT FROM sdg_bezug sb WHERE sb.massnahme_id = m.id AND sb.sdg = ANY ($22)))
    AND ($23::text[] IS NULL OR EXISTS (SELECT FROM foerderung fo JOIN foerderprogramm fp ON fp.id = fo.programm_id WHERE fo.massnahme_id = m.id AND fp.kennung = ANY ($23)))
    AND ($24::text[] IS NULL OR EXISTS (SELECT FROM fundstelle fs JOIN fachplan fp ON fp.id = fs.fachplan_id WHERE fs.massnahme_id = m.id AND fp.kennung = ANY ($24)))
    AND ($25::text[] IS NULL OR (
      ('ziel' <> ALL ($25) OR NOT EXISTS (SELECT FROM ziel_massnahme zm WHERE zm.massnahme_id = m.id))
      AND ('ort' <> ALL ($25) OR NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet'))
      AND ('kennzahl' <> ALL ($25) OR NOT EXISTS (SELECT FROM massnahme_kennzahl mk WHERE mk.massnahme_id = m.id))
      AND ('geld' <> ALL ($25) OR NOT EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id))
      AND ('zustaendig' <> ALL ($25) OR NOT EXISTS (SELECT FROM zustaendigkeit zu WHERE zu.massnahme_id = m.id))))
    -- each word somewhere; ä is found by ae and by a
    AND ($26::text[] IS NULL OR NOT EXISTS (SELECT FROM unnest($26) wort WHERE position(wort IN
      replace(replace(replace(translate(replace(lower(concat_ws(' ', m.kennung, m.nummer, m.titel, m.kurztext, m.beschreibung)), 'ß', 'ss'), 'äöüáàâéèêíìîóòôúùûç', 'aouaaaeeeiiiooouuuc'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')) = 0))
), vorwahl AS MATERIALIZED (
  SELECT * FROM wahl w WHERE w.im_raum OR w.stadtweit
), stand AS (
  -- by an array, not by a join: the view is then computed for these measures alone
  SELECT x.* FROM massnahme_stand x WHERE x.massnahme_id = ANY (ARRAY(SELECT id FROM vorwahl))
), gezaehlt AS (
  SELECT v.*, s.ampel, s.ampel_anlass, s.verzug_tage, s.fortschritt, s.horizont, s.aktualitaet, m.kennung,
    CASE WHEN v.im_raum THEN v.herkunft ELSE 'gesamtstadt' END AS woher, count(*) OVER () AS gesamt, count(*) FILTER (WHERE NOT v.im_raum) OVER () AS davon_stadtweit,
    CASE $27::text WHEN 'titel' THEN lower(m.titel) WHEN 'kennung' THEN m.kennung COLLATE "default" WHEN 'beginn' THEN m.beginn::text WHEN 'ende' THEN m.ende::text
      WHEN 'prioritaet' THEN lpad(m.prioritaet::text, 10, '0') WHEN 'verzug' THEN lpad((100000000 - s.verzug_tage)::text, 10, '0')
      WHEN 'abstand' THEN lpad((v.abstand_m * 1000)::bigint::text, 14, '0') WHEN 'anteil' THEN lpad(((1 - v.anteil) * 1e9)::bigint::text, 12, '0')
      WHEN 'ampel' THEN (SELECT lpad(a.reihenfolge::text, 6, '0') FROM ampel a WHERE a.schluessel = s.ampel) ELSE m.nummer END AS wert
  FROM vorwahl v JOIN stand s ON s.massnahme_id = v.id JOIN massnahme m ON m.id = v.id
  WHERE ($15::text[] IS NULL OR s.ampel = ANY ($15)) AND ($16::text[] IS NULL OR s.aktualitaet = ANY ($16)) AND ($17::text[] IS NULL OR s.horizont = ANY ($17))
), seite AS (
  SELECT * FROM gezaehlt g
  WHERE $31::text IS NULL OR (g.wert IS NULL, coalesce(g.wert, ''), g.kennung) > ($29::bool, $30::text, $31::text)
  ORDER BY g.wert IS NULL, coalesce(g.wert, ''), g.kennung LIMIT $28::bigint
)
SELECT m.kennung AS "kennung!", m.nummer, m.titel AS "titel!", m.kurztext, a.titel AS "art!", m.beginn, m.ende, m.leitprojekt AS "leitprojekt!",
  jsonb_build_object('schluessel', am.schluessel, 'titel', am.titel, 'symbol', am.symbol, 'farbe', am.farbe) AS "ampel!: Json<Code>",
  w.ampel_anlass AS "ampel_anlass!", w.verzug_tage, w.fortschritt::double precision AS fortschritt, w.horizont AS "horizont!",
  jsonb_build_object('schluessel', ak.schluessel, 'titel', ak.titel, 'symbol', ak.symbol, 'farbe', ak.farbe) AS "aktualitaet!: Json<Code>",
  jsonb_build_object('schluessel', u.schluessel, 'titel', u.titel, 'symbol', u.symbol, 'farbe', u.farbe) AS "umsetzungsphase!: Json<Code>",
  jsonb_build_object('schluessel', b.schluessel, 'titel', b.titel, 'symbol', b.symbol, 'farbe', b.farbe) AS "beschlussstand!: Json<Code>",
  be.handlungsfeld AS "handlungsfeld?: Json<Handlungsfeld>", coalesce(be.ziele, '[]') AS "ziele!: Json<Vec<Beitrag>>",
  coalesce(ort.arten, '{}') AS "raumbezug!",
  -- the public copy has no such column: everything in it is published
  coalesce(to_jsonb(m) ->> 'veroeffentlichung', 'veroeffentlicht') <> 'veroeffentlicht' AS "entwurf!",
  w.woher AS herkunft, CASE WHEN w.im_raum THEN w.abstand_m END AS abstand_m,
  CASE WHEN w.im_raum THEN w.anteil END AS anteil, CASE WHEN w.im_raum THEN w.schnitt_m2 END AS schnitt_m2,
  CASE WHEN w.im_raum THEN w.schnitt_m END AS schnitt_m, CASE WHEN w.im_raum THEN w.punkte END AS punkte, g.geometrie AS "geometrie?",
  w.gesamt AS "gesamt!", w.davon_stadtweit AS "davon_stadtweit!", w.wert AS "wert?"
FROM seite w JOIN massnahme m ON m.id = w.id
JOIN massnahme_art a ON a.schluessel = m.art
JOIN beschlussstand b ON b.schluessel = m.beschlussstand
JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase
JOIN ampel am ON am.schluessel = w.ampel
JOIN aktualitaet ak ON ak.schluessel = w.aktualitaet
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
  FROM massnahme_ort x WHERE $8 AND x.massnahme_id = m.id
) g ON true
ORDER BY w.wert IS NULL, coalesce(w.wert, ''), m.kennung
