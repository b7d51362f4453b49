-- The same gml:id. It is believed where the source keeps its ids (nine of ten objects known by their
-- shape have theirs still): then any form that still meets the old one, and a UUID even elsewhere.
-- Otherwise numbers were given anew, and only an object of the same class in the same place counts.
INSERT INTO abgleich_paar (art_neu, neu, art_alt, alt, weg, schnitt)
SELECT x.art, x.ordnung, x.art_alt, x.ordnung_alt, 'gml_id', x.schnitt
FROM (
  SELECT n.art, n.ordnung, a.art AS art_alt, a.ordnung AS ordnung_alt, n.klasse = a.klasse AS gleiche_klasse, n.dim, n.gueltig AND a.gueltig AS gueltig, n.gml_id ~* '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}' AS uuid,
    CASE WHEN n.dim = 2 AND n.gueltig AND a.gueltig THEN CASE WHEN f.geom && g.geom THEN st_area(st_intersection(f.geom, g.geom)) ELSE 0 END END AS schnitt,
    CASE WHEN n.dim = 2 THEN f.geom && g.geom ELSE st_dwithin(f.geom, g.geom, 100) END AS nahe
  FROM (SELECT o.*, row_number() OVER (PARTITION BY o.dim, o.gml_id ORDER BY o.art, o.ordnung) AS nr FROM abgleich_offen_neu o WHERE o.gml_id IS NOT NULL) n
  JOIN (SELECT o.*, row_number() OVER (PARTITION BY o.dim, o.gml_id ORDER BY o.art, o.ordnung) AS nr FROM abgleich_offen_alt o WHERE o.gml_id IS NOT NULL) a USING (dim, gml_id, nr)
  JOIN abgleich_form_neu f ON f.art = n.art AND f.ordnung = n.ordnung
  JOIN abgleich_form_alt g ON g.art = a.art AND g.ordnung = a.ordnung
) x
WHERE CASE WHEN {stabil} THEN x.uuid OR x.nahe AND coalesce(x.schnitt > 1, true) ELSE x.gleiche_klasse AND x.nahe AND coalesce(x.schnitt > 1, true) END
