INSERT INTO ziel_nutzungsart_wirkung (ziel_id, nutzung, wirkung, begruendung)
SELECT r.ziel_id, r.nutzung, r.wirkung, r.begruendung FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::ziel_nutzungsart_wirkung, j) r
