-- Areas that cover each other by at least 90 % of either. Size and box decide most pairs before
-- their intersection is cut; at most 32 of like size, so that a stack of copies stays cheap.
INSERT INTO abgleich_kandidat (art, neu, alt, guete, gleiche_id, schnitt)
SELECT '{art}', x.neu, x.alt, least(x.schnitt / x.mass, x.schnitt / x.mass_alt), x.gleiche_id, x.schnitt
FROM (
  SELECT n.ordnung AS neu, k.ordnung AS alt, n.mass, k.mass AS mass_alt, coalesce(n.gml_id = k.gml_id, false) AS gleiche_id, st_area(st_intersection(f.geom, k.geom)) AS schnitt
  FROM abgleich_offen_neu n JOIN fnp.{tabelle}_f{neu} f ON f.ordnung = n.ordnung
  CROSS JOIN LATERAL (
    SELECT a.ordnung, a.geom, a.flaeche_m2 AS mass, a.gml_id FROM fnp.{tabelle} a
    WHERE a.fassung_id = {alt} AND a.geom && f.geom AND a.gueltig AND a.flaeche_m2 BETWEEN 0.9 * n.mass AND n.mass / 0.9
      AND (a.klasse = n.klasse OR {andere_version} AND a.nutzung = n.nutzung)
      AND (least(st_xmax(a.geom), st_xmax(f.geom)) - greatest(st_xmin(a.geom), st_xmin(f.geom)))
        * (least(st_ymax(a.geom), st_ymax(f.geom)) - greatest(st_ymin(a.geom), st_ymin(f.geom))) >= 0.9 * n.mass
      AND NOT EXISTS (SELECT FROM abgleich_paar p WHERE p.art_alt = '{art}' AND p.alt = a.ordnung)
    ORDER BY abs(a.flaeche_m2 - n.mass), a.ordnung LIMIT 32
  ) k
  WHERE n.art = '{art}' AND n.gueltig AND n.mass > 0
) x WHERE x.schnitt >= 0.9 * greatest(x.mass, x.mass_alt)
