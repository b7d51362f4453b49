-- The published copy. Each table of oeffentlich is made from its working table here, by
-- one function, so that columns, keys and indexes cannot drift; a column that is not
-- copied cannot be published.
SET LOCAL ROLE zielraum_owner;

CREATE FUNCTION freigabe.spiegle(rel regclass, ohne text[] DEFAULT '{}', partitioniert boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name_ name; s text; c record;
BEGIN
  SELECT relname INTO name_ FROM pg_class WHERE oid = rel;
  EXECUTE format('CREATE TABLE oeffentlich.%I (LIKE %s INCLUDING COMMENTS INCLUDING INDEXES) %s', name_, rel,
    CASE WHEN partitioniert THEN 'PARTITION BY LIST (fassung_id)' ELSE '' END);
  EXECUTE format('COMMENT ON TABLE oeffentlich.%I IS %L', name_, obj_description(rel));
  FOREACH s IN ARRAY ohne LOOP
    EXECUTE format('ALTER TABLE oeffentlich.%I DROP COLUMN %I', name_, s);
  END LOOP;
  -- Foreign keys stay inside oeffentlich: a published row cannot point at a draft.
  FOR c IN SELECT k.conname, pg_get_constraintdef(k.oid) AS def, z.relname AS ziel FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid
      WHERE k.conrelid = rel AND k.contype = 'f' AND to_regclass('oeffentlich.' || quote_ident(z.relname)) IS NOT NULL
        AND NOT EXISTS (SELECT FROM unnest(k.conkey) n JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = n WHERE a.attname = ANY (ohne)) LOOP
    EXECUTE format('ALTER TABLE oeffentlich.%I ADD CONSTRAINT %I %s', name_, c.conname, regexp_replace(c.def, 'REFERENCES [a-z_]+\.', 'REFERENCES oeffentlich.'));
  END LOOP;
END $$;

-- Copies the rows that meet the condition (over the working table q) and removes those of
-- the scope (over the public table z) that no longer do.
CREATE FUNCTION freigabe.uebertrage(rel regclass, bedingung text, bereich text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name_ name; spalten text; schluessel text; gleich text; setze text; alt text; neu text;
BEGIN
  SELECT relname INTO name_ FROM pg_class WHERE oid = rel;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum),
         string_agg(format('z.%I', attname), ', ' ORDER BY attnum) FILTER (WHERE attname <> 'seit'),
         string_agg(format('excluded.%I', attname), ', ' ORDER BY attnum) FILTER (WHERE attname <> 'seit')
    INTO spalten, setze, alt, neu
    FROM pg_attribute WHERE attrelid = ('oeffentlich.' || quote_ident(name_))::regclass AND attnum > 0 AND NOT attisdropped;
  SELECT string_agg(quote_ident(a.attname), ', '), string_agg(format('q.%1$I = z.%1$I', a.attname), ' AND ')
    INTO schluessel, gleich
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = ('oeffentlich.' || quote_ident(name_))::regclass AND i.indisprimary;
  EXECUTE format('DELETE FROM oeffentlich.%I z WHERE (%s) AND NOT EXISTS (SELECT FROM %s q WHERE %s AND (%s))', name_, bereich, rel, gleich, bedingung);
  EXECUTE format('INSERT INTO oeffentlich.%I AS z (%s) SELECT %s FROM %s q WHERE (%s) ON CONFLICT (%s) DO UPDATE SET %s WHERE (%s) IS DISTINCT FROM (%s)',
    name_, spalten, spalten, rel, bedingung, schluessel, setze, alt, neu);
END $$;

-- Kind "sofort": copied by trigger on every change.
CREATE FUNCTION freigabe.sofort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.uebertrage(TG_RELID::regclass, 'true', 'true');
  RETURN NULL;
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['gemeinde.gemeinde', 'gemeinde.ortsteil', 'fnp.nutzung_gruppe', 'fnp.nutzung', 'strategie.beschlussstand',
      'strategie.umsetzungsphase', 'strategie.ampel', 'strategie.massnahme_art', 'dorferneuerung.gebiet_typ', 'dorferneuerung.gebiet_stand'] LOOP
    PERFORM freigabe.spiegle(t::regclass);
    PERFORM freigabe.uebertrage(t::regclass, 'true', 'true');
    EXECUTE format('CREATE TRIGGER sofort AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION freigabe.sofort()', t);
  END LOOP;
END $$;

-- Kind "freigabe": copied by freigabe.veroeffentliche alone. erstellt_am tells when a draft was begun.
SELECT freigabe.spiegle('fnp.plan', '{veroeffentlichung,erstellt_am}'),
  freigabe.spiegle('fnp.plan_gemeinde'),
  freigabe.spiegle('fnp.fassung'),
  freigabe.spiegle('fnp.flaeche', '{}', true),
  freigabe.spiegle('fnp.ueberlagerung', '{}', true),
  freigabe.spiegle('fnp.linie', '{}', true),
  freigabe.spiegle('fnp.punkt', '{}', true),
  freigabe.spiegle('fnp.anteil', '{}', true),
  freigabe.spiegle('fnp.pruefung'),
  freigabe.spiegle('fnp.verweis'),
  freigabe.spiegle('fnp.import_befund'),
  freigabe.spiegle('strategie.handlungsfeld', '{veroeffentlichung,erstellt_am}'),
  freigabe.spiegle('strategie.ziel', '{veroeffentlichung,erstellt_am}'),
  freigabe.spiegle('strategie.massnahme', '{veroeffentlichung,erstellt_am,intern_notiz}'),
  freigabe.spiegle('strategie.ziel_massnahme'),
  freigabe.spiegle('strategie.ziel_nutzungsart_wirkung'),
  freigabe.spiegle('strategie.raumbezug'),
  freigabe.spiegle('strategie.massnahme_flaeche'),
  freigabe.spiegle('strategie.massnahme_ortsteil'),
  freigabe.spiegle('dorferneuerung.gebiet', '{veroeffentlichung,erstellt_am}'),
  freigabe.spiegle('dorferneuerung.gebiet_massnahme');

SELECT audit.verfolge(('oeffentlich.' || t)::regclass) FROM unnest(ARRAY['gemeinde', 'ortsteil', 'plan', 'plan_gemeinde', 'fassung', 'verweis',
  'handlungsfeld', 'ziel', 'massnahme', 'ziel_massnahme', 'ziel_nutzungsart_wirkung', 'raumbezug', 'gebiet', 'gebiet_massnahme']) t;

CREATE FUNCTION freigabe.vermerke(relation text, schluessel text, version int) RETURNS void LANGUAGE sql AS $$
  SELECT audit.vermerke('oeffentlich.' || relation, schluessel, 'freigabe', jsonb_build_object('version', version, 'vier_augen', false, 'weg', 'Kommandozeile'));
$$;

-- Children of measures and areas whose other end is public; a link to a draft waits.
CREATE FUNCTION freigabe.uebertrage_massnahmenteile(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.uebertrage('strategie.ziel_massnahme',
    format('massnahme_id = ANY (%L::uuid[]) AND ziel_id IN (SELECT id FROM oeffentlich.ziel)', ids), format('massnahme_id = ANY (%L::uuid[])', ids));
  -- The public anchor is made from the public plan: the working one may show a newer draft.
  INSERT INTO oeffentlich.verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom)
    SELECT DISTINCT ON (fa.plan_id, f.kennung) fa.plan_id, f.kennung, fa.id, f.nutzung, f.flaeche_m2, f.geom
    FROM strategie.raumbezug r
    JOIN oeffentlich.fassung fa ON fa.plan_id = r.plan_id AND fa.aktuell
    JOIN oeffentlich.flaeche f ON f.fassung_id = fa.id AND f.kennung = r.flaeche_kennung
    WHERE r.massnahme_id = ANY (ids)
    ON CONFLICT (plan_id, kennung) DO UPDATE SET fassung_id = excluded.fassung_id, nutzung = excluded.nutzung,
      flaeche_m2 = excluded.flaeche_m2, geom = excluded.geom, entfallen_in = NULL
      WHERE verweis.fassung_id <> excluded.fassung_id;
  PERFORM freigabe.uebertrage('strategie.raumbezug',
    format('massnahme_id = ANY (%L::uuid[]) AND (plan_id IS NULL OR EXISTS (SELECT FROM oeffentlich.verweis v WHERE v.plan_id = q.plan_id AND v.kennung = q.flaeche_kennung))', ids),
    format('massnahme_id = ANY (%L::uuid[])', ids));
  PERFORM freigabe.uebertrage('dorferneuerung.gebiet_massnahme',
    format('massnahme_id = ANY (%L::uuid[]) AND gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id, version))', ids),
    format('massnahme_id = ANY (%L::uuid[]) AND gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id, version))', ids));
END $$;

-- Publishes aggregates of one kind. Needs no four eyes here: it is the operator's command line, and the audit says so.
CREATE FUNCTION freigabe.veroeffentliche(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rel regclass;
  r record;
  in_ids text := format('id = ANY (%L::uuid[])', ids);
BEGIN
  rel := CASE art WHEN 'handlungsfeld' THEN 'strategie.handlungsfeld' WHEN 'ziel' THEN 'strategie.ziel' WHEN 'massnahme' THEN 'strategie.massnahme'
    WHEN 'gebiet' THEN 'dorferneuerung.gebiet' END;
  IF rel IS NULL THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''veroeffentlicht'' WHERE %s AND veroeffentlichung <> ''veroeffentlicht''', rel, in_ids);
  PERFORM freigabe.uebertrage(rel, in_ids, 'false');
  FOR r IN EXECUTE format('SELECT kennung, version FROM %s WHERE %s ORDER BY kennung', rel, in_ids) LOOP
    PERFORM freigabe.vermerke(art, r.kennung, r.version);
  END LOOP;
  CASE art
    WHEN 'ziel' THEN
      PERFORM freigabe.uebertrage('strategie.ziel_nutzungsart_wirkung', format('ziel_id = ANY (%L::uuid[])', ids), format('ziel_id = ANY (%L::uuid[])', ids));
      PERFORM freigabe.wartende();
    WHEN 'massnahme' THEN
      PERFORM freigabe.uebertrage_massnahmenteile(ids);
    WHEN 'gebiet' THEN
      PERFORM freigabe.uebertrage('dorferneuerung.gebiet_massnahme',
        format('gebiet_id = ANY (%L::uuid[]) AND massnahme_id IN (SELECT id FROM oeffentlich.massnahme)', ids), format('gebiet_id = ANY (%L::uuid[])', ids));
    ELSE NULL;
  END CASE;
END $$;

-- Links that waited for their other end; only of owners whose newest version is the public one,
-- or a draft link would leak through the other side.
CREATE FUNCTION freigabe.wartende() RETURNS void LANGUAGE sql AS $$
  SELECT freigabe.uebertrage_massnahmenteile(coalesce(array_agg(m.id), '{}')) FROM strategie.massnahme m JOIN oeffentlich.massnahme o USING (id, version);
$$;

CREATE FUNCTION freigabe.ziehe_zurueck(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  IF art NOT IN ('handlungsfeld', 'ziel', 'massnahme', 'gebiet') THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', art) USING ids;
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', art || '_historie') USING ids;
  EXECUTE format('UPDATE %I.%I SET veroeffentlichung = ''intern'' WHERE id = ANY ($1)', CASE art WHEN 'gebiet' THEN 'dorferneuerung' ELSE 'strategie' END, art) USING ids;
END $$;

-- Publishes one Fassung with its plan, areas, findings and figures.
CREATE FUNCTION freigabe.veroeffentliche_fassung(fid int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan fnp.plan;
  lauf uuid;
  t text;
BEGIN
  UPDATE fnp.plan p SET veroeffentlichung = 'veroeffentlicht' FROM fnp.fassung f WHERE f.id = fid AND p.id = f.plan_id AND p.veroeffentlichung <> 'veroeffentlicht';
  SELECT p.* INTO STRICT plan FROM fnp.plan p JOIN fnp.fassung f ON f.plan_id = p.id WHERE f.id = fid;
  SELECT importlauf_id INTO lauf FROM fnp.fassung WHERE id = fid;
  PERFORM freigabe.uebertrage('fnp.plan', format('id = %L', plan.id), 'false');
  PERFORM freigabe.uebertrage('fnp.plan_gemeinde', format('plan_id = %L', plan.id), format('plan_id = %L', plan.id));
  UPDATE oeffentlich.fassung SET aktuell = false WHERE plan_id = plan.id AND id <> fid AND aktuell;
  PERFORM freigabe.uebertrage('fnp.fassung', format('plan_id = %L AND (id = %s OR id IN (SELECT id FROM oeffentlich.fassung))', plan.id, fid), 'false');
  IF to_regclass('oeffentlich.flaeche_f' || fid) IS NULL THEN
    PERFORM fnp.fassung_anlegen('oeffentlich', fid);
    FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
      EXECUTE (SELECT format('INSERT INTO oeffentlich.%I (%s) SELECT %s FROM fnp.%I WHERE fassung_id = $1', t || '_f' || fid, s, s, t)
        FROM (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS s FROM pg_attribute
              WHERE attrelid = ('oeffentlich.' || t)::regclass AND attnum > 0 AND NOT attisdropped) x) USING fid;
      PERFORM audit.beruehre('oeffentlich.' || t);
    END LOOP;
    PERFORM fnp.fassung_anhaengen('oeffentlich', fid);
  END IF;
  PERFORM freigabe.uebertrage('fnp.pruefung', format('fassung_id = %s', fid), format('fassung_id = %s', fid));
  PERFORM freigabe.uebertrage('fnp.import_befund', format('importlauf_id = %L', lauf), format('importlauf_id = %L', lauf));
  PERFORM audit.beruehre('oeffentlich.import_befund');
  PERFORM freigabe.vermerke('fassung', plan.kennung || '@' || (SELECT f.nummer FROM fnp.fassung f WHERE f.id = fid), plan.version);
  PERFORM freigabe.wartende();
  PERFORM oeffentlich.leite_nach_import();
END $$;

-- Carries changed attributes of a published plan (its state) and of its published versions over.
CREATE FUNCTION freigabe.plan_nachfuehren(pid uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM oeffentlich.plan WHERE id = pid) THEN
    PERFORM freigabe.uebertrage('fnp.plan', format('id = %L', pid), 'false');
    UPDATE oeffentlich.fassung o SET stand = f.stand, gueltig = f.gueltig FROM fnp.fassung f
      WHERE f.id = o.id AND o.plan_id = pid AND (o.stand, o.gueltig) IS DISTINCT FROM (f.stand, f.gueltig);
  END IF;
END $$;

-- The join of a published Fassung after its Ortsteile changed.
CREATE FUNCTION freigabe.verbund_nachfuehren(fid int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM oeffentlich.anteil WHERE fassung_id = fid;
  INSERT INTO oeffentlich.anteil (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2)
    SELECT fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2 FROM fnp.anteil WHERE fassung_id = fid;
  PERFORM freigabe.uebertrage('fnp.pruefung', format('fassung_id = %s', fid), format('fassung_id = %s', fid));
  PERFORM audit.beruehre('oeffentlich.anteil'), audit.beruehre('oeffentlich.pruefung');
END $$;

RESET ROLE;
