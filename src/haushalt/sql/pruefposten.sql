-- What the checks of money look at: measures that are neither rejected nor merged nor replaced; only $1, if given.
SELECT m.kennung, m.nummer, m.titel, m.beschlussstand, f.kosten_ct, f.schaetzung_ct, f.jahre_ct, f.foerderung_ct, f.foerderung_aus, coalesce(f.foerderungen, 0) AS "foerderungen!",
  EXISTS (SELECT FROM finanzwert_gueltig w WHERE w.massnahme_id = m.id AND w.planfassung IN ('ansatz', 'nachtrag', 'finanzplan') AND w.art IN ('aufwand', 'investition')) AS "ansatz!"
FROM massnahme m LEFT JOIN massnahme_finanzierung f ON f.massnahme_id = m.id
WHERE NOT EXISTS (SELECT FROM massnahme_entfallen e WHERE e.massnahme_id = m.id)
  AND ($1::uuid IS NULL OR m.id = $1)
ORDER BY m.nummer, m.kennung
