-- Measures that lack everything named in $1 (ziel, ort, kennzahl, geld, zustaendig).
SELECT m.id FROM massnahme m WHERE
  ('ziel' <> ALL ($1::text[]) OR NOT EXISTS (SELECT FROM ziel_massnahme zm WHERE zm.massnahme_id = m.id))
  AND ('ort' <> ALL ($1) OR NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet'))
  AND ('kennzahl' <> ALL ($1) OR NOT EXISTS (SELECT FROM massnahme_kennzahl mk WHERE mk.massnahme_id = m.id))
  AND ('geld' <> ALL ($1) OR NOT EXISTS (SELECT FROM finanzwert w WHERE w.massnahme_id = m.id))
  AND ('zustaendig' <> ALL ($1) OR NOT EXISTS (SELECT FROM zustaendigkeit zu WHERE zu.massnahme_id = m.id))
