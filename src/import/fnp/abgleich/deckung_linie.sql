-- Lines that run within 0.5 m of each other along at least 90 % of either.
INSERT INTO abgleich_kandidat (art, neu, alt, guete, gleiche_id, schnitt)
SELECT 'L', x.neu, x.alt, least(x.deckung / x.mass, x.deckung_alt / x.mass_alt), x.gleiche_id, x.deckung
FROM (
  SELECT n.ordnung AS neu, k.ordnung AS alt, n.mass, k.mass AS mass_alt, coalesce(n.gml_id = k.gml_id, false) AS gleiche_id,
    st_length(st_intersection(f.geom, st_buffer(k.geom, 0.5))) AS deckung, st_length(st_intersection(k.geom, st_buffer(f.geom, 0.5))) AS deckung_alt
  FROM abgleich_offen_neu n JOIN fnp.linie_f{neu} f ON f.ordnung = n.ordnung
  CROSS JOIN LATERAL (
    SELECT a.ordnung, a.geom, a.laenge_m AS mass, a.gml_id FROM fnp.linie a
    WHERE a.fassung_id = {alt} AND a.geom && st_expand(f.geom, 0.5) AND a.laenge_m > 0 AND a.laenge_m BETWEEN 0.9 * n.mass AND n.mass / 0.9
      AND (a.klasse = n.klasse OR {andere_version} AND a.nutzung = n.nutzung)
      AND NOT EXISTS (SELECT FROM abgleich_paar p WHERE p.art_alt = 'L' AND p.alt = a.ordnung)
    ORDER BY abs(a.laenge_m - n.mass), a.ordnung LIMIT 32
  ) k
  WHERE n.art = 'L' AND n.mass > 0
) x WHERE x.deckung >= 0.9 * x.mass AND x.deckung_alt >= 0.9 * x.mass_alt
