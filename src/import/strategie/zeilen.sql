-- Every row of every sheet, of the world the connection sees.
SELECT 'akteur' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM akteur x
UNION ALL SELECT 'beschluss' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM beschluss x
UNION ALL SELECT 'strategie' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM strategie x
UNION ALL SELECT 'strategiefassung' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM strategiefassung x
UNION ALL SELECT 'leitlinie' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM leitlinie x
UNION ALL SELECT 'produkt' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM produkt x
UNION ALL SELECT 'handlungsfeld' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM handlungsfeld x
UNION ALL SELECT 'kennzahl' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM kennzahl x
UNION ALL SELECT 'ziel' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM ziel x
UNION ALL SELECT 'massnahme' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM massnahme x
UNION ALL SELECT 'teilschritt' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM teilschritt x
UNION ALL SELECT 'fachplan' AS "tabelle!", to_jsonb(x) - 'geom' AS "zeile!" FROM fachplan x
UNION ALL SELECT 'trend' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM trend x
UNION ALL SELECT 'foerderprogramm' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM foerderprogramm x
UNION ALL SELECT 'frage' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM frage x
UNION ALL SELECT 'gebiet' AS "tabelle!", to_jsonb(x) - 'geom' AS "zeile!" FROM gebiet x
UNION ALL SELECT 'kennzahlwert' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM kennzahlwert x
UNION ALL SELECT 'ziel_kennzahl' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM ziel_kennzahl x
UNION ALL SELECT 'massnahme_kennzahl' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM massnahme_kennzahl x
UNION ALL SELECT 'kennzahl_kennzahl' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM kennzahl_kennzahl x
UNION ALL SELECT 'massnahme_massnahme' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM massnahme_massnahme x
UNION ALL SELECT 'ziel_massnahme' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM ziel_massnahme x
UNION ALL SELECT 'ziel_nutzungsart_wirkung' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM ziel_nutzungsart_wirkung x
UNION ALL SELECT 'raumbezug' AS "tabelle!", to_jsonb(x) || jsonb_build_object('geom', st_astext(x.geom, 17)) AS "zeile!" FROM raumbezug x
UNION ALL SELECT 'zustaendigkeit' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM zustaendigkeit x
UNION ALL SELECT 'sdg_bezug' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM sdg_bezug x
UNION ALL SELECT 'beschluss_bezug' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM beschluss_bezug x
UNION ALL SELECT 'fundstelle' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM fundstelle x
UNION ALL SELECT 'trend_bezug' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM trend_bezug x
UNION ALL SELECT 'finanzwert' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM finanzwert x
UNION ALL SELECT 'foerderung' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM foerderung x
UNION ALL SELECT 'gebiet_massnahme' AS "tabelle!", to_jsonb(x) AS "zeile!" FROM gebiet_massnahme x
