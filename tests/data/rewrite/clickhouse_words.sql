SELECT e.select, e.from, e.where FROM events e
----
SELECT `e`.`select`, `e`.`from`, `e`.`where` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `e`
====
SELECT select FROM events
----
-- refused, NotUnderstood: `select` is not understood here (at byte 7)
====
SELECT 1 + from
----
-- refused, NotUnderstood: `from` is not understood here (at byte 11)
====
SELECT where, 1
----
-- refused, NotUnderstood: `where` is not understood here (at byte 7)
====
SELECT with, 1
----
-- refused, NotUnderstood: `with` is not understood here (at byte 7)
====
SELECT 1, case, 2
----
-- refused, NotUnderstood: `,` is not understood here (at byte 14)
====
SELECT 1, when, 2
----
-- refused, NotUnderstood: `when` is not understood here (at byte 10)
====
SELECT 1, then, 2
----
-- refused, NotUnderstood: `then` is not understood here (at byte 10)
====
SELECT 1, else, 2
----
-- refused, NotUnderstood: `else` is not understood here (at byte 10)
====
SELECT 1, as, 2
----
-- refused, NotUnderstood: `as` is not understood here (at byte 10)
====
SELECT 1, on, 2
----
-- refused, NotUnderstood: `on` is not understood here (at byte 10)
====
SELECT 1, in, 2
----
-- refused, NotUnderstood: `in` is not understood here (at byte 10)
====
SELECT 1, and, 2
----
-- refused, NotUnderstood: `and` is not understood here (at byte 10)
====
SELECT 1, or, 2
----
-- refused, NotUnderstood: `or` is not understood here (at byte 10)
====
SELECT 1, distinct, 2
----
-- refused, NotUnderstood: `distinct` is not understood here (at byte 10)
====
SELECT 1, not, 2
----
-- refused, NotUnderstood: `,` is not understood here (at byte 13)
====
SELECT 1, join, 2
----
-- refused, NotUnderstood: `join` is not understood here (at byte 10)
====
SELECT 1, union, 2
----
-- refused, NotUnderstood: `union` is not understood here (at byte 10)
====
SELECT 1, having, 2
----
-- refused, NotUnderstood: `having` is not understood here (at byte 10)
====
SELECT 1, prewhere, 2
----
-- refused, NotUnderstood: `prewhere` is not understood here (at byte 10)
====
SELECT 1, into, 2
----
-- refused, NotUnderstood: `into` is not understood here (at byte 10)
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
-- refused, NotUnderstood: `end` is not understood here (at byte 7)
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
SELECT `n` isnull, `n` notnull FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n collate FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 17)
====
SELECT n escape 'a' FROM events
----
SELECT `n` escape 'a' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
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
SELECT `n` notnull notnull FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT n date, n day, n first, n key FROM events
----
SELECT `n` `date`, `n` `day`, `n` `first`, `n` `key` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
