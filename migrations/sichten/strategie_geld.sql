-- Money of measures, as far as profiles need it. Written without schema: run once per world.
-- Measures that stand in no sum of money, and why: replaced or merged, their money stands with the
-- other measure; or rejected. Every sum of money asks here and nowhere else.
CREATE VIEW massnahme_entfallen WITH (security_invoker = true) AS
SELECT m.id AS massnahme_id, CASE WHEN x.art = 'zusammengefuehrt_mit' THEN 'zusammengeführt' WHEN x.art IS NOT NULL THEN 'ersetzt' ELSE 'abgelehnt' END AS grund
FROM massnahme m
LEFT JOIN LATERAL (SELECT v.art FROM massnahme_massnahme v WHERE v.massnahme_id = m.id AND v.art IN ('zusammengefuehrt_mit', 'ersetzt_durch') ORDER BY v.art DESC LIMIT 1) x ON true
WHERE x.art IS NOT NULL OR m.beschlussstand = 'abgelehnt';

-- What counts of several statements about one year and kind: the newest of its plan stage.
CREATE VIEW finanzwert_gueltig WITH (security_invoker = true) AS
SELECT DISTINCT ON (w.massnahme_id, w.jahr, w.planfassung, w.art) w.massnahme_id, w.jahr, w.planfassung, w.art, w.betrag_ct, w.stand, w.quelle
FROM finanzwert w, stichtag t WHERE w.massnahme_id IS NOT NULL AND w.stand <= t.tag
ORDER BY w.massnahme_id, w.jahr, w.planfassung, w.art, w.stand DESC;
COMMENT ON COLUMN finanzwert_gueltig.massnahme_id IS 'Maßnahme';

-- One row per measure and year. The plan is the nearest to execution that speaks of the
-- year: Nachtrag, else Ansatz, else Finanzplan, else an estimate for the year.
-- VE and Folgekosten are no costs of the year and stand apart.
CREATE VIEW massnahme_jahr WITH (security_invoker = true) AS
-- One grouping, no join: a question about one measure reads only its own rows.
WITH zeile AS (
  SELECT massnahme_id, jahr, art, max(betrag_ct) FILTER (WHERE planfassung = 'ergebnis') AS ergebnis_ct,
    coalesce(max(betrag_ct) FILTER (WHERE planfassung = 'nachtrag'), max(betrag_ct) FILTER (WHERE planfassung = 'ansatz'), max(betrag_ct) FILTER (WHERE planfassung = 'finanzplan'), max(betrag_ct) FILTER (WHERE planfassung = 'kostenschaetzung')) AS plan_ct,
    coalesce(max(planfassung) FILTER (WHERE planfassung = 'nachtrag'), max(planfassung) FILTER (WHERE planfassung = 'ansatz'), max(planfassung) FILTER (WHERE planfassung = 'finanzplan'), max(planfassung) FILTER (WHERE planfassung = 'kostenschaetzung')) AS planfassung,
    greatest(coalesce(max(stand) FILTER (WHERE planfassung = 'nachtrag'), max(stand) FILTER (WHERE planfassung = 'ansatz'), max(stand) FILTER (WHERE planfassung = 'finanzplan'), max(stand) FILTER (WHERE planfassung = 'kostenschaetzung')), max(stand) FILTER (WHERE planfassung = 'ergebnis')) AS stand
  FROM finanzwert_gueltig WHERE jahr IS NOT NULL GROUP BY massnahme_id, jahr, art
)
SELECT massnahme_id, jahr,
  sum(plan_ct) FILTER (WHERE art IN ('aufwand', 'investition'))::bigint AS plan_ct, sum(ergebnis_ct) FILTER (WHERE art IN ('aufwand', 'investition'))::bigint AS ergebnis_ct,
  sum(coalesce(ergebnis_ct, plan_ct)) FILTER (WHERE art IN ('aufwand', 'investition'))::bigint AS kosten_ct,
  sum(coalesce(ergebnis_ct, plan_ct)) FILTER (WHERE art = 'foerderung')::bigint AS foerderung_ct, sum(coalesce(ergebnis_ct, plan_ct)) FILTER (WHERE art = 'ertrag')::bigint AS ertrag_ct,
  sum(plan_ct) FILTER (WHERE art = 've')::bigint AS ve_ct, sum(coalesce(ergebnis_ct, plan_ct)) FILTER (WHERE art = 'folgekosten')::bigint AS folgekosten_ct,
  string_agg(DISTINCT planfassung, ', ' ORDER BY planfassung) AS planfassungen, max(stand) AS stand
FROM zeile GROUP BY massnahme_id, jahr;

-- One row per measure with any figure. The total: the newest estimate of all costs, else what the years add up to.
-- Folgekosten are those of one year: the last year named.
-- Lateral by measure: whoever asks about a few reads the figures of a few; for all it costs the same as a join.
CREATE VIEW massnahme_kosten WITH (security_invoker = true) AS
SELECT m.id AS massnahme_id, coalesce(s.schaetzung_ct, j.jahre_ct) AS kosten_ct, CASE WHEN s.schaetzung_ct IS NOT NULL THEN 'kostenschaetzung' WHEN j.jahre_ct IS NOT NULL THEN 'jahre' END AS kosten_aus,
  s.schaetzung_ct, s.schaetzung_am, j.jahre_ct, j.ergebnis_ct, j.foerderung_ct, z.bewilligt_ct, greatest(s.schaetzung_am, j.stand) AS stand,
  s.foerderung_ct AS schaetzung_foerderung_ct, coalesce(j.ertrag_ct, s.ertrag_ct) AS ertrag_ct, coalesce(j.folgekosten_ct, s.folgekosten_ct) AS folgekosten_ct, z.erwartet_ct, coalesce(z.foerderungen, 0) AS foerderungen
FROM massnahme m
LEFT JOIN LATERAL (
  SELECT true AS da, sum(w.betrag_ct) FILTER (WHERE w.art IN ('aufwand', 'investition'))::bigint AS schaetzung_ct, max(w.stand) AS schaetzung_am, sum(w.betrag_ct) FILTER (WHERE w.art = 'foerderung')::bigint AS foerderung_ct,
    sum(w.betrag_ct) FILTER (WHERE w.art = 'ertrag')::bigint AS ertrag_ct, sum(w.betrag_ct) FILTER (WHERE w.art = 'folgekosten')::bigint AS folgekosten_ct
  FROM finanzwert_gueltig w WHERE w.massnahme_id = m.id AND w.jahr IS NULL GROUP BY w.massnahme_id
) s ON true
LEFT JOIN LATERAL (
  SELECT true AS da, sum(x.kosten_ct)::bigint AS jahre_ct, sum(x.ergebnis_ct)::bigint AS ergebnis_ct, sum(x.foerderung_ct)::bigint AS foerderung_ct, sum(x.ertrag_ct)::bigint AS ertrag_ct,
    (array_agg(x.folgekosten_ct ORDER BY x.jahr DESC) FILTER (WHERE x.folgekosten_ct IS NOT NULL))[1] AS folgekosten_ct, max(x.stand) AS stand
  FROM massnahme_jahr x WHERE x.massnahme_id = m.id GROUP BY x.massnahme_id
) j ON true
LEFT JOIN LATERAL (
  SELECT true AS da, count(*)::int AS foerderungen, sum(f.betrag_ct) FILTER (WHERE f.stand IN ('bewilligt', 'abgerufen'))::bigint AS bewilligt_ct,
    sum(f.betrag_ct) FILTER (WHERE f.stand IN ('geprueft', 'beantragt'))::bigint AS erwartet_ct
  FROM foerderung f WHERE f.massnahme_id = m.id GROUP BY f.massnahme_id
) z ON true
WHERE num_nonnulls(s.da, j.da, z.da) > 0;

-- How the total is paid, one row per measure with any figure; what is unknown stays empty, it is not 0.
-- Funding: what was granted; else what the years plan; else the newest estimate. What is only
-- applied for or examined never counts, it stands in erwartet_ct. Own share = costs − funding.
CREATE VIEW massnahme_finanzierung WITH (security_invoker = true) AS
SELECT x.*, x.kosten_ct - coalesce(x.foerderung_ct, 0) AS eigenanteil_ct FROM (
  SELECT massnahme_id, kosten_ct, kosten_aus, schaetzung_ct, jahre_ct, coalesce(bewilligt_ct, foerderung_ct, schaetzung_foerderung_ct) AS foerderung_ct,
    CASE WHEN bewilligt_ct IS NOT NULL THEN 'bewilligt' WHEN foerderung_ct IS NOT NULL THEN 'jahre' WHEN schaetzung_foerderung_ct IS NOT NULL THEN 'kostenschaetzung' END AS foerderung_aus,
    erwartet_ct, foerderungen, ertrag_ct, folgekosten_ct, stand FROM massnahme_kosten) x;

DO $$
DECLARE
  v text; s text; t text;
BEGIN
  FOR v, s, t IN VALUES ('massnahme_entfallen', 'massnahme_id', 'Maßnahme'), ('massnahme_entfallen', 'grund', E'Grund\nabgelehnt, ersetzt oder zusammengeführt; das Geld zählt in keiner Summe.'),
    ('massnahme_finanzierung', 'massnahme_id', 'Maßnahme'), ('massnahme_finanzierung', 'kosten_ct', 'Gesamtkosten [einheit ct]'), ('massnahme_finanzierung', 'kosten_aus', E'Herkunft der Gesamtkosten\nkostenschaetzung oder jahre.'),
    ('massnahme_finanzierung', 'schaetzung_ct', 'Kostenschätzung [einheit ct]'), ('massnahme_finanzierung', 'jahre_ct', 'Summe der Jahre [einheit ct]'), ('massnahme_finanzierung', 'foerderung_ct', 'Förderung [einheit ct]'),
    ('massnahme_finanzierung', 'foerderung_aus', E'Herkunft der Förderung\nbewilligt, jahre oder kostenschaetzung.'), ('massnahme_finanzierung', 'erwartet_ct', 'Geprüfte und beantragte Förderung [einheit ct]'),
    ('massnahme_finanzierung', 'foerderungen', 'Zahl der Förderungen'), ('massnahme_finanzierung', 'ertrag_ct', 'Ertrag [einheit ct]'), ('massnahme_finanzierung', 'folgekosten_ct', 'Folgekosten je Jahr [einheit ct]'),
    ('massnahme_finanzierung', 'stand', 'Stand'), ('massnahme_finanzierung', 'eigenanteil_ct', E'Eigenanteil [einheit ct]\nKosten ohne Förderung.'),
    ('massnahme_jahr', 'massnahme_id', 'Maßnahme'), ('massnahme_jahr', 'jahr', 'Jahr'), ('massnahme_jahr', 'plan_ct', 'Geplante Kosten [einheit ct]'), ('massnahme_jahr', 'ergebnis_ct', 'Ergebnis [einheit ct]'),
    ('massnahme_jahr', 'kosten_ct', 'Kosten: Ergebnis, sonst Plan [einheit ct]'), ('massnahme_jahr', 'foerderung_ct', 'Förderung [einheit ct]'), ('massnahme_jahr', 'ertrag_ct', 'Ertrag [einheit ct]'), ('massnahme_jahr', 've_ct', 'Verpflichtungsermächtigung [einheit ct]'),
    ('massnahme_jahr', 'folgekosten_ct', 'Folgekosten [einheit ct]'), ('massnahme_jahr', 'planfassungen', 'Planfassungen'), ('massnahme_jahr', 'stand', 'Stand'),
    ('massnahme_kosten', 'massnahme_id', 'Maßnahme'), ('massnahme_kosten', 'kosten_ct', 'Gesamtkosten [einheit ct]'), ('massnahme_kosten', 'kosten_aus', E'Herkunft der Gesamtkosten\nkostenschaetzung oder jahre.'), ('massnahme_kosten', 'schaetzung_ct', 'Kostenschätzung [einheit ct]'),
    ('massnahme_kosten', 'schaetzung_am', 'Stand der Kostenschätzung'), ('massnahme_kosten', 'jahre_ct', 'Summe der Jahre [einheit ct]'), ('massnahme_kosten', 'ergebnis_ct', 'Ergebnis bisher [einheit ct]'), ('massnahme_kosten', 'foerderung_ct', 'Förderung in den Jahren [einheit ct]'),
    ('massnahme_kosten', 'bewilligt_ct', 'Bewilligte Förderung [einheit ct]'), ('massnahme_kosten', 'schaetzung_foerderung_ct', 'Geschätzte Förderung [einheit ct]'), ('massnahme_kosten', 'ertrag_ct', 'Ertrag [einheit ct]'), ('massnahme_kosten', 'folgekosten_ct', 'Folgekosten je Jahr [einheit ct]'),
    ('massnahme_kosten', 'erwartet_ct', 'Geprüfte und beantragte Förderung [einheit ct]'), ('massnahme_kosten', 'foerderungen', 'Zahl der Förderungen'), ('massnahme_kosten', 'stand', 'Stand') LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v, s, t);
  END LOOP;
END $$;
