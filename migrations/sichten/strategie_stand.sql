-- Progress: Soll path, deviation, Ampel, age. Written without schema: run once per world.
-- The day everything is seen from: today, unless the session names another (tests, frozen figures).
CREATE VIEW stichtag WITH (security_invoker = true) AS
SELECT coalesce(nullif(current_setting('zielraum.stichtag', true), '')::date, (now() AT TIME ZONE 'Europe/Berlin')::date) AS tag;
COMMENT ON COLUMN stichtag.tag IS 'Stichtag';

-- Basis and targets in time order; each row begins a stretch to the next. A later basis
-- opens a section of its own (abschnitt): a town that measures anew starts anew, and the
-- old path stays flat until that day instead of bending towards the new basis.
CREATE VIEW kennzahl_pfad WITH (security_invoker = true) AS
SELECT kennzahl_id, ortsteil_id, coalesce(ortsteil_id, -1) AS raum, abschnitt, art, stichtag AS von, wert AS von_wert, danach AS bis,
  CASE WHEN danach_art = 'soll' THEN danach_wert WHEN art = 'soll' THEN wert END AS bis_wert
FROM (
  SELECT p.*, lead(stichtag) OVER w AS danach, lead(wert) OVER w AS danach_wert, lead(art) OVER w AS danach_art, count(*) FILTER (WHERE art = 'basis') OVER w AS abschnitt
  FROM (
    -- a target of the same day as the basis is a mistake of entry: the basis counts
    SELECT DISTINCT ON (kennzahl_id, ortsteil_id, stichtag) kennzahl_id, ortsteil_id, stichtag, art, wert
    FROM kennzahlwert WHERE art IN ('basis', 'soll') ORDER BY kennzahl_id, ortsteil_id, stichtag, art
  ) p WINDOW w AS (PARTITION BY kennzahl_id, ortsteil_id ORDER BY stichtag)
) q;
COMMENT ON COLUMN kennzahl_pfad.raum IS 'Raum
Interne Nummer des Ortsteils, −1 = ganze Stadt.';
COMMENT ON COLUMN kennzahl_pfad.abschnitt IS 'Abschnitt
Zählt die Basiswerte; 0 = Ziele vor der ersten Basis.';
COMMENT ON COLUMN kennzahl_pfad.von IS 'Von';
COMMENT ON COLUMN kennzahl_pfad.von_wert IS 'Wert am Anfang';
COMMENT ON COLUMN kennzahl_pfad.bis IS 'Bis';
COMMENT ON COLUMN kennzahl_pfad.bis_wert IS 'Wert am Ende
Leer, wenn kein Ziel folgt: dann gibt es kein Soll.';

-- One row per indicator and place with its newest actual value.
--   soll(t) is linear between basis and targets, constant after the last one, unknown before the first point
--   abweichung = (ist − soll(t)) · sign / |ziel − basis|, where ziel is the last target of the section
--   grad = (ist − basis) · sign / spanne with spanne = (ziel − basis) · sign. Where the target asks to hold or to
--   limit (spanne ≤ 0), it is 1 while that is kept and the shortfall below 0 otherwise. A step back is always < 0.
--   korridor: inside is 1; outside, the way back from the basis that is done, below 0 when farther out than it
CREATE VIEW kennzahl_stand WITH (security_invoker = true) AS
WITH stand AS (
  -- by index lookups per place and not by windows over all values: one place costs what one place costs
  SELECT k.id AS kennzahl_id, r.ortsteil_id, i.stichtag AS ist_am, i.wert AS ist, i.status AS ist_status, i.quelle AS ist_quelle, b.stichtag AS basis_am, b.wert AS basis, z.stichtag AS ziel_am, z.wert AS ziel,
    CASE WHEN i.stichtag IS NULL OR an.tag > i.stichtag THEN NULL
      WHEN n.stichtag IS NULL THEN v.wert
      WHEN v.stichtag IS NOT NULL THEN v.wert + (n.wert - v.wert) * (i.stichtag - v.stichtag) / (n.stichtag - v.stichtag)
      ELSE b.wert + (n.wert - b.wert) * (i.stichtag - b.stichtag) / (n.stichtag - b.stichtag) END AS soll,
    CASE WHEN i.stichtag >= b.stichtag THEN b.wert END AS basis_gilt,
    k.richtung, k.turnus_monate, k.ruht, t.tag, lower(k.korridor) AS unten, upper(k.korridor) AS oben,
    CASE k.richtung WHEN 'sinkt' THEN -1 ELSE 1 END AS vorzeichen,
    CASE k.richtung WHEN 'korridor' THEN coalesce(nullif(upper(k.korridor) - lower(k.korridor), 0), nullif(abs(coalesce(upper(k.korridor), lower(k.korridor))), 0), 1)
      ELSE coalesce(nullif(abs(z.wert - b.wert), 0), nullif(abs(z.wert), 0), 1) END AS massstab
  FROM kennzahl k
  CROSS JOIN LATERAL (SELECT DISTINCT w.ortsteil_id, coalesce(w.ortsteil_id, -1) AS raum FROM kennzahlwert w WHERE w.kennzahl_id = k.id) r
  CROSS JOIN stichtag t
  LEFT JOIN LATERAL (SELECT * FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'ist' AND w.stichtag <= t.tag ORDER BY w.stichtag DESC LIMIT 1) i ON true
  -- the last point of the path up to the value (without one, up to today); before everything, the first
  CROSS JOIN LATERAL (SELECT coalesce(max(w.stichtag) FILTER (WHERE w.stichtag <= coalesce(i.stichtag, t.tag)), min(w.stichtag)) AS tag
    FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art IN ('basis', 'soll')) an
  -- the section: its basis, and the day the next one begins
  LEFT JOIN LATERAL (SELECT * FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'basis' AND w.stichtag <= an.tag ORDER BY w.stichtag DESC LIMIT 1) b ON true
  CROSS JOIN LATERAL (SELECT coalesce(b.stichtag, '-infinity') AS von, coalesce(min(w.stichtag), 'infinity') AS bis
    FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'basis' AND w.stichtag > an.tag) a
  -- its targets: the last of all, the last before the value, the first after it
  LEFT JOIN LATERAL (SELECT * FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'soll' AND w.stichtag > a.von AND w.stichtag < a.bis ORDER BY w.stichtag DESC LIMIT 1) z ON true
  LEFT JOIN LATERAL (SELECT * FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'soll' AND w.stichtag > a.von AND w.stichtag < a.bis AND w.stichtag <= i.stichtag ORDER BY w.stichtag DESC LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT * FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND coalesce(w.ortsteil_id, -1) = r.raum AND w.art = 'soll' AND w.stichtag > a.von AND w.stichtag < a.bis AND w.stichtag > i.stichtag ORDER BY w.stichtag LIMIT 1) n ON true
), gemessen AS (
  SELECT s.*,
    CASE WHEN s.ist IS NULL THEN NULL WHEN s.richtung = 'korridor' THEN - greatest(s.unten - s.ist, s.ist - s.oben, 0) / s.massstab ELSE (s.ist - s.soll) * s.vorzeichen / s.massstab END AS abweichung,
    CASE WHEN s.ist IS NULL THEN NULL
      WHEN s.richtung = 'korridor' THEN CASE
        WHEN greatest(s.unten - s.ist, s.ist - s.oben, 0) = 0 THEN 1
        WHEN s.basis_gilt IS NULL THEN 0
        WHEN greatest(s.unten - s.basis_gilt, s.basis_gilt - s.oben, 0) > 0
          THEN 1 - greatest(s.unten - s.ist, s.ist - s.oben, 0) / greatest(s.unten - s.basis_gilt, s.basis_gilt - s.oben, 0)
        ELSE - greatest(s.unten - s.ist, s.ist - s.oben, 0) / s.massstab END
      WHEN s.basis_gilt IS NULL THEN NULL
      WHEN (s.ziel - s.basis_gilt) * s.vorzeichen > 0 THEN (s.ist - s.basis_gilt) / (s.ziel - s.basis_gilt)
      WHEN (s.ist - s.ziel) * s.vorzeichen >= 0 THEN 1
      ELSE (s.ist - s.ziel) * s.vorzeichen / s.massstab END AS grad,
    s.tag - s.ist_am AS alter_tage
  FROM stand s
)
SELECT g.kennzahl_id, g.ortsteil_id, g.ist_am, g.ist, g.ist_status, g.ist_quelle, g.basis_am, g.basis, g.ziel_am, g.ziel, g.soll, g.abweichung, g.grad,
  CASE WHEN g.ruht THEN 'ruht'
       WHEN g.abweichung IS NULL THEN 'unbekannt'
       WHEN g.abweichung >= (SELECT wert FROM schwelle WHERE schluessel = 'im_plan_ab') THEN 'im_plan'
       WHEN g.abweichung >= (SELECT wert FROM schwelle WHERE schluessel = 'verzoegert_ab') THEN 'verzoegert'
       ELSE 'gefaehrdet' END AS ampel,
  CASE WHEN g.ruht THEN 'Die Kennzahl ruht'
       WHEN g.ist IS NULL THEN 'noch kein Ist-Wert'
       WHEN g.abweichung IS NOT NULL THEN NULL
       WHEN g.ziel IS NULL THEN 'kein Zielwert'
       WHEN g.basis_am > g.ist_am THEN 'Ist-Wert liegt vor der Basis'
       ELSE 'Ist-Wert liegt vor dem ersten Zielwert' END AS hinweis,
  g.alter_tage,
  CASE WHEN g.ruht THEN 'ruht'
       WHEN g.alter_tage IS NULL THEN 'ohne'
       WHEN g.alter_tage > g.turnus_monate * 30.44 * (SELECT wert FROM schwelle WHERE schluessel = 'veraltet_faktor') THEN 'veraltet'
       WHEN g.alter_tage > g.turnus_monate * 30.44 * (SELECT wert FROM schwelle WHERE schluessel = 'faellig_faktor') THEN 'faellig'
       ELSE 'aktuell' END AS aktualitaet
FROM gemessen g;
COMMENT ON COLUMN kennzahl_stand.ist_am IS 'Stichtag des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.ist IS 'Ist';
COMMENT ON COLUMN kennzahl_stand.ist_status IS 'Status des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.ist_quelle IS 'Quelle des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.basis_am IS 'Stichtag der Basis';
COMMENT ON COLUMN kennzahl_stand.basis IS 'Basis';
COMMENT ON COLUMN kennzahl_stand.ziel_am IS 'Stichtag des letzten Ziels';
COMMENT ON COLUMN kennzahl_stand.ziel IS 'Letztes Ziel';
COMMENT ON COLUMN kennzahl_stand.soll IS 'Soll am Stichtag des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.abweichung IS 'Abweichung vom Soll-Pfad
Anteil am Weg von der Basis zum Ziel; negativ = hinter dem Plan.';
COMMENT ON COLUMN kennzahl_stand.grad IS 'Zielerreichung
1 = Ziel erreicht; unter 0 = Rückschritt hinter die Basis.';
COMMENT ON COLUMN kennzahl_stand.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN kennzahl_stand.hinweis IS 'Warum nicht gemessen';
COMMENT ON COLUMN kennzahl_stand.alter_tage IS 'Alter des Ist-Werts [einheit Tage]';
COMMENT ON COLUMN kennzahl_stand.aktualitaet IS 'Alter der Angaben [code strategie.aktualitaet]';

-- One row per indicator: the town's own figure, else its Ortsteile with equal weight, so
-- that an indicator known by Ortsteil alone counts too. A surplus is capped, a step back is not.
CREATE VIEW kennzahl_lage WITH (security_invoker = true) AS
SELECT k.id AS kennzahl_id, l.*, k.ruht
FROM kennzahl k
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM kennzahlwert w WHERE w.kennzahl_id = k.id AND w.ortsteil_id IS NULL AND w.art = 'ist') AS stadt) e
CROSS JOIN LATERAL (
  SELECT count(*)::int AS raeume, bool_and(s.ortsteil_id IS NULL) AS ganze_stadt, avg(CASE WHEN s.grad > 1 THEN 1 ELSE s.grad END) AS grad, count(*) FILTER (WHERE s.grad < 0)::int AS rueckschritte,
    min(CASE s.ampel WHEN 'gefaehrdet' THEN 1 WHEN 'verzoegert' THEN 2 WHEN 'im_plan' THEN 3 END) AS rang, min(s.ist_am) AS ist_am
  FROM (
    SELECT x.ortsteil_id, x.grad, x.ampel, x.ist_am FROM kennzahl_stand x WHERE x.kennzahl_id = k.id AND x.ortsteil_id IS NULL AND e.stadt
    UNION ALL SELECT x.ortsteil_id, x.grad, x.ampel, x.ist_am FROM kennzahl_stand x WHERE x.kennzahl_id = k.id AND x.ortsteil_id IS NOT NULL AND NOT e.stadt
  ) s
) l;
COMMENT ON COLUMN kennzahl_lage.raeume IS 'Zahl der Räume';
COMMENT ON COLUMN kennzahl_lage.ganze_stadt IS 'Wert der ganzen Stadt';
COMMENT ON COLUMN kennzahl_lage.grad IS 'Zielerreichung
Übererfüllung zählt als 1, ein Rückschritt voll.';
COMMENT ON COLUMN kennzahl_lage.rueckschritte IS 'Räume mit Rückschritt';
COMMENT ON COLUMN kennzahl_lage.rang IS 'Rang der schlechtesten Ampel
1 gefährdet, 2 verzögert, 3 im Plan.';
COMMENT ON COLUMN kennzahl_lage.ist_am IS 'Ältester Ist-Wert';
COMMENT ON COLUMN kennzahl_lage.ruht IS 'Ruht';

-- The Ampel of a measure and why: the worst of its signals, unless set by hand.
-- A milestone finished after the day of view was open on it; states have no past here.
-- One text, two ways to the rank of its indicators: massnahme_stand reckons each indicator once, for many
-- measures; massnahme_stand_einzeln only those of the measures asked for, for a few.
DO $$
DECLARE
  sicht text; messung text;
BEGIN
  FOR sicht, messung IN VALUES
    ('massnahme_stand', $m$LEFT JOIN (
    WITH lage AS MATERIALIZED (SELECT kennzahl_id, rang FROM kennzahl_lage WHERE kennzahl_id IN (SELECT kennzahl_id FROM massnahme_kennzahl WHERE misst_fortschritt))
    SELECT mk.massnahme_id, min(kl.rang) AS rang FROM massnahme_kennzahl mk JOIN lage kl USING (kennzahl_id) WHERE mk.misst_fortschritt GROUP BY mk.massnahme_id
  ) me ON me.massnahme_id = m.id$m$),
    ('massnahme_stand_einzeln', $m$LEFT JOIN LATERAL (
    SELECT min(kl.rang) AS rang FROM massnahme_kennzahl mk CROSS JOIN LATERAL (SELECT l.rang FROM kennzahl_lage l WHERE l.kennzahl_id = mk.kennzahl_id) kl WHERE mk.massnahme_id = m.id AND mk.misst_fortschritt
  ) me ON true$m$) LOOP
    EXECUTE replace(replace($s$CREATE VIEW _sicht_ WITH (security_invoker = true) AS
WITH signal AS (
  SELECT m.id, m.umsetzungsphase, m.beschlussstand, m.ampel, m.ampel_manuell, m.ampel_grund, m.ende, m.dauerhaft, t.tag, greatest(m.seit, s.seit) AS seit,
    s.erledigt, s.gesamt, s.ueberfaellig_tage, me.rang, v.verbleib,
    -- what runs is there: its planned end is no delay
    greatest(CASE WHEN NOT m.dauerhaft AND m.umsetzungsphase <> 'betrieb' THEN t.tag - m.ende END, CASE WHEN m.umsetzungsphase = 'nicht_begonnen' THEN t.tag - m.beginn END) AS termin_tage,
    num_nonnulls(m.beginn, m.ende, me.rang, s.gesamt) > 0 OR m.dauerhaft AND m.umsetzungsphase IN ('umsetzung', 'betrieb') AS etwas_bekannt
  FROM massnahme m CROSS JOIN stichtag t _messung_
  CROSS JOIN LATERAL (
    SELECT sum(x.gewicht) FILTER (WHERE x.erledigt_am <= t.tag) AS erledigt, sum(x.gewicht) FILTER (WHERE x.zustand <> 'entfallen') AS gesamt, max(x.seit) AS seit,
      max(t.tag - x.faellig_am) FILTER (WHERE x.zustand <> 'entfallen' AND coalesce(x.erledigt_am > t.tag, true)) AS ueberfaellig_tage
    FROM teilschritt x WHERE x.massnahme_id = m.id
  ) s
  CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_or(x.art = 'zusammengefuehrt_mit') THEN 'zusammengefuehrt' WHEN count(*) > 0 THEN 'entfallen' END AS verbleib
    FROM massnahme_massnahme x WHERE x.massnahme_id = m.id AND x.art IN ('zusammengefuehrt_mit', 'ersetzt_durch')
  ) v
), stufe AS (
  SELECT g.*, greatest(g.termin_tage, g.ueberfaellig_tage) AS verzug_tage,
    CASE WHEN g.umsetzungsphase = 'abgeschlossen' THEN 'abgeschlossen'
      WHEN g.verbleib IS NOT NULL THEN g.verbleib
      WHEN g.beschlussstand = 'abgelehnt' THEN 'entfallen'
      WHEN g.beschlussstand = 'zurueckgestellt' THEN 'ruht' END AS endstand,
    CASE WHEN greatest(g.termin_tage, g.ueberfaellig_tage) > (SELECT wert FROM schwelle WHERE schluessel = 'ueberfaellig_tage') THEN 1
      WHEN greatest(g.termin_tage, g.ueberfaellig_tage) > 0 THEN 2 END AS zeit_rang
  FROM signal g
)
SELECT g.id AS massnahme_id,
  CASE WHEN g.ampel_manuell THEN g.ampel
    WHEN g.endstand IS NOT NULL THEN g.endstand
    WHEN least(g.zeit_rang, g.rang) = 1 THEN 'gefaehrdet'
    WHEN least(g.zeit_rang, g.rang) = 2 THEN 'verzoegert'
    WHEN g.etwas_bekannt THEN 'im_plan'
    ELSE 'unbekannt' END AS ampel,
  g.ampel_manuell,
  CASE WHEN g.ampel_manuell THEN 'von Hand gesetzt: ' || g.ampel_grund
    WHEN g.verbleib = 'zusammengefuehrt' THEN 'mit einer anderen Maßnahme zusammengeführt'
    WHEN g.verbleib IS NOT NULL AND g.endstand = 'entfallen' THEN 'durch eine andere Maßnahme ersetzt'
    WHEN g.endstand IS NOT NULL THEN 'Stand der Maßnahme'
    WHEN g.zeit_rang IS NOT NULL AND g.zeit_rang <= coalesce(g.rang, 3) THEN
      CASE WHEN g.ueberfaellig_tage >= coalesce(g.termin_tage, 0) THEN 'Teilschritt überfällig' ELSE 'Termin überschritten' END
    WHEN g.rang IN (1, 2) THEN 'Kennzahl hinter dem Soll-Pfad'
    WHEN g.etwas_bekannt THEN 'keine Abweichung'
    ELSE 'keine Termine, Teilschritte oder Kennzahlen' END AS ampel_anlass,
  CASE WHEN g.endstand IS NULL AND g.verzug_tage > 0 THEN g.verzug_tage END AS verzug_tage,
  CASE WHEN g.umsetzungsphase IN ('abgeschlossen', 'betrieb') THEN 1 WHEN g.gesamt > 0 THEN coalesce(g.erledigt, 0) / g.gesamt WHEN g.umsetzungsphase = 'nicht_begonnen' THEN 0 END AS fortschritt,
  CASE WHEN g.endstand IN ('abgeschlossen', 'entfallen', 'zusammengefuehrt') THEN 'aktuell'
    WHEN g.seit < g.tag - make_interval(months => (SELECT wert::int FROM schwelle WHERE schluessel = 'massnahme_veraltet_monate')) THEN 'veraltet'
    WHEN g.seit < g.tag - make_interval(months => (SELECT wert::int FROM schwelle WHERE schluessel = 'massnahme_faellig_monate')) THEN 'faellig'
    ELSE 'aktuell' END AS aktualitaet,
  CASE WHEN g.dauerhaft THEN 'dauerhaft' WHEN g.ende IS NULL THEN 'offen'
    WHEN g.ende <= g.tag + make_interval(years => (SELECT wert::int FROM schwelle WHERE schluessel = 'horizont_kurz_jahre')) THEN 'kurz'
    WHEN g.ende <= g.tag + make_interval(years => (SELECT wert::int FROM schwelle WHERE schluessel = 'horizont_mittel_jahre')) THEN 'mittel'
    ELSE 'lang' END AS horizont
FROM stufe g$s$, '_sicht_', sicht), '_messung_', messung);
  END LOOP;
END $$;
COMMENT ON COLUMN massnahme_stand.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN massnahme_stand.ampel IS 'Ampel [code strategie.ampel]
Abgeleitet, wenn sie nicht von Hand gesetzt ist.';
COMMENT ON COLUMN massnahme_stand.ampel_anlass IS 'Anlass der Ampel';
COMMENT ON COLUMN massnahme_stand.verzug_tage IS 'Verzug [einheit Tage]';
COMMENT ON COLUMN massnahme_stand.fortschritt IS 'Fortschritt
Erledigte Teilschritte nach Gewicht, 0 bis 1.';
COMMENT ON COLUMN massnahme_stand.aktualitaet IS 'Alter der Angaben [code strategie.aktualitaet]';
COMMENT ON COLUMN massnahme_stand.horizont IS 'Zeithorizont
kurz, mittel, lang, dauerhaft oder offen.';
DO $$
DECLARE
  spalte text; titel text;
BEGIN
  FOR spalte, titel IN SELECT attname, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'massnahme_stand'::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL LOOP
    EXECUTE format('COMMENT ON COLUMN massnahme_stand_einzeln.%I IS %L', spalte, titel);
  END LOOP;
END $$;

-- Indicators and measures of a goal with those of the goals below, each once, with the weight it counts.
CREATE VIEW ziel_kennzahl_ganz WITH (security_invoker = true) AS
SELECT g.ziel_id, zk.kennzahl_id, max(g.gewicht * zk.gewicht) AS gewicht, bool_or(g.ziel_id = zk.ziel_id) AS eigene
FROM (SELECT id AS ziel_id, id AS unter_id, 1::numeric AS gewicht FROM ziel UNION ALL SELECT uebergeordnet_id, id, gewicht FROM ziel WHERE uebergeordnet_id IS NOT NULL) g
JOIN ziel_kennzahl zk ON zk.ziel_id = g.unter_id GROUP BY 1, 2;
CREATE VIEW ziel_massnahme_ganz WITH (security_invoker = true) AS
SELECT g.ziel_id, zm.massnahme_id, max(zm.beitrag) AS beitrag, min(zm.beitrag) AS beitrag_min, bool_or(g.ziel_id = zm.ziel_id) AS eigene
FROM (SELECT id AS ziel_id, id AS unter_id FROM ziel UNION ALL SELECT uebergeordnet_id, id FROM ziel WHERE uebergeordnet_id IS NOT NULL) g
JOIN ziel_massnahme zm ON zm.ziel_id = g.unter_id GROUP BY 1, 2;
DO $$
DECLARE
  v text; s text; t text;
BEGIN
  FOR v, s, t IN VALUES ('ziel_kennzahl_ganz', 'ziel_id', 'Ziel'), ('ziel_kennzahl_ganz', 'kennzahl_id', 'Kennzahl'), ('ziel_kennzahl_ganz', 'gewicht', 'Gewicht'), ('ziel_kennzahl_ganz', 'eigene', 'Nicht nur über ein Unterziel'),
    ('ziel_massnahme_ganz', 'ziel_id', 'Ziel'), ('ziel_massnahme_ganz', 'massnahme_id', 'Maßnahme'), ('ziel_massnahme_ganz', 'beitrag', 'Stärkster Beitrag'), ('ziel_massnahme_ganz', 'beitrag_min', 'Schwächster Beitrag'),
    ('ziel_massnahme_ganz', 'eigene', 'Nicht nur über ein Unterziel') LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v, s, t);
  END LOOP;
END $$;

-- Zielerreichung of a goal, from its indicators and measures, normalised by the weights that have a value.
--   grad       weighted mean of the indicators; a surplus is capped at 1, a step back is not
--   umsetzung  mean progress of the furthering measures, weighted by their contribution
--   erreichung the two mixed by the town's weight; a step back is never mended by measures
CREATE VIEW ziel_stand WITH (security_invoker = true) AS
WITH kennzahlen AS (
  SELECT zk.ziel_id, count(*) AS anzahl, count(kl.grad) AS mit_wert, count(*) FILTER (WHERE kl.rueckschritte > 0) AS rueckschritte,
    sum(kl.grad * zk.gewicht) / nullif(sum(zk.gewicht) FILTER (WHERE kl.grad IS NOT NULL), 0) AS grad, min(kl.rang) AS rang, min(kl.ist_am) AS aeltester_wert
  FROM ziel_kennzahl_ganz zk LEFT JOIN kennzahl_lage kl ON kl.kennzahl_id = zk.kennzahl_id AND NOT kl.ruht GROUP BY zk.ziel_id
), massnahmen AS (
  SELECT zm.ziel_id, count(*) FILTER (WHERE zm.beitrag > 0) AS foerdernd, count(*) FILTER (WHERE zm.beitrag_min < 0) AS hemmend,
    count(*) FILTER (WHERE zm.beitrag > 0 AND m.umsetzungsphase IN ('betrieb', 'abgeschlossen')) AS umgesetzt,
    sum(s.fortschritt * zm.beitrag) FILTER (WHERE zm.beitrag > 0 AND s.ampel NOT IN ('entfallen', 'zusammengefuehrt'))
      / nullif(sum(zm.beitrag) FILTER (WHERE zm.beitrag > 0 AND s.fortschritt IS NOT NULL AND s.ampel NOT IN ('entfallen', 'zusammengefuehrt')), 0) AS umsetzung,
    min(CASE s.ampel WHEN 'gefaehrdet' THEN 1 WHEN 'verzoegert' THEN 2 WHEN 'im_plan' THEN 3 WHEN 'abgeschlossen' THEN 3 END) FILTER (WHERE zm.beitrag > 0) AS rang
  FROM ziel_massnahme_ganz zm JOIN massnahme m ON m.id = zm.massnahme_id JOIN massnahme_stand s ON s.massnahme_id = m.id GROUP BY zm.ziel_id
)
SELECT z.id AS ziel_id, coalesce(k.anzahl, 0)::int AS kennzahlen, coalesce(k.mit_wert, 0)::int AS kennzahlen_mit_wert, coalesce(k.rueckschritte, 0)::int AS rueckschritte, k.grad, m.umsetzung,
  CASE WHEN k.grad IS NULL THEN m.umsetzung WHEN m.umsetzung IS NULL OR k.grad < 0 THEN k.grad
    ELSE k.grad + (m.umsetzung - k.grad) * (SELECT wert FROM schwelle WHERE schluessel = 'gewicht_massnahmen') END AS erreichung,
  CASE coalesce(k.rang, m.rang) WHEN 1 THEN 'gefaehrdet' WHEN 2 THEN 'verzoegert' WHEN 3 THEN 'im_plan' ELSE 'unbekannt' END AS ampel,
  CASE WHEN k.rang IS NOT NULL THEN 'schlechteste Kennzahl' WHEN m.rang IS NOT NULL THEN 'schlechteste fördernde Maßnahme; keine Kennzahl mit Soll' ELSE 'keine Kennzahl mit Soll und keine fördernde Maßnahme mit Terminen' END AS ampel_anlass,
  k.aeltester_wert, coalesce(m.foerdernd, 0)::int AS massnahmen_foerdernd, coalesce(m.hemmend, 0)::int AS massnahmen_hemmend, coalesce(m.umgesetzt, 0)::int AS massnahmen_umgesetzt
FROM ziel z LEFT JOIN kennzahlen k ON k.ziel_id = z.id LEFT JOIN massnahmen m ON m.ziel_id = z.id;
COMMENT ON COLUMN ziel_stand.ziel_id IS 'Ziel';
COMMENT ON COLUMN ziel_stand.kennzahlen IS 'Kennzahlen';
COMMENT ON COLUMN ziel_stand.kennzahlen_mit_wert IS 'Kennzahlen mit Wert';
COMMENT ON COLUMN ziel_stand.rueckschritte IS 'Kennzahlen mit Rückschritt';
COMMENT ON COLUMN ziel_stand.grad IS 'Zielerreichung nach Kennzahlen
Gewichtetes Mittel der Kennzahlen; 1 = erreicht, unter 0 = Rückschritt.';
COMMENT ON COLUMN ziel_stand.umsetzung IS 'Umsetzung der fördernden Maßnahmen
Mittel ihres Fortschritts, gewichtet mit dem Beitrag, 0 bis 1.';
COMMENT ON COLUMN ziel_stand.erreichung IS 'Zielerreichung
Kennzahlen und Maßnahmen; ein Rückschritt der Kennzahlen wird durch Maßnahmen nicht ausgeglichen.';
COMMENT ON COLUMN ziel_stand.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN ziel_stand.ampel_anlass IS 'Anlass der Ampel';
COMMENT ON COLUMN ziel_stand.aeltester_wert IS 'Ältester Ist-Wert';
COMMENT ON COLUMN ziel_stand.massnahmen_foerdernd IS 'Fördernde Maßnahmen';
COMMENT ON COLUMN ziel_stand.massnahmen_hemmend IS 'Hemmende Maßnahmen';
COMMENT ON COLUMN ziel_stand.massnahmen_umgesetzt IS 'Davon umgesetzt';
