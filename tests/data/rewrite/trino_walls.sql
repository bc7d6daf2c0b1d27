SELECT count(*) FROM Events
----
SELECT count(*) FROM (SELECT * FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "Events"
====
SELECT E.N FROM web.events AS E
----
-- refused, UnknownTable: Resource 'web.events' not found (at byte 16)
====
SELECT n FROM events AS e CROSS JOIN UNNEST(e.tags) AS u (x)
----
SELECT "n" FROM (SELECT * FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "e" CROSS JOIN UNNEST("e"."tags") AS "u" ("x")
====
SELECT filter(tags, x -> x > 1), CAST(n AS varchar) FROM events
----
SELECT filter("tags", "x" -> "x" > 1), CAST("n" AS varchar) FROM (SELECT * FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events"
====
SELECT n FROM events OFFSET 1
----
SELECT "n" FROM (SELECT * FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events" OFFSET 1
====
SELECT 'a\' FROM countries
----
SELECT 'a\' FROM "hive"."web"."countries" AS "countries"
====
SELECT * FROM TABLE(system.query('SELECT 1'))
----
-- refused, NotUnderstood: `(` is not understood here (at byte 32)
====
SELECT * FROM TABLE(cat.system.query(query => 'x'))
----
-- refused, NotUnderstood: `(` is not understood here (at byte 36)
====
SELECT n FROM "events$partitions"
----
-- refused, UnknownTable: Resource 'events$partitions' not found (at byte 14)
====
SELECT * FROM system.runtime.queries
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
SELECT * FROM information_schema.tables
----
-- refused, UnknownTable: Resource 'information_schema.tables' not found (at byte 14)
====
SELECT n FROM events FOR VERSION AS OF 1
----
-- refused, NotUnderstood: `FOR` is not understood here (at byte 21)
====
SELECT n FROM events MATCH_RECOGNIZE (x)
----
-- refused, NotUnderstood: `MATCH_RECOGNIZE` is not understood here (at byte 21)
====
WITH FUNCTION f() RETURNS int RETURN 1 SELECT f()
----
-- refused, NotUnderstood: `f` is not understood here (at byte 14)
====
SHOW TABLES
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
EXECUTE p
----
-- refused, NotUnderstood: `EXECUTE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT current_user
----
SELECT "current_user"
====
SELECT current_groups()
----
-- refused, NotAllowed: the function `current_groups` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n::int FROM events
----
-- refused, NotUnderstood: `::` is not understood here (at byte 8)
====
SELECT U&'\0041'
----
-- refused, NotUnderstood: `&` stands before a quote (at byte 8); hint: put a space between them
====
SELECT `n` FROM events
----
-- refused, NotUnderstood: ``` has no place in a query (at byte 7)
====
SELECT n FROM other.web.events
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT INTERVAL n::bigint DAY FROM events
----
-- refused, NotUnderstood: `::` is not understood here (at byte 17)
====
SELECT INTERVAL '1' DAY FROM events
----
SELECT INTERVAL '1' DAY FROM (SELECT *, __pc_t."day" AS "day" FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events"
====
SELECT CAST(n AS ROW(select bigint)) FROM events
----
SELECT CAST("n" AS ROW("select" bigint)) FROM (SELECT * FROM "hive"."web"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events"
====
SELECT CAST(n AS decimal(select, 1)) FROM events
----
-- refused, NotUnderstood: `select` is not understood here (at byte 25)
====
