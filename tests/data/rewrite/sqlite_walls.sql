SELECT count(*), sum(n) FROM events
----
SELECT count(*), sum(n) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
select * from EVENTS e where e.n > 1 limit 10 FORMAT CSV
----
select * from (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "e" where e.n > 1 limit 10
-- format: CSV
====
SELECT e.n FROM events e LEFT JOIN orders o ON e.user_id = o.id
----
SELECT e.n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "e" LEFT JOIN (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "o" ON e.user_id = o.id
====
SELECT n FROM main.events WHERE main.events.n = 1
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" WHERE events.n = 1
====
SELECT [n] FROM [events]
----
-- refused, NotUnderstood: `[` has no place in a query (at byte 7)
====
SELECT `n` FROM `events`
----
SELECT "n" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n FROM 'events'
----
-- refused, NotUnderstood: a table's name stands in single quotes (at byte 14)
====
SELECT n FROM events WHERE n IN orders
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 32); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
WITH a AS (SELECT n FROM events) SELECT n FROM a WHERE n IN a
----
WITH __pc_0 AS (SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events") SELECT n FROM __pc_0 AS "a" WHERE n IN __pc_0
====
WITH events AS (SELECT * FROM events) SELECT * FROM events
----
-- refused, NotUnderstood: `events` is a WITH query and a table in one statement (at byte 30); hint: give the WITH query another name
====
SELECT name FROM sqlite_master
----
-- refused, UnknownTable: Resource 'sqlite_master' not found (at byte 17)
====
SELECT * FROM pragma_table_list
----
-- refused, UnknownTable: Resource 'pragma_table_list' not found (at byte 14)
====
SELECT * FROM json_each('[1,2]')
----
SELECT * FROM json_each('[1,2]')
====
SELECT n FROM (events JOIN orders USING (org_id))
----
SELECT n FROM ((SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" JOIN (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "orders" USING (org_id))
====
VALUES (1, 2), (3, 4)
----
VALUES (1, 2), (3, 4)
====
SELECT x'4142', 1 << 2, ~1, 'a' || 'b', tags ->> '$.a' FROM events
----
SELECT x'4142', 1 << 2, ~ 1, 'a' || 'b', tags ->> '$.a' FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT key, "index", n FROM (SELECT 1 AS key, 2 AS "index", n FROM events)
----
SELECT "key", "index", n FROM (SELECT 1 AS "key", 2 AS "index", n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events")
====
SELECT load_extension('x')
----
-- refused, NotAllowed: the function `load_extension` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events INDEXED BY i
----
-- refused, NotUnderstood: `INDEXED` is not understood here (at byte 21)
====
SELECT n FROM events NOT INDEXED
----
-- refused, NotUnderstood: `NOT` is not understood here (at byte 21)
====
ATTACH 'x' AS y
----
-- refused, NotUnderstood: `ATTACH` is not understood here (at byte 0); hint: only SELECT is accepted
====
PRAGMA query_only
----
-- refused, NotUnderstood: `PRAGMA` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT n FROM events WHERE n ISNULL OR n NOT NULL OR user_id GLOB 'a*' ESCAPE 'x'
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" WHERE n ISNULL OR n NOT NULL OR user_id GLOB 'a*' ESCAPE 'x'
====
SELECT sum(n) FILTER (WHERE n > 1) OVER w FROM events WINDOW w AS (ORDER BY n)
----
SELECT sum(n) FILTER (WHERE n > 1) OVER w FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" WINDOW w AS (ORDER BY n)
====
SELECT n FROM events ORDER BY n COLLATE NOCASE DESC LIMIT 5 OFFSET 2
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" ORDER BY n COLLATE NOCASE DESC LIMIT 5 OFFSET 2
====
SELECT 'a\' || n FROM events
----
SELECT 'a\' || n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n FROM secret
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 14)
====
SELECT rowid FROM events
----
SELECT rowid FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
