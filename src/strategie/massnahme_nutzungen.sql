SELECT p.kennung AS "plan!", n.schluessel AS "nutzung!", n.name AS "name!", n.farbe AS "farbe!", count(*) AS "flaechen!",
  sum(mf.schnitt_m2) AS schnitt_m2, sum(mf.schnitt_m) AS schnitt_m, sum(mf.punkte)::int AS punkte
FROM massnahme_flaeche mf
JOIN fassung fa ON fa.id = mf.fassung_id AND fa.aktuell
JOIN plan p ON p.id = fa.plan_id
JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung
JOIN nutzung n ON n.schluessel = f.nutzung
WHERE mf.massnahme_id = $1
GROUP BY p.kennung, p.stand, n.schluessel, n.name, n.farbe, n.reihenfolge
ORDER BY array_position(ARRAY['wirksam', 'entwurf', 'frueher'], p.stand), p.kennung, n.reihenfolge
