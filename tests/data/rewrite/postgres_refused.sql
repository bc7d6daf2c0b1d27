SELECT pg_read_file('/etc/passwd')
----
-- refused, NotAllowed: the function `pg_read_file` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT query_to_xml('SELECT 1', true, true, '')
----
-- refused, NotAllowed: the function `query_to_xml` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT current_setting('is_superuser')
----
-- refused, NotAllowed: the function `current_setting` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT pg_sleep(10)
----
-- refused, NotAllowed: the function `pg_sleep` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT lo_get(1)
----
-- refused, NotAllowed: the function `lo_get` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT xpath('/a', '<a/>')
----
-- refused, NotAllowed: the function `xpath` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT 'secret'::regclass
----
-- refused, NotAllowed: the type `regclass` is not permitted (at byte 17)
====
SELECT NULL::secret
----
-- refused, NotAllowed: the type `secret` is not permitted (at byte 13)
====
SELECT CAST('secret' AS regclass)
----
-- refused, NotAllowed: the type `regclass` is not permitted (at byte 24)
====
SELECT oid('secret'::text)
----
-- refused, NotAllowed: the function `oid` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM (TABLE secret) AS t
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 15)
====
SELECT n FROM ONLY events
----
-- refused, UnknownTable: Resource 'ONLY' not found (at byte 14)
====
SELECT n FROM events FOR UPDATE
----
-- refused, NotUnderstood: `FOR` is not understood here (at byte 21)
====
SELECT n INTO x FROM events
----
-- refused, NotAllowed: INTO OUTFILE is not accepted (at byte 9)
====
WITH x AS (INSERT INTO y VALUES (1) RETURNING n) SELECT n FROM x
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 11)
====
SELECT * FROM pg_catalog.pg_stats
----
-- refused, UnknownTable: Resource 'pg_catalog.pg_stats' not found (at byte 14)
====
SELECT * FROM pg_stats
----
-- refused, UnknownTable: Resource 'pg_stats' not found (at byte 14)
====
SELECT * FROM information_schema.tables
----
-- refused, UnknownTable: Resource 'information_schema.tables' not found (at byte 14)
====
SELECT $$a$$
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 7)
====
SELECT U&'\0041'
----
-- refused, NotUnderstood: `&` stands before a quote (at byte 8); hint: put a space between them
====
SELECT U&"n" FROM events
----
-- refused, NotUnderstood: `&` stands before a quote (at byte 8); hint: put a space between them
====
SELECT x'41'
----
-- refused, NotUnderstood: a letter stands before a string (at byte 7); hint: put a space between them
====
SELECT b'1'
----
-- refused, NotUnderstood: a letter stands before a string (at byte 7); hint: put a space between them
====
SELECT E'\x41'
----
-- refused, NotUnderstood: this escape is not read the same everywhere (at byte 9)
====
SELECT 0x1F
----
-- refused, NotUnderstood: a number runs into a word (at byte 7); hint: put a space between them, or quote the name
====
SELECT n FROM `events`
----
-- refused, NotUnderstood: ``` has no place in a query (at byte 14)
====
SELECT 1 // 2
----
-- refused, NotUnderstood: `//` begins a comment for some engines (at byte 9); hint: write `--`
====
SELECT /* /* */ */ 1
----
-- refused, NotUnderstood: comments do not nest (at byte 7)
====
SELECT n FROM events WHERE like(user_id, 'a')
----
-- refused, NotAllowed: the function `like` is not permitted (at byte 27); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT n FROM events TABLESAMPLE SYSTEM (10)
----
-- refused, NotUnderstood: `TABLESAMPLE` is not understood here (at byte 21)
====
SELECT * FROM dblink('x', 'y') AS t(n int)
----
-- refused, NotUnderstood: `int` is not understood here (at byte 38)
====
SELECT * FROM pg_ls_dir('/')
----
-- refused, NotAllowed: the table function `pg_ls_dir` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT nextval('s')
----
-- refused, NotAllowed: the function `nextval` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
COPY events TO STDOUT
----
-- refused, NotUnderstood: `COPY` is not understood here (at byte 0); hint: only SELECT is accepted
====
SHOW all
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
EXPLAIN SELECT 1
----
-- refused, NotUnderstood: `EXPLAIN` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT 1; SELECT 2
----
-- refused, NotAllowed: only one statement is accepted (at byte 10)
====
DECLARE c CURSOR FOR SELECT 1
----
-- refused, NotUnderstood: `DECLARE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT regclass 'secret'
----
-- refused, NotUnderstood: `'secret'` is not understood here (at byte 16)
====
SELECT * FROM events, LATERAL (SELECT 1) AS l
----
-- refused, NotAllowed: the table function `LATERAL` is not permitted (at byte 22); hint: read a data source by its name
====
SELECT n FROM events WHERE n = $1
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 31)
====
SELECT n FROM events WHERE n = :x
----
-- refused, NotUnderstood: `:` is not understood here (at byte 31)
====
SELECT a.b.c.d FROM events
----
SELECT "a"."b"."c"."d" FROM (SELECT * FROM "public"."events" AS __pc_t WHERE ((__pc_t."org_id" = 1)) UNION ALL SELECT * FROM "public"."events" AS __pc_t WHERE FALSE OFFSET 0) AS "events"
====
SELECT n FROM a.b.events
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
SELECT pg_catalog.pg_sleep(1)
----
-- refused, NotUnderstood: `(` is not understood here (at byte 26)
====
SELECT "pg_sleep"(1)
----
-- refused, NotUnderstood: a function's name cannot be quoted (at byte 7)
====
SELECT n OPERATOR(pg_catalog.+) 1 FROM events
----
-- refused, NotUnderstood: `(` is not understood here (at byte 17)
====
SELECT n FROM events AS e (n)
----
-- refused, NotUnderstood: `(` is not understood here (at byte 26)
====
