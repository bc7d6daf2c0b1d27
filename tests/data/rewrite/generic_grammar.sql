SELECT n -> 1 FROM events
----
-- refused, NotUnderstood: `->` is not understood here (at byte 9)
====
SELECT n ->> 1 FROM events
----
-- refused, NotUnderstood: `->` is not understood here (at byte 9)
====
SELECT n IN orders FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IN (orders) FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 13); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IS 1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 12)
====
SELECT n::int, n::decimal(10, 2) FROM events
----
SELECT n::int, n::decimal(10, 2) FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT x'41' FROM events
----
-- refused, NotUnderstood: a letter stands before a string (at byte 7); hint: put a space between them
====
SELECT events.n, public.events.n, EVENTS.N FROM events
----
SELECT events.n, events.n, EVENTS.N FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT n FROM events NATURAL JOIN orders
----
SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" NATURAL JOIN (SELECT * FROM "orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared"))) AS "orders"
====
SELECT n FROM events ANY JOIN orders
----
-- refused, NotUnderstood: `ANY` is not understood here (at byte 21)
====
SELECT n FROM (events)
----
SELECT n FROM ((SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events")
====
SELECT n FROM (VALUES (1), (2)) AS x (a)
----
SELECT n FROM (VALUES (1), (2)) AS x (a)
====
VALUES (1)
----
VALUES (1)
====
SELECT max(n, ) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 14)
====
SELECT (n AS x) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 10)
====
SELECT e.select, e.end FROM events e
----
SELECT e."select", e."end" FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e"
====
SELECT DAY FROM events
----
SELECT DAY FROM (SELECT *, __pc_t."day" AS "day" FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT Events.day FROM EVENTS
----
SELECT Events.day FROM (SELECT *, __pc_t."day" AS "day" FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "EVENTS"
====
SELECT DISTINCT ON (n) n FROM events
----
SELECT DISTINCT ON (n) n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT n FROM events LIMIT 1 OFFSET 2
----
SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" LIMIT 1 OFFSET 2
====
SELECT n FROM events FINAL
----
-- refused, NotUnderstood: `FINAL` is not understood here (at byte 21)
====
SELECT n FROM json_each('a')
----
-- refused, NotAllowed: the table function `json_each` is not permitted (at byte 14); hint: read a data source by its name
====
WITH x AS (SELECT n FROM events) SELECT * FROM X
----
WITH __pc_0 AS (SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events") SELECT * FROM __pc_0 AS "X"
====
WITH events AS (SELECT 1) SELECT * FROM public.events
----
WITH __pc_0 AS (SELECT 1) SELECT * FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT CAST(n AS double precision), CAST(n AS character varying(10)), CAST(n AS bigint unsigned), CAST(n AS signed) FROM events
----
SELECT CAST(n AS double precision), CAST(n AS character varying(10)), CAST(n AS bigint unsigned), CAST(n AS signed) FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT INTERVAL '1' DAY, DATE '2020-01-01', EXTRACT(day FROM n), TRIM(BOTH 'a' FROM n), SUBSTRING(n FROM 1 FOR 2), POSITION('a' IN n) FROM events
----
SELECT INTERVAL '1' DAY, DATE '2020-01-01', EXTRACT(day FROM n), TRIM(BOTH 'a' FROM n), SUBSTRING(n FROM 1 FOR 2), POSITION('a' IN n) FROM (SELECT *, __pc_t."day" AS "day" FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT n FROM events GROUP BY GROUPING SETS ((n), ())
----
SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" GROUP BY GROUPING SETS ((n), ())
====
