-- What the planner's questions look up by: anchors by place, links by what they point at.
SET LOCAL ROLE zielraum_owner;
DO $$
DECLARE
  welt text; geld text;
BEGIN
  FOREACH welt IN ARRAY ARRAY['strategie', 'oeffentlich'] LOOP
    geld := CASE welt WHEN 'strategie' THEN 'haushalt' ELSE welt END;
    EXECUTE format('CREATE INDEX zustaendigkeit_massnahme ON %I.zustaendigkeit (massnahme_id)', welt);
    EXECUTE format('CREATE INDEX sdg_bezug_massnahme ON %I.sdg_bezug (massnahme_id)', welt);
    EXECUTE format('CREATE INDEX beschluss_bezug_massnahme ON %I.beschluss_bezug (massnahme_id)', welt);
    EXECUTE format('CREATE INDEX foerderung_massnahme ON %I.foerderung (massnahme_id)', geld);
    EXECUTE format('CREATE INDEX fundstelle_massnahme ON %I.fundstelle (massnahme_id)', welt);
    EXECUTE format('CREATE INDEX verweis_geom ON %I.verweis USING gist (geom)', CASE welt WHEN 'strategie' THEN 'fnp' ELSE welt END);
    EXECUTE format('CREATE INDEX raumbezug_stadt ON %I.raumbezug (massnahme_id) WHERE art = ''gesamtstadt''', welt);
  END LOOP;
END $$;
RESET ROLE;
