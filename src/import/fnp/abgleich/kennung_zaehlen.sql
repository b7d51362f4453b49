-- Kennungen that were somebody else's: the {nr}th of that name, unless that is taken too.
INSERT INTO abgleich_kennung
SELECT n.art, n.ordnung, n.kennung, n.kennung || '-{nr}', 'neu' FROM abgleich_ohne_kennung n
WHERE NOT EXISTS (SELECT FROM abgleich_belegt b WHERE b.kennung = n.kennung || '-{nr}')
  AND NOT EXISTS (SELECT FROM abgleich_neu x WHERE x.kennung = n.kennung || '-{nr}')
  AND NOT EXISTS (SELECT FROM abgleich_kennung k WHERE k.kennung = n.kennung || '-{nr}')
  AND NOT EXISTS (SELECT FROM fnp.flaeche x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung || '-{nr}')
