-- What one sector plan $1, decision $2, trend $3, office $4 or SDG $5 points at.
SELECT art AS "art!", kennung AS "kennung!", nummer, titel AS "titel!", wie, stelle, text FROM (
  SELECT coalesce(x.ziel_id, x.massnahme_id, x.kennzahl_id, x.gebiet_id, x.plan_id, x.strategiefassung_id, x.fachplan_id) AS id, x.wie, x.stelle, x.text FROM (
    SELECT ziel_id, massnahme_id, NULL::uuid AS kennzahl_id, NULL::uuid AS gebiet_id, NULL::uuid AS plan_id, NULL::uuid AS strategiefassung_id, NULL::uuid AS fachplan_id, beziehung AS wie, stelle, zitat AS text FROM fundstelle WHERE fachplan_id = $1
    UNION ALL SELECT ziel_id, massnahme_id, NULL, gebiet_id, plan_id, strategiefassung_id, fachplan_id, wirkung, NULL, NULL FROM beschluss_bezug WHERE beschluss_id = $2
    UNION ALL SELECT ziel_id, massnahme_id, NULL, NULL, NULL, NULL, NULL, art, NULL, begruendung FROM trend_bezug WHERE trend_id = $3
    UNION ALL SELECT ziel_id, massnahme_id, kennzahl_id, NULL, NULL, NULL, NULL, rolle, NULL, NULL FROM zustaendigkeit WHERE akteur_id = $4
    UNION ALL SELECT ziel_id, massnahme_id, kennzahl_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM sdg_bezug WHERE sdg = $5
  ) x
) b JOIN (
  SELECT id, 'ziel' AS art, kennung, nummer, titel, 1 AS rang FROM ziel
  UNION ALL SELECT id, 'massnahme', kennung, nummer, titel, 2 FROM massnahme
  UNION ALL SELECT id, 'kennzahl', kennung, nummer, titel, 3 FROM kennzahl
  UNION ALL SELECT id, 'gebiet', kennung, NULL, name, 4 FROM gebiet
  UNION ALL SELECT id, 'plan', kennung, nummer, name, 5 FROM plan
  UNION ALL SELECT id, 'strategiefassung', kennung, nummer, titel, 6 FROM strategiefassung
  UNION ALL SELECT id, 'fachplan', kennung, nummer, titel, 7 FROM fachplan
) g USING (id) ORDER BY rang, nummer, kennung, stelle
