SELECT count() FROM events
----
SELECT count() FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT e.n FROM events AS e FINAL PREWHERE e.n > 1 WHERE e.n < 9
----
-- refused, NotAllowed: PREWHERE with FINAL sees rows before they are merged; hint: use WHERE
====
SELECT n FROM default.events SAMPLE 1/10 WHERE default.events.n = 1
----
SELECT `n` FROM (SELECT * FROM `events` AS __pv_s1_d_10 SAMPLE 1 / 10 WHERE ((__pv_s1_d_10.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `events`.`n` = 1
====
WITH a AS (SELECT n FROM events) SELECT a.n, c.name FROM a JOIN countries AS c ON c.code = a.n
----
WITH __pv_0 AS (SELECT `n` FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) SELECT `a`.`n`, `c`.`name` FROM __pv_0 AS `a` JOIN `countries` AS `c` ON `c`.`code` = `a`.`n`
====
SELECT day, n FROM events
----
SELECT `day`, `n` FROM (SELECT *, __pv_t.`day` AS `day` FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n FROM log UNION ALL SELECT n FROM v
----
SELECT `n` FROM (SELECT * FROM `log` AS __pv_t WHERE ((__pv_t.`org_id` = 1 or __pv_t.`shared`)) LIMIT 9223372036854775807) AS `log` UNION ALL SELECT `n` FROM (SELECT * FROM `v` AS __pv_t WHERE ((__pv_t.`org_id` = 1 or __pv_t.`shared`)) LIMIT 9223372036854775807) AS `v`
====
SELECT n FROM spread
----
-- refused, NotAllowed: `spread` cannot be read with a row filter; hint: grant the tables that it reads instead
====
SELECT n FROM events WHERE n IN orders
----
SELECT `n` FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT * FROM (SELECT * FROM `orders` AS __pv_t WHERE ((__pv_t.`org_id` = 1 or __pv_t.`shared`)) LIMIT 9223372036854775807) AS `orders`)
====
SELECT arrayMap(x -> x + 1, [n]) AS equals FROM events
----
SELECT arrayMap(`x` -> `x` + 1, [`n`]) AS `equals` FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
WITH (x, y) -> 1 AS equals SELECT n FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 17); hint: write the lambda where it is used
====
WITH ((x, y) -> 1) AS equals SELECT n FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 19); hint: write the lambda where it is used
====
SELECT ((x, y) -> 1) AS f, n FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 21); hint: write the lambda where it is used
====
SELECT arrayMap((x -> x + 1) AS equals, [n]) FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 29); hint: write the lambda where it is used
====
WITH [(x, y) -> 1] AS equals SELECT n FROM events
----
WITH [(`x`, `y`) -> 1] AS `equals` SELECT `n` FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n FROM events AS __pv_t
----
-- refused, NotUnderstood: names that start with `__pv` are the gateway's own (at byte 24)
====
SELECT 1 AS "__PV_t.org_id", n FROM events
----
-- refused, NotUnderstood: names that start with `__pv` are the gateway's own (at byte 12)
====
SELECT number FROM numbers(3)
----
SELECT `number` FROM numbers(3)
====
SELECT * FROM view(SELECT 1)
----
-- refused, NotAllowed: the table function `view` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM generateSeries(1, 3)
----
-- refused, NotAllowed: the table function `generateSeries` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM system.one
----
-- refused, UnknownTable: Resource 'system.one' not found (at byte 14)
====
SELECT 'a\'b\\' AS s, n FROM events FORMAT JSON SETTINGS max_threads = 1
----
SELECT 'a\'b\\' AS `s`, `n` FROM (SELECT * FROM `events` AS __pv_t WHERE ((__pv_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
-- format: JSON
-- setting: max_threads = 1
====
