-- What changed in every pair. A form counts as changed from 1 m² (areas), 1 cm (lines, points) on;
-- between versions of XPlanung the names of classes change without meaning a change.
CREATE TEMP TABLE abgleich_ergebnis ON COMMIT DROP AS
SELECT p.art_neu AS art, p.neu AS ordnung, p.art_alt, p.alt AS ordnung_alt, n.mass, a.mass AS mass_alt,
  CASE WHEN n.form = a.form THEN false WHEN n.dim = 2 THEN coalesce(n.mass + a.mass - 2 * p.schnitt > 1, true) ELSE coalesce(h.abstand > 0.01, true) END AS geometrie,
  n.klasse <> a.klasse AND NOT {andere_version} AS klasse, n.nutzung <> a.nutzung AS nutzung, n.codes <> a.codes AS codes, n.rechtsstand <> a.rechtsstand AS rechtsstand
FROM abgleich_paar p JOIN abgleich_neu n ON n.art = p.art_neu AND n.ordnung = p.neu JOIN abgleich_alt a ON a.art = p.art_alt AND a.ordnung = p.alt
LEFT JOIN (
  SELECT q.art_neu, q.neu, st_hausdorffdistance(f.geom, g.geom) AS abstand
  FROM abgleich_paar q JOIN abgleich_form_neu f ON f.art = q.art_neu AND f.ordnung = q.neu JOIN abgleich_form_alt g ON g.art = q.art_alt AND g.ordnung = q.alt
  WHERE q.art_neu IN ('L', 'P') AND q.weg <> 'gleich') h ON h.art_neu = p.art_neu AND h.neu = p.neu;
ANALYZE abgleich_ergebnis;
