-- Titles of findings that had none, releases that wait for what they point at, dead functions.
SET LOCAL ROLE zielraum_owner;

INSERT INTO fnp.befund_art (code, titel, rat) VALUES
  ('abgelehnt', 'Import abgelehnt', 'Nichts wurde gespeichert; bitte die Ursache beheben und die Datei noch einmal einlesen.'),
  ('gdal', 'Beim Lesen gemeldet', 'Bitte die Datei in der Quelle prüfen, wenn Objekte oder Felder fehlen.'),
  ('kein-utf8', 'Text nicht lesbar', 'Bitte den Zeichensatz in der Quelle berichtigen; nicht lesbare Zeichen sind durch „�“ ersetzt.'),
  ('plan-abgeloest', 'Plan abgelöst', 'Ist es derselbe Plan, bitte mit --plan als neue Lieferung einlesen; soll der bisherige wirksam bleiben, mit --stand entwurf.'),
  ('version-4-0', 'XPlanGML 4.0', 'Bitte Zahlen und Codes mit dem Plan vergleichen; gelesen wird nach den Regeln von 4.1.');

-- A release whose other end is no longer, or not yet, public (a goal below a draft Handlungsfeld, a
-- trend on a draft indicator) is kept for the version it was given for: an edit in between is a draft again.
CREATE TABLE freigabe.wartend (
  art text REFERENCES freigabe.art,
  id uuid,
  version int NOT NULL,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (art, id)
);
COMMENT ON TABLE freigabe.wartend IS E'Wartende Freigabe\nFreigegeben; öffentlich, sobald alles öffentlich ist, worauf der Gegenstand verweist.';
COMMENT ON COLUMN freigabe.wartend.art IS 'Art';
COMMENT ON COLUMN freigabe.wartend.id IS 'Interne Nummer';
COMMENT ON COLUMN freigabe.wartend.version IS 'Freigegebene Version';
COMMENT ON COLUMN freigabe.wartend.seit IS 'Stand';

-- Over a row q: everything it points at that can be public is public. Read from the foreign keys of the
-- copy, so that a new one is minded without being listed.
CREATE FUNCTION freigabe.ziele_oeffentlich(relation text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(string_agg(format('(q.%1$I IS NULL OR EXISTS (SELECT FROM oeffentlich.%2$I t WHERE t.id = q.%1$I))', s.attname, z.relname), ' AND '), 'true')
  FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid JOIN pg_attribute s ON s.attrelid = k.conrelid AND k.conkey = ARRAY[s.attnum]
  WHERE k.conrelid = ('oeffentlich.' || quote_ident(split_part(relation, '.', 2)))::regclass AND k.contype = 'f' AND z.relname IN (SELECT split_part(x.relation, '.', 2) FROM freigabe.art x)
$$;

CREATE OR REPLACE FUNCTION freigabe.bereit(art text, ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art;
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = bereit.art;
  RETURN QUERY EXECUTE format('SELECT q.id FROM %s q WHERE q.id = ANY ($1) AND (%s) AND NOT EXISTS (SELECT FROM oeffentlich.%I o WHERE o.id = q.id AND o.version = q.version) AND %s',
    a.relation, a.bedingung, split_part(a.relation, '.', 2), freigabe.ziele_oeffentlich(a.relation)) USING ids;
END $$;

-- As in 0022; what points at a draft waits instead of failing. Of one call the upper goal goes first.
CREATE OR REPLACE FUNCTION freigabe.veroeffentliche(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art;
  r record;
  offen uuid[] := ids;
  jetzt uuid[];
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = veroeffentliche.art;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  LOOP
    EXECUTE format('SELECT array_agg(q.id) FROM %s q WHERE q.id = ANY ($1) AND (%s) AND %s', a.relation, a.bedingung, freigabe.ziele_oeffentlich(a.relation)) INTO jetzt USING offen;
    EXIT WHEN jetzt IS NULL;
    EXECUTE format('UPDATE %s SET veroeffentlichung = ''veroeffentlicht'' WHERE id = ANY ($1) AND veroeffentlichung <> ''veroeffentlicht''', a.relation) USING jetzt;
    PERFORM freigabe.uebertrage(a.relation::regclass, format('id = ANY (%L::uuid[])', jetzt), 'false');
    DELETE FROM freigabe.wartend w WHERE w.art = veroeffentliche.art AND w.id = ANY (jetzt);
    FOR r IN EXECUTE format('SELECT kennung, version FROM %s WHERE id = ANY ($1) ORDER BY kennung', a.relation) USING jetzt LOOP
      PERFORM freigabe.vermerke(veroeffentliche.art, r.kennung, r.version);
    END LOOP;
    PERFORM freigabe.uebertrage_teile(veroeffentliche.art, jetzt);
    SELECT coalesce(array_agg(x), '{}') INTO offen FROM unnest(offen) x WHERE x <> ALL (jetzt);
  END LOOP;
  FOR r IN EXECUTE format('SELECT q.id, q.kennung, q.version FROM %s q WHERE q.id = ANY ($1) AND (%s) ORDER BY q.kennung', a.relation, a.bedingung) USING offen LOOP
    INSERT INTO freigabe.wartend VALUES (veroeffentliche.art, r.id, r.version) ON CONFLICT ON CONSTRAINT wartend_pkey DO UPDATE SET version = excluded.version, seit = excluded.seit;
    PERFORM audit.vermerke(a.relation, r.kennung, 'freigabe', jsonb_build_object('version', r.version, 'vier_augen', false, 'weg', 'Kommandozeile', 'wartet', true));
  END LOOP;
  PERFORM freigabe.wartende(veroeffentliche.art);
END $$;

-- As in 0022; besides, a link between two of the same kind waits too, and whole releases wait.
CREATE OR REPLACE FUNCTION freigabe.wartende(neu text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art; ids uuid[];
BEGIN
  FOR a IN SELECT DISTINCT x.* FROM freigabe.art x JOIN freigabe.teil t USING (art) WHERE neu IS NULL OR t.bedingung LIKE '%oeffentlich.' || neu || '%' ORDER BY x.reihenfolge LOOP
    EXECUTE format('SELECT coalesce(array_agg(w.id), ''{}'') FROM %s w JOIN oeffentlich.%I o USING (id, version)', a.relation, split_part(a.relation, '.', 2)) INTO ids;
    PERFORM freigabe.uebertrage_teile(a.art, ids);
  END LOOP;
  FOR a IN SELECT DISTINCT x.* FROM freigabe.art x JOIN freigabe.wartend w USING (art) ORDER BY x.reihenfolge LOOP
    EXECUTE format('SELECT array_agg(q.id) FROM %s q JOIN freigabe.wartend w ON w.art = $1 AND w.id = q.id AND w.version = q.version WHERE (%s) AND %s', a.relation, a.bedingung, freigabe.ziele_oeffentlich(a.relation)) INTO ids USING a.art;
    IF ids IS NOT NULL THEN
      PERFORM freigabe.veroeffentliche(a.art, ids);
    END IF;
  END LOOP;
END $$;

-- As in 0022; a release that waits is withdrawn too.
CREATE OR REPLACE FUNCTION freigabe.ziehe_zurueck(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art; name_ text;
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = ziehe_zurueck.art;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unbekannte Art %', art;
  END IF;
  name_ := split_part(a.relation, '.', 2);
  DELETE FROM freigabe.wartend w WHERE w.art = ziehe_zurueck.art AND w.id = ANY (ids);
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', name_) USING ids;
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', name_ || '_historie') USING ids;
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''intern'' WHERE id = ANY ($1)', a.relation) USING ids;
END $$;

-- Superseded: the rows of freigabe.teil, and the import of Ortsteile, which joins both worlds itself.
DROP FUNCTION freigabe.uebertrage_massnahmenteile(uuid[]);
DROP FUNCTION freigabe.verbund_nachfuehren(int);
RESET ROLE;
