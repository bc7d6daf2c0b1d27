SELECT count(*) FROM Events
----
SELECT count(*) FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "Events"
====
SELECT E.N FROM default.events AS E WHERE e.n % 2 = 1
----
SELECT "E"."N" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "E" WHERE "e"."n" % 2 = 1
====
SELECT dateTrunc('day', n) AS d, DISTINCT_COUNT_HLL(user_id), distinctCountHLL(user_id) FROM events GROUP BY 1 ORDER BY d LIMIT 10
----
SELECT dateTrunc('day', "n") AS "d", DISTINCT_COUNT_HLL("user_id"), distinctCountHLL("user_id") FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" GROUP BY 1 ORDER BY "d" LIMIT 10
====
SELECT jsonExtractScalar(tags, '$.a', 'STRING', ''), CAST(n AS LONG), CAST(n AS big_decimal) FROM events
----
SELECT jsonExtractScalar("tags", '$.a', 'STRING', ''), CAST("n" AS LONG), CAST("n" AS big_decimal) FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT e.n, row_number() OVER (PARTITION BY e.user_id ORDER BY e.n) AS r FROM events AS e JOIN orders AS o ON e.user_id = o.id
----
SELECT "e"."n", row_number() OVER (PARTITION BY "e"."user_id" ORDER BY "e"."n") AS "r" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e" JOIN (SELECT * FROM "default"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared"))) AS "o" ON "e"."user_id" = "o"."id"
====
WITH c AS (SELECT n FROM events) SELECT n FROM c WHERE n IN (SELECT total FROM orders)
----
WITH __pc_0 AS (SELECT "n" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events") SELECT "n" FROM __pc_0 AS "c" WHERE "n" IN (SELECT "total" FROM (SELECT * FROM "default"."orders" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared"))) AS "orders")
====
SELECT n FROM events AS e CROSS JOIN UNNEST(e.tags) AS u (x)
----
SELECT "n" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e" CROSS JOIN UNNEST("e"."tags") AS "u" ("x")
====
SELECT 'a\' FROM countries
----
SELECT 'a\' FROM "default"."countries" AS "countries"
====
SELECT lookUp('secret', 'k', 'k', n) FROM events
----
-- refused, NotAllowed: the function `lookUp` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT look_up('secret', 'k', 'k', n) FROM events
----
-- refused, NotAllowed: the function `look_up` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events WHERE inSubquery(n, 'SELECT idSet(k) FROM secret') = 1
----
-- refused, NotAllowed: the function `inSubquery` is not permitted (at byte 27); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events WHERE IN_PARTITIONED_SUBQUERY(n, 'SELECT idSet(k) FROM secret') = 1
----
-- refused, NotAllowed: the function `IN_PARTITIONED_SUBQUERY` is not permitted (at byte 27); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events WHERE inIdSet(n, 'ATowAAABAAAAAAA') = 1
----
-- refused, NotAllowed: the function `inIdSet` is not permitted (at byte 27); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT GROOVY('{"returnType":"INT"}', 'arg0', n) FROM events
----
-- refused, NotAllowed: the function `GROOVY` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events WHERE textMatch(tags, 'a')
----
-- refused, NotAllowed: the function `textMatch` is not permitted (at byte 27); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT distinctCountThetaSketch(n, 'nominalEntries=16', 'k = 1', '$1') FROM events
----
-- refused, NotAllowed: the function `distinctCountThetaSketch` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT reqId('x'), sleep(1000) FROM events
----
-- refused, NotAllowed: the function `reqId` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SET useMultistageEngine = true; SELECT n FROM events
----
-- refused, NotUnderstood: `SET` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT n FROM events OPTION(useMultistageEngine = false)
----
-- refused, NotUnderstood: `OPTION (` has no place in a query, nor in a text or a name of it (at byte 21)
====
SELECT n FROM events OPTION (a)
----
-- refused, NotUnderstood: `OPTION (` has no place in a query, nor in a text or a name of it (at byte 21)
====
SELECT 'a option(', n FROM events WHERE user_id = ') b'
----
-- refused, NotUnderstood: `OPTION (` has no place in a query, nor in a text or a name of it (at byte 7)
====
SELECT 'a', n FROM events WHERE user_id = 'OpTion

 ( b'
----
-- refused, NotUnderstood: `OPTION (` has no place in a query, nor in a text or a name of it (at byte 42)
====
SELECT n AS "option(" FROM events
----
-- refused, NotUnderstood: `OPTION (` has no place in a query, nor in a text or a name of it (at byte 12)
====
SELECT n AS option, 'option', 'an option, (b)' FROM countries
----
SELECT "n" AS "option", 'option', 'an option, (b)' FROM "default"."countries" AS "countries"
====
SELECT /*+ joinOptions(join_strategy='lookup') */ n FROM events
----
-- refused, NotUnderstood: a hint has no place in a query (at byte 7); hint: write a comment as `-- …`
====
SELECT /* a comment */ n FROM events
----
SELECT "n" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT $docId FROM countries
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 7)
====
SELECT "$segmentName" FROM countries
----
-- refused, NotUnderstood: a name that begins with `$` is the engine's own (at byte 7)
====
SELECT c."$hostName" FROM countries AS c
----
-- refused, NotUnderstood: a name that begins with `$` is the engine's own (at byte 9)
====
SELECT n FROM events_OFFLINE
----
-- refused, UnknownTable: Resource 'events_OFFLINE' not found (at byte 14)
====
SELECT n FROM events TABLESAMPLE BERNOULLI (10)
----
-- refused, NotUnderstood: `TABLESAMPLE` is not understood here (at byte 21)
====
SELECT n FROM "default.events"
----
-- refused, UnknownTable: Resource 'default.events' not found (at byte 14)
====
SELECT n FROM other.events
----
-- refused, UnknownTable: Resource 'other.events' not found (at byte 14)
====
EXPLAIN PLAN FOR SELECT n FROM events
----
-- refused, NotUnderstood: `EXPLAIN` is not understood here (at byte 0); hint: only SELECT is accepted
====
SHOW TABLES
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
INSERT INTO events FROM FILE 'x'
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 0); hint: only SELECT is accepted
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM TABLE(secret)
----
-- refused, NotAllowed: the table function `TABLE` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n::long FROM events
----
-- refused, NotUnderstood: `::` is not understood here (at byte 8)
====
SELECT _utf8'a' FROM events
----
-- refused, NotUnderstood: a letter stands before a string (at byte 7); hint: put a space between them
====
SELECT 'a' // ' 
 UNION ALL SELECT k FROM secret -- '
----
-- refused, NotUnderstood: `//` begins a comment for some engines (at byte 11); hint: write `--`
====
SELECT current_user FROM events
----
SELECT "current_user" FROM (SELECT * FROM "default"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT n FROM events FOR SYSTEM_TIME AS OF '2026-01-01'
----
-- refused, NotUnderstood: `FOR` is not understood here (at byte 21)
====
