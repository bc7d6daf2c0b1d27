SELECT count(*) FROM Events
----
SELECT count(*) FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events"
====
SELECT `n`, "n", N FROM public.events AS E WHERE e.n & 1 = 1
----
SELECT "n", "n", "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "e" WHERE "e"."n" & 1 = 1
====
SELECT [1, 2], array_length(make_array(1, n)) FROM events
----
SELECT [1, 2], array_length(make_array(1, "n")) FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "events"
====
SELECT n FROM "Events"
----
-- refused, UnknownTable: Resource 'Events' not found (at byte 14)
====
SELECT u.x FROM events AS e CROSS JOIN unnest(e.tags) AS u(x)
----
SELECT "u"."x" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT 9223372036854775807) AS "e" CROSS JOIN unnest("e"."tags") AS "u" ("x")
====
SELECT arrow_cast(n, 'Int8') FROM events
----
-- refused, NotAllowed: the function `arrow_cast` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * FROM 'x.csv'
----
-- refused, NotUnderstood: a table's name stands in single quotes (at byte 14)
====
SELECT * FROM read_csv('x')
----
-- refused, NotAllowed: the table function `read_csv` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM generate_series(1, 3)
----
-- refused, NotAllowed: the table function `generate_series` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM information_schema.tables
----
-- refused, UnknownTable: Resource 'information_schema.tables' not found (at byte 14)
====
SHOW TABLES
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
DESCRIBE secret
----
-- refused, NotUnderstood: `DESCRIBE` is not understood here (at byte 0); hint: only SELECT is accepted
====
EXPLAIN SELECT 1
----
-- refused, NotUnderstood: `EXPLAIN` is not understood here (at byte 0); hint: only SELECT is accepted
====
COPY events TO 'x'
----
-- refused, NotUnderstood: `COPY` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT 'a\' FROM countries
----
SELECT 'a\' FROM "public"."countries" AS "countries"
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
