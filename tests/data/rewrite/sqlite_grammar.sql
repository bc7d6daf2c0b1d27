SELECT n | 1, n & 1, ~n, n << 1, n >> 1, n -> 'a', n ->> 'a', n || 'b', x'4142' FROM events
----
SELECT n | 1, n & 1, ~ n, n << 1, n >> 1, n -> 'a', n ->> 'a', n || 'b', x'4142' FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n IS 1, n IS NOT user_id, n IS DISTINCT FROM 1, n IS NULL, n ISNULL, n NOTNULL, n NOT NULL FROM events
----
SELECT n IS 1, n IS NOT user_id, n IS DISTINCT FROM 1, n IS NULL, n ISNULL, n NOTNULL, n NOT NULL FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n GLOB 'a*', n NOT GLOB 'a*', n REGEXP 'a', n LIKE 'a' ESCAPE '!' FROM events
----
SELECT n GLOB 'a*', n NOT GLOB 'a*', n REGEXP 'a', n LIKE 'a' ESCAPE '!' FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n::int FROM events
----
-- refused, NotUnderstood: `::` is not understood here (at byte 8)
====
SELECT n ? 1 : 2 FROM events
----
-- refused, NotUnderstood: `?` is not understood here (at byte 9)
====
SELECT n[1] FROM events
----
-- refused, NotUnderstood: `[` has no place in a query (at byte 8)
====
SELECT {a:Int8} FROM events
----
-- refused, NotUnderstood: `a` is not understood here (at byte 8)
====
SELECT {'a': 1} FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 8)
====
SELECT (n AS x) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 10)
====
SELECT max(n AS x) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 13)
====
SELECT n.1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 9)
====
SELECT events.'n' FROM events
----
-- refused, NotUnderstood: `'n'` is not understood here (at byte 14)
====
SELECT events.select, events.n.a.b FROM events
----
SELECT events."select", events.n.a.b FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT () FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 8)
====
SELECT max(n, ) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 14)
====
SELECT [1] FROM events
----
-- refused, NotUnderstood: `[` has no place in a query (at byte 7)
====
SELECT columns(n) FROM events
----
-- refused, NotAllowed: the function `columns` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * EXCEPT n FROM events
----
-- refused, NotUnderstood: `n` is not understood here (at byte 16)
====
SELECT * FROM events EXCEPT SELECT * FROM events
----
SELECT * FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" EXCEPT SELECT * FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT max(n)(1) FROM events
----
-- refused, NotUnderstood: `(` is not understood here (at byte 13)
====
SELECT CAST(n AS x AS int) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 19)
====
SELECT CAST(n AS character varying(10)), CAST(n AS big unsigned) FROM events
----
SELECT CAST(n AS character varying(10)), CAST(n AS big unsigned) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n IN events FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n GLOBAL IN (1) FROM events
----
-- refused, NotUnderstood: `GLOBAL` is not understood here (at byte 9)
====
SELECT n IN (1, 2), n NOT IN (SELECT n FROM events) FROM events
----
SELECT n IN (1, 2), n NOT IN (SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events") FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n FROM events NATURAL JOIN orders
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" NATURAL JOIN (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "orders"
====
SELECT n FROM events NATURAL LEFT JOIN orders
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" NATURAL LEFT JOIN (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "orders"
====
SELECT n FROM events GLOBAL JOIN orders
----
-- refused, NotUnderstood: `GLOBAL` is not understood here (at byte 21)
====
SELECT n FROM events ANY JOIN orders
----
-- refused, NotUnderstood: `ANY` is not understood here (at byte 21)
====
SELECT n FROM events JOIN orders USING n
----
-- refused, NotUnderstood: `n` is not understood here (at byte 39)
====
SELECT n FROM events JOIN orders USING (n)
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events" JOIN (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "orders" USING (n)
====
SELECT n FROM events ARRAY JOIN tags
----
-- refused, NotUnderstood: `ARRAY` is not understood here (at byte 21)
====
SELECT n FROM events FINAL
----
-- refused, NotUnderstood: `FINAL` is not understood here (at byte 21)
====
SELECT n FROM events SAMPLE 1
----
-- refused, NotUnderstood: `SAMPLE` is not understood here (at byte 21)
====
SELECT n FROM events all
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "all"
====
SELECT n FROM events INDEXED BY x
----
-- refused, NotUnderstood: `INDEXED` is not understood here (at byte 21)
====
SELECT n FROM (events)
----
SELECT n FROM ((SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events")
====
SELECT n FROM (events, orders) AS x
----
SELECT n FROM ((SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events", (SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "orders") AS x
====
SELECT n FROM (events e JOIN (orders o) ON 1)
----
SELECT n FROM ((SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "e" JOIN ((SELECT * FROM "main"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared")) LIMIT -1) AS "o") ON 1)
====
SELECT n FROM (VALUES (1, 2), (3, 4)) AS x
----
SELECT n FROM (VALUES (1, 2), (3, 4)) AS x
====
SELECT n IN (VALUES (1), (2)) FROM events
----
SELECT n IN (VALUES (1), (2)) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT values FROM events
----
SELECT "values" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT (values) FROM events
----
SELECT ("values") FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n FROM events LIMIT 1 BY n
----
-- refused, NotUnderstood: `BY` is not understood here (at byte 29)
====
SELECT n FROM events PREWHERE n
----
-- refused, NotUnderstood: `PREWHERE` is not understood here (at byte 21)
====
SELECT n FROM events SETTINGS x = 1
----
-- refused, NotUnderstood: `SETTINGS` is not understood here (at byte 21)
====
SELECT n, FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 10)
====
FROM events SELECT n
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT n FROM (FROM events SELECT n)
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 15)
====
WITH x AS NOT MATERIALIZED (SELECT n FROM events) SELECT * FROM x
----
WITH __pc_0 AS NOT MATERIALIZED (SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events") SELECT * FROM __pc_0 AS "x"
====
WITH x(a, b) AS (VALUES (1, 2)) SELECT a FROM x
----
WITH __pc_0 (a, b) AS (VALUES (1, 2)) SELECT a FROM __pc_0 AS "x"
====
WITH 1 AS x SELECT x
----
WITH 1 AS x SELECT x
====
WITH X AS (SELECT 1) SELECT * FROM x
----
WITH __pc_0 AS (SELECT 1) SELECT * FROM __pc_0 AS "x"
====
SELECT day FROM events
----
SELECT day FROM (SELECT *, __pc_t."day" AS "day" FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT DAY FROM events
----
SELECT DAY FROM (SELECT *, __pc_t."day" AS "day" FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT *, DAY FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT e.end, end FROM events e
----
SELECT e."end", "end" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "e"
====
SELECT e.n end FROM events e
----
-- refused, NotUnderstood: `end` is not understood here (at byte 11)
====
SELECT main.EVENTS.n, MAIN.events.n FROM Events
----
SELECT EVENTS.n, events.n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "Events"
====
SELECT explain FROM events
----
SELECT "explain" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT (explain) FROM events
----
SELECT ("explain") FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT (explain SELECT 1) FROM events
----
-- refused, NotUnderstood: `SELECT` is not understood here (at byte 16)
====
SELECT n FROM json_each('[1]') FINAL
----
-- refused, NotAllowed: FINAL and SAMPLE belong behind a table's name (at byte 31); hint: leave them out
====
SELECT n FROM json_each('[1]', '$') AS x, json_tree(x.value)
----
SELECT n FROM json_each('[1]', '$') AS x, json_tree(x.value)
====
SELECT count(*) FILTER (WHERE n > 1), sum(n) OVER (ORDER BY n GROUPS UNBOUNDED PRECEDING EXCLUDE TIES) FROM events
----
SELECT count(*) FILTER (WHERE n > 1), sum(n) OVER (ORDER BY n GROUPS UNBOUNDED PRECEDING EXCLUDE TIES) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT extract(year FROM n) FROM events
----
-- refused, NotAllowed: the function `extract` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT -1, - 1, - - 1, +n FROM events
----
SELECT -1, -1, - -1, + n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n "a b", n AS "c" FROM events
----
SELECT n "a b", n AS "c" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT abort, action, n AS abort FROM events
----
SELECT "abort", "action", n AS "abort" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT e.prewhere, e.global FROM events e
----
SELECT e."prewhere", e."global" FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "e"
====
SELECT 'AggregateFunction' FROM events
----
SELECT 'AggregateFunction' FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT (n).a FROM events
----
-- refused, NotUnderstood: `.` is not understood here (at byte 10)
====
SELECT n IN () FROM events
----
SELECT n IN () FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT n IN (1, ) FROM events
----
SELECT n IN (1,) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT 1 UNION ALL FROM events SELECT n
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 19)
====
SELECT 1 UNION ALL VALUES (1)
----
SELECT 1 UNION ALL VALUES (1)
====
SELECT n IN 'secret', n NOT IN 'events' FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 12)
====
SELECT (1, 2) IN 'events' FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 17)
====
SELECT n IN true FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 12)
====
SELECT n IN inf FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IN date 'x' FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 12)
====
SELECT n IN 1, n IN -n, n IN abs(1), n IN CASE WHEN 1 THEN 1 END FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 12)
====
SELECT n IN (user_id), n IN ((user_id)), n IN ('secret'), n IN (inf, true) FROM events
----
SELECT n IN (user_id), n IN ((user_id)), n IN ('secret'), n IN (inf, true) FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
WITH n AS (SELECT 1) SELECT n IN (n), n IN n FROM events
----
WITH __pc_0 AS (SELECT 1) SELECT n IN (n), n IN __pc_0 FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT inf, nan, infinity, inf + 1, date, interval FROM events
----
SELECT inf, nan, infinity, inf + 1, date, interval FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "events"
====
SELECT date 'x' FROM events
----
-- refused, NotAllowed: there are no literals of dates and intervals here (at byte 7); hint: write the text alone, as in `'2020-01-01'`
====
SELECT interval '1' day FROM events
----
-- refused, NotAllowed: there are no literals of dates and intervals here (at byte 7); hint: write the text alone, as in `'2020-01-01'`
====
SELECT n FROM events AS left
----
-- refused, NotUnderstood: `left` is not understood here (at byte 24)
====
SELECT n FROM events AS "left"
----
SELECT n FROM (SELECT * FROM "main"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) LIMIT -1) AS "left"
====
SELECT n FROM events AS 'left'
----
-- refused, NotUnderstood: `'left'` is not understood here (at byte 24)
====
SELECT value FROM json_each('[1]') AS j (value)
----
SELECT value FROM json_each('[1]') AS j (value)
====
SELECT value FROM json_each('[1]') (value)
----
-- refused, NotUnderstood: `(` is not understood here (at byte 35)
====
SELECT n > date '2020-01-01' FROM events
----
-- refused, NotAllowed: there are no literals of dates and intervals here (at byte 11); hint: write the text alone, as in `'2020-01-01'`
====
SELECT n IN timestamp 'x', n IN interval 'day' FROM events
----
-- refused, NotUnderstood: only a list or a query in brackets stands at the right of IN (at byte 12)
====
SELECT n IN secret + 1 FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT inf(1) FROM events
----
-- refused, NotAllowed: the function `inf` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
