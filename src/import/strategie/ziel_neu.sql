INSERT INTO ziel
SELECT r.* FROM jsonb_array_elements($1) j
CROSS JOIN LATERAL jsonb_populate_record(NULL::ziel, jsonb_build_object('version', 1, 'seit', clock_timestamp(),
  'erstellt_am', clock_timestamp(), 'veroeffentlichung', 'entwurf', 'gewicht', 1, 'zustand', 'entwurf') || j) r
