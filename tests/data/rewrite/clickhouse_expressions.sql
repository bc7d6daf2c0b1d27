SELECT 1 - -1, - - 2, 'it''s', 'a\'b\x41\n', "n", `n`, 0x1F, 1_000, .5, 1e-3
----
SELECT 1 - -1, - -2, 'it\'s', 'a\'bA\n', `n`, `n`, 0x1F, 1_000, .5, 1e-3
====
SELECT n > 1 ? 'a' : 'b', tags[1], (1, 2).1, n::Float64, CAST(n AS Nullable(String)) FROM events
----
SELECT `n` > 1 ? 'a':'b', `tags`[1], (1, 2).1, `n`::Float64, CAST(`n` AS Nullable(String)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT arrayMap((x, y) -> x + y, [1], [2]), sumIf(n, n > 1), quantiles(0.5, 0.9)(n) FROM events
----
SELECT arrayMap((`x`, `y`) -> `x` + `y`, [1], [2]), sumIf(`n`, `n` > 1), quantiles(0.5, 0.9) (`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT {a:UInt64} + {b:Array(String)}[1]
----
SELECT {a:UInt64} + {b:Array(String)}[1]
-- parameters: a, b
====
SELECT {t:Identifier}
----
-- refused, NotAllowed: an Identifier parameter can name any table (at byte 10); hint: write the name itself
====
SELECT sum(n) OVER (PARTITION BY user_id ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w FROM events
----
SELECT sum(`n`) OVER (PARTITION BY `user_id` ORDER BY `n` ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS `w` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT CASE WHEN n = 1 THEN 'a' ELSE 'b' END, n BETWEEN 1 AND 2, n IS NOT NULL, user_id NOT LIKE 'a%' FROM events
----
SELECT CASE WHEN `n` = 1 THEN 'a' ELSE 'b' END, `n` BETWEEN 1 AND 2, `n` IS NOT NULL, `user_id` NOT LIKE 'a%' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT now() - INTERVAL 1 DAY, INTERVAL '1 hour', dateDiff(day, now(), now()), toDate('2020-01-01') -- gone
----
SELECT now() - INTERVAL 1 DAY, INTERVAL '1 hour', dateDiff(day, now(), now()), toDate('2020-01-01')
====
SELECT user_id, count() c FROM events GROUP BY user_id WITH TOTALS HAVING c > 1 ORDER BY c DESC NULLS LAST LIMIT 1 BY user_id LIMIT 5 OFFSET 1 SETTINGS max_threads = 1 FORMAT CSV;
----
SELECT `user_id`, count() `c` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` GROUP BY `user_id` WITH TOTALS HAVING `c` > 1 ORDER BY `c` DESC NULLS LAST LIMIT 1 BY `user_id` LIMIT 5 OFFSET 1
-- format: CSV
-- setting: max_threads = 1
====
SELECT n AS `from`, date, key, end FROM (SELECT n, 1 AS date, 2 AS key, 3 AS end FROM events)
----
SELECT `n` AS `from`, `date`, `key`, `end` FROM (SELECT `n`, 1 AS `date`, 2 AS `key`, 3 AS `end` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`)
====
SELECT n, FROM events
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT position('a' IN user_id), substring(user_id FROM 1 FOR 2), extract(year FROM now()), trim(BOTH ' ' FROM user_id) FROM events
----
SELECT position('a' IN `user_id`), substring(`user_id` FROM 1 FOR 2), extract(year FROM now()), trim(BOTH ' ' FROM `user_id`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
