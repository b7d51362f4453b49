-- A changed row is a draft again; what is published stays in oeffentlich until it is published anew.
UPDATE massnahme z SET
  nummer = r.nummer,
  titel = r.titel,
  kurztext = r.kurztext,
  beschreibung = r.beschreibung,
  art = r.art,
  beginn = r.beginn,
  ende = r.ende,
  dauerhaft = r.dauerhaft,
  prioritaet = r.prioritaet,
  leitprojekt = r.leitprojekt,
  beschlussstand = r.beschlussstand,
  umsetzungsphase = r.umsetzungsphase,
  ampel = r.ampel,
  intern_notiz = r.intern_notiz,
  veroeffentlichung = 'entwurf'
FROM jsonb_array_elements($1) j JOIN massnahme alt ON alt.kennung = j ->> 'kennung' CROSS JOIN LATERAL jsonb_populate_record(alt, j) r
WHERE z.id = alt.id
