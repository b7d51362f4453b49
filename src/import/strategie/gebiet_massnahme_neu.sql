INSERT INTO gebiet_massnahme (gebiet_id, massnahme_id)
SELECT r.gebiet_id, r.massnahme_id FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::gebiet_massnahme, j) r
