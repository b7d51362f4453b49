-- The tables of restricted readers: the working row where they may read it (freigabe.arbeitsstand: their own, what
-- lies before them), else the published copy. A part is read with its object. In the other worlds this file does nothing.
--
-- No geometry waits behind a policy: the copy has none, and working rows are found by their keys (uuid comparisons
-- are leakproof) before anything else is asked. The policies of the working tables say the same once more.
DO $$
DECLARE
  hier name := current_schema(); r record; arbeit regclass; kopie regclass; spalten text; ersatz text; eigen text; fremd text;
BEGIN
  IF hier NOT IN ('leser', 'leser_damals') THEN
    RETURN;
  END IF;
  FOR r IN
    SELECT s.relation::regclass AS rel, split_part(s.relation, '.', 2) AS name_, s.wurzel, split_part(s.relation, '.', 2) AS art FROM freigabe.schutz s
    UNION ALL SELECT format('fnp.%I', x)::regclass, x, false, x FROM unnest(ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil']) x WHERE hier = 'leser'
    UNION ALL SELECT 'strategie.massnahme_historie', 'massnahme_historie', true, 'massnahme'
  LOOP
    arbeit := CASE hier WHEN 'leser' THEN r.rel ELSE to_regclass(format('damals.%I', r.name_)) END;
    kopie := to_regclass(format('%I.%I', CASE hier WHEN 'leser' THEN 'oeffentlich' ELSE 'oeffentlich_damals' END, r.name_));
    CONTINUE WHEN arbeit IS NULL; -- without a past of its own
    -- What the copy does not have is empty there: internal notes; its state is what it is.
    SELECT string_agg('x.' || quote_ident(a.attname), ', ' ORDER BY a.attnum),
      string_agg(CASE WHEN b.attname IS NOT NULL THEN 'x.' || quote_ident(a.attname) WHEN a.attname = 'veroeffentlichung' THEN '''veroeffentlicht''::text'
        WHEN a.atttypid = 'boolean'::regtype THEN 'false' ELSE 'NULL::' || format_type(a.atttypid, a.atttypmod) END, ', ' ORDER BY a.attnum)
      INTO spalten, ersatz FROM pg_attribute a LEFT JOIN pg_attribute b ON b.attrelid = kopie AND b.attname = a.attname AND NOT b.attisdropped
      WHERE a.attrelid = arbeit AND a.attnum > 0 AND NOT a.attisdropped;
    IF r.wurzel THEN
      eigen := format('x.id = ANY (ARRAY(SELECT freigabe.arbeitsstand(%L)))', r.art);
      fremd := format('x.id <> ALL (ARRAY(SELECT freigabe.arbeitsstand(%L)))', r.art);
    ELSE
      SELECT string_agg(format('x.%I = ANY (ARRAY(SELECT freigabe.%s))', e.spalte, e.wahl), ' OR ') || format(' OR num_nonnulls(%s) = 0', string_agg('x.' || quote_ident(e.spalte), ', ')),
          string_agg(format('(x.%1$I IS NULL OR x.%1$I <> ALL (ARRAY(SELECT freigabe.%2$s)))', e.spalte, e.wahl), ' AND ') || format(' AND num_nonnulls(%s) > 0', string_agg('x.' || quote_ident(e.spalte), ', '))
        INTO eigen, fremd
        FROM (SELECT spalte, CASE art WHEN 'fassung' THEN 'arbeitsfassungen()' ELSE format('arbeitsstand(%L)', art) END AS wahl FROM freigabe.eigner(r.rel) WHERE r.name_ <> ALL ('{flaeche,ueberlagerung,linie,punkt,anteil}')
          UNION ALL SELECT 'fassung_id', 'arbeitsfassungen()' WHERE r.name_ = ANY ('{flaeche,ueberlagerung,linie,punkt,anteil}')) e;
      -- Without an owner: what the working table shows this reader, else the copy.
      IF eigen IS NULL THEN
        eigen := 'true';
        SELECT format('NOT EXISTS (SELECT FROM %s w WHERE %s)', arbeit, string_agg(format('w.%1$I = x.%1$I', a.attname), ' AND ')) INTO fremd
          FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = r.rel AND i.indisprimary;
      END IF;
    END IF;
    EXECUTE format('CREATE VIEW %I WITH (security_invoker = true) AS SELECT %s FROM %s x WHERE %s UNION ALL SELECT %s FROM %s x WHERE (SELECT freigabe.sieht(''veroeffentlicht'')) AND %s',
      r.name_, spalten, arbeit, eigen, ersatz, kopie, fremd);
  END LOOP;
END $$;
