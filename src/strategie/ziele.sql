-- Goals; $1: these keys alone, $2: below this goal alone.
SELECT z.kennung AS "kennung!", z.nummer, z.titel AS "titel!", z.ebene AS "ebene!", oben.kennung AS "uebergeordnet?",
  jsonb_build_object('kennung', h.kennung, 'titel', h.titel, 'farbe', h.farbe, 'symbol', h.symbol) AS "handlungsfeld!: Json<Handlungsfeld>",
  z.zieljahr, z.raumwirksam AS "raumwirksam!", coalesce(m.plus, 0) AS "gefoerdert_durch!", coalesce(m.minus, 0) AS "gehemmt_durch!",
  coalesce(to_jsonb(z) ->> 'veroeffentlichung', 'veroeffentlicht') <> 'veroeffentlicht' AS "entwurf!"
FROM ziel z JOIN handlungsfeld h ON h.id = z.handlungsfeld_id
LEFT JOIN ziel oben ON oben.id = z.uebergeordnet_id
LEFT JOIN (
  SELECT x.id, count(DISTINCT zm.massnahme_id) FILTER (WHERE zm.beitrag > 0) AS plus, count(DISTINCT zm.massnahme_id) FILTER (WHERE zm.beitrag < 0) AS minus
  FROM ziel x JOIN ziel d ON d.id = x.id OR d.uebergeordnet_id = x.id JOIN ziel_massnahme zm ON zm.ziel_id = d.id GROUP BY 1
) m ON m.id = z.id
WHERE ($1::text[] IS NULL OR z.kennung = ANY ($1)) AND ($2::text IS NULL OR oben.kennung = $2)
ORDER BY h.reihenfolge, h.nummer, h.kennung, string_to_array(regexp_replace(z.nummer, '[^0-9.]', '', 'g'), '.'), z.ebene DESC, z.kennung
