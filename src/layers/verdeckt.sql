-- Functions a view calls (through other views too) whose body is text and which may
-- read tables: they hide what the layer depends on (no dependency is recorded). And
-- those that run as their owner, whatever their body. Our own views for restricted readers
-- and for the past ask the rights of the reader by functions of freigabe: these are meant.
WITH RECURSIVE sicht(oid) AS (
    SELECT $1::oid
  UNION
    SELECT d.refobjid
    FROM sicht s
    JOIN pg_rewrite r ON r.ev_class = s.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                    AND d.refclassid = 'pg_class'::regclass
)
SELECT DISTINCT p.oid::regprocedure::text
FROM sicht s
JOIN pg_class c ON c.oid = s.oid
JOIN pg_rewrite r ON r.ev_class = s.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_proc'::regclass
JOIN pg_proc p ON p.oid = d.refobjid
JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname NOT IN ('internal', 'c')
  AND (p.prosecdef OR p.prosqlbody IS NULL AND p.provolatile <> 'i')
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
  AND NOT coalesce(c.relowner = p.proowner AND p.pronamespace = to_regnamespace('freigabe')
           AND c.relnamespace IN (to_regnamespace('leser'), to_regnamespace('damals'), to_regnamespace('leser_damals')), false)
ORDER BY 1
