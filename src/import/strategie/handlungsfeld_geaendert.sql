-- A changed row is a draft again; what is published stays in oeffentlich until it is published anew.
UPDATE handlungsfeld z SET
  nummer = r.nummer,
  titel = r.titel,
  farbe = r.farbe,
  symbol = r.symbol,
  reihenfolge = r.reihenfolge,
  veroeffentlichung = 'entwurf'
FROM jsonb_array_elements($1) j JOIN handlungsfeld alt ON alt.kennung = j ->> 'kennung' CROSS JOIN LATERAL jsonb_populate_record(alt, j) r
WHERE z.id = alt.id
