SELECT 'handlungsfeld' AS "art!", kennung AS "kennung!", id::text AS "id!", NULL AS zusatz FROM handlungsfeld
UNION ALL SELECT 'ziel', kennung, id::text, ebene FROM ziel
UNION ALL SELECT 'massnahme', kennung, id::text, NULL FROM massnahme
UNION ALL SELECT 'gebiet', kennung, id::text, NULL FROM gebiet
UNION ALL SELECT 'ortsteil', kennung, id::text, name FROM ortsteil
UNION ALL SELECT 'plan', p.kennung, p.id::text, f.id::text FROM plan p LEFT JOIN fassung f ON f.plan_id = p.id AND f.aktuell
