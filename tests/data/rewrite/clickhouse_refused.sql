
----
-- refused, NotUnderstood: the statement is empty (at byte 0); hint: only SELECT is accepted
====
INSERT INTO events VALUES (1)
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 0); hint: only SELECT is accepted
====
DROP TABLE events
----
-- refused, NotUnderstood: `DROP` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT 1; SELECT 2
----
-- refused, NotAllowed: only one statement is accepted (at byte 10)
====
SHOW TABLES
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
DESCRIBE events
----
-- refused, NotUnderstood: `DESCRIBE` is not understood here (at byte 0); hint: only SELECT is accepted
====
EXPLAIN SELECT 1
----
-- refused, NotUnderstood: `EXPLAIN` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM (EXPLAIN SELECT 1)
----
-- refused, NotAllowed: EXPLAIN tells what tables hold (at byte 15); hint: leave it out
====
SELECT * FROM merge('default', '^ev')
----
-- refused, NotAllowed: the table function `merge` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM remote('127.0.0.1', default.secret)
----
-- refused, NotAllowed: the table function `remote` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM view(SELECT * FROM secret)
----
-- refused, NotAllowed: the table function `view` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM file('/etc/passwd')
----
-- refused, NotAllowed: the table function `file` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT file('/etc/passwd')
----
-- refused, NotAllowed: the function `file` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT dictGet('d', 'a', 1)
----
-- refused, NotAllowed: the function `dictGet` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT joinGet('d.j', 'x', 'b')
----
-- refused, NotAllowed: the function `joinGet` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT sleep(3)
----
-- refused, NotAllowed: the function `sleep` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT throwIf(n = 2) FROM events
----
-- refused, NotAllowed: the function `throwIf` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT in(1, secret)
----
-- refused, NotUnderstood: `in` is not understood here (at byte 7)
====
SELECT hostName()
----
-- refused, NotAllowed: the function `hostName` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT 1 # x
----
-- refused, NotUnderstood: `#` has no place in a query (at byte 9); hint: write a comment as `-- …`
====
SELECT 1 // x
----
-- refused, NotUnderstood: `//` begins a comment for some engines (at byte 9); hint: write `--`
====
SELECT 1
----
-- refused, NotUnderstood: the character U+00A0 has no place outside a string (at byte 6)
====
SELECT “n” FROM events
----
-- refused, NotUnderstood: the character U+201C has no place outside a string (at byte 7)
====
SELECT 1 /* /* */ */
----
-- refused, NotUnderstood: comments do not nest (at byte 9)
====
SELECT $a$x$a$
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 7)
====
SELECT `a\`b`
----
-- refused, NotUnderstood: a quoted name holds a quote or a backslash (at byte 7)
====
SELECT {{ x }}
----
-- refused, NotUnderstood: templates are not accepted here (at byte 8)
====
SELECT {% x %}
----
-- refused, NotUnderstood: templates are not accepted here (at byte 7)
====
% SELECT 1
----
-- refused, NotUnderstood: `%` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT 1 AS __pc_t
----
-- refused, NotUnderstood: names that start with `__pc` are the gateway's own (at byte 12)
====
SELECT 'unclosed
----
-- refused, NotUnderstood: a string is not closed (at byte 7)
====
SELECT (1
----
-- refused, NotUnderstood: the statement ends too early (at byte 9)
====
SELECT 1)
----
-- refused, NotUnderstood: `)` is not understood here (at byte 8)
====
SELECT 1 SETTINGS additional_table_filters = {'d.ev': '1'}
----
-- refused, NotAllowed: the setting `additional_table_filters` is not permitted (at byte 18)
====
SELECT n FROM (SELECT n FROM events SETTINGS max_threads = 1)
----
-- refused, NotAllowed: SETTINGS belong at the end of the whole statement (at byte 45)
====
SELECT 1 SETTINGS readonly = 0
----
-- refused, NotAllowed: the setting `readonly` is not permitted (at byte 18)
====
SELECT 1 INTO OUTFILE 'x'
----
-- refused, NotAllowed: INTO OUTFILE is not accepted (at byte 9)
====
SELECT * FROM 'events'
----
-- refused, NotUnderstood: a table's name stands in single quotes (at byte 14)
====
SELECT * FROM a.b.c
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
SELECT arrayReduce('throwIf', [1])
----
-- refused, NotAllowed: the function named in its first argument is not permitted (at byte 7)
====
SELECT 1 WHERE
----
-- refused, NotUnderstood: the statement ends too early (at byte 14)
====
SELECT FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 7)
====
SELECT n FROM events UNION SELECT k FROM secret
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 41)
====
SELECT n FROM events JOIN secret USING n
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 26)
====
SELECT (SELECT count() FROM secret)
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 28)
====
SELECT n FROM events WHERE n IN (SELECT k FROM secret)
----
-- refused, UnknownTable: Resource 'secret' not found (at byte 47)
====
SELECT CAST('x', 'AggregateFunction(groupArray, String)')
----
-- refused, NotAllowed: an aggregate's state cannot be made from a value (at byte 17)
====
SELECT 'x'::AggregateFunction(sum, UInt64)
----
-- refused, NotAllowed: an aggregate's state cannot be made from a value (at byte 12)
====
SELECT 'x'::SimpleAggregateFunction(sum, UInt64)
----
-- refused, NotAllowed: an aggregate's state cannot be made from a value (at byte 12)
====
SELECT CAST('x', 'Aggregate\x46unction(sum, UInt64)')
----
-- refused, NotAllowed: an aggregate's state cannot be made from a value (at byte 17)
====
SELECT CAST(abs(n) AS Nullable(In FROM events t64)) FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 34)
====
SELECT CAST(n AS Nullable(FROM)) FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 26)
====
SELECT CAST(n AS Tuple(a Int8 UNION b)) FROM events
----
-- refused, NotUnderstood: `UNION` is not understood here (at byte 30)
====
SELECT CAST((1, 2) AS Tuple(from Int8, to Int8)) FROM events
----
SELECT CAST((1, 2) AS Tuple(`from` Int8, to Int8)) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
SELECT n::Nullable(FROM secret) FROM events
----
SELECT `n`::Nullable(`FROM` secret) FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events`
====
WITH RECURSIVE walk AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM walk WHERE n IN walk AND n < 5) SELECT n FROM walk
----
-- refused, NotAllowed: a recursive query stands at the right of IN inside itself (at byte 82); hint: join it in FROM
====
WITH RECURSIVE walk AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM walk WHERE n < 5) SELECT n FROM events WHERE n IN walk
----
WITH RECURSIVE __pc_0 AS (SELECT 1 AS `n` UNION ALL SELECT `n` + 1 FROM __pc_0 AS `walk` WHERE `n` < 5) SELECT `n` FROM view(SELECT * FROM `default`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1)) LIMIT 9223372036854775807) AS `events` WHERE `n` IN __pc_0
====
SELECT tags.^ FROM events
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 14)
====
