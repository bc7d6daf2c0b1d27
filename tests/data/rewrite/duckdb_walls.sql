SELECT count(*), sum(n) FROM Events
----
SELECT count(*), sum("n") FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "Events"
====
SELECT "N" FROM "EVENTS" AS e WHERE e.n = 1
----
SELECT "N" FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "e" WHERE "e"."n" = 1
====
SELECT [1, n], list_filter([1, 2], x -> x > 1), tags[1], n::hugeint FROM events
----
SELECT [1, "n"], list_filter([1, 2], "x" -> "x" > 1), "tags"[1], "n"::hugeint FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "events"
====
SELECT n FROM events WHERE user_id LIKE 'a\' OR n & 1 = 1
----
SELECT "n" FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "events" WHERE "user_id" LIKE 'a\' OR "n" & 1 = 1
====
SELECT x FROM range(3) AS r(x)
----
SELECT "x" FROM range(3) AS "r" ("x")
====
SELECT e.n FROM events AS e, unnest(e.tags) AS u(t)
----
SELECT "e"."n" FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "e", unnest("e"."tags") AS "u" ("t")
====
SELECT n FROM events QUALIFY row_number() OVER (ORDER BY n) = 1
----
SELECT "n" FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "events" QUALIFY row_number() OVER (ORDER BY "n") = 1
====
SELECT name FROM countries
----
SELECT "name" FROM "main"."countries" AS "countries"
====
SELECT E'a\tb'
----
SELECT 'a	b'
====
SELECT n FROM main.events WHERE n IN (1, 2)
----
SELECT "n" FROM (WITH RECURSIVE __pc_w AS (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807) AS "events" WHERE "n" IN (1, 2)
====
