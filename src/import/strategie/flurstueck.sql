-- Parcels by Kennzeichen, by number, or by Gemarkung and number.
WITH gesucht AS (
  SELECT (t.nr - 1)::int AS nr, t.text, regexp_replace(t.text, '^.*\s', '') AS nummer FROM unnest($1::text[]) WITH ORDINALITY t (text, nr)
), treffer AS (
  SELECT g.nr, f.kennzeichen, f.geom FROM gesucht g JOIN gemeinde.flurstueck f ON f.kennzeichen = g.text
  UNION
  SELECT g.nr, f.kennzeichen, f.geom FROM gesucht g JOIN gemeinde.flurstueck f ON f.nummer = g.nummer
    WHERE g.text = g.nummer OR lower(regexp_replace(g.text, '\s+\S+$', '')) = lower(f.gemarkung)
)
SELECT g.nr, count(t.kennzeichen)::int AS anzahl, upper(encode(st_asewkb((array_agg(t.geom))[1], 'NDR'), 'hex')) AS form
FROM gesucht g LEFT JOIN treffer t USING (nr) GROUP BY g.nr ORDER BY g.nr
