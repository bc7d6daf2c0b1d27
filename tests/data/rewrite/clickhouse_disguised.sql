SELECT n FROM events WHERE n IN +secret
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 33); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN (+secret)
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 34); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events WHERE n NOT IN (+ +(secret))
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 41); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT n FROM events WHERE n IN + d.secret
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 34); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
WITH c AS (SELECT 1) SELECT n FROM events WHERE n IN +c
----
WITH __pc_0 AS (SELECT 1) SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `events` WHERE `n` IN __pc_0
====
