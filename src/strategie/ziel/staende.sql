-- Where goals stand: all, or the one of $1.
SELECT z.kennung AS "kennung!", s.erreichung::double precision AS erreichung, s.grad::double precision AS grad, s.umsetzung::double precision AS umsetzung,
  jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS "ampel!: Json<Code>", s.ampel_anlass AS "ampel_anlass!",
  s.kennzahlen AS "kennzahlen!", s.kennzahlen_mit_wert AS "kennzahlen_mit_wert!", s.rueckschritte AS "rueckschritte!", s.aeltester_wert,
  s.massnahmen_foerdernd AS "massnahmen_foerdernd!", s.massnahmen_hemmend AS "massnahmen_hemmend!", s.massnahmen_umgesetzt AS "massnahmen_umgesetzt!"
FROM ziel_stand s JOIN ziel z ON z.id = s.ziel_id JOIN ampel a ON a.schluessel = s.ampel
WHERE $1::uuid IS NULL OR z.id = $1
