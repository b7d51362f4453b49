-- Where indicators stand: these keys $1, those of a goal $2 (with the goals below).
SELECT k.kennung AS "kennzahl!", k.nummer, k.titel AS "titel!", k.einheit AS "einheit!", k.richtung AS "richtung!", k.nachkomma AS "nachkomma!", o.kennung AS "ortsteil?", o.name AS "ortsteil_name?",
  s.ist::double precision AS ist, s.ist_am, s.ist_status, coalesce(s.ist_quelle, k.quelle) AS quelle, s.basis::double precision AS basis, s.basis_am, s.ziel::double precision AS ziel, s.ziel_am,
  s.soll::double precision AS soll, s.abweichung::double precision AS abweichung, s.grad::double precision AS grad,
  jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS "ampel!: Json<Code>", s.hinweis, s.alter_tage,
  jsonb_build_object('schluessel', ak.schluessel, 'titel', ak.titel, 'symbol', ak.symbol, 'farbe', ak.farbe) AS "aktualitaet!: Json<Code>"
FROM kennzahl_stand s
JOIN kennzahl k ON k.id = s.kennzahl_id
JOIN ampel a ON a.schluessel = s.ampel
JOIN aktualitaet ak ON ak.schluessel = s.aktualitaet
LEFT JOIN ortsteil o ON o.id = s.ortsteil_id
-- by id of the view itself, and chosen beforehand, so that only these are reckoned
WHERE s.kennzahl_id = ANY (ARRAY(SELECT id FROM kennzahl WHERE ($1::text[] IS NULL OR kennung = ANY ($1))
  AND ($2::uuid IS NULL OR id IN (SELECT kennzahl_id FROM ziel_kennzahl_ganz WHERE ziel_id = $2))))
ORDER BY k.nummer, k.kennung, o.id NULLS FIRST
