SELECT (SELECT count(*) FROM handlungsfeld z WHERE id = ANY ($1) AND NOT EXISTS (SELECT FROM oeffentlich.handlungsfeld o WHERE o.id = z.id AND o.version = z.version))
  + (SELECT count(*) FROM ziel z WHERE id = ANY ($1) AND NOT EXISTS (SELECT FROM oeffentlich.ziel o WHERE o.id = z.id AND o.version = z.version))
  + (SELECT count(*) FROM massnahme z WHERE id = ANY ($1) AND NOT EXISTS (SELECT FROM oeffentlich.massnahme o WHERE o.id = z.id AND o.version = z.version))
  + (SELECT count(*) FROM gebiet z WHERE id = ANY ($1) AND NOT EXISTS (SELECT FROM oeffentlich.gebiet o WHERE o.id = z.id AND o.version = z.version)) AS "zahl!"
