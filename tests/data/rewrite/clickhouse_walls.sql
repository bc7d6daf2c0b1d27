SELECT count() FROM events
----
SELECT count() FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
select * from events e where e.n > 1 order by n desc limit 10 format JSON
----
select * from view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e` where `e`.`n` > 1 order by `n` desc limit 10
-- format: JSON
====
SELECT e.n, o.total FROM events AS e LEFT JOIN orders o ON e.user_id = o.id
----
SELECT `e`.`n`, `o`.`total` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `e` LEFT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `o` ON `e`.`user_id` = `o`.`id`
====
SELECT n FROM events ANY LEFT JOIN orders USING org_id
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` ANY LEFT JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` USING `org_id`
====
SELECT * FROM events, orders, countries
----
SELECT * FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`, view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `orders`, `default`.`countries` AS `countries`
====
SELECT n FROM default.events WHERE default.events.n = 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `events`.`n` = 1
====
SELECT d.ev.v, ev.* FROM d.ev
----
SELECT `ev`.`v`, `ev`.* FROM view(SELECT * FROM `d`.`ev` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`))) AS `ev`
====
SELECT n FROM events FINAL SAMPLE 1/10 OFFSET 1/2 WHERE n > 1 AND user_id > 2
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_s1_d_10_OFFSET_1_d_2 FINAL SAMPLE 1 / 10 OFFSET 1 / 2 WHERE ((__pc_s1_d_10_OFFSET_1_d_2.`org_id` = 1)) AND __pc_s1_d_10_OFFSET_1_d_2.`n` > 1 LIMIT 9223372036854775807) AS `events` WHERE `n` > 1 AND `user_id` > 2
====
SELECT n FROM events PREWHERE n = 1 WHERE user_id = 'a' OR 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) WHERE __pc_t.`n` = 1 LIMIT 9223372036854775807) AS `events` WHERE ( `n` = 1) AND ( `user_id` = 'a' OR 1)
====
SELECT n FROM events PREWHERE n = 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` WHERE ( `n` = 1)
====
SELECT n FROM events FINAL PREWHERE n = 1
----
-- refused, NotAllowed: PREWHERE with FINAL sees rows before they are merged; hint: use WHERE
====
SELECT line FROM log
----
SELECT `line` FROM view(SELECT * FROM `default`.`log` AS __pc_t WHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `log`
====
SELECT n FROM v
----
SELECT `n` FROM view(SELECT * FROM `default`.`v` AS __pc_t WHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `v`
====
SELECT n FROM spread
----
-- refused, NotAllowed: `spread` cannot be read with a row filter; hint: grant the tables that it reads instead
====
SELECT name FROM countries PREWHERE code = 'x'
----
SELECT `name` FROM `default`.`countries` AS `countries` PREWHERE `code` = 'x'
====
SELECT day FROM events
----
SELECT `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT *, day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT n FROM secret
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 14)
====
SELECT n FROM nothing
----
-- refused, UnknownTable: Resource 'nothing' not found (at byte 14)
====
SELECT n FROM nothing, secret
----
-- refused, UnknownTable: Resource 'nothing' not found (at byte 14)
====
SELECT n FROM secret, nothing
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 14)
====
SELECT n FROM d.secret
----
-- refused, UnknownTable: Resource 'd.secret' not found (at byte 14)
====
SELECT count() AS events FROM events
----
SELECT count() AS `events` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `__pc_a7`
====
SELECT user_id AS orders, sum(total) AS events FROM events JOIN orders ON user_id = id GROUP BY orders
----
SELECT `user_id` AS `orders`, sum(`total`) AS `events` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `__pc_a12` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `__pc_a14` ON `user_id` = `id` GROUP BY `orders`
====
WITH mine AS (SELECT n FROM events) SELECT count() AS mine FROM mine
----
WITH __pc_0 AS (SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`) SELECT count() AS `mine` FROM __pc_0
====
SELECT name AS countries FROM countries
----
SELECT `name` AS `countries` FROM `default`.`countries` AS `__pc_a5`
====
SELECT n AS events, events.user_id FROM events
----
SELECT `n` AS `events`, `events`.`user_id` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT *, 1 AS events FROM events
----
SELECT *, 1 AS `events` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT count() AS events FROM events AS e
----
SELECT count() AS `events` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`
====
SELECT _table, n FROM events
----
-- refused, NotAllowed: the column `_table` cannot be read behind a row filter (at byte 7); hint: leave it out
====
SELECT events._part FROM events
----
-- refused, NotAllowed: the column `_part` cannot be read behind a row filter (at byte 14); hint: leave it out
====
SELECT 1 AS _table, _table FROM events
----
SELECT 1 AS `_table`, `_table` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT _table FROM countries
----
SELECT `_table` FROM `default`.`countries` AS `countries`
====
SELECT events.n FROM events AS e
----
-- refused, NotAllowed: the table `events` is called `e` here (at byte 7); hint: name its columns with the alias
====
SELECT events.n FROM events AS e JOIN orders AS events ON 1
----
SELECT `events`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `e` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `events` ON 1
====
SELECT tags.n FROM events AS e JOIN orders AS tags ON 1
----
SELECT `tags`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `e` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `tags` ON 1
====
SELECT e.n FROM events AS e
----
SELECT `e`.`n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`
====
SELECT word, count() FROM words WHERE word = 'a' GROUP BY word
----
SELECT `word`, count() FROM view(SELECT * FROM `default`.`words` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `words` WHERE `word` = 'a' GROUP BY `word`
====
SELECT base64Decode(word) FROM words
----
SELECT base64Decode(`word`) FROM view(SELECT * REPLACE ([__pc_t.`word`][1] AS `word`) FROM `default`.`words` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `words`
====
SELECT base64Decode(made) FROM words
----
SELECT base64Decode(`made`) FROM view(SELECT *, [__pc_t.`made`][1] AS `made` FROM `default`.`words` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `words`
====
SELECT n FROM words WHERE match('a', word) OR base64Decode(other) = 'a'
----
SELECT `n` FROM view(SELECT * REPLACE ([__pc_t.`word`][1] AS `word`, [__pc_t.`other`][1] AS `other`) FROM `default`.`words` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `words` WHERE match('a', `word`) OR base64Decode(`other`) = 'a'
====
SELECT hex(n) FROM (SELECT * FROM words)
----
SELECT hex(`n`) FROM (SELECT * FROM view(SELECT * REPLACE ([__pc_t.`word`][1] AS `word`, [__pc_t.`other`][1] AS `other`) FROM `default`.`words` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `words`)
====
