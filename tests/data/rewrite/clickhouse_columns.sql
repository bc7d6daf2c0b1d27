SELECT day FROM events
----
SELECT `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT DAY FROM events
----
SELECT `DAY` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT `day` FROM events
----
SELECT `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT 'day' FROM events
----
SELECT 'day' FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT *, day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT events.*, day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT COLUMNS('n'), day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT count(*), day FROM events
----
SELECT count(*), `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT uniq(*, 1), day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT (n, *), day FROM events
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
SELECT n * day FROM events
----
SELECT `n` * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT `n` * day FROM events
----
SELECT `n` * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT 2 * day FROM events
----
SELECT 2 * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT 'a' * day FROM events
----
SELECT 'a' * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT (n) * day FROM events
----
SELECT (`n`) * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT tags[1] * day FROM events
----
SELECT `tags`[1] * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT {'a': 1} * day FROM events
----
SELECT {'a':1} * `day` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT x.n FROM events AS x WHERE x.day = 1
----
SELECT `x`.`n` FROM view(SELECT *, __pc_t.`day` AS `day` FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `x` WHERE `x`.`day` = 1
====
SELECT * FROM events
----
SELECT * FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events`
====
SELECT e.n FROM events AS e, (SELECT * FROM countries) AS c WHERE e.day
----
-- refused, NotUnderstood: `*` stands beside a column that it does not include (MATERIALIZED or ALIAS); hint: list the columns instead of `*`
====
