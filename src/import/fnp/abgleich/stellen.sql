-- The largest changes among the areas, {hoechstens} of each kind.
WITH wahl AS (
  (SELECT 'neu' AS was, n.art, n.ordnung, NULL::bigint AS ordnung_alt, n.mass AS groesse, NULL::text AS wie FROM abgleich_offen_neu n WHERE n.art = 'F' ORDER BY n.mass DESC, n.ordnung LIMIT {hoechstens})
  UNION ALL
  (SELECT 'entfallen', a.art, NULL, a.ordnung, a.mass, NULL FROM abgleich_offen_alt a WHERE a.art = 'F' ORDER BY a.mass DESC, a.ordnung LIMIT {hoechstens})
  UNION ALL
  (SELECT 'geaendert', e.art, e.ordnung, e.ordnung_alt, greatest(e.mass, e.mass_alt), concat_ws(',', CASE WHEN geometrie THEN 'geometrie' END, CASE WHEN klasse THEN 'klasse' END, CASE WHEN nutzung THEN 'nutzung' END,
     CASE WHEN codes THEN 'codes' END, CASE WHEN rechtsstand THEN 'rechtsstand' END)
   FROM abgleich_ergebnis e WHERE e.art = 'F' AND e.art_alt = 'F' AND (geometrie OR klasse OR nutzung OR codes OR rechtsstand) ORDER BY nutzung DESC, 5 DESC, e.ordnung LIMIT {hoechstens})
)
SELECT w.was, w.wie, coalesce(f.kennung, a.kennung) AS kennung, a.nutzung AS nutzung_vorher, f.nutzung AS nutzung_nachher, a.flaeche_m2 AS vorher_m2, f.flaeche_m2 AS nachher_m2,
  st_x(o.punkt) AS x, st_y(o.punkt) AS y
FROM wahl w LEFT JOIN fnp.flaeche_f{neu} f ON f.ordnung = w.ordnung LEFT JOIN fnp.flaeche a ON a.fassung_id = {alt} AND a.ordnung = w.ordnung_alt
CROSS JOIN LATERAL (SELECT st_pointonsurface(st_makevalid(coalesce(f.geom, a.geom))) AS punkt) o
ORDER BY w.was, w.groesse DESC, 3
