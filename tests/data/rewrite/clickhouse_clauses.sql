SELECT DISTINCT n FROM events
----
SELECT DISTINCT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT DISTINCT ON (n, user_id) n FROM events
----
SELECT DISTINCT ON (`n`, `user_id`) `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT DISTINCT ON n FROM events
----
-- refused, NotUnderstood: `ON` is not understood here (at byte 16)
====
SELECT ALL n FROM events
----
SELECT ALL `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT all(n) FROM events
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT all FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 11)
====
SELECT TOP 5 n FROM events
----
SELECT TOP 5 `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT TOP 5 WITH TIES n FROM events
----
SELECT TOP 5 WITH TIES `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT top FROM events
----
SELECT `top` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
FROM events SELECT n
----
FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` SELECT `n`
====
FROM events SELECT n WHERE n = 1
----
FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` SELECT `n` WHERE `n` = 1
====
FROM events WHERE n = 1
----
-- refused, NotUnderstood: a query that begins with FROM needs its SELECT (at byte 12)
====
SELECT n FROM (FROM events SELECT n)
----
SELECT `n` FROM (FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` SELECT `n`)
====
SELECT n FROM events GROUP BY n, user_id HAVING n > 1 QUALIFY n > 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY `n`, `user_id` HAVING `n` > 1 QUALIFY `n` > 2
====
SELECT n FROM events GROUP BY ALL
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY ALL
====
SELECT n FROM events GROUP BY all(n)
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 30); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events GROUP BY GROUPING SETS ((n, user_id), (n), ())
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY GROUPING SETS ((`n`, `user_id`), (`n`), ())
====
SELECT n FROM events GROUP BY ROLLUP(n, user_id), CUBE(n), rollup
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY ROLLUP (`n`, `user_id`), CUBE (`n`), `rollup`
====
SELECT n FROM events GROUP BY GROUPING SETS n
----
-- refused, NotUnderstood: `n` is not understood here (at byte 44)
====
SELECT n FROM events GROUP BY n WITH ROLLUP WITH TOTALS
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` GROUP BY `n` WITH ROLLUP WITH TOTALS
====
SELECT n FROM events GROUP BY n WITH CUBE
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` GROUP BY `n` WITH CUBE
====
SELECT n FROM events GROUP BY n WITH x
----
-- refused, NotUnderstood: `WITH` is not understood here (at byte 32)
====
SELECT n FROM events GROUP BY
----
-- refused, NotUnderstood: the statement ends too early (at byte 29)
====
SELECT n FROM events WHERE
----
-- refused, NotUnderstood: the statement ends too early (at byte 26)
====
SELECT n FROM events WHERE n = 1 AS x AND x
----
-- refused, NotUnderstood: `AND` is not understood here (at byte 38)
====
SELECT n FROM events HAVING n > 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` HAVING `n` > 1
====
SELECT n FROM events QUALIFY
----
-- refused, NotUnderstood: the statement ends too early (at byte 28)
====
SELECT n FROM events ORDER BY n ASC, user_id DESC, n ASCENDING, n DESCENDING, n NULLS FIRST, n NULLS LAST
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` ASC, `user_id` DESC, `n` ASCENDING, `n` DESCENDING, `n` NULLS FIRST, `n` NULLS LAST
====
SELECT n FROM events ORDER BY n NULLS
----
-- refused, NotUnderstood: the statement ends too early (at byte 37)
====
SELECT n FROM events ORDER BY ALL
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY ALL
====
SELECT n FROM events ORDER BY ALL DESC NULLS LAST
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY ALL DESC NULLS LAST
====
SELECT n FROM events ORDER BY all(n)
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 30); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events ORDER BY n WITH FILL FROM 1 TO 10 STEP 2 STALENESS 3, user_id WITH FILL
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` WITH FILL FROM 1 TO 10 STEP 2 STALENESS 3, `user_id` WITH FILL
====
SELECT n FROM events ORDER BY n WITH FILL TO 10 FROM 1
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 48)
====
SELECT n FROM events ORDER BY n INTERPOLATE (n AS n + 1, user_id)
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` INTERPOLATE (`n` AS `n` + 1, `user_id`)
====
SELECT n FROM events ORDER BY n INTERPOLATE
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` INTERPOLATE
====
SELECT n FROM events ORDER BY n INTERPOLATE ()
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` INTERPOLATE ()
====
SELECT n FROM events ORDER BY n INTERPOLATE (n AS n + 1
----
-- refused, NotUnderstood: the statement ends too early (at byte 55)
====
SELECT n FROM events LIMIT 1, 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` LIMIT 1, 2
====
SELECT n FROM events LIMIT 1 OFFSET 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` LIMIT 1 OFFSET 2
====
SELECT n FROM events LIMIT 1 WITH TIES
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` LIMIT 1 WITH TIES
====
SELECT n FROM events LIMIT 1 BY n, user_id LIMIT 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` LIMIT 1 BY `n`, `user_id` LIMIT 2
====
SELECT n FROM events LIMIT 1 OFFSET 2 BY n
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` LIMIT 1 OFFSET 2 BY `n`
====
SELECT n FROM events LIMIT 1 BY ALL
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` LIMIT 1 BY ALL
====
SELECT n FROM events LIMIT 1 BY all(n)
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 32); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events LIMIT 1 BY
----
-- refused, NotUnderstood: the statement ends too early (at byte 31)
====
SELECT n FROM events OFFSET 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` OFFSET 2
====
SELECT n FROM events OFFSET 2 ROWS FETCH FIRST 1 ROW ONLY
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` OFFSET 2 ROWS FETCH FIRST 1 ROW ONLY
====
SELECT n FROM events OFFSET 1 ROW FETCH NEXT 1 ROWS WITH TIES
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` OFFSET 1 ROW FETCH NEXT 1 ROWS WITH TIES
====
SELECT n FROM events FETCH 1 ROW ONLY
----
-- refused, NotUnderstood: `1` is not understood here (at byte 27)
====
SELECT n FROM events FETCH FIRST 1 ONLY
----
-- refused, NotUnderstood: `ONLY` is not understood here (at byte 35)
====
SELECT n FROM events FETCH FIRST 1 ROW
----
-- refused, NotUnderstood: the statement ends too early (at byte 38)
====
SELECT n FROM events SETTINGS max_threads = 1, max_block_size = 2 FORMAT TSV
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
-- format: TSV
-- setting: max_threads = 1
-- setting: max_block_size = 2
====
SELECT n FROM events FORMAT `CSV` SETTINGS max_threads = 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
-- format: CSV
-- setting: max_threads = 1
====
SELECT n FROM events FORMAT CSV FORMAT TSV
----
-- refused, NotUnderstood: `FORMAT` is not understood here (at byte 32)
====
SELECT n FROM events FORMAT 'CSV'
----
-- refused, NotUnderstood: `FORMAT` is not understood here (at byte 21)
====
SELECT n FROM events FORMAT
----
-- refused, NotUnderstood: `FORMAT` is not understood here (at byte 21)
====
SELECT n FROM events SETTINGS max_threads
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM events SETTINGS max_threads 1
----
-- refused, NotUnderstood: `1` is not understood here (at byte 42)
====
SELECT n FROM events SETTINGS max_threads = 1 max_block_size = 2
----
-- refused, NotUnderstood: `max_block_size` is not understood here (at byte 46)
====
SELECT n FROM events SETTINGS max_threads = -1
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM events SETTINGS max_threads = 1 + 1
----
-- refused, NotUnderstood: `+` is not understood here (at byte 46)
====
SELECT n FROM events SETTINGS max_threads = file('x')
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM events SETTINGS max_threads = (1)
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM events SETTINGS max_threads = 'auto'
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
-- setting: max_threads = auto
====
SELECT n FROM events SETTINGS max_threads = x
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
-- setting: max_threads = x
====
SELECT n FROM events SETTINGS `max_threads` = 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
-- setting: max_threads = 1
====
SELECT n FROM countries SETTINGS session_timezone = 'UTC'
----
SELECT `n` FROM `default`.`countries` AS `countries`
-- setting: session_timezone = UTC
====
SELECT n FROM events SETTINGS session_timezone = 'UTC'
----
-- refused, NotAllowed: the setting `session_timezone` would change what a row filter means (at byte 30)
====
SELECT n FROM events SETTINGS max_threads = [1]
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM events SETTINGS additional_table_filters = {'t': '1'}
----
-- refused, NotAllowed: the setting `additional_table_filters` is not permitted (at byte 30)
====
SELECT n FROM (SELECT n FROM events SETTINGS max_threads = 1)
----
-- refused, NotAllowed: SETTINGS belong at the end of the whole statement (at byte 45)
====
SELECT n FROM (SELECT n FROM countries SETTINGS max_threads = 1) SETTINGS max_threads = 2
----
-- refused, NotAllowed: SETTINGS belong at the end of the whole statement (at byte 48)
====
SELECT n FROM events INTO OUTFILE 'x'
----
-- refused, NotAllowed: INTO OUTFILE is not accepted (at byte 21)
====
SELECT n FROM events;;
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n FROM events; n
----
-- refused, NotAllowed: only one statement is accepted (at byte 22)
====
; SELECT 1
----
-- refused, NotUnderstood: `;` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT n FROM events PREWHERE n = 1 AS x WHERE x
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE ( `n` = 1 AS `x`) AND ( `x`)
====
SELECT n FROM countries PREWHERE code WHERE name
----
SELECT `n` FROM `default`.`countries` AS `countries` PREWHERE `code` WHERE `name`
====
SELECT n FROM events, countries PREWHERE n = 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`, `default`.`countries` AS `countries` WHERE ( `n` = 1)
====
SELECT * FROM (SELECT n FROM events PREWHERE n) PREWHERE n
----
SELECT * FROM (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE ( `n`)) PREWHERE `n`
====
SELECT * FROM (SELECT n FROM countries PREWHERE n) a, events FINAL WHERE n
----
SELECT * FROM (SELECT `n` FROM `default`.`countries` AS `countries` PREWHERE `n`) `a`, view(SELECT * FROM `default`.`events` AS __pc_t FINAL WHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n`
====
SELECT n FROM countries PREWHERE n IN (SELECT n FROM events WHERE n) WHERE name
----
SELECT `n` FROM `default`.`countries` AS `countries` PREWHERE `n` IN (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n`) WHERE `name`
====
SELECT n FROM events FINAL, orders PREWHERE n
----
-- refused, NotAllowed: PREWHERE with FINAL sees rows before they are merged; hint: use WHERE
====
SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3 INTERSECT SELECT 4 EXCEPT ALL SELECT 5 UNION SELECT 6 LIMIT 1
----
SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3 INTERSECT SELECT 4 EXCEPT ALL SELECT 5 UNION SELECT 6 LIMIT 1
====
(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1
----
(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1
====
((SELECT 1))
----
((SELECT 1))
====
(SELECT 1
----
-- refused, NotUnderstood: the statement ends too early (at byte 9)
====
WITH 1 AS x (SELECT x)
----
WITH 1 AS `x` (SELECT `x`)
====
WITH x AS (SELECT 1) (SELECT * FROM x)
----
WITH __pc_0 AS (SELECT 1) (SELECT * FROM __pc_0 AS `x`)
====
WITH x SELECT 1
----
-- refused, NotUnderstood: `SELECT` is not understood here (at byte 7)
====
WITH x AS MATERIALIZED (SELECT n FROM events) SELECT * FROM x
----
WITH __pc_0 AS MATERIALIZED (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) SELECT * FROM __pc_0 AS `x`
====
WITH x (a, b) AS (SELECT 1, 2) SELECT a FROM x
----
WITH __pc_0 (`a`, `b`) AS (SELECT 1, 2) SELECT `a` FROM __pc_0 AS `x`
====
WITH x (a, b) AS (1, 2) SELECT a FROM x
----
-- refused, NotUnderstood: `(` is not understood here (at byte 17)
====
WITH max(a, b) AS x SELECT x
----
WITH max(`a`, `b`) AS `x` SELECT `x`
====
WITH x (a + b) AS (SELECT 1) SELECT a FROM x
----
-- refused, NotUnderstood: `(` is not understood here (at byte 18)
====
WITH x (a, b) AS y SELECT 1
----
-- refused, NotAllowed: the function `x` is not permitted (at byte 5); hint: an operator can permit it under `functions` in gateway.yaml
====
WITH x AS (n) SELECT 1
----
-- refused, NotUnderstood: `(` is not understood here (at byte 10)
====
WITH (1, 2) AS x, y AS (SELECT 1) SELECT x, n FROM y
----
WITH (1, 2) AS `x`, __pc_0 AS (SELECT 1) SELECT `x`, `n` FROM __pc_0 AS `y`
====
WITH x AS ((SELECT 1) UNION ALL (SELECT 2)) SELECT * FROM x
----
WITH __pc_0 AS ((SELECT 1) UNION ALL (SELECT 2)) SELECT * FROM __pc_0 AS `x`
====
WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 2), y AS (SELECT * FROM x) SELECT * FROM y, x
----
WITH RECURSIVE __pc_0 AS (SELECT 1 UNION ALL SELECT 2), __pc_1 AS (SELECT * FROM __pc_0 AS `x`) SELECT * FROM __pc_1 AS `y`, __pc_0 AS `x`
====
WITH x AS (SELECT 1), x AS (SELECT 2) SELECT * FROM x
----
WITH __pc_0 AS (SELECT 1), __pc_1 AS (SELECT 2) SELECT * FROM __pc_1 AS `x`
====
WITH x AS (SELECT 1) SELECT * FROM (WITH x AS (SELECT 2) SELECT * FROM x), x
----
WITH __pc_0 AS (SELECT 1) SELECT * FROM (WITH __pc_1 AS (SELECT 2) SELECT * FROM __pc_1 AS `x`), __pc_0 AS `x`
====
WITH X AS (SELECT 1) SELECT * FROM x
----
-- refused, NotUnderstood: `x` is a WITH query and a table in one statement (at byte 35); hint: give the WITH query another name
====
WITH events AS (SELECT 1 FROM events), EVENTS AS (SELECT 2) SELECT 1
----
-- refused, NotUnderstood: `events` is a WITH query and a table in one statement (at byte 30); hint: give the WITH query another name
====
WITH `x` AS (SELECT 1) SELECT `x`.a FROM `x` AS `y`
----
WITH __pc_0 AS (SELECT 1) SELECT `x`.`a` FROM __pc_0 AS `y`
====
WITH 'x' AS (SELECT 1) SELECT 1
----
-- refused, NotUnderstood: `(` is not understood here (at byte 12)
====
VALUES (1, 2)
----
-- refused, NotUnderstood: `VALUES` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM (VALUES (1, 2))
----
-- refused, NotUnderstood: `VALUES` is not understood here (at byte 15)
====
SELECT values FROM events
----
SELECT `values` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n,
----
-- refused, NotUnderstood: the statement ends too early (at byte 9)
====
SELECT n, FROM events
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n, user_id, FROM events
----
SELECT `n`, `user_id` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 7)
====
SELECT
----
-- refused, NotUnderstood: the statement ends too early (at byte 6)
====
SELECT n FROM (SELECT n FROM countries) SETTINGS max_threads = 1
----
SELECT `n` FROM (SELECT `n` FROM `default`.`countries` AS `countries`)
-- setting: max_threads = 1
====
SELECT 1 UNION ALL VALUES (1)
----
-- refused, NotUnderstood: `VALUES` is not understood here (at byte 19)
====
WITH x AS (SELECT 1) VALUES (1)
----
-- refused, NotUnderstood: `VALUES` is not understood here (at byte 21)
====
WITH n IN (SELECT 1) AS y SELECT y
----
WITH `n` IN (SELECT 1) AS `y` SELECT `y`
====
WITH x AS select SELECT `select`
----
WITH `x` AS `select` SELECT `select`
====
WITH max(1 AS (SELECT 1)) AS y SELECT y
----
-- refused, NotUnderstood: `(` is not understood here (at byte 14)
====
WITH max(a) IN (SELECT 1) AS y SELECT y
----
WITH max(`a`) IN (SELECT 1) AS `y` SELECT `y`
====
WITH max(a) AS select SELECT 1
----
WITH max(`a`) AS `select` SELECT 1
====
FROM events SELECT n FROM orders
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 21)
====
SELECT DISTINCT max(n) FROM events
----
SELECT DISTINCT max(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT DISTINCT ON (n) n + 1 FROM events
----
SELECT DISTINCT ON (`n`) `n` + 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * FROM (SELECT n FROM events PREWHERE n) WHERE n
----
SELECT * FROM (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE ( `n`)) WHERE `n`
====
SELECT n FROM events ORDER BY n DESC COLLATE 'en', n ASC COLLATE de, n DESC
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `n` DESC COLLATE 'en', `n` ASC COLLATE `de`, `n` DESC
====
SELECT ((SELECT 1) LIMIT 1)
----
-- refused, NotUnderstood: `LIMIT` is not understood here (at byte 19)
====
SELECT 1 UNION ALL (1)
----
-- refused, NotUnderstood: `1` is not understood here (at byte 20)
====
SELECT n FROM events SETTINGS max_result_rows = 1, result_overflow_mode = 'break'
----
-- refused, NotAllowed: the setting `result_overflow_mode` would tell of rows that a row filter hides (at byte 51)
====
SELECT code FROM countries SETTINGS max_result_rows = 1, result_overflow_mode = 'break'
----
SELECT `code` FROM `default`.`countries` AS `countries`
-- setting: max_result_rows = 1
-- setting: result_overflow_mode = break
====
SELECT n AS all FROM events ORDER BY all, n DESC
----
SELECT `n` AS `all` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `all`, `n` DESC
====
SELECT n FROM events SETTINGS max_threads, log_queries = 0
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 30)
====
SELECT n FROM (SELECT n FROM events SETTINGS log_queries)
----
-- refused, NotAllowed: SETTINGS belong at the end of the whole statement (at byte 45)
====
