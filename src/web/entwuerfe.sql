-- What this reader sees and the public does not, by the address of its page.
SELECT x.pfad || x.kennung AS "pfad!", z.titel AS "zustand!"
FROM (
  SELECT '/massnahmen/' AS pfad, kennung, veroeffentlichung FROM massnahme
  UNION ALL SELECT '/ziele/', kennung, veroeffentlichung FROM ziel
  UNION ALL SELECT '/kennzahlen/', kennung, veroeffentlichung FROM kennzahl
  UNION ALL SELECT '/beschluesse/', kennung, veroeffentlichung FROM beschluss
  UNION ALL SELECT '/fachplaene/', kennung, veroeffentlichung FROM fachplan
  UNION ALL SELECT '/trends/', kennung, veroeffentlichung FROM trend
  UNION ALL SELECT '/dorferneuerung/', kennung, veroeffentlichung FROM gebiet
) x JOIN zustand z ON z.schluessel = x.veroeffentlichung
WHERE x.veroeffentlichung <> 'veroeffentlicht'
