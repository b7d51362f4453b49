-- Where indicators stand in the Ortsteil $1. A statement of its own: the values of other Ortsteile are not touched.
SELECT k.kennung AS "kennzahl!", k.nummer, k.titel AS "titel!", k.einheit AS "einheit!", k.richtung AS "richtung!", k.nachkomma AS "nachkomma!", o.kennung AS "ortsteil?", o.name AS "ortsteil_name?",
  s.ist::double precision AS ist, s.ist_am, s.ist_status, coalesce(s.ist_quelle, k.quelle) AS quelle, s.basis::double precision AS basis, s.basis_am, s.ziel::double precision AS ziel, s.ziel_am,
  s.soll::double precision AS soll, s.abweichung::double precision AS abweichung, s.grad::double precision AS grad,
  jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS "ampel!: Json<Code>", s.hinweis, s.alter_tage,
  jsonb_build_object('schluessel', ak.schluessel, 'titel', ak.titel, 'symbol', ak.symbol, 'farbe', ak.farbe) AS "aktualitaet!: Json<Code>"
FROM kennzahl_stand s
JOIN kennzahl k ON k.id = s.kennzahl_id
JOIN ampel a ON a.schluessel = s.ampel
JOIN aktualitaet ak ON ak.schluessel = s.aktualitaet
JOIN ortsteil o ON o.id = s.ortsteil_id
WHERE s.ortsteil_id = $1
ORDER BY k.nummer, k.kennung
