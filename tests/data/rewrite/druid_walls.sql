SELECT count(*) FROM events
----
SELECT count(*) FROM (SELECT * FROM "druid"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT N FROM Events
----
-- refused, UnknownTable: Resource 'Events' not found (at byte 14)
====
SELECT TIME_FLOOR(__time, 'P1D'), CURRENT_TIMESTAMP FROM events GROUP BY 1
----
SELECT TIME_FLOOR("__time", 'P1D'), CURRENT_TIMESTAMP FROM (SELECT * FROM "druid"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" GROUP BY 1
====
SELECT n FROM druid.events AS e WHERE e.n = 1
----
SELECT "n" FROM (SELECT * FROM "druid"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e" WHERE "e"."n" = 1
====
SELECT e.n FROM events AS e CROSS JOIN UNNEST(ARRAY['a']) AS u (x)
----
SELECT "e"."n" FROM (SELECT * FROM "druid"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e" CROSS JOIN UNNEST(ARRAY ['a']) AS "u" ("x")
====
SELECT * FROM TABLE(EXTERN('{}', '{}'))
----
-- refused, NotAllowed: the function `EXTERN` is not permitted (at byte 20); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * FROM TABLE(INLINE('x'))
----
-- refused, NotAllowed: the function `INLINE` is not permitted (at byte 20); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT LOOKUP(n, 'names') FROM events
----
-- refused, NotAllowed: the function `LOOKUP` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * FROM lookup.names
----
-- refused, UnknownTable: Resource 'lookup.names' not found (at byte 14)
====
SELECT * FROM sys.segments
----
-- refused, UnknownTable: Resource 'sys.segments' not found (at byte 14)
====
SELECT * FROM INFORMATION_SCHEMA.TABLES
----
-- refused, UnknownTable: Resource 'INFORMATION_SCHEMA.TABLES' not found (at byte 14)
====
SELECT * FROM view.v
----
-- refused, UnknownTable: Resource 'view.v' not found (at byte 14)
====
SELECT 'a' // ' 
 UNION ALL SELECT k FROM secret -- '
----
-- refused, NotUnderstood: `//` begins a comment for some engines (at byte 11); hint: write `--`
====
SELECT current_user FROM events
----
SELECT "current_user" FROM (SELECT * FROM "druid"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
INSERT INTO x SELECT 1
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 0); hint: only SELECT is accepted
====
SET a = 1; SELECT 1
----
-- refused, NotUnderstood: `SET` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT n FROM events WHERE n = ?
----
-- refused, NotUnderstood: `?` is not understood here (at byte 31)
====
