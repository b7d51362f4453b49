-- Views below a view (itself included) that run with the rights of their owner and
-- could show what the reader may not see.
WITH RECURSIVE sicht(oid) AS (
    SELECT $1::oid
  UNION
    SELECT d.refobjid
    FROM sicht s
    JOIN pg_rewrite r ON r.ev_class = s.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                    AND d.refclassid = 'pg_class'::regclass
)
SELECT format('%I.%I', n.nspname, c.relname)
FROM sicht s
JOIN pg_class c ON c.oid = s.oid AND c.relkind = 'v'
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM unnest(c.reloptions) o
                  WHERE o IN ('security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes'))
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
