-- Materialized views below a relation (itself included) that hold rows of our working schemas:
-- they were filled with the rights of their owner, who sees drafts.
WITH RECURSIVE baum(oid, abgelegt) AS (
    SELECT $1::oid, NULL::oid
  UNION
    SELECT d.refobjid, coalesce(b.abgelegt, CASE WHEN c.relkind = 'm' THEN c.oid END)
    FROM baum b
    JOIN pg_class c ON c.oid = b.oid
    JOIN pg_rewrite r ON r.ev_class = b.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> b.oid
)
SELECT DISTINCT format('%I.%I', m.nspname, k.relname)
FROM baum b
JOIN pg_class c ON c.oid = b.oid
JOIN pg_namespace n ON n.oid = c.relnamespace AND (n.nspname = ANY ($2) OR n.nspname IN ('audit', 'freigabe'))
JOIN pg_class k ON k.oid = b.abgelegt
JOIN pg_namespace m ON m.oid = k.relnamespace
ORDER BY 1
