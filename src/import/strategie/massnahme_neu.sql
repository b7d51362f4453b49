INSERT INTO massnahme
SELECT r.* FROM jsonb_array_elements($1) j
CROSS JOIN LATERAL jsonb_populate_record(NULL::massnahme, jsonb_build_object('version', 1, 'seit', clock_timestamp(),
  'erstellt_am', clock_timestamp(), 'veroeffentlichung', 'entwurf', 'ampel_manuell', false) || j) r
