SELECT n FROM events WHERE n IN +secret
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 33); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN (+secret)
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 32); hint: write `has(array, value)` for an array
====
SELECT n FROM events WHERE n NOT IN (+ +(secret))
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 36); hint: write `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN + d.secret
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 34); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
WITH c AS (SELECT 1) SELECT n FROM events WHERE n IN +c
----
WITH __pc_0 AS (SELECT 1) SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN __pc_0
====
SELECT * APPLY(`file`) FROM (SELECT 'x.csv')
----
-- refused, NotUnderstood: ``file`` is not understood here (at byte 15)
====
SELECT * APPLY "sleep" FROM events
----
-- refused, NotUnderstood: `"sleep"` is not understood here (at byte 15)
====
SELECT COLUMNS('n') APPLY (`throwIf`) APPLY(sum) FROM events
----
-- refused, NotUnderstood: ``throwIf`` is not understood here (at byte 27)
====
SELECT * APPLY(sum) APPLY(x -> x + 1) APPLY (quantile(0.5)) APPLY toString APPLY (`x` -> x) FROM orders
----
SELECT * APPLY (sum) APPLY (`x` -> `x` + 1) APPLY (quantile(0.5)) APPLY toString APPLY (`x` -> `x`) FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`
====
SELECT arrayReduce('e' || 'stimateCompressionRatio', [1])
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 7)
====
SELECT arrayReduce('sum', [n]), arrayReduce('quantile(0.5)', [n]) FROM events
----
SELECT arrayReduce('sum', [`n`]), arrayReduce('quantile(0.5)', [`n`]) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT exists(secret)
----
-- refused, NotAllowed: the function `exists` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT exists((SELECT 1 FROM events)), exists(SELECT 1)
----
SELECT exists ((SELECT 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`)), exists (SELECT 1)
====
WITH ((x, y) -> 1) AS equals SELECT n FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 19); hint: write the lambda where it is used
====
SELECT arrayMap(((x -> x)) AS f, [n]), (1 ? (x -> x) : x) AS g FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 27); hint: write the lambda where it is used
====
SELECT 1 ? (x -> x) : (x -> x) AS g FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 31); hint: write the lambda where it is used
====
SELECT arrayMap((x -> x), [n]) AS f, arrayMap(x -> (x), [n]) g FROM events
----
SELECT arrayMap((`x` -> `x`), [`n`]) AS `f`, arrayMap(`x` -> (`x`), [`n`]) `g` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT a.n FROM events AS a ALL INNER JOIN orders ON a.n = orders.id
----
SELECT `a`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `a` ALL INNER JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON `a`.`n` = `orders`.`id`
====
SELECT events.n FROM events ALL LEFT JOIN orders ON events.n = orders.id
----
SELECT `events`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ALL LEFT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON `events`.`n` = `orders`.`id`
====
SELECT b FROM values('a UInt8, b String ALIAS joinGet(\'d.j\', \'v\', a)', 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM values('a UInt8, b/**/ALIAS(hostName())', 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM values('a UInt8, b ' || 'String ALIAS hostName()', 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM values(('a UInt8, b String ALIAS hostName()'), 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM values(1 || 'a UInt8, b String ALIAS hostName()', 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
WITH 'a UInt8, b String ALIAS hostName()' AS s SELECT b FROM values(s, 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 61); hint: read a data source by its name
====
SELECT b FROM values({s:String}, 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM values((1, 'a UInt8, b String ALIAS hostName()').2, 1)
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT b FROM null('a UInt8, b UInt8 ALIAS intDiv(1, (SELECT max(k) FROM secret))')
----
-- refused, NotAllowed: the table function `null` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM values('a UInt8, b Array(Nullable(String))', (1, ['x']), (2, [])), values((1, 'x y'), (-2, 'z')), values(1, -2), values('a', 'b')
----
-- refused, NotAllowed: the table function `values` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT count() FROM events SETTINGS transform_null_in = 1
----
-- refused, NotAllowed: the setting `transform_null_in` would change what a row filter means (at byte 36)
====
SELECT count() FROM events SETTINGS max_threads = 1, session_timezone = 'Asia/Tokyo'
----
-- refused, NotAllowed: the setting `session_timezone` would change what a row filter means (at byte 53)
====
SELECT count() FROM countries SETTINGS session_timezone = 'Asia/Tokyo'
----
SELECT count() FROM `default`.`countries` AS `countries`
-- setting: session_timezone = Asia/Tokyo
====
SELECT - 1, 1 - 1, 1 - -1, - -1, -n, -1::Int8, [-1, 2]::Array(Int8), (-1), n - 1::Int8 FROM orders
----
SELECT -1, 1 - 1, 1 - -1, - -1, - `n`, -1::Int8, [-1, 2]::Array(Int8), (-1), `n` - 1::Int8 FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`
====
SELECT n IN tags FROM events
----
-- refused, UnknownTable: Resource 'tags' not found (at byte 12); hint: write `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN d.ev
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT * FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `ev`)
====
SELECT n FROM events WHERE n IN countries
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT * FROM `default`.`countries` AS `countries`)
====
SELECT [1] AS orders, n IN orders FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 27); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT arrayExists(orders -> n IN orders, tags) FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 34); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IN orders.total FROM events, orders
----
-- refused, UnknownTable: Resource 'orders.total' not found (at byte 12); hint: write `has(array, value)` for an array
====
SELECT day FROM countries WHERE name IN events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT n FROM events AS orders WHERE n IN orders
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 42); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN spread
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 32); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events PREWHERE n IN orders WHERE n IN (v)
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE ( `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`)) AND ( `n` IN (SELECT * FROM view(SELECT * FROM `default`.`v` AS __pc_t WHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `v`))
====
SELECT null.b FROM events
----
-- refused, NotUnderstood: a dot stands behind a literal (at byte 7)
====
SELECT true.1
----
-- refused, NotUnderstood: a dot stands behind a literal (at byte 7)
====
SELECT x.null FROM events AS x
----
SELECT `x`.`null` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `x`
====
SELECT TOP 5 *, day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT TOP 5 * FROM events WHERE day > 1
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT DISTINCT ON (n) * FROM events WHERE day > 1
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT n * n, day FROM events
----
SELECT `n` * `n`, `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT (n) * (n), day, [1][1] * 2, 5 * n FROM events
----
SELECT (`n`) * (`n`), `day`, [1][1] * 2, 5 * `n` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT count(*), day FROM events GROUP BY day
----
SELECT count(*), `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY `day`
====
