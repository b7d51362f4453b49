-- Progress: Soll path, deviation, Ampel, age. Written without schema: run once per world.
-- The day everything is seen from: today, unless the session names another (tests, frozen figures).
CREATE VIEW stichtag WITH (security_invoker = true) AS
SELECT coalesce(nullif(current_setting('zielraum.stichtag', true), '')::date, current_date) AS tag;
COMMENT ON COLUMN stichtag.tag IS 'Stichtag';

-- Basis and targets in time order; each row begins a straight stretch to the next.
CREATE VIEW kennzahl_pfad WITH (security_invoker = true) AS
SELECT kennzahl_id, ortsteil_id, stichtag AS von, wert AS von_wert, art,
  lead(stichtag) OVER w AS bis, lead(wert) OVER w AS bis_wert
FROM (
  -- a target of the same day as the basis is a mistake of entry: the basis counts
  SELECT DISTINCT ON (kennzahl_id, ortsteil_id, stichtag) * FROM kennzahlwert WHERE art IN ('basis', 'soll') ORDER BY kennzahl_id, ortsteil_id, stichtag, art
) p WINDOW w AS (PARTITION BY kennzahl_id, ortsteil_id ORDER BY stichtag);
COMMENT ON COLUMN kennzahl_pfad.von IS 'Von';
COMMENT ON COLUMN kennzahl_pfad.von_wert IS 'Wert am Anfang';
COMMENT ON COLUMN kennzahl_pfad.bis IS 'Bis';
COMMENT ON COLUMN kennzahl_pfad.bis_wert IS 'Wert am Ende';

-- One row per indicator and place with its newest actual value.
--   soll(t) is linear between basis and targets, constant after the last one, unknown before the basis
--   abweichung = (ist − soll(t)) · sign / |ziel − basis|, where ziel is the last target
--   grad = (ist − basis) / (ziel − basis): below 0 is a step back and stays visible
CREATE VIEW kennzahl_stand WITH (security_invoker = true) AS
WITH raum AS (
  SELECT DISTINCT kennzahl_id, ortsteil_id FROM kennzahlwert
), ist AS (
  SELECT DISTINCT ON (w.kennzahl_id, w.ortsteil_id) w.kennzahl_id, w.ortsteil_id, w.stichtag, w.wert, w.status, w.quelle
  FROM kennzahlwert w, stichtag t WHERE w.art = 'ist' AND w.stichtag <= t.tag ORDER BY w.kennzahl_id, w.ortsteil_id, w.stichtag DESC
), basis AS (
  SELECT DISTINCT ON (kennzahl_id, ortsteil_id) kennzahl_id, ortsteil_id, stichtag, wert FROM kennzahlwert WHERE art = 'basis' ORDER BY kennzahl_id, ortsteil_id, stichtag
), ziel AS (
  SELECT DISTINCT ON (kennzahl_id, ortsteil_id) kennzahl_id, ortsteil_id, stichtag, wert FROM kennzahlwert WHERE art = 'soll' ORDER BY kennzahl_id, ortsteil_id, stichtag DESC
), stand AS (
  SELECT r.kennzahl_id, r.ortsteil_id, i.stichtag AS ist_am, i.wert AS ist, i.status AS ist_status, i.quelle AS ist_quelle,
    b.stichtag AS basis_am, b.wert AS basis, z.stichtag AS ziel_am, z.wert AS ziel,
    (SELECT CASE WHEN p.bis IS NULL THEN p.von_wert ELSE p.von_wert + (p.bis_wert - p.von_wert) * (i.stichtag - p.von) / (p.bis - p.von) END
       FROM kennzahl_pfad p WHERE p.kennzahl_id = r.kennzahl_id AND p.ortsteil_id IS NOT DISTINCT FROM r.ortsteil_id AND p.von <= i.stichtag AND (p.bis > i.stichtag OR p.bis IS NULL AND p.art = 'soll')) AS soll
  FROM raum r
  LEFT JOIN ist i ON i.kennzahl_id = r.kennzahl_id AND i.ortsteil_id IS NOT DISTINCT FROM r.ortsteil_id
  LEFT JOIN basis b ON b.kennzahl_id = r.kennzahl_id AND b.ortsteil_id IS NOT DISTINCT FROM r.ortsteil_id
  LEFT JOIN ziel z ON z.kennzahl_id = r.kennzahl_id AND z.ortsteil_id IS NOT DISTINCT FROM r.ortsteil_id
), gemessen AS (
  SELECT s.*, k.richtung, k.turnus_monate,
    CASE k.richtung
      WHEN 'korridor' THEN - greatest(lower(k.korridor) - s.ist, s.ist - upper(k.korridor), 0) / nullif(upper(k.korridor) - lower(k.korridor), 0)
      ELSE (s.ist - s.soll) * CASE k.richtung WHEN 'steigt' THEN 1 ELSE -1 END / coalesce(nullif(abs(s.ziel - s.basis), 0), nullif(abs(s.ziel), 0), 1)
    END AS abweichung,
    CASE k.richtung
      WHEN 'korridor' THEN CASE WHEN s.ist BETWEEN lower(k.korridor) AND upper(k.korridor) THEN 1 ELSE 0 END
      ELSE (s.ist - s.basis) / nullif(s.ziel - s.basis, 0)
    END AS grad,
    CASE WHEN s.ist_am IS NOT NULL THEN t.tag - s.ist_am END AS alter_tage
  FROM stand s JOIN kennzahl k ON k.id = s.kennzahl_id, stichtag t
)
SELECT g.kennzahl_id, g.ortsteil_id, g.ist_am, g.ist, g.ist_status, g.ist_quelle, g.basis_am, g.basis, g.ziel_am, g.ziel, g.soll, g.abweichung, g.grad,
  CASE WHEN g.abweichung IS NULL THEN 'unbekannt'
       WHEN g.abweichung >= (SELECT wert FROM schwelle WHERE schluessel = 'im_plan_ab') THEN 'im_plan'
       WHEN g.abweichung >= (SELECT wert FROM schwelle WHERE schluessel = 'verzoegert_ab') THEN 'verzoegert'
       ELSE 'gefaehrdet' END AS ampel,
  g.alter_tage,
  CASE WHEN g.alter_tage IS NULL THEN 'ohne'
       WHEN g.alter_tage > g.turnus_monate * 30.44 * (SELECT wert FROM schwelle WHERE schluessel = 'veraltet_faktor') THEN 'veraltet'
       WHEN g.alter_tage > g.turnus_monate * 30.44 * (SELECT wert FROM schwelle WHERE schluessel = 'faellig_faktor') THEN 'faellig'
       ELSE 'aktuell' END AS aktualitaet
FROM gemessen g;
COMMENT ON COLUMN kennzahl_stand.ist_am IS 'Stichtag des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.ist IS 'Ist';
COMMENT ON COLUMN kennzahl_stand.soll IS 'Soll am Stichtag des Ist-Werts';
COMMENT ON COLUMN kennzahl_stand.abweichung IS 'Abweichung vom Soll-Pfad
Anteil am Weg von der Basis zum Ziel; negativ = hinter dem Plan.';
COMMENT ON COLUMN kennzahl_stand.grad IS 'Zielerreichung
1 = Ziel erreicht; unter 0 = Rückschritt hinter die Basis.';
COMMENT ON COLUMN kennzahl_stand.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN kennzahl_stand.alter_tage IS 'Alter des Ist-Werts [einheit Tage]';
COMMENT ON COLUMN kennzahl_stand.aktualitaet IS 'Alter der Angaben [code strategie.aktualitaet]';

-- The Ampel of a measure and why: the worst of its signals, unless set by hand.
CREATE VIEW massnahme_stand WITH (security_invoker = true) AS
WITH schritt AS (
  SELECT s.massnahme_id,
    sum(s.gewicht) FILTER (WHERE s.zustand = 'erledigt') AS erledigt, sum(s.gewicht) FILTER (WHERE s.zustand <> 'entfallen') AS gesamt,
    max(t.tag - s.faellig_am) FILTER (WHERE s.zustand IN ('offen', 'in_arbeit')) AS ueberfaellig_tage
  FROM teilschritt s, stichtag t GROUP BY s.massnahme_id
), messung AS (
  SELECT mk.massnahme_id, min(CASE ks.ampel WHEN 'gefaehrdet' THEN 1 WHEN 'verzoegert' THEN 2 WHEN 'im_plan' THEN 3 END) AS rang
  FROM massnahme_kennzahl mk JOIN kennzahl_stand ks ON ks.kennzahl_id = mk.kennzahl_id AND ks.ortsteil_id IS NULL WHERE mk.misst_fortschritt GROUP BY mk.massnahme_id
), signal AS (
  SELECT m.id, m.umsetzungsphase, m.beschlussstand, m.ampel, m.ampel_manuell, m.beginn, m.ende, m.dauerhaft, m.seit, t.tag,
    s.erledigt, s.gesamt, s.ueberfaellig_tage, me.rang,
    greatest(s.ueberfaellig_tage, CASE WHEN NOT m.dauerhaft THEN t.tag - m.ende END, CASE WHEN m.umsetzungsphase = 'nicht_begonnen' THEN t.tag - m.beginn END) AS verzug_tage
  FROM massnahme m LEFT JOIN schritt s ON s.massnahme_id = m.id LEFT JOIN messung me ON me.massnahme_id = m.id, stichtag t
)
SELECT g.id AS massnahme_id,
  CASE WHEN g.ampel_manuell THEN g.ampel
    WHEN g.umsetzungsphase = 'abgeschlossen' THEN 'abgeschlossen'
    WHEN EXISTS (SELECT FROM massnahme_massnahme x WHERE x.massnahme_id = g.id AND x.art = 'zusammengefuehrt_mit') THEN 'zusammengefuehrt'
    WHEN g.beschlussstand = 'abgelehnt' OR EXISTS (SELECT FROM massnahme_massnahme x WHERE x.massnahme_id = g.id AND x.art = 'ersetzt_durch') THEN 'entfallen'
    WHEN g.beschlussstand = 'zurueckgestellt' THEN 'ruht'
    WHEN g.verzug_tage > (SELECT wert FROM schwelle WHERE schluessel = 'ueberfaellig_tage') OR g.rang = 1 THEN 'gefaehrdet'
    WHEN g.verzug_tage > 0 OR g.rang = 2 THEN 'verzoegert'
    WHEN g.verzug_tage IS NULL AND g.rang IS NULL AND g.gesamt IS NULL THEN 'unbekannt'
    ELSE 'im_plan' END AS ampel,
  g.ampel_manuell,
  CASE WHEN g.ampel_manuell THEN 'gesetzt'
    WHEN g.umsetzungsphase = 'abgeschlossen' OR g.beschlussstand IN ('abgelehnt', 'zurueckgestellt') THEN 'stand'
    WHEN g.verzug_tage > 0 AND g.verzug_tage = g.ueberfaellig_tage THEN 'teilschritt'
    WHEN g.verzug_tage > 0 THEN 'termin'
    WHEN g.rang IN (1, 2) THEN 'kennzahl' ELSE 'keine Abweichung' END AS ampel_anlass,
  nullif(greatest(g.verzug_tage, 0), 0) AS verzug_tage,
  CASE WHEN g.umsetzungsphase IN ('abgeschlossen', 'betrieb') THEN 1 ELSE coalesce(g.erledigt, 0) / nullif(g.gesamt, 0) END AS fortschritt,
  CASE WHEN g.umsetzungsphase IN ('abgeschlossen') OR g.beschlussstand IN ('abgelehnt') THEN 'aktuell'
    WHEN g.seit < g.tag - make_interval(months => (SELECT wert::int FROM schwelle WHERE schluessel = 'massnahme_veraltet_monate')) THEN 'veraltet'
    WHEN g.seit < g.tag - make_interval(months => (SELECT wert::int FROM schwelle WHERE schluessel = 'massnahme_faellig_monate')) THEN 'faellig'
    ELSE 'aktuell' END AS aktualitaet,
  CASE WHEN g.dauerhaft THEN 'dauerhaft' WHEN g.ende IS NULL THEN 'offen'
    WHEN g.ende <= g.tag + make_interval(years => (SELECT wert::int FROM schwelle WHERE schluessel = 'horizont_kurz_jahre')) THEN 'kurz'
    WHEN g.ende <= g.tag + make_interval(years => (SELECT wert::int FROM schwelle WHERE schluessel = 'horizont_mittel_jahre')) THEN 'mittel'
    ELSE 'lang' END AS horizont
FROM signal g;
COMMENT ON COLUMN massnahme_stand.ampel IS 'Ampel [code strategie.ampel]
Abgeleitet, wenn sie nicht von Hand gesetzt ist.';
COMMENT ON COLUMN massnahme_stand.ampel_anlass IS 'Anlass der Ampel';
COMMENT ON COLUMN massnahme_stand.verzug_tage IS 'Verzug [einheit Tage]';
COMMENT ON COLUMN massnahme_stand.fortschritt IS 'Fortschritt
Erledigte Teilschritte nach Gewicht, 0 bis 1.';
COMMENT ON COLUMN massnahme_stand.aktualitaet IS 'Alter der Angaben [code strategie.aktualitaet]';
COMMENT ON COLUMN massnahme_stand.horizont IS 'Zeithorizont
kurz, mittel, lang, dauerhaft oder offen.';

-- Goal: weighted mean over its indicators and those of the goals below; a surplus is capped at 1,
-- a step back is not. Measures are told beside it, never mixed in.
CREATE VIEW ziel_stand WITH (security_invoker = true) AS
WITH gruppe AS (
  SELECT z.id AS ziel_id, z.id AS unter_id, 1::numeric AS gewicht FROM ziel z
  UNION ALL SELECT o.uebergeordnet_id, o.id, o.gewicht FROM ziel o WHERE o.uebergeordnet_id IS NOT NULL
), kennzahlen AS (
  SELECT g.ziel_id, count(*) AS anzahl, count(ks.grad) AS mit_wert, count(*) FILTER (WHERE ks.grad < 0) AS rueckschritte,
    sum(least(ks.grad, 1) * g.gewicht * zk.gewicht) / nullif(sum(g.gewicht * zk.gewicht) FILTER (WHERE ks.grad IS NOT NULL), 0) AS grad,
    min(CASE ks.ampel WHEN 'gefaehrdet' THEN 1 WHEN 'verzoegert' THEN 2 WHEN 'im_plan' THEN 3 END) AS rang, min(ks.ist_am) AS aeltester_wert
  FROM gruppe g JOIN ziel_kennzahl zk ON zk.ziel_id = g.unter_id LEFT JOIN kennzahl_stand ks ON ks.kennzahl_id = zk.kennzahl_id AND ks.ortsteil_id IS NULL GROUP BY g.ziel_id
), massnahmen AS (
  SELECT g.ziel_id, count(DISTINCT m.id) FILTER (WHERE zm.beitrag > 0) AS foerdernd, count(DISTINCT m.id) FILTER (WHERE zm.beitrag < 0) AS hemmend,
    count(DISTINCT m.id) FILTER (WHERE zm.beitrag > 0 AND m.umsetzungsphase IN ('betrieb', 'abgeschlossen')) AS umgesetzt
  FROM gruppe g JOIN ziel_massnahme zm ON zm.ziel_id = g.unter_id JOIN massnahme m ON m.id = zm.massnahme_id GROUP BY g.ziel_id
)
SELECT z.id AS ziel_id, coalesce(k.anzahl, 0)::int AS kennzahlen, coalesce(k.mit_wert, 0)::int AS kennzahlen_mit_wert, coalesce(k.rueckschritte, 0)::int AS rueckschritte, k.grad,
  CASE k.rang WHEN 1 THEN 'gefaehrdet' WHEN 2 THEN 'verzoegert' WHEN 3 THEN 'im_plan' ELSE 'unbekannt' END AS ampel, k.aeltester_wert,
  coalesce(m.foerdernd, 0)::int AS massnahmen_foerdernd, coalesce(m.hemmend, 0)::int AS massnahmen_hemmend, coalesce(m.umgesetzt, 0)::int AS massnahmen_umgesetzt
FROM ziel z LEFT JOIN kennzahlen k ON k.ziel_id = z.id LEFT JOIN massnahmen m ON m.ziel_id = z.id;
COMMENT ON COLUMN ziel_stand.kennzahlen IS 'Kennzahlen';
COMMENT ON COLUMN ziel_stand.kennzahlen_mit_wert IS 'Kennzahlen mit Wert';
COMMENT ON COLUMN ziel_stand.rueckschritte IS 'Kennzahlen mit Rückschritt';
COMMENT ON COLUMN ziel_stand.grad IS 'Zielerreichung
Gewichtetes Mittel der Kennzahlen; 1 = erreicht, unter 0 = Rückschritt.';
COMMENT ON COLUMN ziel_stand.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN ziel_stand.aeltester_wert IS 'Ältester Ist-Wert';
COMMENT ON COLUMN ziel_stand.massnahmen_foerdernd IS 'Fördernde Maßnahmen';
COMMENT ON COLUMN ziel_stand.massnahmen_hemmend IS 'Hemmende Maßnahmen';
COMMENT ON COLUMN ziel_stand.massnahmen_umgesetzt IS 'Davon umgesetzt';
