SELECT n + 1, n - 1, n * 2, n / 2, n % 2, n || 'a', n = 1, n == 1, n != 1, n <> 1, n < 1, n > 1, n <= 1, n >= 1, n <=> 1 FROM events
----
SELECT `n` + 1, `n` - 1, `n` * 2, `n` / 2, `n` % 2, `n` || 'a', `n` = 1, `n` = 1, `n` != 1, `n` != 1, `n` < 1, `n` > 1, `n` <= 1, `n` >= 1, `n` <=> 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n AND 1 OR NOT n, n LIKE 'a', n ILIKE 'a', n BETWEEN 1 AND 2, n DIV 2, n MOD 2, n REGEXP 'a', n RLIKE 'a' FROM events
----
SELECT `n` AND 1 OR NOT `n`, `n` LIKE 'a', `n` ILIKE 'a', `n` BETWEEN 1 AND 2, `n` DIV 2, `n` MOD 2, `n` REGEXP 'a', `n` RLIKE 'a' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n NOT LIKE 'a', n NOT ILIKE 'a', n NOT BETWEEN 1 AND 2, n NOT REGEXP 'a', n NOT RLIKE 'a', n NOT GLOB 'a' FROM events
----
SELECT `n` NOT LIKE 'a', `n` NOT ILIKE 'a', `n` NOT BETWEEN 1 AND 2, `n` NOT REGEXP 'a', `n` NOT RLIKE 'a', `n` NOT GLOB 'a' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n GLOB 'a', n LIKE 'a' ESCAPE '!' FROM events
----
SELECT `n` GLOB 'a', `n` LIKE 'a' ESCAPE '!' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IS NULL, n IS NOT NULL, n ISNULL, n NOTNULL, n NOT NULL, n IS TRUE, n IS NOT FALSE, n IS DISTINCT FROM 1, n IS NOT DISTINCT FROM 2 FROM events
----
SELECT `n` IS NULL, `n` IS NOT NULL, `n` ISNULL, `n` NOTNULL, `n` NOT NULL, `n` IS TRUE, `n` IS NOT FALSE, `n` IS DISTINCT FROM 1, `n` IS NOT DISTINCT FROM 2 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IS 1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 12)
====
SELECT n IS NOT user_id FROM events
----
-- refused, NotUnderstood: `user_id` is not understood here (at byte 16)
====
SELECT user_id COLLATE 'en' FROM events ORDER BY user_id COLLATE 'en', n COLLATE de
----
SELECT `user_id` COLLATE 'en' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ORDER BY `user_id` COLLATE 'en', `n` COLLATE `de`
====
SELECT user_id COLLATE en FROM events
----
SELECT `user_id` COLLATE `en` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT user_id COLLATE 1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 23)
====
SELECT n = 1 ? 'a' : 'b' FROM events
----
SELECT `n` = 1 ? 'a':'b' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n = 1 ? n = 2 ? 'a' : 'b' : 'c' FROM events
----
SELECT `n` = 1 ? `n` = 2 ? 'a':'b':'c' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n ? 1 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 13)
====
SELECT n : 1 FROM events
----
-- refused, NotUnderstood: `:` is not understood here (at byte 9)
====
SELECT n ? 1 : 2 : 3 FROM events
----
-- refused, NotUnderstood: `:` is not understood here (at byte 17)
====
SELECT n::Int8, n::Int8[1], tags[1], tags[], [n, 1][1], (tags)[1], [1, 2, ], [] FROM events
----
SELECT `n`::Int8, `n`::Int8[1], `tags`[1], `tags`[], [`n`, 1][1], (`tags`)[1], [1, 2,], [] FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::SELECT FROM events
----
-- refused, NotUnderstood: `SELECT` is not understood here (at byte 10)
====
SELECT n::1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 10)
====
SELECT n::Decimal(10, 2), n::DateTime64(3, 'UTC'), n::Enum8('a' = 1, 'b' = -2), n::Tuple(a Int8, `b` Array(Int8)), n::double precision FROM events
----
SELECT `n`::Decimal(10, 2), `n`::DateTime64(3, 'UTC'), `n`::Enum8('a' = 1, 'b' = - 2), `n`::Tuple(a Int8, `b` Array(Int8)), `n`::double precision FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::Tuple(SELECT 1) FROM events
----
-- refused, NotUnderstood: `SELECT` is not understood here (at byte 16)
====
SELECT n::Tuple(a + 1) FROM events
----
-- refused, NotUnderstood: `+` is not understood here (at byte 18)
====
SELECT {a:select} FROM events
----
-- refused, NotUnderstood: `select` is not understood here (at byte 10)
====
SELECT {a:1} FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 10)
====
SELECT n::varying, n::unsigned, n::signed, n::bigint signed FROM events
----
SELECT `n`::varying, `n`::unsigned, `n`::signed, `n`::bigint signed FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::Array(Int8 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 21)
====
SELECT CAST(n AS x AS Int8), CAST(n AS Int8), CAST(n, 'Int8') FROM events
----
SELECT CAST(`n` AS `x` AS Int8), CAST(`n` AS Int8), CAST(`n`, 'Int8') FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT CAST(n x AS Int8) FROM events
----
-- refused, NotUnderstood: `x` is not understood here (at byte 14)
====
SELECT CAST(n OR AS x AS Int8) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 17)
====
SELECT CAST(n + AS AS Int8) FROM events
----
-- refused, NotUnderstood: `AS` is not understood here (at byte 16)
====
SELECT CAST(n OR x AS Int8), CAST(n AS x, 'Int8') FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 40)
====
SELECT CAST(n) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 13)
====
SELECT -n, - -n, -1, - 1, +n, + + 1, NOT NOT n FROM events
----
SELECT - `n`, - - `n`, -1, -1, + `n`, + + 1, NOT NOT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT ~n FROM events
----
-- refused, NotUnderstood: `~` has no place in a query (at byte 7)
====
SELECT -(1), -[1], -'a' FROM events
----
SELECT - (1), - [1], - 'a' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT (1, 2), (1, ), (), ((n)), (n AS x), tuple(1).1, (1, 2).1.2, n.1 FROM events
----
SELECT (1, 2), (1,), (), ((`n`)), (`n` AS `x`), tuple(1).1, (1, 2).1.2, `n`.1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT (n AS x, x + 1 AS y), if((n AS z) > 1, z, 0) FROM events
----
SELECT (`n` AS `x`, `x` + 1 AS `y`), if((`n` AS `z`) > 1, `z`, 0) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT tags.:Int8, tags.:`Array(Int8)`, tags.^a, tags.a.b FROM events
----
SELECT `tags`.:Int8, `tags`.:`Array(Int8)`, `tags`.^ `a`, `tags`.`a`.`b` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT tags.^1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 13)
====
SELECT tags.:1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 13)
====
SELECT tags.'a' FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 12)
====
SELECT tags.a, tags.`b`, tags.select FROM events
----
SELECT `tags`.`a`, `tags`.`b`, `tags`.`select` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT {'a': 1, 'b': n}, {} FROM events
----
SELECT {'a':1, 'b':`n`}, {} FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT {'a': 1, } FROM events
----
SELECT {'a':1,} FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT {'a': 1 'b': 2} FROM events
----
-- refused, NotUnderstood: `'b'` is not understood here (at byte 15)
====
SELECT {'a', 1} FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 11)
====
SELECT {b:Int8}, {a:Array(String)}, {b:Int8} FROM events
----
SELECT {b:Int8}, {a:Array(String)}, {b:Int8} FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
-- parameters: a, b
====
SELECT {a Int8} FROM events
----
-- refused, NotUnderstood: `Int8` is not understood here (at byte 10)
====
SELECT {a:Identifier} FROM events
----
-- refused, NotAllowed: an Identifier parameter can name any table (at byte 10); hint: write the name itself
====
SELECT n FROM {a:identifier}
----
-- refused, NotUnderstood: `{` is not understood here (at byte 14)
====
SELECT {{ a }} FROM events
----
-- refused, NotUnderstood: templates are not accepted here (at byte 8)
====
SELECT {n: 1} FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 11)
====
SELECT NULL, TRUE, FALSE, Inf, INFINITY, NaN, -inf FROM events
----
SELECT NULL, TRUE, FALSE, Inf, INFINITY, NaN, - inf FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT null.1, inf.a, true.a FROM events
----
-- refused, NotUnderstood: a dot stands behind a literal (at byte 7)
====
SELECT true(1) FROM events
----
-- refused, NotAllowed: the function `true` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT null.x FROM events
----
-- refused, NotUnderstood: a dot stands behind a literal (at byte 7)
====
SELECT DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00', date, timestamp FROM events
----
SELECT DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00', `date`, `timestamp` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT date + 1 FROM events
----
SELECT `date` + 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT timestamp 'a' 'b' FROM events
----
-- refused, NotUnderstood: `'b'` is not understood here (at byte 21)
====
SELECT INTERVAL 1 DAY, INTERVAL '1 day', INTERVAL '1' DAY, INTERVAL n HOUR, INTERVAL (n + 1) week, INTERVAL {a:Int8} MONTH, INTERVAL -1 day FROM events
----
SELECT INTERVAL 1 DAY, INTERVAL '1 day', INTERVAL '1' DAY, INTERVAL `n` HOUR, INTERVAL (`n` + 1) week, INTERVAL {a:Int8} MONTH, INTERVAL -1 day FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
-- parameters: a
====
SELECT INTERVAL 1 + 1 DAY, INTERVAL 2 - 1 DAY, INTERVAL 2 * 2 DAY, INTERVAL 4 / 2 DAY, INTERVAL 5 % 2 DAY FROM events
----
SELECT INTERVAL 1 + 1 DAY, INTERVAL 2 - 1 DAY, INTERVAL 2 * 2 DAY, INTERVAL 4 / 2 DAY, INTERVAL 5 % 2 DAY FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT INTERVAL 1 = 1 DAY FROM events
----
-- refused, NotUnderstood: `=` is not understood here (at byte 18)
====
SELECT INTERVAL 1 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 18)
====
SELECT INTERVAL 1 parsec FROM events
----
-- refused, NotUnderstood: `parsec` is not understood here (at byte 18)
====
SELECT INTERVAL '1' x, INTERVAL '1' `day`, INTERVAL '1' FROM events
----
SELECT INTERVAL '1' `x`, INTERVAL '1' `day`, INTERVAL '1' FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT INTERVAL '1' 'day' FROM events
----
-- refused, NotUnderstood: `'day'` is not understood here (at byte 20)
====
SELECT INTERVAL '1 day' AS i, INTERVAL `n` DAY, interval, interval + 1, interval.a FROM events
----
SELECT INTERVAL '1 day' AS `i`, INTERVAL `n` DAY, `interval`, `interval` + 1, `interval`.`a` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT interval FORMAT CSV
----
SELECT `interval`
-- format: CSV
====
SELECT interval SELECT FROM events
----
-- refused, NotUnderstood: `SELECT` is not understood here (at byte 16)
====
SELECT n IN (1, 2), n IN (1), n IN (1, ), n IN (), n NOT IN (1, 2), n GLOBAL IN (1, 2), n GLOBAL NOT IN (1, 2) FROM events
----
SELECT `n` IN (1, 2), `n` IN (1), `n` IN (1,), `n` IN (), `n` NOT IN (1, 2), `n` GLOBAL IN (1, 2), `n` GLOBAL NOT IN (1, 2) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n IN [1, 2], n IN tuple(1, 2), n IN ((1, 2)), n IN (user_id, n), n IN -n FROM events
----
SELECT `n` IN [1, 2], `n` IN tuple(1, 2), `n` IN ((1, 2)), `n` IN (`user_id`, `n`), `n` IN - `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN +orders FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 13); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IN ((orders)) FROM events
----
SELECT `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN (d.ev) FROM events
----
SELECT `n` IN (SELECT * FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `ev`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN d.ev FROM events
----
SELECT `n` IN (SELECT * FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `ev`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n GLOBAL IN orders FROM events
----
SELECT `n` GLOBAL IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n GLOBAL NOT IN orders FROM events
----
SELECT `n` GLOBAL NOT IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n GLOBAL LIKE 'a' FROM events
----
-- refused, NotUnderstood: `GLOBAL` is not understood here (at byte 9)
====
SELECT n IN orders.id FROM events
----
-- refused, UnknownTable: Resource 'orders.id' not found (at byte 12); hint: write `has(array, value)` for an array
====
WITH a AS (SELECT 1) SELECT n IN a, n IN (a) FROM events
----
WITH __pc_0 AS (SELECT 1) SELECT `n` IN __pc_0, `n` IN __pc_0 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
WITH a AS (SELECT 1) SELECT n IN a.x FROM events
----
-- refused, UnknownTable: Resource 'a.x' not found (at byte 33); hint: write `has(array, value)` for an array
====
WITH a AS (SELECT 1 AS x) SELECT n IN a + 1 FROM events
----
WITH __pc_0 AS (SELECT 1 AS `x`) SELECT `n` IN `a` + 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN (SELECT 1), n IN ((SELECT 1)), (n, 1) IN (SELECT 1, 2 UNION ALL SELECT 3, 4), n IN ((SELECT 1) UNION ALL (SELECT 2)) FROM events
----
SELECT `n` IN (SELECT 1), `n` IN ((SELECT 1)), (`n`, 1) IN (SELECT 1, 2 UNION ALL SELECT 3, 4), `n` IN ((SELECT 1) UNION ALL (SELECT 2)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN (orders AS x) FROM events
----
SELECT `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN (1 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 15)
====
SELECT n IN (1, 2 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 18)
====
SELECT EXISTS(SELECT 1 FROM orders), NOT EXISTS (SELECT 1), EXISTS((SELECT 1)) FROM events
----
SELECT EXISTS (SELECT 1 FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`), NOT EXISTS (SELECT 1), EXISTS ((SELECT 1)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT exists(1) FROM events
----
-- refused, NotAllowed: the function `exists` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT exists FROM events
----
SELECT `exists` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT (SELECT 1), ((SELECT 1)), ((SELECT 1) UNION ALL SELECT 2), ((SELECT 1) EXCEPT (SELECT 2) ORDER BY 1) FROM events
----
SELECT (SELECT 1), ((SELECT 1)), ((SELECT 1) UNION ALL SELECT 2), ((SELECT 1) EXCEPT (SELECT 2) ORDER BY 1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT ((SELECT 1) UNION ALL SELECT 2, 3 FROM events
----
-- refused, NotUnderstood: the statement ends too early (at byte 52)
====
SELECT (n UNION ALL SELECT 2) FROM events
----
-- refused, NotUnderstood: `UNION` is not understood here (at byte 10)
====
SELECT CASE n WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END, CASE WHEN n THEN 1 END FROM events
----
SELECT CASE `n` WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END, CASE WHEN `n` THEN 1 END FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT CASE n WHEN 1 'a' END FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 21)
====
SELECT CASE n WHEN 1 THEN 'a' FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 30)
====
SELECT CASE WHEN n = 1 AS x THEN x AS y ELSE y END FROM events
----
SELECT CASE WHEN `n` = 1 AS `x` THEN `x` AS `y` ELSE `y` END FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT arrayMap(x -> x + 1, tags), arrayMap((x, y) -> x + y, tags, tags) FROM events
----
SELECT arrayMap(`x` -> `x` + 1, `tags`), arrayMap((`x`, `y`) -> `x` + `y`, `tags`, `tags`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT arrayMap(x -> x + 1 AS y, tags) FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 27); hint: write the lambda where it is used
====
SELECT (x -> x) y FROM events
----
-- refused, NotUnderstood: `y` is not understood here (at byte 16)
====
SELECT arrayMap((x -> x), tags) FROM events
----
SELECT arrayMap((`x` -> `x`), `tags`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT x -> x y FROM events
----
-- refused, NotUnderstood: `y` is not understood here (at byte 14)
====
SELECT -(x -> x) AS abs FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 17); hint: write the lambda where it is used
====
SELECT (x -> x, 1) AS abs FROM events
----
SELECT (`x` -> `x`, 1) AS `abs` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT [x -> x] AS abs FROM events
----
SELECT [`x` -> `x`] AS `abs` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT 1 = (x -> x) AS abs FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 20); hint: write the lambda where it is used
====
SELECT `count`(n) FROM events
----
-- refused, NotUnderstood: a function's name cannot be quoted (at byte 7)
====
SELECT 1.a FROM events
----
-- refused, NotUnderstood: a dot stands behind a number (at byte 7)
====
SELECT 1.5 .1 FROM events
----
-- refused, NotUnderstood: a dot stands behind a number (at byte 7)
====
SELECT n..5 FROM events
----
-- refused, NotUnderstood: `.` is not understood here (at byte 9)
====
SELECT n AS select, n AS `b`, n `c`, n d FROM events
----
SELECT `n` AS `select`, `n` AS `b`, `n` `c`, `n` `d` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n AS 1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 12)
====
SELECT n 'x' FROM events
----
-- refused, NotUnderstood: `'x'` is not understood here (at byte 9)
====
SELECT 1 AS a b FROM events
----
-- refused, NotUnderstood: `b` is not understood here (at byte 14)
====
SELECT x'41', x'41'.1, 'a'.1 FROM events
----
SELECT 'A', 'A'.1, 'a'.1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n IN (user_id + 1), n IN ((n, 1)), (n IN (n, user_id)) FROM events
----
SELECT `n` IN (`user_id` + 1), `n` IN ((`n`, 1)), (`n` IN (`n`, `user_id`)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT tags.:`Array(Int8)` AS x FROM events
----
SELECT `tags`.:`Array(Int8)` AS `x` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN tags[1], n IN (tags)[1], n IN user_id + 1, n IN tags || tags, n IN user_id::Int64, n IN user_id DIV 2, n IN n MOD 2 FROM events
----
SELECT `n` IN `tags`[1], `n` IN (`tags`)[1], `n` IN `user_id` + 1, `n` IN `tags` || `tags`, `n` IN `user_id`::Int64, `n` IN `user_id` DIV 2, `n` IN `n` MOD 2 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN events[1], n IN secret - 1, n IN secret * 1, n IN secret / 1, n IN secret % 2 FROM events
----
SELECT `n` IN `events`[1], `n` IN `secret` - 1, `n` IN `secret` * 1, `n` IN `secret` / 1, `n` IN `secret` % 2 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN secret.1 FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n IN (countries).1 FROM events
----
SELECT `n` IN (`countries`).1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN countries AND n IN countries = 1 FROM events
----
SELECT `n` IN (SELECT * FROM `default`.`countries` AS `countries`) AND `n` IN (SELECT * FROM `default`.`countries` AS `countries`) = 1 FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT INTERVAL '1 day' d, INTERVAL '1' d, INTERVAL '1' day AS d FROM events
----
SELECT INTERVAL '1 day' `d`, INTERVAL '1' d, INTERVAL '1' day AS `d` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::Float64 unsigned, n::Int8 precision, n::String varying FROM events
----
SELECT `n`::Float64 `unsigned`, `n`::Int8 `precision`, `n`::String `varying` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::int unsigned, n::DOUBLE Precision, n::Char Varying FROM events
----
SELECT `n`::int unsigned, `n`::DOUBLE Precision, `n`::Char Varying FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT user_id = 'a\=b' FROM events
----
SELECT `user_id` = 'a=b' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT INTERVAL tags[1] DAY, INTERVAL events.n DAY, INTERVAL n + 1 DAY, INTERVAL n - 1 DAY, INTERVAL n * 2 DAY, INTERVAL n / 2 DAY, INTERVAL n % 2 DAY, INTERVAL abs(n) DAY, INTERVAL n::Int8 DAY FROM events
----
SELECT INTERVAL `tags`[1] DAY, INTERVAL `events`.`n` DAY, INTERVAL `n` + 1 DAY, INTERVAL `n` - 1 DAY, INTERVAL `n` * 2 DAY, INTERVAL `n` / 2 DAY, INTERVAL `n` % 2 DAY, INTERVAL abs(`n`) DAY, INTERVAL `n`::Int8 DAY FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n IN a.b.c.d FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 12); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n NOT 5 FROM events
----
-- refused, NotUnderstood: `NOT` is not understood here (at byte 9)
====
SELECT 1 SETTINGS `max_threads` = 1
----
SELECT 1
-- setting: max_threads = 1
====
SELECT 1 SETTINGS 'max_threads' = 1
----
-- refused, NotUnderstood: `'max_threads'` is not understood here (at byte 18)
====
SELECT 1 SETTINGS max_threads
----
-- refused, NotAllowed: the setting `max_threads` takes one plain value (at byte 18)
====
SELECT 1 SETTINGS = 1
----
-- refused, NotUnderstood: `=` is not understood here (at byte 18)
====
SELECT 1 SETTINGS 1 = 1
----
-- refused, NotUnderstood: `1` is not understood here (at byte 18)
====
SELECT INTERVAL tags[1] + tags[2] DAY, INTERVAL n[1 DAY FROM events
----
-- refused, NotUnderstood: `DAY` is not understood here (at byte 52)
====
