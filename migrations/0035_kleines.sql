-- Small things: what pages ask of rights, titles of views, undo of one area.
SET LOCAL ROLE zielraum_owner;

-- What staff's pages ask before they show the way to a form.
GRANT EXECUTE ON FUNCTION freigabe.eigene_von(text, text, text) TO zielraum_staff;

-- As in 0009. Of several sources at one depth the one whose name begins most like the view's comes
-- first (flaeche_sicht: flaeche): a column many tables have was called as in whichever was made first.
CREATE OR REPLACE FUNCTION audit.betitle_sicht(sicht regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c record;
  name_ name := (SELECT relname FROM pg_class WHERE oid = sicht);
BEGIN
  FOR c IN
    SELECT a.attname, (SELECT col_description(q.quelle, b.attnum) FROM audit.quellen(sicht) q JOIN pg_class k ON k.oid = q.quelle
        JOIN pg_attribute b ON b.attrelid = q.quelle AND b.attname = a.attname AND NOT b.attisdropped
        WHERE col_description(q.quelle, b.attnum) IS NOT NULL
        ORDER BY q.tiefe, (SELECT count(*) FROM generate_series(1, length(name_)) n WHERE left(name_, n) = left(k.relname, n)) DESC, q.quelle LIMIT 1) AS titel
    FROM pg_attribute a WHERE a.attrelid = sicht AND a.attnum > 0 AND col_description(sicht, a.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', sicht, c.attname, c.titel);
  END LOOP;
END $$;

-- Undo, finer than in 0032: what the triggers of another row made of a row (its version, its state
-- of publication: a plan whose area is edited, a measure that gets a step) is no change of it. It
-- is neither taken back nor in the way, and is derived anew when the area or step goes back. Of a
-- changed row only the changed fields go back; only a later change of the same fields is in the way.
CREATE FUNCTION audit.felder_der_zeile(relation text, schluessel text, zeile bigint, daten jsonb) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(e.k ORDER BY e.k), '{}') FROM jsonb_each(daten) e (k, v)
    LEFT JOIN LATERAL (SELECT z.daten FROM audit.zeile z WHERE z.relation = $1 AND z.schluessel = $2 AND z.id < $3 AND z.art IN ('neu', 'geaendert') ORDER BY z.id DESC LIMIT 1) a ON true
  WHERE e.k NOT IN ('version', 'seit', 'veroeffentlichung') AND a.daten -> e.k IS DISTINCT FROM e.v
$$;
-- Rows of a change that can be taken back. felder: the columns it changed; NULL: the whole row, as
-- of a row that came or went and of what is audited by its content alone (areas of a plan).
CREATE FUNCTION audit.eingriffe(aenderung bigint) RETURNS TABLE (relation text, schluessel text, vorher boolean, nachher boolean, felder text[]) LANGUAGE sql STABLE AS $$
  SELECT * FROM (
    SELECT w.relation, w.schluessel, w.vorher, w.nachher,
      CASE WHEN w.vorher AND w.nachher AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(w.relation) AND t.tgname = 'audit_neu') THEN (
        SELECT audit.felder_der_zeile(w.relation, w.schluessel, min(z.id), (array_agg(z.daten ORDER BY z.id DESC))[1])
        FROM audit.zeile z WHERE z.aenderung_id = $1 AND z.relation = w.relation AND z.schluessel = w.schluessel AND z.art IN ('neu', 'geaendert', 'geloescht')) END AS felder
    FROM audit.wirkung($1) w) x
  WHERE x.felder IS NULL OR cardinality(x.felder) > 0
$$;
CREATE FUNCTION audit.urheber_in_worten(wer text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(regexp_replace(wer, '^konto:(\S+)( \(Schlüssel .*\))?$', 'Konto \1'), '^kommandozeile:(.*)$', 'Kommandozeile (\1)')
$$;
CREATE OR REPLACE FUNCTION audit.nimm_zurueck(nummer bigint) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ziel audit.aenderung; r record; k record; phase text; hier bigint := audit.laufende(); zahl int := 0; n int; spalten text; setze text; paar text; eigner uuid[]; ga freigabe.art;
BEGIN
  SELECT * INTO ziel FROM audit.aenderung WHERE lfd = nummer;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Eine Änderung mit der Nummer % gibt es nicht.', nummer USING ERRCODE = 'ZR008';
  END IF;
  SELECT x.lfd, x.wer INTO k FROM audit.zeile z JOIN audit.aenderung x ON x.id = z.aenderung_id WHERE z.relation = 'audit.aenderung' AND z.schluessel = nummer::text AND z.art = 'ruecknahme';
  IF FOUND THEN
    RAISE EXCEPTION 'Die Änderung % ist schon zurückgenommen (durch Änderung %).', nummer, k.lfd USING ERRCODE = 'ZR008';
  END IF;
  IF EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = ziel.id AND z.art = 'import') THEN
    RAISE EXCEPTION 'Die Änderung % ist ein Import; ein Import wird nicht zurückgenommen. Bitte die frühere Datei noch einmal einlesen: sie wird eine neue Fassung.', nummer USING ERRCODE = 'ZR008';
  ELSIF EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = ziel.id AND z.art = 'freigabe') THEN
    RAISE EXCEPTION 'Die Änderung % hat etwas veröffentlicht; das wird nicht zurückgenommen. Bitte die Veröffentlichung zurückziehen.', nummer USING ERRCODE = 'ZR008';
  ELSIF EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = ziel.id AND z.relation = 'freigabe.antrag') THEN
    RAISE EXCEPTION 'Die Änderung % ist ein Schritt der Freigabe. Bitte den Antrag dort zurückgeben oder zurücknehmen.', nummer USING ERRCODE = 'ZR008';
  ELSIF NOT EXISTS (SELECT FROM audit.eingriffe(ziel.id)) THEN
    RAISE EXCEPTION 'Die Änderung % hat keine Zeile geändert, die sich zurücknehmen lässt.', nummer USING ERRCODE = 'ZR008';
  END IF;
  PERFORM set_config('zielraum.ruecknahme', hier::text, true);

  -- Locked first: whoever changed a row meanwhile is seen by the next question, not overwritten.
  FOR r IN SELECT w.relation, array_agg(w.schluessel) AS s FROM audit.eingriffe(ziel.id) w GROUP BY 1 ORDER BY 1 LOOP
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s x WHERE %s FOR UPDATE) y', r.relation, audit.zeilenwahl(r.relation::regclass)) USING r.s;
  END LOOP;
  SELECT x.lfd, x.wer, x.warum, x.versiegelt, z.relation, z.schluessel, e.felder INTO k FROM audit.eingriffe(ziel.id) w JOIN audit.zeile z USING (relation, schluessel) JOIN audit.aenderung x ON x.id = z.aenderung_id
      CROSS JOIN LATERAL (SELECT CASE z.art WHEN 'geaendert' THEN audit.felder_der_zeile(z.relation, z.schluessel, z.id, z.daten) END AS felder) e
    WHERE x.lfd > nummer AND z.art IN ('neu', 'geaendert', 'geloescht') AND (e.felder IS NULL OR cardinality(e.felder) > 0 AND (w.felder IS NULL OR w.felder && e.felder)) ORDER BY x.lfd, z.id LIMIT 1;
  IF FOUND THEN
    SELECT string_agg(split_part(split_part(coalesce(col_description(a.attrelid, a.attnum), a.attname), E'\n', 1), ' [', 1), ', ' ORDER BY a.attnum) INTO phase
      FROM pg_attribute a WHERE a.attrelid = k.relation::regclass AND a.attname = ANY (k.felder);
    RAISE EXCEPTION 'Die Änderung % lässt sich nicht zurücknehmen: „%“ (%) wurde danach noch einmal geändert%, in Änderung % von % am % („%“). Bitte erst diese zurücknehmen.', nummer,
      split_part(coalesce(obj_description(k.relation::regclass), k.relation), E'\n', 1), audit.bezeichnung(k.relation, k.schluessel), coalesce(' (' || phase || ')', ''), k.lfd, audit.urheber_in_worten(k.wer),
      to_char(k.versiegelt AT TIME ZONE 'Europe/Berlin', 'DD.MM.YYYY HH24:MI'), k.warum USING ERRCODE = 'ZR008';
  END IF;
  -- A row that goes must not take along what others hung on it.
  FOR r IN SELECT w.relation, array_agg(w.schluessel) AS s FROM audit.eingriffe(ziel.id) w WHERE NOT w.vorher AND w.nachher GROUP BY 1 LOOP
    FOR k IN SELECT f.conrelid::regclass AS kind, v.schema_ || '.' || v.tabelle AS name_, c.attname AS spalte, p.attname AS eltern FROM pg_constraint f
        JOIN audit.verfolgte() v ON v.relation = f.conrelid JOIN pg_attribute c ON c.attrelid = f.conrelid AND f.conkey = ARRAY[c.attnum] JOIN pg_attribute p ON p.attrelid = f.confrelid AND f.confkey = ARRAY[p.attnum]
        WHERE f.contype = 'f' AND f.confrelid = r.relation::regclass LOOP
      EXECUTE format('SELECT %s FROM %s x WHERE x.%I IN (SELECT %I FROM %s x WHERE %s) AND NOT EXISTS (SELECT FROM audit.eingriffe($2) w WHERE w.relation = %L AND w.schluessel = %s) LIMIT 1',
        audit.schluesselausdruck(k.kind), k.kind, k.spalte, k.eltern, r.relation, audit.zeilenwahl(r.relation::regclass), k.name_, audit.schluesselausdruck(k.kind)) INTO phase USING r.s, ziel.id;
      IF phase IS NOT NULL THEN
        RAISE EXCEPTION 'Die Änderung % lässt sich nicht zurücknehmen: an „%“ (%) hängt inzwischen „%“ (%). Bitte erst dieses lösen oder löschen.', nummer,
          split_part(coalesce(obj_description(r.relation::regclass), r.relation), E'\n', 1), (SELECT string_agg(audit.bezeichnung(r.relation, s), ', ') FROM unnest(r.s) s),
          split_part(coalesce(obj_description(k.kind), k.name_), E'\n', 1), audit.bezeichnung(k.name_, phase) USING ERRCODE = 'ZR008';
      END IF;
    END LOOP;
  END LOOP;

  FOR r IN
    WITH RECURSIVE fk AS (SELECT DISTINCT conrelid AS kind, confrelid AS eltern FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid),
      w AS (SELECT x.relation, x.relation::regclass AS rel, array_agg(x.schluessel) FILTER (WHERE NOT x.vorher AND x.nachher) AS fort,
          array_agg(x.schluessel) FILTER (WHERE x.vorher AND NOT x.nachher) AS her, array_agg(x.schluessel) FILTER (WHERE x.vorher AND x.nachher) AS um FROM audit.eingriffe(ziel.id) x GROUP BY 1),
      rang (rel, tiefe) AS (SELECT rel::oid, 0 FROM w UNION SELECT fk.kind, tiefe + 1 FROM rang JOIN fk ON fk.eltern = rang.rel WHERE tiefe < 12),
      g AS (SELECT w.*, (SELECT max(tiefe) FROM rang WHERE rang.rel = w.rel) AS tiefe, EXISTS (SELECT FROM fk JOIN w y ON y.rel = fk.kind WHERE fk.eltern = w.rel) AS eltern FROM w)
    SELECT 1 AS schritt, 'fort' AS was, g.relation, g.rel, g.fort AS s, -tiefe AS folge FROM g WHERE NOT g.eltern AND g.fort IS NOT NULL
    UNION ALL SELECT 2, 'her', g.relation, g.rel, g.her, tiefe FROM g WHERE g.her IS NOT NULL
    UNION ALL SELECT 3, 'um', g.relation, g.rel, g.um, tiefe FROM g WHERE g.um IS NOT NULL
    UNION ALL SELECT 4, 'fort', g.relation, g.rel, g.fort, -tiefe FROM g WHERE g.eltern AND g.fort IS NOT NULL ORDER BY 1, 6, 3
  LOOP
    IF r.was = 'fort' THEN
      EXECUTE format('DELETE FROM %s x WHERE %s', r.rel, audit.zeilenwahl(r.rel)) USING r.s;
    ELSE
      SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
             string_agg(format('%1$I = CASE WHEN h._felder IS NULL OR %1$L = ANY (h._felder) THEN h.%1$I ELSE x.%1$I END', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE a.attname NOT IN ('version', 'seit', 'kennung', 'veroeffentlichung'))
        INTO spalten, setze FROM pg_attribute a WHERE a.attrelid = r.rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND NOT a.attname = ANY (audit.personenfelder(r.rel));
      SELECT string_agg(format('x.%1$I = h.%1$I', a.attname), ' AND ') INTO paar FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = r.rel AND i.indisprimary;
      -- The state before the change is the first one it ended.
      EXECUTE format(CASE r.was WHEN 'um' THEN 'UPDATE %1$s x SET %2$s FROM (%4$s) h WHERE %3$s' ELSE 'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (%4$s) h ON CONFLICT DO NOTHING' END, r.rel, setze, paar,
        format('SELECT DISTINCT ON (%1$s) x.*, e.felder AS _felder FROM %2$s_historie x JOIN audit.eingriffe($2) e ON e.relation = %4$L AND e.schluessel = %1$s WHERE x.beendet_durch = $2 AND %3$s ORDER BY %1$s, lower(x.zeitraum)',
          audit.schluesselausdruck(r.rel), r.rel, audit.zeilenwahl(r.rel), r.relation),
        spalten, regexp_replace(regexp_replace(regexp_replace(spalten, '(^|, )seit(,|$)', '\1clock_timestamp()\2'), '(^|, )version(,|$)', '\1version + 1\2'), '(^|, )veroeffentlichung(,|$)', '\1''entwurf''\2')) USING r.s, ziel.id;
    END IF;
    GET DIAGNOSTICS n = ROW_COUNT;
    zahl := zahl + n;
  END LOOP;

  -- Whatever was put back is a draft: it passes the release again, and no part leaks through a version that looks published.
  FOR ga IN SELECT * FROM freigabe.art LOOP
    EXECUTE format('SELECT array_agg(x.id) FROM %1$s x WHERE x.id::text IN (SELECT w.schluessel FROM audit.eingriffe($1) w WHERE w.relation = %2$L AND w.vorher)', ga.relation, ga.relation) INTO eigner USING ziel.id;
    FOR k IN SELECT t.relation, t.eigner FROM freigabe.teil t JOIN audit.verfolgte() v ON v.relation = t.relation::regclass WHERE t.art = ga.art
        AND EXISTS (SELECT FROM audit.eingriffe(ziel.id) w WHERE w.relation = t.relation) LOOP
      EXECUTE format('SELECT coalesce($3, ''{}'') || coalesce(array_agg(y.eigner), ''{}'') FROM (
          SELECT x.%1$I AS eigner FROM %2$s x WHERE %4$s IN (SELECT schluessel FROM audit.eingriffe($1) WHERE relation = %3$L)
          UNION SELECT x.%1$I FROM %2$s_historie x WHERE x.beendet_durch IN ($1, $2) AND %4$s IN (SELECT schluessel FROM audit.eingriffe($1) WHERE relation = %3$L)) y WHERE y.eigner IS NOT NULL',
        k.eigner, k.relation, k.relation, audit.schluesselausdruck(k.relation::regclass)) INTO eigner USING ziel.id, hier, eigner;
    END LOOP;
    EXECUTE format('UPDATE %s SET veroeffentlichung = CASE WHEN veroeffentlichung IN (''veroeffentlicht'', ''in_freigabe'') THEN ''entwurf'' ELSE veroeffentlichung END WHERE id = ANY ($1)', ga.relation) USING eigner;
  END LOOP;
  PERFORM audit.vermerke('audit.aenderung', nummer::text, 'ruecknahme', jsonb_build_object('lfd', nummer, 'wer', ziel.wer, 'warum', ziel.warum, 'zeilen', zahl));
  PERFORM set_config('zielraum.ruecknahme', '', true);
  RETURN zahl;
END $$;
-- Whose a change is: for every row of it that can be taken back the rows whose state and office decide
-- about it (its owner's, the row's own, or none), so that an undo asks for the rights of an edit.
-- Nothing for a change that is never taken back.
CREATE FUNCTION audit.betroffene(nummern bigint[]) RETURNS TABLE (lfd bigint, relation text, vorher boolean, nachher boolean, art text, id uuid, zustand text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  a record; r record; o record; gefunden boolean;
BEGIN
  FOR a IN SELECT x.* FROM audit.aenderung x WHERE x.lfd = ANY (nummern)
      AND NOT EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = x.id AND (z.art IN ('import', 'freigabe') OR z.relation = 'freigabe.antrag'))
      AND NOT EXISTS (SELECT FROM audit.zeile z WHERE z.relation = 'audit.aenderung' AND z.schluessel = x.lfd::text AND z.art = 'ruecknahme') LOOP
    FOR r IN SELECT * FROM audit.eingriffe(a.id) LOOP
      gefunden := false;
      lfd := a.lfd; relation := r.relation; vorher := r.vorher; nachher := r.nachher;
      FOR o IN
        SELECT g.art, g.relation AS tabelle, CASE WHEN g.relation = r.relation THEN r.schluessel ELSE (SELECT z.daten ->> t.eigner FROM audit.zeile z WHERE z.aenderung_id = a.id AND z.relation = r.relation AND z.schluessel = r.schluessel ORDER BY z.id LIMIT 1) END AS nummer
        FROM freigabe.art g LEFT JOIN freigabe.teil t ON t.art = g.art AND t.relation = r.relation WHERE g.relation = r.relation OR t.relation IS NOT NULL
        UNION ALL SELECT 'plan', 'fnp.plan', f.plan_id::text FROM fnp.fassung f WHERE r.relation IN ('fnp.flaeche', 'fnp.ueberlagerung', 'fnp.linie', 'fnp.punkt') AND f.id = split_part(r.schluessel, '/', 1)::int
      LOOP
        CONTINUE WHEN o.nummer IS NULL;
        gefunden := true;
        art := o.art; id := o.nummer::uuid; zustand := NULL;
        EXECUTE format('SELECT veroeffentlichung FROM %s WHERE id = $1', o.tabelle) INTO zustand USING id;
        RETURN NEXT;
      END LOOP;
      IF NOT gefunden THEN
        art := NULL; id := NULL; zustand := NULL;
        RETURN NEXT;
      END IF;
    END LOOP;
  END LOOP;
END $$;

RESET ROLE;
