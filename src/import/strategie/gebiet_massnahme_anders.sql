WITH neu AS (
  SELECT r.gebiet_id, r.massnahme_id FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::gebiet_massnahme, j) r
), alt AS (
  SELECT gebiet_id, massnahme_id FROM gebiet_massnahme WHERE gebiet_id IN (SELECT gebiet_id FROM neu)
)
SELECT DISTINCT gebiet_id AS "id!"
FROM ((TABLE neu EXCEPT ALL TABLE alt) UNION ALL (TABLE alt EXCEPT ALL TABLE neu)) x
