WITH a AS (SELECT n FROM events) SELECT n FROM a
----
WITH __pc_0 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`) SELECT `n` FROM __pc_0 AS `a`
====
WITH a AS (SELECT n FROM events), b AS (SELECT n FROM a) SELECT a.n, x.n FROM a JOIN b x ON a.n = x.n
----
WITH __pc_0 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`), __pc_1 AS (SELECT `n` FROM __pc_0 AS `a`) SELECT `a`.`n`, `x`.`n` FROM __pc_0 AS `a` JOIN __pc_1 AS `x` ON `a`.`n` = `x`.`n`
====
WITH events AS (SELECT * FROM events) SELECT * FROM events
----
WITH __pc_0 AS (SELECT * FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`) SELECT * FROM __pc_0 AS `events`
====
WITH a AS (SELECT * FROM events), events AS (SELECT 1) SELECT * FROM a
----
-- refused, NotUnderstood: `events` is a WITH query and a table in one statement (at byte 25); hint: give the WITH query another name
====
(WITH orders AS (SELECT 1 AS total) SELECT total FROM orders) UNION ALL SELECT total FROM orders
----
-- refused, NotUnderstood: `orders` is a WITH query and a table in one statement (at byte 90); hint: give the WITH query another name
====
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r
----
WITH RECURSIVE __pc_0 AS (SELECT 1 AS `n` UNION ALL SELECT `n` + 1 FROM __pc_0 AS `r` WHERE `n` < 3) SELECT `n` FROM __pc_0 AS `r`
====
WITH (SELECT max(n) FROM events) AS top SELECT n FROM events WHERE n = top
----
WITH (SELECT max(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) AS `top` SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` = `top`
====
WITH 1 AS org_id SELECT n FROM events
----
WITH 1 AS `org_id` SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
WITH (x, y) -> 1 AS equals SELECT n FROM events
----
-- refused, NotAllowed: a lambda cannot have an alias (at byte 17); hint: write the lambda where it is used
====
WITH 'a' AS org_id, a AS (SELECT n FROM events) SELECT n FROM a WHERE n IN a
----
WITH 'a' AS `org_id`, __pc_0 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) SELECT `n` FROM __pc_0 AS `a` WHERE `n` IN __pc_0
====
SELECT n FROM events WHERE n IN (SELECT total FROM orders) OR n IN orders
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT `total` FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) OR `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`)
====
SELECT n FROM events WHERE n IN orders
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`)
====
SELECT n FROM events WHERE n IN (orders)
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN (SELECT * FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`)
====
SELECT (1, 'x') IN (d.secret)
----
-- refused, UnknownTable: Resource 'd.secret' not found (at byte 19); hint: write `has(array, value)` for an array
====
SELECT n IN (1, 2), n NOT IN (SELECT 1) FROM events
----
SELECT `n` IN (1, 2), `n` NOT IN (SELECT 1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT (SELECT max(n) FROM events), exists(SELECT 1 FROM orders) FROM countries
----
SELECT (SELECT max(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`), exists (SELECT 1 FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders`) FROM `default`.`countries` AS `countries`
====
SELECT n FROM (SELECT n FROM events UNION ALL (SELECT total FROM orders UNION DISTINCT SELECT 1)) AS u
----
SELECT `n` FROM (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` UNION ALL (SELECT `total` FROM view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` UNION DISTINCT SELECT 1)) AS `u`
====
SELECT a FROM events ARRAY JOIN tags AS a
----
SELECT `a` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ARRAY JOIN `tags` AS `a`
====
SELECT a FROM events LEFT ARRAY JOIN tags AS a, [1] AS b
----
SELECT `a` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` LEFT ARRAY JOIN `tags` AS `a`, [1] AS `b`
====
FROM events SELECT n
----
FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` SELECT `n`
====
SELECT * EXCEPT (n) REPLACE (1 AS org_id) APPLY (x -> toString(x)) FROM events
----
SELECT * EXCEPT (`n`) REPLACE (1 AS `org_id`) APPLY (`x` -> toString(`x`)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT COLUMNS('^n') FROM events
----
SELECT COLUMNS ('^n') FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
WITH a AS (SELECT n FROM events) SELECT n FROM (WITH a AS (SELECT 1 AS n FROM countries) SELECT n FROM a)
----
WITH __pc_0 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`) SELECT `n` FROM (WITH __pc_1 AS (SELECT 1 AS `n` FROM `default`.`countries` AS `countries`) SELECT `n` FROM __pc_1 AS `a`)
====
