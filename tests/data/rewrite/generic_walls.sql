SELECT count(*) FROM events
----
SELECT count(*) FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT "n" FROM public.events AS e WHERE e.n = 1
----
SELECT "n" FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "e" WHERE e.n = 1
====
SELECT n FROM d.ev
----
SELECT n FROM (SELECT * FROM "d"."ev" AS __pc_t WHERE ((__pc_t."org_id" = 1 or __pc_t."shared"))) AS "ev"
====
SELECT cast(n AS double precision), n::int FROM events
----
SELECT cast(n AS double precision), n::int FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT extract(day FROM n) FROM events
----
SELECT extract(day FROM n) FROM (SELECT *, __pc_t."day" AS "day" FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT name FROM countries
----
SELECT name FROM "countries" AS "countries"
====
SELECT k FROM secret
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 14)
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM (TABLE secret)
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 15)
====
SELECT * FROM read_csv('x')
----
-- refused, NotAllowed: the table function `read_csv` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT n FROM events FETCH FIRST 2 ROWS ONLY
----
SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events" FETCH FIRST 2 ROWS ONLY
====
SELECT n FROM events FOR UPDATE
----
-- refused, NotUnderstood: `FOR` is not understood here (at byte 21)
====
SELECT `n` FROM events
----
-- refused, NotUnderstood: ``` has no place in a query (at byte 7)
====
SELECT n INTO x FROM events
----
-- refused, NotAllowed: INTO OUTFILE is not accepted (at byte 9)
====
WITH x AS (INSERT INTO y VALUES (1) RETURNING *) SELECT * FROM x
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 11)
====
SELECT 'x' IN secret, n IN (events) FROM events
----
-- refused, NotAllowed: a bare name at the right of IN can be a table (at byte 14); hint: write `IN (SELECT column FROM table)`, or `has(array, value)` for an array
====
SELECT 'a\' FROM events
----
-- refused, NotUnderstood: a backslash in a string means different things to different engines (at byte 9); hint: an operator can say which with `dialect` in gateway.yaml
====
SELECT 0x1F FROM events
----
-- refused, NotUnderstood: a number runs into a word (at byte 7); hint: put a space between them, or quote the name
====
SELECT current_user, user FROM events
----
SELECT "current_user", "user" FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "events"
====
SELECT 'secret'::regclass
----
-- refused, NotAllowed: the type `regclass` is not permitted (at byte 17)
====
SELECT n FROM EVENTS AS E WHERE e.n = 1
----
SELECT n FROM (SELECT * FROM "events" AS __pc_t WHERE ((__pc_t."org_id" = 1))) AS "E" WHERE e.n = 1
====
