-- Points at the same place: as many, none further than 0.5 m from its partner.
INSERT INTO abgleich_kandidat (art, neu, alt, guete, gleiche_id)
SELECT 'P', x.neu, x.alt, 1 - x.abstand, x.gleiche_id
FROM (
  SELECT n.ordnung AS neu, k.ordnung AS alt, coalesce(n.gml_id = k.gml_id, false) AS gleiche_id, st_hausdorffdistance(f.geom, k.geom) AS abstand
  FROM abgleich_offen_neu n JOIN fnp.punkt_f{neu} f ON f.ordnung = n.ordnung
  CROSS JOIN LATERAL (
    SELECT a.ordnung, a.geom, a.gml_id FROM fnp.punkt a
    WHERE a.fassung_id = {alt} AND a.geom && st_expand(f.geom, 0.5) AND st_npoints(a.geom) = st_npoints(f.geom)
      AND (a.klasse = n.klasse OR {andere_version} AND a.nutzung = n.nutzung)
      AND NOT EXISTS (SELECT FROM abgleich_paar p WHERE p.art_alt = 'P' AND p.alt = a.ordnung)
    ORDER BY a.geom <-> f.geom, a.ordnung LIMIT 32
  ) k
  WHERE n.art = 'P'
) x WHERE x.abstand <= 0.5
