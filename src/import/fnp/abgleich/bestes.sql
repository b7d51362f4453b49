-- One round: pairs that are each other's best. The order is total, so a round finds at least one.
WITH rang AS (
  SELECT k.*, row_number() OVER (PARTITION BY art, neu ORDER BY guete DESC, gleiche_id DESC, neu, alt) AS rang_neu,
    row_number() OVER (PARTITION BY art, alt ORDER BY guete DESC, gleiche_id DESC, neu, alt) AS rang_alt
  FROM abgleich_kandidat k
), paar AS (
  INSERT INTO abgleich_paar (art_neu, neu, art_alt, alt, weg, schnitt)
  SELECT art, neu, art, alt, 'deckung', schnitt FROM rang WHERE rang_neu = 1 AND rang_alt = 1
  RETURNING art_neu AS art, neu, alt
)
DELETE FROM abgleich_kandidat k WHERE EXISTS (SELECT FROM paar p WHERE p.art = k.art AND p.neu = k.neu) OR EXISTS (SELECT FROM paar p WHERE p.art = k.art AND p.alt = k.alt)
