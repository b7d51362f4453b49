-- Deliveries of tables (import strategie): compare, insert, change and replace rows of any
-- working table by its key. Rows travel as a JSON array and become table rows by
-- jsonb_populate_record, which keeps the stored value of every column a row does not have.
SET LOCAL ROLE zielraum_owner;

-- Per delivered row (nr from 0): stored or not, and what would change, column → [old, new].
CREATE FUNCTION freigabe.lieferung_vergleiche(rel regclass, schluessel text[], zeilen jsonb) RETURNS TABLE (nr int, id uuid, aenderungen jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE
  gespeichert text; geliefert text;
BEGIN
  SELECT string_agg(format('m.%I', s), ', '), string_agg(format('v.%I', s), ', ') INTO gespeichert, geliefert FROM unnest(schluessel) s;
  -- One jsonb key instead of IS NOT DISTINCT FROM: it can be hashed, or 50,000 rows would be compared pair by pair.
  RETURN QUERY EXECUTE format($q$
    WITH g AS MATERIALIZED (
      SELECT j.n::int - 1 AS nr, j.z, jsonb_build_array(%3$s) AS k FROM jsonb_array_elements($1) WITH ORDINALITY j (z, n) CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, j.z) v
    ), m AS MATERIALIZED (
      SELECT m.id, jsonb_build_array(%2$s) AS k FROM %1$s m
    ), beide AS (
      SELECT g.nr, g.z, m.id AS mid FROM g LEFT JOIN m USING (k)
    ), paar AS MATERIALIZED (
      SELECT b.nr, b.z, alt.id AS mid, to_jsonb(alt) AS alt, to_jsonb(jsonb_populate_record(alt, b.z)) AS neu FROM beide b JOIN %1$s alt ON alt.id = b.mid
    )
    SELECT b.nr, b.mid, (SELECT jsonb_object_agg(e.s, jsonb_build_array(p.alt -> e.s, p.neu -> e.s)) FROM jsonb_object_keys(p.z) e (s)
        WHERE e.s <> 'id' AND (p.alt -> e.s) IS DISTINCT FROM (p.neu -> e.s))
    FROM beide b LEFT JOIN paar p USING (nr) ORDER BY b.nr
  $q$, rel, gespeichert, geliefert) USING zeilen;
END $$;

-- Inserts rows; columns no row names get their default.
CREATE FUNCTION freigabe.lieferung_neu(rel regclass, zeilen jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  spalten text;
BEGIN
  SELECT string_agg(quote_ident(s), ', ') INTO spalten FROM jsonb_object_keys(zeilen -> 0) s;
  EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_recordset(NULL::%1$s, $1)', rel, spalten) USING zeilen;
END $$;

-- Changes stored rows, given by id. What can be published is a draft again; its public row stays.
CREATE FUNCTION freigabe.lieferung_geaendert(rel regclass, zeilen jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  setze text;
BEGIN
  SELECT string_agg(format('%1$I = r.%1$I', s), ', ') INTO setze FROM (SELECT DISTINCT s FROM jsonb_array_elements(zeilen) z, jsonb_object_keys(z) s WHERE s NOT IN ('id', 'kennung')) x;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'veroeffentlichung') THEN
    setze := concat_ws(', ', setze, 'veroeffentlichung = ''entwurf''');
  END IF;
  EXECUTE format('UPDATE %1$s z SET %2$s FROM jsonb_array_elements($1) j JOIN %1$s alt ON alt.id = (j ->> ''id'')::uuid
    CROSS JOIN LATERAL jsonb_populate_record(alt, j) r WHERE z.id = alt.id', rel, setze) USING zeilen;
END $$;

-- Owners (the first of these columns that is filled) whose stored set differs from the delivered one.
CREATE FUNCTION freigabe.lieferung_mengen(rel regclass, eigner text[], spalten text[], ids uuid[], zeilen jsonb) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  e text; liste text;
BEGIN
  SELECT 'coalesce(' || string_agg(quote_ident(s), ', ') || ')' INTO e FROM unnest(eigner) s;
  SELECT string_agg(quote_ident(s), ', ') INTO liste FROM unnest(spalten) s;
  RETURN QUERY EXECUTE format($q$
    WITH neu AS (SELECT %2$s AS eigner, %3$s FROM jsonb_populate_recordset(NULL::%1$s, $2)),
      alt AS (SELECT %2$s AS eigner, %3$s FROM %1$s WHERE %2$s = ANY ($1))
    SELECT DISTINCT eigner FROM ((TABLE neu EXCEPT ALL TABLE alt) UNION ALL (TABLE alt EXCEPT ALL TABLE neu)) x
  $q$, rel, e, liste) USING ids, zeilen;
END $$;

CREATE FUNCTION freigabe.lieferung_leere(rel regclass, eigner text[], ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE (SELECT format('DELETE FROM %s WHERE coalesce(%s) = ANY ($1)', rel, string_agg(quote_ident(s), ', ')) FROM unnest(eigner) s) USING ids;
END $$;

-- A new version of the owners: a changed part belongs to its owner, and a draft part would be
-- published with the other end if the owner still looked like its public version.
CREATE FUNCTION freigabe.lieferung_beruehre(rel regclass, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''entwurf'' WHERE id = ANY ($1)', rel) USING ids;
END $$;

-- Of these rows, those whose newest version is the public one.
CREATE FUNCTION freigabe.oeffentlich_neueste(rel regclass, ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT z.id FROM %s z JOIN oeffentlich.%I o USING (id, version) WHERE z.id = ANY ($1)', rel, (SELECT relname FROM pg_class WHERE oid = rel)) USING ids;
END $$;

-- Stored rows whose key is not among the delivered ones.
CREATE FUNCTION freigabe.lieferung_fehlende(rel regclass, schluessel text[], zeilen jsonb) RETURNS TABLE (id uuid, zeile jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE
  gespeichert text; geliefert text;
BEGIN
  SELECT string_agg(format('m.%I', s), ', '), string_agg(format('v.%I', s), ', ') INTO gespeichert, geliefert FROM unnest(schluessel) s;
  RETURN QUERY EXECUTE format($q$
    SELECT m.id, to_jsonb(m) FROM %1$s m WHERE NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::%1$s, $1) v WHERE jsonb_build_array(%3$s) = jsonb_build_array(%2$s))
  $q$, rel, gespeichert, geliefert) USING zeilen;
END $$;

-- Owners that have rows in a set table and are not among the given ones.
CREATE FUNCTION freigabe.lieferung_andere_eigner(rel regclass, eigner text[], ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE (SELECT format('SELECT DISTINCT coalesce(%2$s) FROM %1$s WHERE coalesce(%2$s) <> ALL ($1)', rel, string_agg(quote_ident(s), ', ')) FROM unnest(eigner) s) USING ids;
END $$;

-- Deletes rows; what was published is withdrawn first.
CREATE FUNCTION freigabe.lieferung_loesche(rel regclass, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a text;
BEGIN
  SELECT x.art INTO a FROM freigabe.art x WHERE x.relation::regclass = rel;
  IF a IS NOT NULL THEN
    PERFORM freigabe.ziehe_zurueck(a, ids);
  END IF;
  EXECUTE format('DELETE FROM %s WHERE id = ANY ($1)', rel) USING ids;
END $$;

-- Of these rows, those that differ from their public version and may be published now:
-- everything they point at that can be public is public.
CREATE FUNCTION freigabe.bereit(art text, ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art; name_ text; fehlt text;
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = bereit.art;
  name_ := split_part(a.relation, '.', 2);
  SELECT string_agg(format('AND (q.%1$I IS NULL OR EXISTS (SELECT FROM oeffentlich.%2$I t WHERE t.id = q.%1$I))', s.attname, z.relname), ' ') INTO fehlt
    FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid JOIN pg_attribute s ON s.attrelid = k.conrelid AND k.conkey = ARRAY[s.attnum]
    WHERE k.conrelid = ('oeffentlich.' || quote_ident(name_))::regclass AND k.contype = 'f' AND z.relname IN (SELECT split_part(x.relation, '.', 2) FROM freigabe.art x);
  RETURN QUERY EXECUTE format('SELECT q.id FROM %s q WHERE q.id = ANY ($1) AND (%s) AND NOT EXISTS (SELECT FROM oeffentlich.%I o WHERE o.id = q.id AND o.version = q.version) %s',
    a.relation, a.bedingung, name_, coalesce(fehlt, '')) USING ids;
END $$;

-- Of these rows, how many differ from their public version.
CREATE FUNCTION freigabe.entwuerfe(ids uuid[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art; summe bigint := 0; zahl bigint;
BEGIN
  FOR a IN SELECT * FROM freigabe.art LOOP
    EXECUTE format('SELECT count(*) FROM %s z WHERE z.id = ANY ($1) AND NOT EXISTS (SELECT FROM oeffentlich.%I o WHERE o.id = z.id AND o.version = z.version)', a.relation, split_part(a.relation, '.', 2)) INTO zahl USING ids;
    summe := summe + zahl;
  END LOOP;
  RETURN summe;
END $$;

-- Columns added to a history after it was made (audit.verfolge again) take the title of their table.
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT n.nspname, h.relname, a.attname, col_description(t.oid, b.attnum) AS titel
      FROM pg_class h JOIN pg_namespace n ON n.oid = h.relnamespace JOIN pg_class t ON t.relnamespace = n.oid AND h.relname = t.relname || '_historie'
      JOIN pg_attribute a ON a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = a.attname
      WHERE col_description(h.oid, a.attnum) IS NULL AND col_description(t.oid, b.attnum) IS NOT NULL LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', r.nspname, r.relname, r.attname, r.titel);
  END LOOP;
END $$;
RESET ROLE;
