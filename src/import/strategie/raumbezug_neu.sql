INSERT INTO raumbezug (id, massnahme_id, art, ortsteil_id, plan_id, flaeche_kennung, geom, grund, rolle, genauigkeit)
SELECT r.id, r.massnahme_id, r.art, r.ortsteil_id, r.plan_id, r.flaeche_kennung, r.geom, r.grund, r.rolle, r.genauigkeit FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::raumbezug, j) r
