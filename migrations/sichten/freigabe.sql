-- Publishing: from the working world into the copy. Functions of freigabe, recreated with every change.
CREATE OR REPLACE FUNCTION freigabe.merke_gleichstand(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO freigabe.gleichstand AS g SELECT %L, q.id, q.version, clock_timestamp() FROM %s q WHERE q.id = ANY ($1) ON CONFLICT (art, id) DO UPDATE SET version = excluded.version, zeit = excluded.zeit',
    art, (freigabe.art_(art)).relation) USING ids;
END $$;
-- What the audit says of a release: by whose request, or by the operator's command line alone.
-- Setting the state made a version of its own, hence one more than was asked for.
CREATE OR REPLACE FUNCTION freigabe.weg(art text, id uuid, version int) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('version', weg.version, 'vier_augen', a.id IS NOT NULL, 'weg', CASE WHEN a.id IS NULL THEN 'Kommandozeile' ELSE 'Antrag' END)
    || CASE WHEN a.id IS NULL THEN '{}' ELSE jsonb_build_object('antrag', a.id, 'beantragt_von', a.beantragt_von, 'entschieden_von', a.entschieden_von) END
  FROM (SELECT) s LEFT JOIN LATERAL (SELECT x.* FROM freigabe.antrag x WHERE x.art = weg.art AND x.gegenstand_id = weg.id AND x.entscheid = 'freigegeben' AND x.version IN (weg.version, weg.version - 1) ORDER BY x.entschieden_am DESC LIMIT 1) a ON true
$$;
CREATE OR REPLACE FUNCTION freigabe.vermerke(art text, relation text, id uuid, schluessel text, version int) RETURNS void LANGUAGE sql AS $$
  SELECT audit.vermerke('oeffentlich.' || relation, schluessel, 'freigabe', freigabe.weg(art, id, version))
$$;
CREATE OR REPLACE FUNCTION freigabe.setze_zustand(art text, ids uuid[], zustand text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.erlaube();
  EXECUTE format('UPDATE %s SET veroeffentlichung = $2 WHERE id = ANY ($1) AND veroeffentlichung <> $2', (freigabe.art_(art)).relation) USING ids, zustand;
  PERFORM freigabe.sperre();
END $$;

-- What must be public first, as a German list; NULL when nothing is missing.
CREATE OR REPLACE FUNCTION freigabe.fehlt(art text, id uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); c record; k text; liste text[] := '{}';
BEGIN
  FOR c IN SELECT s.attname, w.oid::regclass AS rel, k.confrelid::regclass AS ziel FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid JOIN freigabe.art x ON split_part(x.relation, '.', 2) = z.relname
      JOIN pg_class w ON w.oid = x.relation::regclass JOIN pg_attribute s ON s.attrelid = k.conrelid AND k.conkey = ARRAY[s.attnum]
      WHERE k.conrelid = freigabe.kopie(a.relation::regclass) AND k.contype = 'f' LOOP
    EXECUTE format('SELECT t.kennung FROM %s q JOIN %s t ON t.id = q.%I WHERE q.id = $1 AND NOT EXISTS (SELECT FROM %s o WHERE o.id = t.id)', a.relation, c.rel, c.attname, c.ziel) INTO k USING id;
    IF k IS NOT NULL THEN
      liste := liste || format('%s „%s“', freigabe.titel(c.rel), k);
    END IF;
  END LOOP;
  RETURN nullif(array_to_string(liste, ', '), '');
END $$;

-- As in 0026. The state is set only where the copy follows: a release that waits keeps its version.
CREATE OR REPLACE FUNCTION freigabe.veroeffentliche(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); r record; offen uuid[] := ids; jetzt uuid[]; fid int;
BEGIN
  IF a.art = 'plan' THEN
    FOR fid IN SELECT f.id FROM fnp.fassung f WHERE f.plan_id = ANY (ids) AND f.aktuell ORDER BY f.id LOOP
      PERFORM freigabe.veroeffentliche_fassung(fid);
    END LOOP;
    RETURN;
  END IF;
  IF a.art = 'handlungsfeld' THEN
    PERFORM freigabe.veroeffentliche_akteur(h.akteur_id) FROM strategie.handlungsfeld h WHERE h.id = ANY (ids);
  END IF;
  LOOP
    EXECUTE format('SELECT array_agg(q.id) FROM %s q WHERE q.id = ANY ($1) AND (%s) AND %s', a.relation, a.bedingung, freigabe.ziele_oeffentlich(a.relation)) INTO jetzt USING offen;
    EXIT WHEN jetzt IS NULL;
    PERFORM freigabe.setze_zustand(a.art, jetzt, 'veroeffentlicht');
    PERFORM freigabe.uebertrage(a.relation::regclass, format('id = ANY (%L::uuid[])', jetzt), 'false');
    DELETE FROM freigabe.wartend w WHERE w.art = a.art AND w.id = ANY (jetzt);
    FOR r IN EXECUTE format('SELECT id, kennung, version FROM %s WHERE id = ANY ($1) ORDER BY kennung', a.relation) USING jetzt LOOP
      PERFORM freigabe.vermerke(a.art, split_part(a.relation, '.', 2), r.id, r.kennung, r.version);
    END LOOP;
    PERFORM freigabe.uebertrage_teile(a.art, jetzt);
    PERFORM freigabe.merke_gleichstand(a.art, jetzt);
    PERFORM freigabe.schliesse_antraege(a.art, jetzt);
    SELECT coalesce(array_agg(x), '{}') INTO offen FROM unnest(offen) x WHERE x <> ALL (jetzt);
  END LOOP;
  FOR r IN EXECUTE format('SELECT q.id, q.kennung, q.version FROM %s q WHERE q.id = ANY ($1) AND (%s) ORDER BY q.kennung', a.relation, a.bedingung) USING offen LOOP
    INSERT INTO freigabe.wartend VALUES (a.art, r.id, r.version) ON CONFLICT ON CONSTRAINT wartend_pkey DO UPDATE SET version = excluded.version, seit = excluded.seit;
    PERFORM audit.vermerke(a.relation, r.kennung, 'freigabe', freigabe.weg(a.art, r.id, r.version) || '{"wartet": true}');
  END LOOP;
  PERFORM freigabe.wartende(a.art);
END $$;
-- Requests another way has overtaken.
CREATE OR REPLACE FUNCTION freigabe.schliesse_antraege(art text, ids uuid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE freigabe.antrag x SET entscheid = 'ueberholt', entschieden_am = clock_timestamp() WHERE x.art = schliesse_antraege.art AND x.gegenstand_id = ANY (ids) AND x.entscheid IS NULL
$$;

-- Of owners with a draft on top the waiting links stay where they are: the draft's would leak.
CREATE OR REPLACE FUNCTION freigabe.wartende(neu text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art; ids uuid[];
BEGIN
  FOR a IN SELECT DISTINCT x.* FROM freigabe.art x JOIN freigabe.teil t USING (art) WHERE neu IS NULL OR t.bedingung LIKE '%oeffentlich.' || neu || '%' ORDER BY x.reihenfolge LOOP
    EXECUTE format('SELECT coalesce(array_agg(w.id), ''{}'') FROM %s w JOIN freigabe.gleichstand g ON g.art = $1 AND g.id = w.id AND g.version = w.version', a.relation) INTO ids USING a.art;
    PERFORM freigabe.uebertrage_teile(a.art, ids);
  END LOOP;
  FOR a IN SELECT DISTINCT x.* FROM freigabe.art x JOIN freigabe.wartend w USING (art) ORDER BY x.reihenfolge LOOP
    EXECUTE format('SELECT array_agg(q.id) FROM %s q JOIN freigabe.wartend w ON w.art = $1 AND w.id = q.id AND w.version = q.version WHERE (%s) AND %s', a.relation, a.bedingung, freigabe.ziele_oeffentlich(a.relation)) INTO ids USING a.art;
    IF ids IS NOT NULL THEN
      PERFORM freigabe.veroeffentliche(a.art, ids);
    END IF;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION freigabe.wartende() RETURNS void LANGUAGE sql AS $$
  SELECT freigabe.uebertrage_teile('massnahme', coalesce(array_agg(m.id), '{}')) FROM strategie.massnahme m JOIN freigabe.gleichstand g ON g.art = 'massnahme' AND g.id = m.id AND g.version = m.version;
$$;
CREATE OR REPLACE FUNCTION freigabe.oeffentlich_neueste(rel regclass, ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT z.id FROM %s z JOIN freigabe.art a ON a.relation::regclass = $2 JOIN freigabe.gleichstand g ON g.art = a.art AND g.id = z.id AND g.version = z.version WHERE z.id = ANY ($1)', rel) USING ids, rel;
END $$;
CREATE OR REPLACE FUNCTION freigabe.bereit(art text, ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art);
BEGIN
  RETURN QUERY EXECUTE format('SELECT q.id FROM %s q WHERE q.id = ANY ($1) AND (%s) AND q.veroeffentlichung <> ''archiviert'' AND NOT EXISTS (SELECT FROM freigabe.gleichstand g WHERE g.art = $2 AND g.id = q.id AND g.version = q.version)
    AND %s', a.relation, a.bedingung, freigabe.ziele_oeffentlich(a.relation)) USING ids, a.art;
END $$;
CREATE OR REPLACE FUNCTION freigabe.entwuerfe(ids uuid[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art; summe bigint := 0; zahl bigint;
BEGIN
  FOR a IN SELECT * FROM freigabe.art LOOP
    EXECUTE format('SELECT count(*) FROM %s z WHERE z.id = ANY ($1) AND NOT EXISTS (SELECT FROM freigabe.gleichstand g WHERE g.art = $2 AND g.id = z.id AND g.version = z.version)', a.relation) INTO zahl USING ids, a.art;
    summe := summe + zahl;
  END LOOP;
  RETURN summe;
END $$;

