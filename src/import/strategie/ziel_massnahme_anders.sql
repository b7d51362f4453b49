WITH neu AS (
  SELECT r.massnahme_id, r.ziel_id, r.beitrag, r.haupt FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::ziel_massnahme, j) r
), alt AS (
  SELECT massnahme_id, ziel_id, beitrag, haupt FROM ziel_massnahme WHERE massnahme_id IN (SELECT massnahme_id FROM neu)
)
SELECT DISTINCT massnahme_id AS "id!"
FROM ((TABLE neu EXCEPT ALL TABLE alt) UNION ALL (TABLE alt EXCEPT ALL TABLE neu)) x
