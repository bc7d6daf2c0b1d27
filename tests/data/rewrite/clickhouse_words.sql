SELECT e.select, e.from, e.where FROM events e
----
SELECT `e`.`select`, `e`.`from`, `e`.`where` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`
====
SELECT select FROM events
----
SELECT `select` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT 1 + from
----
-- refused, NotUnderstood: `from` is not understood here (at byte 11)
====
SELECT where, 1
----
SELECT `where`, 1
====
SELECT with, 1
----
SELECT `with`, 1
====
SELECT 1, case, 2
----
-- refused, NotUnderstood: `,` is not understood here (at byte 14)
====
SELECT 1, when, 2
----
SELECT 1, `when`, 2
====
SELECT 1, then, 2
----
SELECT 1, `then`, 2
====
SELECT 1, else, 2
----
SELECT 1, `else`, 2
====
SELECT 1, as, 2
----
-- refused, NotUnderstood: `as` is not understood here (at byte 10)
====
SELECT 1, on, 2
----
SELECT 1, `on`, 2
====
SELECT 1, in, 2
----
SELECT 1, `in`, 2
====
SELECT 1, and, 2
----
SELECT 1, `and`, 2
====
SELECT 1, or, 2
----
SELECT 1, `or`, 2
====
SELECT 1, distinct, 2
----
SELECT 1, `distinct`, 2
====
SELECT 1, not, 2
----
-- refused, NotUnderstood: `,` is not understood here (at byte 13)
====
SELECT 1, join, 2
----
SELECT 1, `join`, 2
====
SELECT 1, union, 2
----
SELECT 1, `union`, 2
====
SELECT 1, having, 2
----
SELECT 1, `having`, 2
====
SELECT 1, prewhere, 2
----
SELECT 1, `prewhere`, 2
====
SELECT 1, into, 2
----
SELECT 1, `into`, 2
====
SELECT 1, end, 2
----
SELECT 1, `end`, 2
====
SELECT final
----
SELECT `final`
====
SELECT end AS x, end FROM events
----
SELECT `end` AS `x`, `end` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT end AND 1, end OR 1, end IS NULL, end IN (1) FROM events
----
SELECT `end` AND 1, `end` OR 1, `end` IS NULL, `end` IN (1) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT end [1] FROM events
----
SELECT `end`[1] FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT end {1} FROM events
----
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
====
SELECT end (1) FROM events
----
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
====
SELECT end;
----
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
====
SELECT end 'a' FROM events
----
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
====
SELECT end x FROM events
----
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
====
SELECT end = 1, end.a, (end) FROM events
----
SELECT `end` = 1, `end`.`a`, (`end`) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT group(1) FROM events
----
-- refused, NotUnderstood: `group` is not understood here (at byte 7)
====
SELECT n format, 1
----
-- refused, NotUnderstood: `format` is not understood here (at byte 9)
====
SELECT n isnull, n notnull FROM events
----
SELECT `n` isnull, `n` notnull FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n collate FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 17)
====
SELECT n escape 'a' FROM events
----
SELECT `n` escape 'a' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n regexp FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 16)
====
SELECT n rlike FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 15)
====
SELECT n glob FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 14)
====
SELECT n match FROM events
----
-- refused, NotUnderstood: `match` is not understood here (at byte 9)
====
SELECT n over FROM events
----
-- refused, NotUnderstood: `over` is not understood here (at byte 9)
====
SELECT n filter FROM events
----
-- refused, NotUnderstood: `filter` is not understood here (at byte 9)
====
SELECT n apply FROM events
----
-- refused, NotUnderstood: `apply` is not understood here (at byte 9)
====
SELECT n replace FROM events
----
-- refused, NotUnderstood: `replace` is not understood here (at byte 9)
====
SELECT n fetch FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 15)
====
SELECT n for FROM events
----
-- refused, NotUnderstood: `for` is not understood here (at byte 9)
====
SELECT n respect FROM events
----
-- refused, NotUnderstood: `respect` is not understood here (at byte 9)
====
SELECT n ignore FROM events
----
-- refused, NotUnderstood: `ignore` is not understood here (at byte 9)
====
SELECT n array FROM events
----
-- refused, NotUnderstood: `array` is not understood here (at byte 9)
====
SELECT n array JOIN events
----
-- refused, NotUnderstood: `array` is not understood here (at byte 9)
====
SELECT n format FROM events
----
-- refused, NotUnderstood: `events` is not understood here (at byte 21)
====
SELECT n notnull notnull FROM events
----
SELECT `n` notnull notnull FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n date, n day, n first, n key FROM events
----
SELECT `n` `date`, `n` `day`, `n` `first`, `n` `key` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT interval, count() FROM (SELECT n AS interval FROM events) GROUP BY interval ORDER BY interval DESC
----
SELECT `interval`, count() FROM (SELECT `n` AS `interval` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) GROUP BY `interval` ORDER BY `interval` DESC
====
SELECT (interval, n), max(interval), interval FROM (SELECT n, n AS interval FROM events) GROUP BY ALL ORDER BY interval ASC LIMIT 3
----
SELECT (`interval`, `n`), max(`interval`), `interval` FROM (SELECT `n`, `n` AS `interval` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) GROUP BY ALL ORDER BY `interval` ASC LIMIT 3
====
SELECT now() - INTERVAL n DAY, now() - INTERVAL n::Int32 HOUR, now() - INTERVAL max(n) + 1 WEEK, INTERVAL CASE WHEN n > 1 THEN 1 ELSE 2 END DAY FROM events
----
SELECT now() - INTERVAL `n` DAY, now() - INTERVAL `n`::Int32 HOUR, now() - INTERVAL max(`n`) + 1 WEEK, INTERVAL CASE WHEN `n` > 1 THEN 1 ELSE 2 END DAY FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT INTERVAL n FROM events
----
SELECT `INTERVAL` `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT from, to, max(from) AS most FROM (SELECT n AS from, user_id AS to FROM events) WHERE from = 3 AND from IN (1, 3) GROUP BY from, to
----
SELECT `from`, `to`, max(`from`) AS `most` FROM (SELECT `n` AS `from`, `user_id` AS `to` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) WHERE `from` = 3 AND `from` IN (1, 3) GROUP BY `from`, `to`
====
SELECT n, FROM events
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n, from, FROM (SELECT n, user_id AS from FROM events)
----
SELECT `n`, `from` FROM (SELECT `n`, `user_id` AS `from` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`)
====
SELECT from -1 FROM events
----
-- refused, NotUnderstood: `from` is not understood here (at byte 7)
====
SELECT n, from (SELECT 1)
----
SELECT `n` from (SELECT 1)
====
SELECT group, order, where, limit FROM (SELECT n AS group, n AS order, n AS where, n AS limit FROM events) WHERE where = 1 OR limit > 2
----
SELECT `group`, `order`, `where`, `limit` FROM (SELECT `n` AS `group`, `n` AS `order`, `n` AS `where`, `n` AS `limit` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) WHERE `where` = 1 OR `limit` > 2
====
SELECT CASE WHEN limit > 0 THEN limit ELSE offset END AS end FROM (SELECT n AS limit, n AS offset FROM events) GROUP BY end ORDER BY end
----
SELECT CASE WHEN `limit` > 0 THEN `limit` ELSE `offset` END AS `end` FROM (SELECT `n` AS `limit`, `n` AS `offset` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`) GROUP BY `end` ORDER BY `end`
====
SELECT values['a'], settings[1] FROM (SELECT map('a', n) AS values, [n] AS settings FROM events)
----
SELECT `values`['a'], `settings`[1] FROM (SELECT map('a', `n`) AS `values`, [`n`] AS `settings` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`)
====
SELECT left.n, right.id FROM events AS left JOIN orders AS right ON left.org_id = right.org_id
----
SELECT `left`.`n`, `right`.`id` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `left` JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `right` ON `left`.`org_id` = `right`.`org_id`
====
SELECT n FROM events left JOIN orders ON 1
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` left JOIN view(SELECT * FROM `default`.`orders` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1 or __pc_t.`shared`)) LIMIT 9223372036854775807) AS `orders` ON 1
====
SELECT n FROM table
----
-- refused, UnknownTable: Resource 'table' not found (at byte 14)
====
SELECT n FROM table(secret)
----
-- refused, NotAllowed: the table function `table` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n FROM table, lateral
----
-- refused, NotUnderstood: `lateral` is not understood here (at byte 21)
====
SELECT service$$name, a$b.c FROM events
----
SELECT `service$$name`, `a$b`.`c` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT $a FROM events
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 7)
====
SELECT n FROM events WHERE user_id LIKE'a%'AND n IN(1)OR user_id ='b'
----
SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `user_id` LIKE 'a%' AND `n` IN (1) OR `user_id` = 'b'
====
SELECT n FROM events WHERE b'1'
----
-- refused, NotUnderstood: a letter stands before a string (at byte 27); hint: put a space between them
====
SELECT 1 SETTINGS limit = 5, offset = 1
----
SELECT 1
-- setting: limit = 5
-- setting: offset = 1
====
SELECT 1 SETTINGS final = 1
----
-- refused, NotAllowed: the setting `final` is not permitted (at byte 18)
====
SELECT EXTRACT(DAY FROM now()), Extract('a1', '[0-9]'), TRIM(BOTH 'x' FROM user_id), LTRIM(user_id), Rtrim(user_id, 'x') FROM events
----
SELECT EXTRACT(DAY FROM now()), Extract('a1', '[0-9]'), TRIM(BOTH 'x' FROM `user_id`), LTRIM(`user_id`), Rtrim(`user_id`, 'x') FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT toTimeZone(now(), 'UTC'), toTimezone(now(), 'UTC'), timeZoneOf(now()), timezoneOf(now())
----
SELECT toTimeZone(now(), 'UTC'), toTimezone(now(), 'UTC'), timeZoneOf(now()), timezoneOf(now())
====
SELECT totimezone(now(), 'UTC')
----
-- refused, NotAllowed: the function `totimezone` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
