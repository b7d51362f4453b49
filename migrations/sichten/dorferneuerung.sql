-- Layer of the village-renewal areas. Written without schema: run once per world.
CREATE VIEW gebiet_sicht WITH (security_invoker = true) AS
SELECT g.kennung, g.name, o.kennung AS ortsteil, o.name AS ortsteil_name, t.titel AS typ, g.stand, s.titel AS stand_titel, g.traeger,
  g.verfahren, g.verfahrensnummer, g.beantragt_am, g.angeordnet_am, g.abgeschlossen_am, g.flaeche_m2,
  (SELECT count(*)::int FROM gebiet_massnahme gm WHERE gm.gebiet_id = g.id) AS projekte, g.geom::geometry(MultiPolygon, 25832) AS geom
FROM gebiet g JOIN gebiet_typ t ON t.schluessel = g.typ JOIN gebiet_stand s ON s.schluessel = g.stand LEFT JOIN ortsteil o ON o.id = g.ortsteil_id;
COMMENT ON COLUMN gebiet_sicht.ortsteil IS 'Ortsteil (Kennung)';
COMMENT ON COLUMN gebiet_sicht.ortsteil_name IS 'Ortsteil';
COMMENT ON COLUMN gebiet_sicht.typ IS 'Art';
COMMENT ON COLUMN gebiet_sicht.stand_titel IS 'Stand (Klartext)';
COMMENT ON COLUMN gebiet_sicht.projekte IS 'Projekte';
