-- Publication of the whole strategy. What belongs to an aggregate stands in
-- freigabe.teil, one row per table: adding an entity is one row, not a new function.
SET LOCAL ROLE zielraum_owner;

-- Columns added to a table that is already mirrored; the same names, types and titles.
CREATE FUNCTION freigabe.ergaenze(rel regclass, spalten text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name_ name; s text; c record;
BEGIN
  SELECT relname INTO name_ FROM pg_class WHERE oid = rel;
  FOREACH s IN ARRAY spalten LOOP
    FOR c IN SELECT format_type(a.atttypid, a.atttypmod) AS typ, a.attnotnull AS pflicht, pg_get_expr(d.adbin, d.adrelid) AS vorgabe, col_description(rel, a.attnum) AS titel
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = rel AND a.attname = s LOOP
      EXECUTE format('ALTER TABLE oeffentlich.%I ADD COLUMN %I %s %s', name_, s, c.typ, CASE WHEN c.pflicht AND c.vorgabe IS NOT NULL THEN 'NOT NULL DEFAULT ' || c.vorgabe ELSE '' END);
      EXECUTE format('COMMENT ON COLUMN oeffentlich.%I.%I IS %L', name_, s, c.titel);
    END LOOP;
    FOR c IN SELECT k.conname, pg_get_constraintdef(k.oid) AS def FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = rel AND k.conkey = ARRAY[a.attnum]
        WHERE k.conrelid = rel AND k.contype = 'f' AND a.attname = s AND to_regclass('oeffentlich.' || quote_ident(z.relname)) IS NOT NULL LOOP
      EXECUTE format('ALTER TABLE oeffentlich.%I ADD CONSTRAINT %I %s', name_, c.conname, regexp_replace(c.def, 'REFERENCES [a-z_]+\.', 'REFERENCES oeffentlich.'));
    END LOOP;
  END LOOP;
  PERFORM audit.verfolge(('oeffentlich.' || quote_ident(name_))::regclass);
END $$;

-- Kind "sofort": code tables, and what is no secret before its release (offices, products, programmes).
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['strategie.fassungszustand', 'strategie.zielzustand', 'strategie.teilschrittzustand', 'strategie.kennzahl_art', 'strategie.akteur_art', 'strategie.fachplan_typ',
      'strategie.verbindlichkeit', 'strategie.aktualitaet', 'strategie.sdg', 'strategie.schwelle', 'strategie.uebergang', 'strategie.akteur', 'haushalt.produkt', 'haushalt.foerderprogramm'] LOOP
    PERFORM freigabe.spiegle(t::regclass, CASE t WHEN 'strategie.akteur' THEN '{veroeffentlichung,erstellt_am}'::text[] WHEN 'haushalt.produkt' THEN '{erstellt_am}' WHEN 'haushalt.foerderprogramm' THEN '{erstellt_am}' ELSE '{}' END);
    PERFORM freigabe.uebertrage(t::regclass, 'true', 'true');
    EXECUTE format('CREATE TRIGGER sofort AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION freigabe.sofort()', t);
  END LOOP;
END $$;

SELECT freigabe.spiegle(('strategie.' || t)::regclass, '{veroeffentlichung,erstellt_am}')
  FROM unnest(ARRAY['beschluss', 'strategie', 'strategiefassung', 'leitlinie', 'kennzahl', 'fachplan', 'trend', 'frage', 'teilschritt']) WITH ORDINALITY x (t, n) ORDER BY n;
SELECT freigabe.ergaenze('strategie.handlungsfeld', '{kurztext,akteur_id}'),
  freigabe.ergaenze('strategie.ziel', '{strategiefassung_id,gewicht,zustand,produkt_id}'),
  freigabe.ergaenze('strategie.massnahme', '{ampel_manuell,ampel_grund,schlussbewertung,zusatznutzen,produkt_id}'),
  freigabe.ergaenze('dorferneuerung.gebiet', '{verfahren,verfahrensnummer,beantragt_am,angeordnet_am,abgeschlossen_am,beschreibung}');
SELECT freigabe.spiegle(t::regclass, ohne::text[]) FROM (VALUES ('strategie.kennzahlwert', '{}'), ('strategie.ziel_kennzahl', '{}'), ('strategie.massnahme_kennzahl', '{}'), ('strategie.kennzahl_kennzahl', '{}'),
  ('strategie.massnahme_massnahme', '{}'), ('strategie.zustaendigkeit', '{}'), ('strategie.fundstelle', '{}'), ('strategie.beschluss_bezug', '{}'), ('strategie.trend_bezug', '{}'), ('strategie.sdg_bezug', '{}'),
  ('haushalt.finanzwert', '{vertraulich}'), ('haushalt.foerderung', '{}')) x (t, ohne);
SELECT audit.verfolge(('oeffentlich.' || t)::regclass) FROM unnest(ARRAY['akteur', 'produkt', 'foerderprogramm', 'beschluss', 'strategie', 'strategiefassung', 'leitlinie', 'kennzahl', 'fachplan', 'trend', 'frage', 'teilschritt',
  'kennzahlwert', 'ziel_kennzahl', 'massnahme_kennzahl', 'kennzahl_kennzahl', 'massnahme_massnahme', 'zustaendigkeit', 'fundstelle', 'beschluss_bezug', 'trend_bezug', 'sdg_bezug', 'finanzwert', 'foerderung']) t;

-- What can be published, in the order of its foreign keys.
CREATE TABLE freigabe.art (art text PRIMARY KEY, relation text NOT NULL UNIQUE, bedingung text NOT NULL, reihenfolge int NOT NULL UNIQUE);
COMMENT ON TABLE freigabe.art IS 'Art eines veröffentlichbaren Gegenstands';
COMMENT ON COLUMN freigabe.art.art IS 'Art';
COMMENT ON COLUMN freigabe.art.relation IS 'Tabelle';
COMMENT ON COLUMN freigabe.art.bedingung IS E'Bedingung\nWas sie nicht erfüllt, wird nie veröffentlicht.';
COMMENT ON COLUMN freigabe.art.reihenfolge IS 'Reihenfolge';
INSERT INTO freigabe.art VALUES
  ('beschluss', 'strategie.beschluss', 'q.oeffentlich', 1), ('strategie', 'strategie.strategie', 'true', 2), ('strategiefassung', 'strategie.strategiefassung', 'true', 3),
  ('leitlinie', 'strategie.leitlinie', 'true', 4), ('handlungsfeld', 'strategie.handlungsfeld', 'true', 5), ('kennzahl', 'strategie.kennzahl', 'true', 6), ('ziel', 'strategie.ziel', 'true', 7),
  ('massnahme', 'strategie.massnahme', 'true', 8), ('fachplan', 'strategie.fachplan', 'true', 9), ('trend', 'strategie.trend', 'true', 10), ('gebiet', 'dorferneuerung.gebiet', 'true', 11), ('frage', 'strategie.frage', 'true', 12);

-- Children that travel with their owner; a link whose other end is a draft waits for it.
CREATE TABLE freigabe.teil (art text REFERENCES freigabe.art, relation text, eigner text NOT NULL, bedingung text NOT NULL, nur text NOT NULL DEFAULT 'true', PRIMARY KEY (art, relation));
COMMENT ON TABLE freigabe.teil IS 'Teil eines veröffentlichbaren Gegenstands';
COMMENT ON COLUMN freigabe.teil.art IS 'Art des Gegenstands';
COMMENT ON COLUMN freigabe.teil.relation IS 'Tabelle';
COMMENT ON COLUMN freigabe.teil.eigner IS 'Spalte des Eigners';
COMMENT ON COLUMN freigabe.teil.bedingung IS 'Bedingung über die Zeile q';
COMMENT ON COLUMN freigabe.teil.nur IS E'Geltungsbereich\nNur diese Zeilen werden angefasst; die anderen gehören einem Gegenstand mit neuerem Entwurf.';
INSERT INTO freigabe.teil (art, relation, eigner, bedingung) VALUES
  ('kennzahl', 'strategie.kennzahlwert', 'kennzahl_id', 'true'),
  ('kennzahl', 'strategie.kennzahl_kennzahl', 'kennzahl_id', 'andere_id IN (SELECT id FROM oeffentlich.kennzahl)'),
  ('kennzahl', 'strategie.sdg_bezug', 'kennzahl_id', 'true'),
  ('kennzahl', 'strategie.zustaendigkeit', 'kennzahl_id', 'true'),
  ('ziel', 'strategie.ziel_nutzungsart_wirkung', 'ziel_id', 'true'),
  ('ziel', 'strategie.ziel_kennzahl', 'ziel_id', 'kennzahl_id IN (SELECT id FROM oeffentlich.kennzahl)'),
  ('ziel', 'strategie.sdg_bezug', 'ziel_id', 'true'),
  ('ziel', 'strategie.zustaendigkeit', 'ziel_id', 'true'),
  ('ziel', 'strategie.beschluss_bezug', 'ziel_id', 'beschluss_id IN (SELECT id FROM oeffentlich.beschluss)'),
  ('massnahme', 'strategie.ziel_massnahme', 'massnahme_id', 'ziel_id IN (SELECT id FROM oeffentlich.ziel)'),
  ('massnahme', 'strategie.raumbezug', 'massnahme_id', 'plan_id IS NULL OR EXISTS (SELECT FROM oeffentlich.verweis v WHERE v.plan_id = q.plan_id AND v.kennung = q.flaeche_kennung)'),
  ('massnahme', 'strategie.teilschritt', 'massnahme_id', 'true'),
  ('massnahme', 'strategie.massnahme_kennzahl', 'massnahme_id', 'kennzahl_id IN (SELECT id FROM oeffentlich.kennzahl)'),
  ('massnahme', 'strategie.massnahme_massnahme', 'massnahme_id', 'andere_id IN (SELECT id FROM oeffentlich.massnahme)'),
  ('massnahme', 'strategie.sdg_bezug', 'massnahme_id', 'true'),
  ('massnahme', 'strategie.zustaendigkeit', 'massnahme_id', 'true'),
  ('massnahme', 'strategie.beschluss_bezug', 'massnahme_id', 'beschluss_id IN (SELECT id FROM oeffentlich.beschluss)'),
  ('massnahme', 'haushalt.finanzwert', 'massnahme_id', 'NOT vertraulich'),
  ('massnahme', 'haushalt.foerderung', 'massnahme_id', 'true'),
  ('fachplan', 'strategie.fundstelle', 'fachplan_id', '(ziel_id IS NULL OR ziel_id IN (SELECT id FROM oeffentlich.ziel)) AND (massnahme_id IS NULL OR massnahme_id IN (SELECT id FROM oeffentlich.massnahme))'),
  ('fachplan', 'strategie.beschluss_bezug', 'fachplan_id', 'beschluss_id IN (SELECT id FROM oeffentlich.beschluss)'),
  ('strategiefassung', 'strategie.beschluss_bezug', 'strategiefassung_id', 'beschluss_id IN (SELECT id FROM oeffentlich.beschluss)'),
  ('trend', 'strategie.trend_bezug', 'trend_id', '(ziel_id IS NULL OR ziel_id IN (SELECT id FROM oeffentlich.ziel)) AND (massnahme_id IS NULL OR massnahme_id IN (SELECT id FROM oeffentlich.massnahme))'),
  ('gebiet', 'dorferneuerung.gebiet_massnahme', 'gebiet_id', 'massnahme_id IN (SELECT id FROM oeffentlich.massnahme)'),
  ('gebiet', 'haushalt.foerderung', 'gebiet_id', 'true'),
  ('gebiet', 'strategie.beschluss_bezug', 'gebiet_id', 'beschluss_id IN (SELECT id FROM oeffentlich.beschluss)');

-- A project belongs to both ends: a measure carries it only to areas whose newest version is the public one.
INSERT INTO freigabe.teil VALUES ('massnahme', 'dorferneuerung.gebiet_massnahme', 'massnahme_id', 'true',
  'gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id, version))');

-- The public anchor of a linked area is made from the public plan: the working one may show a newer draft.
-- A link whose area is gone is public with the last shape the public knew.
CREATE FUNCTION freigabe.uebertrage_verweise(ids uuid[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO oeffentlich.verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom, entfallen_in, seit)
    SELECT DISTINCT ON (fa.plan_id, f.kennung) fa.plan_id, f.kennung, fa.id, f.nutzung, f.flaeche_m2, f.geom, CASE WHEN NOT fa.aktuell THEN jetzt.id END, clock_timestamp()
    FROM strategie.raumbezug r
    JOIN oeffentlich.fassung fa ON fa.plan_id = r.plan_id
    JOIN oeffentlich.flaeche f ON f.fassung_id = fa.id AND f.kennung = r.flaeche_kennung
    LEFT JOIN oeffentlich.fassung jetzt ON jetzt.plan_id = r.plan_id AND jetzt.aktuell
    WHERE r.massnahme_id = ANY (ids)
    ORDER BY fa.plan_id, f.kennung, fa.aktuell DESC, fa.nummer DESC
    ON CONFLICT (plan_id, kennung) DO UPDATE SET fassung_id = excluded.fassung_id, nutzung = excluded.nutzung,
      flaeche_m2 = excluded.flaeche_m2, geom = excluded.geom, entfallen_in = excluded.entfallen_in
      WHERE verweis.fassung_id <> excluded.fassung_id;
$$;

CREATE FUNCTION freigabe.uebertrage_teile(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t freigabe.teil;
BEGIN
  IF uebertrage_teile.art = 'massnahme' THEN
    PERFORM freigabe.uebertrage_verweise(ids);
  END IF;
  FOR t IN SELECT * FROM freigabe.teil x WHERE x.art = uebertrage_teile.art ORDER BY x.relation LOOP
    PERFORM freigabe.uebertrage(t.relation::regclass, format('%I = ANY (%L::uuid[]) AND (%s) AND (%s)', t.eigner, ids, t.nur, t.bedingung), format('%I = ANY (%L::uuid[]) AND (%s)', t.eigner, ids, t.nur));
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION freigabe.uebertrage_massnahmenteile(ids uuid[]) RETURNS void LANGUAGE sql AS $$
  SELECT freigabe.uebertrage_teile('massnahme', ids)
$$;

-- Publishes aggregates of one kind. Needs no four eyes here: it is the operator's command line, and the audit says so.
CREATE OR REPLACE FUNCTION freigabe.veroeffentliche(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art;
  r record;
  erlaubt uuid[];
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = veroeffentliche.art;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  EXECUTE format('SELECT coalesce(array_agg(q.id), ''{}'') FROM %s q WHERE q.id = ANY ($1) AND (%s)', a.relation, a.bedingung) INTO erlaubt USING ids;
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''veroeffentlicht'' WHERE id = ANY ($1) AND veroeffentlichung <> ''veroeffentlicht''', a.relation) USING erlaubt;
  PERFORM freigabe.uebertrage(a.relation::regclass, format('id = ANY (%L::uuid[])', erlaubt), 'false');
  FOR r IN EXECUTE format('SELECT kennung, version FROM %s WHERE id = ANY ($1) ORDER BY kennung', a.relation) USING erlaubt LOOP
    PERFORM freigabe.vermerke(veroeffentliche.art, r.kennung, r.version);
  END LOOP;
  PERFORM freigabe.uebertrage_teile(veroeffentliche.art, erlaubt);
  PERFORM freigabe.wartende(veroeffentliche.art);
END $$;

-- Links that waited for their other end; only of owners whose newest version is the public one,
-- or a draft link would leak through the other side. Without a kind: all of them.
CREATE FUNCTION freigabe.wartende(neu text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art; ids uuid[];
BEGIN
  FOR a IN SELECT DISTINCT x.* FROM freigabe.art x JOIN freigabe.teil t USING (art)
      WHERE neu IS NULL OR x.art <> neu AND t.bedingung LIKE '%oeffentlich.' || neu || '%' ORDER BY x.reihenfolge LOOP
    EXECUTE format('SELECT coalesce(array_agg(w.id), ''{}'') FROM %s w JOIN oeffentlich.%I o USING (id, version)', a.relation, split_part(a.relation, '.', 2)) INTO ids;
    PERFORM freigabe.uebertrage_teile(a.art, ids);
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION freigabe.wartende() RETURNS void LANGUAGE sql AS $$
  SELECT freigabe.uebertrage_teile('massnahme', coalesce(array_agg(m.id), '{}')) FROM strategie.massnahme m JOIN oeffentlich.massnahme o USING (id, version);
$$;

CREATE OR REPLACE FUNCTION freigabe.ziehe_zurueck(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art; name_ text;
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = ziehe_zurueck.art;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  name_ := split_part(a.relation, '.', 2);
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', name_) USING ids;
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', name_ || '_historie') USING ids;
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''intern'' WHERE id = ANY ($1)', a.relation) USING ids;
END $$;
RESET ROLE;
