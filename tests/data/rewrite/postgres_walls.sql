SELECT count(*), sum(n) FROM events
----
SELECT count(*), sum("n") FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
select Events.N from Events where EVENTS.n > 1
----
select "events"."n" from (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events" where "events"."n" > 1
====
SELECT n FROM "events" AS "E" WHERE "E".n = 1
----
SELECT "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "E" WHERE "E"."n" = 1
====
SELECT n FROM "Events"
----
-- refused, UnknownTable: Resource 'Events' not found (at byte 14)
====
SELECT n FROM public.events AS e LEFT JOIN orders AS o ON e.user_id = o.id
----
SELECT "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "e" LEFT JOIN (SELECT * FROM "public"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) UNION ALL SELECT * FROM "public"."orders" AS __pc_t WHERE FALSE OFFSET 0) AS "o" ON "e"."user_id" = "o"."id"
====
WITH A AS (SELECT n FROM events) SELECT a.n FROM a
----
WITH __pc_0 AS (SELECT "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events") SELECT "a"."n" FROM __pc_0 AS "a"
====
SELECT n::bigint, CAST(n AS double precision), ARRAY[1, n], tags[1], n & 3 FROM events
----
SELECT "n"::bigint, CAST("n" AS double precision), ARRAY [1, "n"], "tags"[1], "n" & 3 FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT u.x FROM events AS e CROSS JOIN unnest(e.tags) AS u(x)
----
SELECT "u"."x" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "e" CROSS JOIN unnest("e"."tags") AS "u" ("x")
====
SELECT E'it\'s\n', 'a\b', current_date, date_trunc('day', now()) FROM events
----
SELECT 'it''s
', E'a\\b', current_date, date_trunc('day', now()) FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT n FROM events ORDER BY n OFFSET 2 FETCH FIRST 3 ROWS ONLY
----
SELECT "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events" ORDER BY "n" OFFSET 2 FETCH FIRST 3 ROWS ONLY
====
SELECT DISTINCT ON (user_id) user_id, n FROM events ORDER BY user_id, n
----
SELECT DISTINCT ON ("user_id") "user_id", "n" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events" ORDER BY "user_id", "n"
====
SELECT name FROM countries
----
SELECT "name" FROM "public"."countries" AS "countries"
====
SELECT events.row_to_json FROM events
----
SELECT "events"."row_to_json" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT e FROM events AS e
----
SELECT "e" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "e"
====
SELECT tags -> 'a' ->> 'b' FROM events
----
SELECT "tags" -> 'a' ->> 'b' FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT row_number() OVER w, Offset_, "Left" FROM (SELECT 1 AS Offset_, 2 AS "Left") AS x WINDOW w AS (ORDER BY 1)
----
SELECT row_number() OVER "w", "offset_", "Left" FROM (SELECT 1 AS "offset_", 2 AS "Left") AS "x" WINDOW "w" AS (ORDER BY 1)
====
SELECT current_user, user FROM events
----
SELECT "current_user", "user" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT extract(day FROM current_timestamp) FROM events
----
SELECT extract(day FROM current_timestamp) FROM (SELECT *, __pc_t."day" AS "day" FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT *, __pc_t."day" AS "day" FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
