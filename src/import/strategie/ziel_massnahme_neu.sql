INSERT INTO ziel_massnahme (massnahme_id, ziel_id, beitrag, haupt)
SELECT r.massnahme_id, r.ziel_id, r.beitrag, r.haupt FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::ziel_massnahme, j) r
