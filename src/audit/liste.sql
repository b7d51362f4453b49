SELECT a.lfd, a.versiegelt AS zeit, a.wer, a.warum,
  ARRAY(SELECT z.relation || ' ' || z.art || CASE WHEN count(*) > 1 THEN ' ' || count(*) ELSE ' ' || min(audit.bezeichnung(z.relation, z.schluessel)) END
        FROM audit.zeile z WHERE z.aenderung_id = a.id GROUP BY z.relation, z.art ORDER BY min(z.id)) AS was
FROM audit.aenderung a
WHERE a.lfd IS NOT NULL
  AND ($1::date IS NULL OR a.versiegelt >= $1::timestamp AT TIME ZONE 'Europe/Berlin')
  AND ($2::text IS NULL OR strpos(lower(a.wer), lower($2)) > 0)
  AND ($3::text IS NULL OR EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = a.id
    AND (strpos(lower(z.relation), lower($3)) > 0 OR strpos(z.schluessel, $3) > 0 OR z.daten ->> 'kennung' = $3
      OR strpos(lower(coalesce(z.daten ->> 'titel', z.daten ->> 'name', '')), lower($3)) > 0)))
ORDER BY a.lfd DESC LIMIT $4
