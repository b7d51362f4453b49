-- Measures that match everything asked for: Ortsteil $1, goal with those below it $2,
-- land use $3 in version $4, polygon $5 (EPSG:25832), kind of place $6, these keys $7.
-- $8: with their places as GeoJSON. One statement for every question, so that two
-- answers about the same measure cannot differ.
WITH o AS (
  SELECT massnahme_id, herkunft, anteil, schnitt_m2, schnitt_m, punkte FROM massnahme_ortsteil WHERE ortsteil_id = $1
), n AS (
  SELECT mf.massnahme_id, 'lage' AS herkunft, least(sum(mf.anteil), 1) AS anteil, sum(mf.schnitt_m2) AS schnitt_m2, sum(mf.schnitt_m) AS schnitt_m, sum(mf.punkte)::int AS punkte
  FROM massnahme_flaeche mf JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung
  WHERE mf.fassung_id = $4 AND f.fassung_id = $4 AND f.nutzung = $3
  GROUP BY mf.massnahme_id
), form AS (
  SELECT x.massnahme_id, st_dimension(x.geom) AS dimension, st_unaryunion(st_collect(st_makevalid(x.geom))) AS geom
  FROM massnahme_ort x
  WHERE $5::geometry IS NOT NULL AND x.massnahme_id IN (SELECT massnahme_id FROM massnahme_ort WHERE geom && $5 AND st_intersects(geom, $5))
  GROUP BY 1, 2
), mass AS (
  SELECT massnahme_id, dimension,
    CASE dimension WHEN 2 THEN st_area(geom) WHEN 1 THEN st_length(geom) ELSE st_npoints(geom) END AS ganz,
    CASE dimension WHEN 2 THEN st_area(st_intersection(geom, $5)) WHEN 1 THEN st_length(st_intersection(geom, $5)) ELSE st_npoints(st_intersection(geom, $5)) END AS teil
  FROM form
), lage AS (
  -- touching is not overlapping; a point on the border counts
  SELECT massnahme_id, (array_agg(CASE WHEN teil > 0.01 THEN teil ELSE 0 END / nullif(ganz, 0) ORDER BY dimension DESC))[1] AS anteil,
    sum(teil) FILTER (WHERE dimension = 2 AND teil > 0.01) AS schnitt_m2, sum(teil) FILTER (WHERE dimension = 1 AND teil > 0.01) AS schnitt_m,
    sum(teil) FILTER (WHERE dimension = 0 AND teil > 0)::int AS punkte
  FROM mass GROUP BY 1 HAVING max(teil) > 0.01
), genannt AS (
  SELECT DISTINCT r.massnahme_id FROM raumbezug r
  WHERE r.ortsteil_id IN (SELECT id FROM ortsteil WHERE $5::geometry IS NOT NULL AND geom && $5 AND st_area(st_intersection(geom, $5)) > 0.01)
), p AS (
  SELECT massnahme_id, CASE WHEN g.massnahme_id IS NULL THEN 'lage' ELSE 'ortsteil' END AS herkunft, l.anteil, l.schnitt_m2, l.schnitt_m, l.punkte
  FROM lage l FULL JOIN genannt g USING (massnahme_id)
), ort AS (
  SELECT massnahme_id, array_agg(DISTINCT art ORDER BY art) AS arten FROM raumbezug GROUP BY 1
), beitrag AS (
  SELECT zm.massnahme_id,
    jsonb_agg(jsonb_build_object('kennung', z.kennung, 'nummer', z.nummer, 'titel', z.titel, 'beitrag', zm.beitrag, 'haupt', zm.haupt)
      ORDER BY zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung) AS ziele,
    (array_agg(jsonb_build_object('kennung', h.kennung, 'titel', h.titel, 'farbe', h.farbe, 'symbol', h.symbol)
      ORDER BY zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung))[1] AS handlungsfeld
  FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id
  GROUP BY 1
), wahl AS (
  SELECT m.id, coalesce(o.herkunft, p.herkunft, n.herkunft) AS herkunft,
    -- figures speak of the Ortsteil, else of the polygon, else of the land use
    CASE WHEN $1::int IS NOT NULL THEN o.anteil WHEN $5::geometry IS NOT NULL THEN p.anteil ELSE n.anteil END AS anteil,
    CASE WHEN $1::int IS NOT NULL THEN o.schnitt_m2 WHEN $5::geometry IS NOT NULL THEN p.schnitt_m2 ELSE n.schnitt_m2 END AS schnitt_m2,
    CASE WHEN $1::int IS NOT NULL THEN o.schnitt_m WHEN $5::geometry IS NOT NULL THEN p.schnitt_m ELSE n.schnitt_m END AS schnitt_m,
    CASE WHEN $1::int IS NOT NULL THEN o.punkte WHEN $5::geometry IS NOT NULL THEN p.punkte ELSE n.punkte END AS punkte,
    ($1::int IS NULL OR o.massnahme_id IS NOT NULL) AND ($3::text IS NULL OR n.massnahme_id IS NOT NULL) AND ($5::geometry IS NULL OR p.massnahme_id IS NOT NULL) AS im_raum
  FROM massnahme m LEFT JOIN o ON o.massnahme_id = m.id LEFT JOIN n ON n.massnahme_id = m.id LEFT JOIN p ON p.massnahme_id = m.id
)
SELECT m.kennung AS "kennung!", m.nummer, m.titel AS "titel!", m.kurztext, a.titel AS "art!", m.beginn, m.ende, m.leitprojekt AS "leitprojekt!",
  jsonb_build_object('schluessel', am.schluessel, 'titel', am.titel, 'symbol', am.symbol, 'farbe', am.farbe) AS "ampel!: Json<Code>",
  s.ampel_anlass AS "ampel_anlass!", s.verzug_tage, s.fortschritt::double precision AS fortschritt, s.horizont AS "horizont!",
  jsonb_build_object('schluessel', ak.schluessel, 'titel', ak.titel, 'symbol', ak.symbol, 'farbe', ak.farbe) AS "aktualitaet!: Json<Code>",
  jsonb_build_object('schluessel', u.schluessel, 'titel', u.titel, 'symbol', u.symbol, 'farbe', u.farbe) AS "umsetzungsphase!: Json<Code>",
  jsonb_build_object('schluessel', b.schluessel, 'titel', b.titel, 'symbol', b.symbol, 'farbe', b.farbe) AS "beschlussstand!: Json<Code>",
  be.handlungsfeld AS "handlungsfeld?: Json<Handlungsfeld>", coalesce(be.ziele, '[]') AS "ziele!: Json<Vec<Beitrag>>",
  coalesce(ort.arten, '{}') AS "raumbezug!",
  -- the public copy has no such column: everything in it is published
  coalesce(to_jsonb(m) ->> 'veroeffentlichung', 'veroeffentlicht') <> 'veroeffentlicht' AS "entwurf!",
  CASE WHEN w.im_raum THEN w.herkunft ELSE 'gesamtstadt' END AS herkunft,
  CASE WHEN w.im_raum THEN w.anteil END AS anteil, CASE WHEN w.im_raum THEN w.schnitt_m2 END AS schnitt_m2,
  CASE WHEN w.im_raum THEN w.schnitt_m END AS schnitt_m, CASE WHEN w.im_raum THEN w.punkte END AS punkte, g.geometrie AS "geometrie?"
FROM wahl w JOIN massnahme m ON m.id = w.id
JOIN massnahme_art a ON a.schluessel = m.art
JOIN beschlussstand b ON b.schluessel = m.beschlussstand
JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase
LEFT JOIN beitrag be ON be.massnahme_id = m.id
LEFT JOIN ort ON ort.massnahme_id = m.id
-- last and lateral: only of the measures that are in the answer
CROSS JOIN LATERAL (SELECT x.* FROM massnahme_stand x WHERE x.massnahme_id = m.id) s
JOIN ampel am ON am.schluessel = s.ampel
JOIN aktualitaet ak ON ak.schluessel = s.aktualitaet
LEFT JOIN LATERAL (
  SELECT st_asgeojson(st_forcepolygonccw(st_transform(st_collectionhomogenize(st_collect(x.geom)), 4326)), 7)::jsonb AS geometrie
  FROM massnahme_ort x WHERE $8 AND x.massnahme_id = m.id
) g ON true
WHERE (w.im_raum OR 'gesamtstadt' = ANY (ort.arten))
  AND ($2::uuid IS NULL OR EXISTS (SELECT FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id WHERE zm.massnahme_id = m.id AND (z.id = $2 OR z.uebergeordnet_id = $2)))
  AND ($6::text IS NULL OR $6 = ANY (ort.arten) OR ($6 = 'unverortet' AND ort.arten IS NULL))
  AND ($7::text[] IS NULL OR m.kennung = ANY ($7))
ORDER BY m.nummer, m.kennung
