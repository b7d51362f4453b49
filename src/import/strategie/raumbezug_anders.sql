WITH neu AS (
  SELECT r.massnahme_id, r.art, r.ortsteil_id, r.plan_id, r.flaeche_kennung, r.geom, r.grund, r.rolle, r.genauigkeit FROM jsonb_array_elements($1) j CROSS JOIN LATERAL jsonb_populate_record(NULL::raumbezug, j) r
), alt AS (
  SELECT massnahme_id, art, ortsteil_id, plan_id, flaeche_kennung, geom, grund, rolle, genauigkeit FROM raumbezug WHERE massnahme_id IN (SELECT massnahme_id FROM neu)
)
SELECT DISTINCT massnahme_id AS "id!"
FROM ((TABLE neu EXCEPT ALL TABLE alt) UNION ALL (TABLE alt EXCEPT ALL TABLE neu)) x
