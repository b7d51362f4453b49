-- Each measure × goal it furthers or names; $1: by Handlungsfeld instead of goal. The first of
-- each measure is where it counts: main goal, else strongest furthering contribution.
WITH bezug AS (
  SELECT zm.massnahme_id, CASE WHEN $1 THEN h.kennung ELSE z.kennung END AS gruppe,
    row_number() OVER (PARTITION BY zm.massnahme_id ORDER BY zm.haupt DESC, zm.beitrag DESC, z.nummer, z.kennung) AS rang, zm.haupt OR zm.beitrag > 0 AS zaehlbar
  FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id
)
SELECT massnahme_id AS "massnahme!", gruppe AS "gruppe!", bool_or(rang = 1 AND zaehlbar) AS "ganz!"
FROM bezug GROUP BY 1, 2 HAVING bool_or(zaehlbar) ORDER BY 1, 2
