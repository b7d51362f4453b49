-- Withdrawing, discarding, archiving; requests and their decision; the end of a confidentiality.

-- Out of the public world in one step: the copy, its parts, what is derived from them, links of others
-- that point at it, releases that wait, and the public history of all of these.
CREATE OR REPLACE FUNCTION freigabe.ziehe_zurueck(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); kopie regclass := freigabe.kopie(a.relation::regclass); c record; k text; r record; teile boolean;
BEGIN
  DELETE FROM freigabe.wartend w WHERE w.art = a.art AND w.id = ANY (ids);
  PERFORM freigabe.schliesse_antraege(a.art, ids);
  IF a.art = 'plan' THEN
    PERFORM freigabe.ziehe_plan_zurueck(x) FROM unnest(ids) x;
  ELSE
    FOR c IN SELECT k2.conrelid::regclass AS von, s.attname AS spalte, s.attnotnull AS pflicht, k2.confdeltype AS weg, to_regclass(format('oeffentlich.%I', z.relname || '_historie')) AS historie,
          EXISTS (SELECT FROM freigabe.art x WHERE freigabe.kopie(x.relation::regclass) = k2.conrelid) AS gegenstand
        FROM pg_constraint k2 JOIN pg_class z ON z.oid = k2.conrelid JOIN pg_attribute s ON s.attrelid = k2.conrelid AND k2.conkey = ARRAY[s.attnum]
        WHERE k2.contype = 'f' AND k2.confrelid = kopie LOOP
      IF c.weg IN ('a', 'r') AND c.gegenstand THEN
        EXECUTE format('SELECT string_agg(''„'' || x.kennung || ''“'', '', '' ORDER BY x.kennung) FROM (SELECT y.kennung FROM %s y WHERE y.%I = ANY ($1) AND NOT (y.tableoid = $2 AND y.id = ANY ($1)) ORDER BY 1 LIMIT 5) x', c.von, c.spalte) INTO k USING ids, kopie;
        IF k IS NOT NULL THEN
          RAISE EXCEPTION '%: nicht zurückgezogen, weil Veröffentlichtes darauf verweist (% %). Bitte zuerst dieses zurückziehen.', freigabe.titel(a.relation::regclass), freigabe.titel(c.von), k USING ERRCODE = 'ZR006';
        END IF;
      END IF;
    END LOOP;
    EXECUTE format('DELETE FROM %s WHERE id = ANY ($1)', kopie) USING ids;
    FOR c IN SELECT s.attname AS spalte, to_regclass(format('oeffentlich.%I', z.relname || '_historie')) AS historie, EXISTS (SELECT FROM freigabe.art x WHERE freigabe.kopie(x.relation::regclass) = k2.conrelid) AND NOT s.attnotnull AS leeren
        FROM pg_constraint k2 JOIN pg_class z ON z.oid = k2.conrelid JOIN pg_attribute s ON s.attrelid = k2.conrelid AND k2.conkey = ARRAY[s.attnum] WHERE k2.contype = 'f' AND k2.confrelid = kopie LOOP
      CONTINUE WHEN c.historie IS NULL;
      EXECUTE format(CASE WHEN c.leeren THEN 'UPDATE %1$s SET %2$I = NULL WHERE %2$I = ANY ($1)' ELSE 'DELETE FROM %1$s WHERE %2$I = ANY ($1)' END, c.historie, c.spalte) USING ids;
    END LOOP;
    EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', split_part(a.relation, '.', 2) || '_historie') USING ids;
    IF a.art = 'massnahme' THEN
      DELETE FROM oeffentlich.verweis v WHERE NOT EXISTS (SELECT FROM oeffentlich.raumbezug x WHERE x.plan_id = v.plan_id AND x.flaeche_kennung = v.kennung);
      DELETE FROM oeffentlich.verweis_historie h WHERE NOT EXISTS (SELECT FROM oeffentlich.verweis v WHERE v.plan_id = h.plan_id AND v.kennung = h.kennung);
    END IF;
  END IF;
  FOR r IN EXECUTE format('SELECT q.kennung, q.version FROM %s q JOIN freigabe.gleichstand g ON g.art = $2 AND g.id = q.id WHERE q.id = ANY ($1) ORDER BY 1', a.relation) USING ids, a.art LOOP
    PERFORM audit.vermerke('oeffentlich.' || split_part(a.relation, '.', 2), r.kennung, 'ruecknahme', jsonb_build_object('version', r.version));
  END LOOP;
  DELETE FROM freigabe.gleichstand g WHERE g.art = a.art AND g.id = ANY (ids);
  EXECUTE format('SELECT coalesce(array_agg(id), ''{}'') FROM %s WHERE id = ANY ($1) AND veroeffentlichung <> ''archiviert''', a.relation) INTO ids USING ids;
  PERFORM freigabe.setze_zustand(a.art, ids, 'intern');
END $$;

-- What the public sees becomes the working state again, with all parts, also those that wait or are confidential.
CREATE OR REPLACE FUNCTION freigabe.verwirf(art text, id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); g freigabe.gleichstand; t freigabe.teil; spalten text; eigene text; pk text;
BEGIN
  SELECT * INTO g FROM freigabe.gleichstand x WHERE x.art = a.art AND x.id = verwirf.id;
  IF NOT FOUND THEN
    RAISE EXCEPTION '%: es gibt keine veröffentlichte Fassung, zu der man zurückkehren könnte. Bitte den Entwurf ändern oder löschen.', freigabe.wer(a.art, id) USING ERRCODE = 'ZR006';
  END IF;
  IF a.art = 'plan' THEN
    RAISE EXCEPTION '%: eine Fassung wird durch eine neue Lieferung ersetzt, nicht verworfen. Bitte die frühere Datei noch einmal einlesen.', freigabe.wer(a.art, id) USING ERRCODE = 'ZR006';
  END IF;
  PERFORM freigabe.schliesse_antraege(a.art, ARRAY[id]);
  DELETE FROM freigabe.wartend w WHERE w.art = a.art AND w.id = verwirf.id;
  PERFORM freigabe.erlaube();
  SELECT string_agg(format('%1$I = d.%1$I', spalte), ', ') INTO spalten FROM freigabe.spalten(a.relation::regclass) WHERE NOT erzeugt AND spalte NOT IN ('id', 'kennung', 'version', 'seit');
  EXECUTE format('UPDATE %s z SET %s FROM %s d WHERE z.id = $1 AND d.id = $1', a.relation, spalten, freigabe.damals(a.relation::regclass, g.zeit)) USING id;
  FOR t IN SELECT * FROM freigabe.teil x WHERE x.art = a.art AND x.nur = 'true' ORDER BY x.relation LOOP
    SELECT string_agg(quote_ident(w.attname), ', ') FILTER (WHERE w.attname <> 'seit'), string_agg(quote_ident(w.attname), ', ') INTO eigene, spalten
      FROM pg_attribute w WHERE w.attrelid = t.relation::regclass AND w.attnum > 0 AND NOT w.attisdropped AND w.attgenerated = '';
    SELECT string_agg(format('q.%1$I = d.%1$I', s.attname), ' AND ') INTO pk FROM pg_index i JOIN pg_attribute s ON s.attrelid = i.indrelid AND s.attnum = ANY (i.indkey) WHERE i.indrelid = t.relation::regclass AND i.indisprimary;
    EXECUTE format('DELETE FROM %1$s q WHERE q.%2$I = $1 AND NOT EXISTS (SELECT FROM %3$s d WHERE %4$s AND (%5$s) IS NOT DISTINCT FROM (%6$s))', t.relation, t.eigner, freigabe.damals(t.relation::regclass, g.zeit), pk,
      (SELECT string_agg('q.' || x, ', ') FROM unnest(string_to_array(eigene, ', ')) x), (SELECT string_agg('d.' || x, ', ') FROM unnest(string_to_array(eigene, ', ')) x)) USING id;
    EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s d WHERE d.%4$I = $1 AND NOT EXISTS (SELECT FROM %1$s q WHERE %5$s)', t.relation, eigene, freigabe.damals(t.relation::regclass, g.zeit), t.eigner, pk) USING id;
  END LOOP;
  EXECUTE format('UPDATE %s SET veroeffentlichung = ''veroeffentlicht'' WHERE id = $1 AND veroeffentlichung <> ''veroeffentlicht''', a.relation) USING id;
  PERFORM freigabe.sperre();
  PERFORM freigabe.merke_gleichstand(a.art, ARRAY[id]);
  -- Links whose other end was published meanwhile wait no longer.
  PERFORM freigabe.erneuere(a.art, id);
END $$;

CREATE OR REPLACE FUNCTION freigabe.archiviere(art text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.ziehe_zurueck(art, ids);
  PERFORM freigabe.setze_zustand(art, ids, 'archiviert');
END $$;

-- „Maßnahme „m-weg““, for sentences.
CREATE OR REPLACE FUNCTION freigabe.wer(art text, id uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); k text;
BEGIN
  EXECUTE format('SELECT kennung FROM %s WHERE id = $1', a.relation) INTO k USING id;
  RETURN freigabe.titel(a.relation::regclass) || coalesce(' „' || k || '“', '');
END $$;

-- ---------------------------------------------------------------- four eyes
-- The author of the transaction asks; of a public row with a draft on top the public keeps the old.
CREATE OR REPLACE FUNCTION freigabe.beantrage(antrag uuid, art text, id uuid, begruendung text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); q record; darf boolean; offen freigabe.antrag;
BEGIN
  EXECUTE format('SELECT kennung, version, veroeffentlichung FROM %s WHERE id = $1 FOR UPDATE', a.relation) INTO q USING id;
  EXECUTE format('SELECT coalesce(%s, false) FROM %s q WHERE q.id = $1', a.bedingung, a.relation) INTO darf USING id;
  IF NOT coalesce(darf, false) THEN
    RAISE EXCEPTION '%: wird nie veröffentlicht%.', freigabe.wer(a.art, id), CASE a.art WHEN 'beschluss' THEN ', weil er nicht öffentlich gefasst wurde' ELSE '' END USING ERRCODE = 'ZR006';
  END IF;
  IF EXISTS (SELECT FROM freigabe.gleichstand g WHERE g.art = a.art AND g.id = beantrage.id AND g.version = q.version) THEN
    RAISE EXCEPTION '%: ist so schon veröffentlicht; es gibt nichts freizugeben.', freigabe.wer(a.art, id) USING ERRCODE = 'ZR006';
  END IF;
  SELECT * INTO offen FROM freigabe.antrag x WHERE x.art = a.art AND x.gegenstand_id = beantrage.id AND x.entscheid IS NULL;
  IF offen.version = q.version THEN
    RAISE EXCEPTION '%: die Freigabe ist schon beantragt (% am %).', freigabe.wer(a.art, id), offen.beantragt_von, to_char(offen.beantragt_am AT TIME ZONE 'Europe/Berlin', 'DD.MM.YYYY') USING ERRCODE = 'ZR006';
  END IF;
  PERFORM freigabe.schliesse_antraege(a.art, ARRAY[id]);
  PERFORM freigabe.setze_zustand(a.art, ARRAY[id], 'in_freigabe');
  EXECUTE format('INSERT INTO freigabe.antrag (id, art, gegenstand_id, kennung, version, beantragt_von, begruendung) SELECT $2, $3, q.id, q.kennung, q.version, freigabe.urheber(), $4 FROM %s q WHERE q.id = $1', a.relation)
    USING id, antrag, a.art, begruendung;
END $$;

CREATE OR REPLACE FUNCTION freigabe.offener(antrag uuid) RETURNS freigabe.antrag LANGUAGE plpgsql AS $$
DECLARE
  x freigabe.antrag;
BEGIN
  SELECT * INTO x FROM freigabe.antrag y WHERE y.id = antrag FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Diesen Antrag auf Freigabe gibt es nicht.' USING ERRCODE = 'ZR006';
  ELSIF x.entscheid IS NOT NULL THEN
    RAISE EXCEPTION '%: über diesen Antrag ist schon entschieden (%, %).', freigabe.wer(x.art, x.gegenstand_id),
      CASE x.entscheid WHEN 'freigegeben' THEN 'freigegeben' WHEN 'zurueckgegeben' THEN 'zurückgegeben' WHEN 'zurueckgenommen' THEN 'zurückgenommen' ELSE 'überholt' END,
      to_char(x.entschieden_am AT TIME ZONE 'Europe/Berlin', 'DD.MM.YYYY HH24:MI') USING ERRCODE = 'ZR006';
  END IF;
  RETURN x;
END $$;

CREATE OR REPLACE FUNCTION freigabe.gib_frei(antrag uuid, anmerkung text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  x freigabe.antrag := freigabe.offener(antrag); v int;
BEGIN
  IF x.beantragt_von = freigabe.urheber() THEN
    RAISE EXCEPTION '%: wer die Freigabe beantragt hat, darf sie nicht selbst erteilen (vier Augen). Bitte eine zweite Person entscheiden lassen.', freigabe.wer(x.art, x.gegenstand_id) USING ERRCODE = 'ZR006';
  END IF;
  EXECUTE format('SELECT version FROM %s WHERE id = $1 FOR UPDATE', (freigabe.art_(x.art)).relation) INTO v USING x.gegenstand_id;
  IF v IS DISTINCT FROM x.version THEN
    RAISE EXCEPTION '%: seit dem Antrag vom % wurde geändert: %. Bitte den neuen Stand ansehen und die Freigabe neu beantragen lassen.', freigabe.wer(x.art, x.gegenstand_id),
      to_char(x.beantragt_am AT TIME ZONE 'Europe/Berlin', 'DD.MM.YYYY HH24:MI'), CASE WHEN v IS NULL THEN 'der Eintrag wurde gelöscht' ELSE coalesce(freigabe.seither(x.art, x.gegenstand_id, x.beantragt_am), 'der Zustand') END USING ERRCODE = 'ZR006';
  END IF;
  UPDATE freigabe.antrag y SET entscheid = 'freigegeben', entschieden_von = freigabe.urheber(), entschieden_am = clock_timestamp(), anmerkung = nullif(gib_frei.anmerkung, '') WHERE y.id = antrag;
  PERFORM freigabe.veroeffentliche(x.art, ARRAY[x.gegenstand_id]);
END $$;

CREATE OR REPLACE FUNCTION freigabe.gib_zurueck(antrag uuid, anmerkung text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  x freigabe.antrag := freigabe.offener(antrag); eigen boolean := x.beantragt_von = freigabe.urheber();
BEGIN
  UPDATE freigabe.antrag y SET entscheid = CASE WHEN eigen THEN 'zurueckgenommen' ELSE 'zurueckgegeben' END, entschieden_von = CASE WHEN eigen THEN NULL ELSE freigabe.urheber() END,
    entschieden_am = clock_timestamp(), anmerkung = nullif(gib_zurueck.anmerkung, '') WHERE y.id = antrag;
  PERFORM freigabe.setze_zustand(x.art, ARRAY[x.gegenstand_id], 'entwurf');
END $$;

-- ---------------------------------------------------------------- confidentiality takes effect
-- The copy of the published version under the rules of now: a draft on top stays inside.
CREATE OR REPLACE FUNCTION freigabe.erneuere(art text, id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); g freigabe.gleichstand; t record; v record; frisch boolean; h text;
BEGIN
  SELECT * INTO g FROM freigabe.gleichstand x WHERE x.art = a.art AND x.id = erneuere.id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('SELECT version = $2 FROM %s WHERE id = $1', a.relation) INTO frisch USING id, g.version;
  FOR t IN SELECT a.relation, 'id' AS eigner, 'true' AS nur, 'true' AS bedingung, false AS weg UNION ALL SELECT x.relation, x.eigner, x.nur, x.bedingung, true FROM freigabe.teil x WHERE x.art = a.art LOOP
    PERFORM freigabe.uebertrage(t.relation::regclass, format('q.%I = %L AND (%s) AND (%s)', t.eigner, id, t.nur, t.bedingung), CASE WHEN t.weg THEN format('z.%I = %L AND (%s)', t.eigner, id, t.nur) ELSE 'false' END,
      CASE WHEN frisch THEN t.relation ELSE freigabe.damals(t.relation::regclass, g.zeit) END);
    h := format('oeffentlich.%I', split_part(t.relation, '.', 2) || '_historie');
    FOR v IN SELECT * FROM freigabe.verdeckt(t.relation::regclass, 'h') LOOP
      EXECUTE format(CASE WHEN v.feld = '*' THEN 'DELETE FROM %1$s h WHERE h.%2$I = $1 AND (%3$s)' ELSE 'UPDATE %1$s h SET %4$I = NULL WHERE h.%2$I = $1 AND (%3$s) AND %4$I IS NOT NULL' END, h, t.eigner, v.wenn, v.feld) USING id;
    END LOOP;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION freigabe.vertraulich_anwenden(relation text, kennung text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rel regclass := relation::regclass; t record; o uuid;
BEGIN
  FOR t IN SELECT x.art, x.relation, 'id' AS eigner FROM freigabe.art x WHERE x.relation = vertraulich_anwenden.relation
      UNION ALL SELECT x.art, x.relation, x.eigner FROM freigabe.teil x WHERE x.relation = vertraulich_anwenden.relation LOOP
    -- Its own rows, now and then, and the owner itself, whose parts may be in the past alone.
    FOR o IN EXECUTE format('SELECT DISTINCT q.%1$I FROM %2$s q WHERE $1 = ANY (%3$s) AND q.%1$I IS NOT NULL UNION SELECT h.%1$I FROM %2$s_historie h WHERE $1 = ANY (%4$s) AND h.%1$I IS NOT NULL', t.eigner, rel, freigabe.schluessel(rel, 'q'), freigabe.schluessel(rel, 'h')) USING kennung LOOP
      PERFORM freigabe.erneuere(t.art, o);
    END LOOP;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION freigabe.setze_vertraulich(relation text, kennung text, spalte text, bis date, grund text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rel regclass; da boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM freigabe.art a WHERE a.relation = setze_vertraulich.relation UNION ALL SELECT FROM freigabe.teil t WHERE t.relation = setze_vertraulich.relation) THEN
    RAISE EXCEPTION 'Eine Tabelle „%“, deren Zeilen veröffentlicht werden, gibt es nicht. Möglich sind: %.', relation,
      (SELECT string_agg(x, ', ' ORDER BY x) FROM (SELECT a.relation AS x FROM freigabe.art a UNION SELECT t.relation FROM freigabe.teil t) y) USING ERRCODE = 'ZR006';
  END IF;
  rel := relation::regclass;
  IF freigabe.weise(rel, spalte) IS NULL THEN
    RAISE EXCEPTION '%: das Feld „%“ lässt sich nicht vertraulich halten. Möglich ist: %. Wer einen Pflichteintrag verbergen will, zieht den ganzen Eintrag zurück.', freigabe.titel(rel), spalte,
      coalesce((SELECT string_agg(x, ', ' ORDER BY x) FROM (SELECT s.spalte::text AS x FROM freigabe.spalten(rel) s UNION SELECT '*') y WHERE freigabe.weise(rel, x) IS NOT NULL), 'nichts') USING ERRCODE = 'ZR006';
  END IF;
  IF bis < freigabe.heute() THEN
    RAISE EXCEPTION 'Die Frist % ist schon vorbei. Bitte den letzten Tag der Vertraulichkeit angeben oder ihn weglassen (unbefristet).', to_char(bis, 'DD.MM.YYYY') USING ERRCODE = 'ZR006';
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM %s q WHERE $1 = ANY (%s))', rel, freigabe.schluessel(rel, 'q')) INTO da USING kennung;
  FOR rel IN SELECT a.relation::regclass FROM freigabe.teil t JOIN freigabe.art a USING (art) WHERE t.relation = setze_vertraulich.relation LOOP
    EXIT WHEN da;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s e WHERE e.kennung = $1)', rel) INTO da USING kennung;
  END LOOP;
  IF NOT da THEN
    RAISE EXCEPTION '%: einen Eintrag „%“ gibt es nicht.', freigabe.titel(relation::regclass), kennung USING ERRCODE = 'ZR006';
  END IF;
  INSERT INTO freigabe.vertraulich AS v (relation, kennung, spalte, bis, grund) VALUES (setze_vertraulich.relation, setze_vertraulich.kennung, setze_vertraulich.spalte, setze_vertraulich.bis, setze_vertraulich.grund)
    ON CONFLICT ON CONSTRAINT vertraulich_pkey DO UPDATE SET bis = excluded.bis, grund = excluded.grund;
  -- With an end date the entry takes over from the flag, which knows none.
  IF setze_vertraulich.relation = 'haushalt.finanzwert' THEN
    PERFORM freigabe.erlaube();
    UPDATE haushalt.finanzwert f SET vertraulich = false WHERE f.id::text = setze_vertraulich.kennung AND f.vertraulich;
    PERFORM freigabe.sperre();
  END IF;
  PERFORM freigabe.vertraulich_anwenden(setze_vertraulich.relation, setze_vertraulich.kennung);
END $$;

CREATE OR REPLACE FUNCTION freigabe.hebe_auf(relation text, kennung text, spalte text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM freigabe.vertraulich v WHERE v.relation = hebe_auf.relation AND v.kennung = hebe_auf.kennung AND v.spalte = hebe_auf.spalte;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM freigabe.vertraulich_anwenden(hebe_auf.relation, hebe_auf.kennung);
  RETURN true;
END $$;

-- Entries whose last day has passed; returns how many.
CREATE OR REPLACE FUNCTION freigabe.hebe_abgelaufene_auf() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v freigabe.vertraulich; zahl int := 0;
BEGIN
  FOR v IN SELECT * FROM freigabe.vertraulich x WHERE x.bis < freigabe.heute() ORDER BY 1, 2, 3 FOR UPDATE SKIP LOCKED LOOP
    PERFORM freigabe.hebe_auf(v.relation, v.kennung, v.spalte);
    zahl := zahl + 1;
  END LOOP;
  RETURN zahl;
END $$;
