-- Every link of a measure to an area of this plan: does the area live on in the new version, and
-- where not, what lies in its place (three largest shared parts above 1 m²).
SELECT m.kennung AS massnahme, m.titel, v.kennung AS flaeche, v.nutzung, v.flaeche_m2, v.entfallen_in IS NOT NULL AS war_entfallen, f.kennung IS NOT NULL AS vorhanden,
  f.nutzung AS nutzung_neu, f.flaeche_m2 AS flaeche_m2_neu, st_x(o.punkt) AS x, st_y(o.punkt) AS y, coalesce(n.nachfolger, '[]'::jsonb) AS nachfolger
FROM fnp.verweis v
JOIN (SELECT DISTINCT massnahme_id, plan_id, flaeche_kennung FROM strategie.raumbezug) r ON r.plan_id = v.plan_id AND r.flaeche_kennung = v.kennung
JOIN strategie.massnahme m ON m.id = r.massnahme_id
LEFT JOIN fnp.flaeche_f{neu} f ON f.kennung = v.kennung
CROSS JOIN LATERAL (SELECT st_pointonsurface(st_makevalid(v.geom)) AS punkt) o
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('kennung', x.kennung, 'nutzung', x.nutzung, 'schnitt_m2', x.m2, 'anteil', x.m2 / nullif(v.flaeche_m2, 0)) ORDER BY x.m2 DESC, x.kennung) AS nachfolger
  FROM (SELECT y.* FROM (
      SELECT g.kennung, g.nutzung, st_area(st_intersection(g.geom, st_makevalid(v.geom))) AS m2 FROM fnp.flaeche_f{neu} g WHERE g.geom && v.geom AND g.gueltig) y
    WHERE y.m2 > 1 ORDER BY y.m2 DESC, y.kennung LIMIT 3) x
) n ON f.kennung IS NULL
WHERE v.plan_id = '{plan}' ORDER BY m.kennung, v.kennung
