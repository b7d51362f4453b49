WITH neu AS (
  SELECT r.ziel_id, r.nutzung, r.wirkung, r.begruendung FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::ziel_nutzungsart_wirkung, j) r
), alt AS (
  SELECT ziel_id, nutzung, wirkung, begruendung FROM ziel_nutzungsart_wirkung WHERE ziel_id IN (SELECT ziel_id FROM neu)
)
SELECT DISTINCT ziel_id AS "id!"
FROM ((TABLE neu EXCEPT ALL TABLE alt) UNION ALL (TABLE alt EXCEPT ALL TABLE neu)) x
