-- Everything linked to one goal $1, measure $2, indicator $3 or village-renewal area $4.
SELECT art AS "art!", kennung AS "kennung!", nummer, titel AS "titel!", wie, stelle, text FROM (
  SELECT 'fachplan' AS art, p.kennung, p.nummer, p.titel, f.beziehung AS wie, f.stelle, f.zitat AS text, f.beziehung <> 'widerspricht' AS hinten, p.titel AS ordnung
  FROM fundstelle f JOIN fachplan p ON p.id = f.fachplan_id WHERE f.ziel_id = $1 OR f.massnahme_id = $2
  UNION ALL
  SELECT 'beschluss', b.kennung, coalesce(b.drucksache, b.nummer), b.titel, x.wirkung, b.gremium || ', ' || to_char(b.datum, 'DD.MM.YYYY'), NULL, false, to_char(date '9999-12-31' - b.datum, '0000000')
  FROM beschluss_bezug x JOIN beschluss b ON b.id = x.beschluss_id WHERE x.ziel_id = $1 OR x.massnahme_id = $2 OR x.gebiet_id = $4
  UNION ALL
  SELECT 'trend', t.kennung, t.nummer, t.titel, x.art, NULL, x.begruendung, false, t.titel
  FROM trend_bezug x JOIN trend t ON t.id = x.trend_id WHERE x.ziel_id = $1 OR x.massnahme_id = $2
  UNION ALL
  SELECT 'akteur', a.kennung, a.nummer, a.titel, x.rolle, NULL, NULL, x.rolle <> 'federfuehrend', x.rolle || a.titel
  FROM zustaendigkeit x JOIN akteur a ON a.id = x.akteur_id WHERE x.ziel_id = $1 OR x.massnahme_id = $2 OR x.kennzahl_id = $3
  UNION ALL
  SELECT 'sdg', s.nummer::text, s.nummer::text, s.titel, NULL, NULL, NULL, false, to_char(s.nummer, '00')
  FROM sdg_bezug x JOIN sdg s ON s.nummer = x.sdg WHERE x.ziel_id = $1 OR x.massnahme_id = $2 OR x.kennzahl_id = $3
  UNION ALL
  SELECT 'massnahme', m.kennung, m.nummer, m.titel, x.art, NULL, NULL, false, x.art || m.kennung FROM massnahme_massnahme x JOIN massnahme m ON m.id = x.andere_id WHERE x.massnahme_id = $2
  UNION ALL
  SELECT 'kennzahl', k.kennung, k.nummer, k.titel, x.wirkung, NULL, CASE WHEN x.misst_fortschritt THEN 'misst den Fortschritt' END, NOT x.misst_fortschritt, k.kennung
  FROM massnahme_kennzahl x JOIN kennzahl k ON k.id = x.kennzahl_id WHERE x.massnahme_id = $2
  UNION ALL
  SELECT 'kennzahl', k.kennung, k.nummer, k.titel, x.art, NULL, NULL, true, k.kennung FROM kennzahl_kennzahl x JOIN kennzahl k ON k.id = x.andere_id WHERE x.kennzahl_id = $3
) x ORDER BY art, hinten, ordnung, kennung, stelle
