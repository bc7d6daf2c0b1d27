SELECT count(DISTINCT n), count(ALL n), uniq(DISTINCT n, user_id), sum(distinct(n)) FROM events
----
SELECT count(DISTINCT `n`), count(ALL `n`), uniq(DISTINCT `n`, `user_id`), sum(distinct (`n`)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT count(all) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 16)
====
SELECT count(all(n)) FROM events
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 13); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT groupArray(n ORDER BY n DESC), any(n) RESPECT NULLS, any(n) IGNORE NULLS, any(n IGNORE NULLS), any(n RESPECT NULLS) FROM events
----
SELECT groupArray(`n` ORDER BY `n` DESC), any(`n`) RESPECT NULLS, any(`n`) IGNORE NULLS, any(`n` IGNORE NULLS), any(`n` RESPECT NULLS) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT any(n) RESPECT FROM events
----
-- refused, NotUnderstood: `RESPECT` is not understood here (at byte 14)
====
SELECT any(n) IGNORE n FROM events
----
-- refused, NotUnderstood: `IGNORE` is not understood here (at byte 14)
====
SELECT quantile(0.5)(n), quantile(0.5)(DISTINCT n), max(n, ), coalesce((SELECT max(n) FROM orders), 1) FROM events
----
SELECT quantile(0.5) (`n`), quantile(0.5) (DISTINCT `n`), max(`n`,), coalesce((SELECT max(`n`) FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`), 1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(SELECT n FROM orders) FROM events
----
SELECT max(SELECT `n` FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(SELECT 1, 2) FROM events
----
SELECT max(SELECT 1, 2) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(SELECT 1 FROM events
----
-- refused, NotUnderstood: the statement ends too early (at byte 31)
====
SELECT max(WITH 1 AS x SELECT x) FROM events
----
SELECT max(WITH 1 AS `x` SELECT `x`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(n FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 13)
====
SELECT max(n) WITHIN GROUP (ORDER BY n), max(n) within group (n) FROM events
----
SELECT max(`n`) WITHIN GROUP (ORDER BY `n`), max(`n`) within group (`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(n) WITHIN GROUP ORDER BY n FROM events
----
-- refused, NotUnderstood: `ORDER` is not understood here (at byte 27)
====
SELECT max(n) WITHIN FROM events
----
SELECT max(`n`) `WITHIN` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT count() FILTER (WHERE n > 1) FROM events
----
SELECT count() FILTER (WHERE `n` > 1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT count() filter FROM events
----
-- refused, NotUnderstood: `filter` is not understood here (at byte 15)
====
SELECT count() FILTER (n > 1) FROM events
----
-- refused, NotUnderstood: `n` is not understood here (at byte 23)
====
SELECT count() FILTER (WHERE n > 1 FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 35)
====
SELECT max(n) FILTER (WHERE n) IGNORE NULLS OVER w FROM events WINDOW w AS (PARTITION BY n)
----
SELECT max(`n`) FILTER (WHERE `n`) IGNORE NULLS OVER `w` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WINDOW `w` AS (PARTITION BY `n`)
====
SELECT max(n) OVER (), max(n) OVER w, max(n) OVER `w`, max(n) OVER (w), max(n) OVER (w ORDER BY n) FROM events WINDOW w AS (ORDER BY n), `v` AS (w PARTITION BY n, user_id)
----
SELECT max(`n`) OVER (), max(`n`) OVER `w`, max(`n`) OVER `w`, max(`n`) OVER (`w`), max(`n`) OVER (`w` ORDER BY `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WINDOW `w` AS (ORDER BY `n`), `v` AS (`w` PARTITION BY `n`, `user_id`)
====
SELECT max(n) OVER (`w` ORDER BY n) FROM events WINDOW `w` AS ()
----
SELECT max(`n`) OVER (`w` ORDER BY `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WINDOW `w` AS ()
====
SELECT max(n) OVER 1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 19)
====
SELECT max(n) OVER (1) FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 20)
====
SELECT max(n) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM events
----
SELECT max(`n`) OVER (ORDER BY `n` ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(n) OVER (ORDER BY n RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING), max(n) OVER (ROWS CURRENT ROW), max(n) OVER (GROUPS 1 PRECEDING) FROM events
----
SELECT max(`n`) OVER (ORDER BY `n` RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING), max(`n`) OVER (ROWS CURRENT ROW), max(`n`) OVER (GROUPS 1 PRECEDING) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(n) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING EXCLUDE NO OTHERS), max(n) OVER (ROWS 1 PRECEDING EXCLUDE CURRENT ROW), max(n) OVER (ROWS 1 PRECEDING EXCLUDE GROUP), max(n) OVER (ROWS 1 PRECEDING EXCLUDE TIES) FROM events
----
SELECT max(`n`) OVER (ORDER BY `n` ROWS UNBOUNDED PRECEDING EXCLUDE NO OTHERS), max(`n`) OVER (ROWS 1 PRECEDING EXCLUDE CURRENT ROW), max(`n`) OVER (ROWS 1 PRECEDING EXCLUDE GROUP), max(`n`) OVER (ROWS 1 PRECEDING EXCLUDE TIES) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(n) OVER (ROWS 1 PRECEDING EXCLUDE ME) FROM events
----
-- refused, NotUnderstood: `ME` is not understood here (at byte 45)
====
SELECT max(n) OVER (ROWS 1 PRECEDING EXCLUDE) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 44)
====
SELECT max(n) OVER (ROWS 1) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 26)
====
SELECT max(n) OVER (ROWS UNBOUNDED n PRECEDING) FROM events
----
-- refused, NotUnderstood: `n` is not understood here (at byte 35)
====
SELECT max(n) OVER (ROWS BETWEEN 1 PRECEDING) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 44)
====
SELECT max(n) OVER (ROWS BETWEEN PRECEDING AND 1 FOLLOWING) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 58)
====
SELECT max(n) OVER (PARTITION BY) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 32)
====
SELECT max(n) OVER (PARTITION n) FROM events
----
-- refused, NotUnderstood: `PARTITION` is not understood here (at byte 20)
====
SELECT max(n) OVER (select) FROM events
----
-- refused, NotUnderstood: `select` is not understood here (at byte 20)
====
SELECT dateDiff(day, n, n), dateDiff('day', n, n), date_trunc(month, n), dateDiff(day) FROM events
----
SELECT dateDiff(day, `n`, `n`), dateDiff('day', `n`, `n`), date_trunc(month, `n`), dateDiff(`day`) FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT dateDiff(day + 1, n, n), dateDiff(parsec, n, n), dateadd(hour, 1, n), timestampAdd(SECOND, 1, n) FROM events
----
SELECT dateDiff(`day` + 1, `n`, `n`), dateDiff(`parsec`, `n`, `n`), dateadd(hour, 1, `n`), timestampAdd(SECOND, 1, `n`) FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT max(day, n) FROM events
----
SELECT max(`day`, `n`) FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT EXTRACT(year FROM n) FROM events
----
SELECT EXTRACT(year FROM `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT extract(year FROM n), extract(n, 'a'), extract(n FROM n) FROM events
----
SELECT extract(year FROM `n`), extract(`n`, 'a'), extract(n FROM `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT EXTRACT(foo FROM n) FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 19)
====
SELECT extract(year, n) FROM events
----
SELECT extract(`year`, `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT EXTRACT(year FROM n FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 27)
====
SELECT TRIM(n) FROM events
----
SELECT TRIM(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT trim(n), trim(BOTH 'a' FROM n), trim(LEADING 'a' FROM n), trim(TRAILING 'a' FROM n), trim(FROM n), trim('a' FROM n), trim(n, 'a'), trim(both FROM n) FROM events
----
SELECT trim(`n`), trim(BOTH 'a' FROM `n`), trim(LEADING 'a' FROM `n`), trim(TRAILING 'a' FROM `n`), trim(FROM `n`), trim('a' FROM `n`), trim(`n`, 'a'), trim(both FROM `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT trim(n 'a') FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 14)
====
SELECT TRIM(BOTH n 'a') FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 19)
====
SELECT TRIM(FROM n, 1) FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 18)
====
SELECT TRIM('a' FROM n, 1) FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 22)
====
SELECT SUBSTRING(n FROM 1), SUBSTRING(n FROM 1 FOR 2), substring(n, 1), substring(n, 1, 2) FROM events
----
SELECT SUBSTRING(`n` FROM 1), SUBSTRING(`n` FROM 1 FOR 2), substring(`n`, 1), substring(`n`, 1, 2) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT substring(n) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 18)
====
SELECT substring(n 1) FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 19)
====
SELECT SUBSTRING(n FROM 1 FOR 2, 3) FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 31)
====
SELECT POSITION('a' IN n), position(n, 'a'), position(n, 'a', 1), position(n), position('a' AS x IN n) FROM events
----
SELECT POSITION('a' IN `n`), position(`n`, 'a'), position(`n`, 'a', 1), position(`n`), position('a' AS `x` IN `n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT POSITION('a' IN n, 1) FROM events
----
-- refused, NotUnderstood: `,` is not understood here (at byte 24)
====
SELECT position(n 'a') FROM events
----
-- refused, NotUnderstood: `'a'` is not understood here (at byte 18)
====
SELECT left(n, 1), right(n, 1), mod(n, 2), any(n), like(n, 'a'), ilike(n, 'a'), and(n, 1), or(n, 1) FROM events
----
SELECT left(`n`, 1), right(`n`, 1), mod(`n`, 2), any(`n`), like(`n`, 'a'), ilike(`n`, 'a'), and(`n`, 1), or(`n`, 1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT all(n) FROM events
----
-- refused, NotAllowed: the function `all` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT left, right FROM events
----
SELECT `left`, `right` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT COLUMNS('n'), COLUMNS(n, user_id) EXCEPT n, events.COLUMNS('n'), columns FROM events
----
SELECT COLUMNS ('n'), COLUMNS (`n`, `user_id`) EXCEPT `n`, `events`.COLUMNS ('n'), `columns` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT COLUMNS() FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 15)
====
SELECT events.columns FROM events
----
SELECT `events`.`columns` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT * EXCEPT n, * EXCEPT (n, user_id), * EXCEPT STRICT n, * EXCEPT 'n', * EXCEPT events.n FROM events
----
SELECT * EXCEPT `n`, * EXCEPT (`n`, `user_id`), * EXCEPT STRICT `n`, * EXCEPT 'n', * EXCEPT `events`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * EXCEPT n.1 FROM events
----
-- refused, NotUnderstood: `1` is not understood here (at byte 18)
====
SELECT * EXCEPT (SELECT 1) FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 27)
====
SELECT * FROM events EXCEPT SELECT * FROM events
----
SELECT * FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` EXCEPT SELECT * FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * EXCEPT ALL SELECT 1
----
SELECT * EXCEPT ALL SELECT 1
====
SELECT * EXCEPT DISTINCT SELECT 1
----
SELECT * EXCEPT DISTINCT SELECT 1
====
SELECT * REPLACE (n + 1 AS n), * REPLACE n + 1 AS n, * REPLACE STRICT n + 1 AS n FROM events
----
SELECT * REPLACE (`n` + 1 AS `n`), * REPLACE `n` + 1 AS `n`, * REPLACE STRICT `n` + 1 AS `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * REPLACE (n + 1) FROM events
----
-- refused, NotUnderstood: `)` is not understood here (at byte 23)
====
SELECT * APPLY sum, * APPLY (sum), * APPLY quantile(0.5), * APPLY (x -> x + 1), * APPLY x -> x + 1, * APPLY any FROM events
----
SELECT * APPLY sum, * APPLY (sum), * APPLY quantile(0.5), * APPLY (`x` -> `x` + 1), * APPLY `x` -> `x` + 1, * APPLY any FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * APPLY file FROM events
----
-- refused, NotAllowed: the function `file` is not permitted (at byte 15); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * APPLY `file` FROM events
----
-- refused, NotUnderstood: ``file`` is not understood here (at byte 15)
====
SELECT * APPLY 'file' FROM events
----
-- refused, NotUnderstood: `'file'` is not understood here (at byte 15)
====
SELECT * APPLY select FROM events
----
-- refused, NotUnderstood: `select` is not understood here (at byte 15)
====
SELECT * APPLY sum APPLY max EXCEPT n REPLACE (1 AS n), events.* EXCEPT n, default.events.* FROM events
----
SELECT * APPLY sum APPLY max EXCEPT `n` REPLACE (1 AS `n`), `events`.* EXCEPT `n`, `events`.* FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT d.ev.* EXCEPT v FROM d.ev
----
SELECT `ev`.* EXCEPT `v` FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `ev`
====
SELECT file(n) FROM events
----
-- refused, NotAllowed: the function `file` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT Cast(n AS Int8), CAST(n, 'AggregateFunction(sum, Int8)') FROM events
----
-- refused, NotAllowed: an aggregate's state cannot be made from a value (at byte 32)
====
SELECT arrayReduce('sum', tags), arrayReduce('file', tags) FROM events
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 33)
====
SELECT arrayReduce(sum, tags) FROM events
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 7)
====
SELECT arrayReduce('su' || 'm', tags) FROM events
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 7)
====
SELECT arrayReduce('sum(1)', tags) FROM events
----
SELECT arrayReduce('sum(1)', `tags`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT Cast(n AS Int8) FROM events
----
SELECT Cast(`n` AS Int8) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT arrayReduce(xsumx, tags) FROM events
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 7)
====
SELECT CAST(n, x'41676772656761746546756e6374696f6e2873756d2c2055496e743829') FROM events
----
-- refused, NotAllowed: a cast's type stands in one plain string or behind AS (at byte 15)
====
SELECT CAST(n, concat('Aggregate', 'Function(sum, UInt8)')) FROM events
----
-- refused, NotAllowed: a cast's type stands in one plain string or behind AS (at byte 15)
====
SELECT CAST(n, 'Aggregate' || 'Function(sum, UInt8)') FROM events
----
-- refused, NotAllowed: a cast's type stands in one plain string or behind AS (at byte 15)
====
SELECT any(n) IGNORE NULLS FILTER (WHERE n), max(n) OVER (RANGE UNBOUNDED PRECEDING), max(n) OVER (GROUPS UNBOUNDED PRECEDING) FROM events
----
SELECT any(`n`) IGNORE NULLS FILTER (WHERE `n`), max(`n`) OVER (RANGE UNBOUNDED PRECEDING), max(`n`) OVER (GROUPS UNBOUNDED PRECEDING) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT CAST(n, 'Int8' AS x) FROM events
----
-- refused, NotAllowed: a cast's type stands in one plain string or behind AS (at byte 15)
====
SELECT * EXCEPT (events.n) FROM events
----
SELECT * EXCEPT (`events`.`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT * APPLY ((x -> x + 1)) FROM events
----
SELECT * APPLY ((`x` -> `x` + 1)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
