-- A changed row is a draft again; what is published stays in oeffentlich until it is published anew.
UPDATE ziel z SET
  handlungsfeld_id = r.handlungsfeld_id,
  ebene = r.ebene,
  uebergeordnet_id = r.uebergeordnet_id,
  nummer = r.nummer,
  titel = r.titel,
  text = r.text,
  begruendung = r.begruendung,
  zieljahr = r.zieljahr,
  raumwirksam = r.raumwirksam,
  veroeffentlichung = 'entwurf'
FROM jsonb_array_elements($1) j JOIN ziel alt ON alt.kennung = j ->> 'kennung' CROSS JOIN LATERAL jsonb_populate_record(alt, j) r
WHERE z.id = alt.id
