SELECT 'akteur' AS "art!", kennung AS "kennung!", id::text AS "id!", nummer, titel, NULL AS zusatz FROM akteur
UNION ALL SELECT 'beschluss', kennung, id::text, nummer, titel, NULL FROM beschluss
UNION ALL SELECT 'strategie', kennung, id::text, nummer, titel, NULL FROM strategie
UNION ALL SELECT 'strategiefassung', kennung, id::text, nummer, titel, NULL FROM strategiefassung
UNION ALL SELECT 'leitlinie', kennung, id::text, nummer, titel, NULL FROM leitlinie
UNION ALL SELECT 'produkt', kennung, id::text, nummer, titel, NULL FROM produkt
UNION ALL SELECT 'handlungsfeld', kennung, id::text, nummer, titel, NULL FROM handlungsfeld
UNION ALL SELECT 'kennzahl', kennung, id::text, nummer, titel, NULL FROM kennzahl
UNION ALL SELECT 'ziel', kennung, id::text, nummer, titel, ebene FROM ziel
UNION ALL SELECT 'massnahme', kennung, id::text, nummer, titel, NULL FROM massnahme
UNION ALL SELECT 'teilschritt', kennung, id::text, nummer, titel, NULL FROM teilschritt
UNION ALL SELECT 'fachplan', kennung, id::text, nummer, titel, NULL FROM fachplan
UNION ALL SELECT 'trend', kennung, id::text, nummer, titel, NULL FROM trend
UNION ALL SELECT 'frage', kennung, id::text, nummer, titel, NULL FROM frage
UNION ALL SELECT 'foerderprogramm', kennung, id::text, NULL, titel, NULL FROM foerderprogramm
UNION ALL SELECT 'gebiet', kennung, id::text, NULL, name, NULL FROM gebiet
UNION ALL SELECT 'ortsteil', kennung, id::text, NULL, name, NULL FROM ortsteil
UNION ALL SELECT 'sdg', nummer::text, nummer::text, 'SDG ' || nummer, titel, NULL FROM sdg
UNION ALL SELECT 'plan', p.kennung, p.id::text, NULL, p.name, f.id::text FROM plan p LEFT JOIN fassung f ON f.plan_id = p.id AND f.aktuell
