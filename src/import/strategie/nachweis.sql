-- What a state rests on and is not there, all at once; the database refuses the first at commit anyway.
SELECT m.kennung AS "kennung!", 'beschlussstand' AS "spalte!",
  format('Der Beschlussstand ist „%s“, aber kein Beschluss ist mit der Maßnahme verknüpft. Bitte den Beschluss nennen (Spalte Beschlüsse oder Blatt Beschlussbezüge) oder einen früheren Stand wählen.', b.titel) AS "satz!"
FROM massnahme m JOIN beschlussstand b ON b.schluessel = m.beschlussstand
WHERE m.id = ANY ($1) AND m.beschlussstand IN ('beschlossen', 'im_haushalt') AND NOT EXISTS (SELECT FROM beschluss_bezug x WHERE x.massnahme_id = m.id AND x.wirkung <> 'lehnt_ab')
UNION ALL
SELECT m.kennung, 'beschlussstand', 'Der Beschlussstand ist „Im Haushalt“, aber die Maßnahme hat keinen Finanzwert mit Ansatz, Nachtrag, Finanzplan oder Ergebnis. Bitte den Betrag nennen (Blatt Finanzwerte).'
FROM massnahme m WHERE m.id = ANY ($1) AND m.beschlussstand = 'im_haushalt' AND NOT EXISTS (SELECT FROM finanzwert f WHERE f.massnahme_id = m.id AND f.planfassung <> 'kostenschaetzung')
UNION ALL
SELECT m.kennung, 'schlussbewertung', 'Eine abgeschlossene Maßnahme braucht eine Schlussbewertung; ein Satz genügt.'
FROM massnahme m WHERE m.id = ANY ($1) AND m.umsetzungsphase = 'abgeschlossen' AND coalesce(m.schlussbewertung, '') = ''
ORDER BY 1, 2
