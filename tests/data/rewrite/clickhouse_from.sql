SELECT n FROM events INNER JOIN orders ON 1, orders RIGHT JOIN orders ON 1 FULL OUTER JOIN orders USING (n, n) CROSS JOIN orders
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` INNER JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1, view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` RIGHT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 FULL OUTER JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` USING (`n`, `n`) CROSS JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`
====
SELECT n FROM events GLOBAL ANY LEFT JOIN orders USING n, n
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GLOBAL ANY LEFT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` USING `n`, `n`
====
SELECT n FROM events ALL JOIN orders ON 1 ASOF JOIN orders ON 1 SEMI LEFT JOIN orders ON 1 LEFT ANTI JOIN orders ON 1 PASTE JOIN orders
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ALL JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 ASOF JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 SEMI LEFT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 LEFT ANTI JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 PASTE JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`
====
SELECT n FROM events NATURAL JOIN orders
----
-- refused, NotUnderstood: `NATURAL` is not understood here (at byte 21)
====
SELECT n FROM events LEFT orders
----
-- refused, NotUnderstood: `LEFT` is not understood here (at byte 21)
====
SELECT n FROM events JOIN orders USING
----
-- refused, NotUnderstood: the statement ends too early (at byte 38)
====
SELECT n FROM events JOIN orders ON n = id AS x
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON `n` = `id` AS `x`
====
SELECT n FROM events ARRAY JOIN tags
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ARRAY JOIN `tags`
====
SELECT n FROM events ARRAY JOIN tags AS t, tags
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ARRAY JOIN `tags` AS `t`, `tags`
====
SELECT n FROM events LEFT ARRAY JOIN tags AS t, [1, 2] AS u, range(n) AS v
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` LEFT ARRAY JOIN `tags` AS `t`, [1, 2] AS `u`, range(`n`) AS `v`
====
SELECT n FROM events INNER ARRAY JOIN tags
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` INNER ARRAY JOIN `tags`
====
SELECT n FROM events ARRAY JOIN orders
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ARRAY JOIN `orders`
====
SELECT n FROM events ARRAY JOIN tags JOIN orders ON 1 ARRAY JOIN tags
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ARRAY JOIN `tags` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1 ARRAY JOIN `tags`
====
SELECT n FROM ARRAY JOIN [1, 2] AS n
----
-- refused, NotUnderstood: `[` is not understood here (at byte 25)
====
SELECT n FROM events AS e ARRAY JOIN e.tags AS t
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `e` ARRAY JOIN `e`.`tags` AS `t`
====
SELECT n FROM LATERAL (SELECT 1)
----
-- refused, NotAllowed: the table function `LATERAL` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n FROM lateral
----
-- refused, NotUnderstood: `lateral` is not understood here (at byte 14)
====
SELECT n FROM table
----
-- refused, UnknownTable: Resource 'table' not found (at byte 14)
====
SELECT n FROM values
----
-- refused, NotUnderstood: `values` is not understood here (at byte 14)
====
SELECT n FROM values('a Int8', 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n FROM 'events'
----
-- refused, NotUnderstood: a table's name stands in single quotes (at byte 14)
====
SELECT n FROM 5
----
-- refused, NotUnderstood: `5` is not understood here (at byte 14)
====
SELECT n FROM (events)
----
-- refused, NotUnderstood: `events` is not understood here (at byte 15)
====
SELECT n FROM (events JOIN orders ON 1)
----
-- refused, NotUnderstood: `events` is not understood here (at byte 15)
====
SELECT n FROM (SELECT 1) AS x, (SELECT 2) y, (SELECT 3) `z`, (SELECT 4)
----
SELECT `n` FROM (SELECT 1) AS `x`, (SELECT 2) `y`, (SELECT 3) `z`, (SELECT 4)
====
SELECT n FROM (SELECT 1, 2) AS x (a, b)
----
SELECT `n` FROM (SELECT 1, 2) AS `x` (`a`, `b`)
====
SELECT n FROM (SELECT 1, 2) AS x (a + b)
----
-- refused, NotUnderstood: `+` is not understood here (at byte 36)
====
SELECT n FROM (SELECT 1) FINAL
----
-- refused, NotAllowed: FINAL and SAMPLE belong behind a table's name (at byte 25); hint: leave them out
====
SELECT n FROM (SELECT 1) SAMPLE 1
----
-- refused, NotAllowed: FINAL and SAMPLE belong behind a table's name (at byte 25); hint: leave them out
====
SELECT n FROM numbers(10) FINAL
----
-- refused, NotAllowed: FINAL and SAMPLE belong behind a table's name (at byte 26); hint: leave them out
====
SELECT n FROM numbers(10) SAMPLE 1 / 2
----
-- refused, NotAllowed: FINAL and SAMPLE belong behind a table's name (at byte 26); hint: leave them out
====
SELECT n FROM numbers(10), numbers(1, 2) AS x, zeros(1) `y`, numbers() z
----
SELECT `n` FROM numbers(10), numbers(1, 2) AS `x`, zeros(1) `y`, numbers() `z`
====
SELECT n FROM numbers(10, SETTINGS max_threads = 1)
----
-- refused, NotAllowed: a table function takes no settings here (at byte 26); hint: leave them out
====
SELECT n FROM numbers(SELECT 1)
----
SELECT `n` FROM numbers(SELECT 1)
====
SELECT n FROM numbers((SELECT max(n) FROM events))
----
SELECT `n` FROM numbers((SELECT max(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`))
====
SELECT n FROM NUMBERS(10)
----
-- refused, NotAllowed: the table function `NUMBERS` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n FROM numbers(10
----
-- refused, NotUnderstood: the statement ends too early (at byte 24)
====
SELECT n FROM (EXPLAIN SELECT 1)
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 15); hint: leave it out
====
SELECT n FROM (EXPLAIN PLAN actions = 1, header = 1 SELECT n FROM events)
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 15); hint: leave it out
====
SELECT n FROM (EXPLAIN AST (SELECT 1))
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 15); hint: leave it out
====
SELECT (EXPLAIN SELECT 1) FROM events
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 8); hint: leave it out
====
SELECT (explain), (explain, 1), (explain = 1), explain FROM events
----
SELECT (`explain`), (`explain`, 1), (`explain` = 1), `explain` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n FROM (EXPLAIN 'a' SELECT 1)
----
-- refused, NotUnderstood: `EXPLAIN` is not understood here (at byte 15)
====
SELECT n FROM (EXPLAIN x FROM events SELECT 1)
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 15); hint: leave it out
====
SELECT n FROM events e, orders AS o, countries `c`
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`, view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `o`, `default`.`countries` AS `c`
====
SELECT n FROM events AS select
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `select`
====
SELECT n FROM events `e` FINAL
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t FINAL WHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `e`
====
SELECT n FROM events SAMPLE 0.1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_s0p1 SAMPLE 0.1 PREWHERE ((__pc_s0p1.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n FROM events SAMPLE 1 / 10 OFFSET 1 / 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_s1_d_10_OFFSET_1_d_2 SAMPLE 1 / 10 OFFSET 1 / 2 PREWHERE ((__pc_s1_d_10_OFFSET_1_d_2.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n FROM events SAMPLE 1 OFFSET 2
----
-- refused, NotAllowed: SAMPLE with a number of rows counts rows that a row filter hides; hint: write a share, as in `SAMPLE 1/10`
====
SELECT n FROM events SAMPLE 1000
----
-- refused, NotAllowed: SAMPLE with a number of rows counts rows that a row filter hides; hint: write a share, as in `SAMPLE 1/10`
====
SELECT code FROM countries SAMPLE 1000
----
SELECT `code` FROM `default`.`countries` AS `countries` SAMPLE 1000
====
SELECT n FROM events SAMPLE n
----
-- refused, NotUnderstood: `n` is not understood here (at byte 28)
====
SELECT n FROM events SAMPLE 1 / n
----
-- refused, NotUnderstood: `n` is not understood here (at byte 32)
====
SELECT n FROM events SAMPLE
----
-- refused, NotUnderstood: the statement ends too early (at byte 27)
====
SELECT n FROM countries FINAL SAMPLE 1 / 10
----
SELECT `n` FROM `default`.`countries` AS `countries` FINAL SAMPLE 1 / 10
====
WITH x AS (SELECT 1) SELECT n FROM x FINAL
----
-- refused, NotUnderstood: FINAL and SAMPLE belong to a table, not to a WITH query (at byte 37)
====
WITH x AS (SELECT 1) SELECT n FROM x SAMPLE 1
----
-- refused, NotUnderstood: FINAL and SAMPLE belong to a table, not to a WITH query (at byte 37)
====
WITH x AS (SELECT 1) SELECT n FROM d.x
----
-- refused, UnknownTable: Resource 'd.x' not found (at byte 35)
====
SELECT n FROM a.b.c
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
SELECT n FROM default.select
----
-- refused, UnknownTable: Resource 'default.select' not found (at byte 14)
====
SELECT n FROM select
----
-- refused, NotUnderstood: `select` is not understood here (at byte 14)
====
SELECT n FROM default.
----
-- refused, NotUnderstood: the statement ends too early (at byte 22)
====
SELECT n FROM default.1
----
-- refused, NotUnderstood: `1` is not understood here (at byte 22)
====
SELECT n FROM events outer
----
-- refused, NotUnderstood: `outer` is not understood here (at byte 21)
====
SELECT n FROM events OUTER JOIN orders ON 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` OUTER JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1
====
SELECT n FROM events ONLY
----
-- refused, NotUnderstood: `ONLY` is not understood here (at byte 21)
====
SELECT n FROM countries array
----
-- refused, NotUnderstood: `array` is not understood here (at byte 24)
====
SELECT n FROM events lateral, orders table
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `lateral`, view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `table`
====
SELECT n FROM events INDEXED BY x
----
-- refused, NotUnderstood: `INDEXED` is not understood here (at byte 21)
====
SELECT n FROM events fetch
----
-- refused, NotUnderstood: the statement ends too early (at byte 26)
====
SELECT n FROM events for
----
-- refused, NotUnderstood: `for` is not understood here (at byte 21)
====
SELECT n FROM events all
----
-- refused, NotUnderstood: `all` is not understood here (at byte 21)
====
SELECT n FROM events format
----
-- refused, NotUnderstood: `format` is not understood here (at byte 21)
====
SELECT default.events.n, x.events.n, default.x.n FROM events
----
SELECT `events`.`n`, `x`.`events`.`n`, `default`.`x`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT default.events.n FROM events AS e
----
SELECT `default`.`events`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`
====
SELECT d.ev.v FROM d.ev AS x
----
SELECT `d`.`ev`.`v` FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `x`
====
SELECT default.events.n.1, default.events.* FROM events
----
SELECT `events`.`n`.1, `events`.* FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT d.events.n FROM d.ev, events
----
SELECT `d`.`events`.`n` FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `ev`, view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n FROM missing
----
-- refused, UnknownTable: Resource 'missing' not found (at byte 14)
====
SELECT n FROM d.missing
----
-- refused, UnknownTable: Resource 'd.missing' not found (at byte 14)
====
SELECT n FROM missing, secret
----
-- refused, UnknownTable: Resource 'missing' not found (at byte 14)
====
SELECT n FROM secret, missing
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 14)
====
WITH a AS (SELECT 1), events AS (SELECT n FROM events) SELECT * FROM a, events
----
WITH __pc_0 AS (SELECT 1), __pc_1 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`) SELECT * FROM __pc_0 AS `a`, __pc_1 AS `events`
====
SELECT n FROM events AS left
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `left`
====
SELECT n FROM events AS `left`
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `left`
====
SELECT n FROM events AS 'x'
----
-- refused, NotUnderstood: `'x'` is not understood here (at byte 24)
====
SELECT n FROM events AS (n)
----
-- refused, NotUnderstood: `(` is not understood here (at byte 24)
====
SELECT number FROM numbers(3) AS n (number)
----
-- refused, NotUnderstood: `(` is not understood here (at byte 35)
====
SELECT n FROM left ARRAY JOIN [1] AS n
----
-- refused, NotUnderstood: `left` is not understood here (at byte 14)
====
SELECT n FROM inner ARRAY JOIN [1] AS n
----
-- refused, NotUnderstood: `inner` is not understood here (at byte 14)
====
SELECT n FROM array JOIN events USING n
----
-- refused, UnknownTable: Resource 'array' not found (at byte 14)
====
SELECT n FROM `left` ARRAY JOIN [1] AS n
----
-- refused, UnknownTable: Resource 'left' not found (at byte 14)
====
