-- Decisions about these measures, the newest first.
SELECT b.kennung AS "kennung!", b.titel AS "titel!", b.gremium AS "gremium!", b.datum AS "datum!", b.drucksache, b.ergebnis AS "ergebnis!", b.url,
  array_agg(DISTINCT m.titel ORDER BY m.titel) AS "massnahmen!"
FROM beschluss b JOIN beschluss_bezug x ON x.beschluss_id = b.id JOIN massnahme m ON m.id = x.massnahme_id
WHERE m.kennung = ANY ($1) GROUP BY b.id, b.kennung, b.titel, b.gremium, b.datum, b.drucksache, b.ergebnis, b.url ORDER BY b.datum DESC, b.kennung
