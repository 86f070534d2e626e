import type pg from "pg";
import type { Attached, OnServer, Routine } from "../sql-routines.ts";

/** The first object that is no part of PostgreSQL itself. */
const first_oid = 16384;

/**
 * Functions that see what was committed after their call: the volatile ones. What extensions and C bring is left out.
 * A body that is neither SQL nor PL/pgSQL cannot be read here.
 */
const routines_query = `
  SELECT p.proname AS name,
         CASE WHEN p.prosrc = '' THEN substring(pg_get_functiondef(p.oid) FROM '(BEGIN ATOMIC.*|RETURN .*)$')
              WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc END AS body,
         (SELECT max(o.oprname) FROM pg_operator o WHERE o.oprcode = p.oid) AS operator
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
   WHERE p.oid >= ${first_oid} AND p.prokind = 'f' AND p.provolatile = 'v' AND l.lanname NOT IN ('c', 'internal')
     AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
     AND NOT EXISTS (SELECT 1 FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;

/**
 * Triggers and rules run statements of their own; views, defaults, checks and policies may call functions. A statement
 * comes to the triggers of a table also by way of its parent, of a view of it, and of a foreign key that cascades.
 */
const attached_query = `
  WITH RECURSIVE way (here, there, cascades) AS (
    SELECT inhparent, inhrelid, false FROM pg_inherits
     UNION
    SELECT r.ev_class, d.refobjid, false FROM pg_rewrite r
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
     WHERE r.rulename = '_RETURN' AND d.refobjid <> r.ev_class AND d.refobjid >= ${first_oid}
     UNION
    SELECT confrelid, conrelid, true FROM pg_constraint
     WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd'))
  ), reached (here, there, is_far, cascades) AS (
    SELECT tgrelid, tgrelid, false, false FROM pg_trigger WHERE NOT tgisinternal
     UNION
    SELECT w.here, r.there, true, w.cascades OR r.cascades FROM reached r JOIN way w ON w.there = r.here
  )
  SELECT c.relname AS table, 'trigger ' || t.tgname AS what, false AS is_part,
         CASE WHEN l.lanname = 'plpgsql' THEN p.prosrc END AS body,
         CASE WHEN w.cascades THEN ARRAY['update', 'delete'] WHEN w.is_far THEN ARRAY['insert', 'update', 'delete']
              ELSE array_remove(ARRAY[CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END,
                                      CASE WHEN t.tgtype & 16 > 0 THEN 'update' END,
                                      CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END], NULL) END AS uses
    FROM pg_trigger t JOIN reached w ON w.there = t.tgrelid JOIN pg_class c ON c.oid = w.here
    JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
   WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND l.lanname NOT IN ('c', 'internal')
   UNION ALL
  SELECT c.relname, 'rule ' || r.rulename, false, regexp_replace(pg_get_ruledef(r.oid), '^.*? DO ', ''),
         ARRAY[CASE r.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' WHEN '4' THEN 'delete' ELSE 'read' END]
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
   WHERE r.rulename <> '_RETURN' AND c.oid >= ${first_oid}
   UNION ALL
  SELECT c.relname, 'view ' || c.relname, true, pg_get_viewdef(c.oid), ARRAY['read']
    FROM pg_class c WHERE c.relkind = 'v' AND c.oid >= ${first_oid}
   UNION ALL
  SELECT c.relname, 'the default of ' || a.attname, true, pg_get_expr(d.adbin, d.adrelid), ARRAY['insert']
    FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
   WHERE c.oid >= ${first_oid}
   UNION ALL
  SELECT c.relname, 'check ' || k.conname, true, pg_get_constraintdef(k.oid), ARRAY['insert', 'update']
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE k.contype = 'c' AND c.oid >= ${first_oid}
   UNION ALL
  SELECT c.relname, 'policy ' || p.polname, true,
         concat_ws(' AND ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), ARRAY['read']
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid`;

/** What this database runs inside of statements. */
export async function routinesOf(connection: pg.Client): Promise<OnServer> {
  const { rows: routines } = await connection.query<Routine>(routines_query);
  const { rows: attached } = await connection.query<Attached>(attached_query);
  return { routines, attached };
}
