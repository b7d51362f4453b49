-- The anchor keeps the area's shape when a later delivery of the plan has it no more.
INSERT INTO verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom)
SELECT DISTINCT ON (r.plan_id, f.kennung) r.plan_id, f.kennung, f.fassung_id, f.nutzung, f.flaeche_m2, f.geom
FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::raumbezug, j) r
JOIN fassung fa ON fa.plan_id = r.plan_id AND fa.aktuell
JOIN flaeche f ON f.fassung_id = fa.id AND f.kennung = r.flaeche_kennung
WHERE NOT EXISTS (SELECT FROM verweis v WHERE v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung)
ON CONFLICT DO NOTHING
