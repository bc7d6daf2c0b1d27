SELECT * FROM 'events.csv'
----
-- refused, NotUnderstood: a table's name stands in single quotes (at byte 14)
====
SELECT * FROM "events.csv"
----
-- refused, UnknownTable: Resource 'events.csv' not found (at byte 14)
====
SELECT * FROM read_csv('x.csv')
----
-- refused, NotAllowed: the table function `read_csv` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM read_parquet('x')
----
-- refused, NotAllowed: the table function `read_parquet` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM glob('*')
----
-- refused, NotAllowed: the table function `glob` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM query('SELECT 1')
----
-- refused, NotAllowed: the table function `query` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM query_table('secret')
----
-- refused, NotAllowed: the table function `query_table` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM json_execute_serialized_sql('x')
----
-- refused, NotAllowed: the table function `json_execute_serialized_sql` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT getenv('HOME')
----
-- refused, NotAllowed: the function `getenv` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT current_setting('x')
----
-- refused, NotAllowed: the function `current_setting` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT stats(n) FROM events
----
-- refused, NotAllowed: the function `stats` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT error('x') FROM events
----
-- refused, NotAllowed: the function `error` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * FROM duckdb_tables()
----
-- refused, NotAllowed: the table function `duckdb_tables` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM pragma_table_info('secret')
----
-- refused, NotAllowed: the table function `pragma_table_info` is not permitted (at byte 14); hint: read a data source by its name
====
SELECT * FROM sqlite_master
----
-- refused, UnknownTable: Resource 'sqlite_master' not found (at byte 14)
====
SELECT * FROM information_schema.tables
----
-- refused, UnknownTable: Resource 'information_schema.tables' not found (at byte 14)
====
SELECT * FROM other.main.secret
----
-- refused, NotUnderstood: a table's name has more than two parts (at byte 14)
====
FROM secret
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 0); hint: only SELECT is accepted
====
FROM secret SELECT n
----
-- refused, NotUnderstood: `FROM` is not understood here (at byte 0); hint: only SELECT is accepted
====
TABLE secret
----
-- refused, NotUnderstood: `TABLE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM (SUMMARIZE secret)
----
-- refused, UnknownTable: Resource 'SUMMARIZE' not found (at byte 15)
====
SELECT * FROM (DESCRIBE secret)
----
-- refused, UnknownTable: Resource 'DESCRIBE' not found (at byte 15)
====
DESCRIBE secret
----
-- refused, NotUnderstood: `DESCRIBE` is not understood here (at byte 0); hint: only SELECT is accepted
====
SHOW TABLES
----
-- refused, NotUnderstood: `SHOW` is not understood here (at byte 0); hint: only SELECT is accepted
====
PIVOT secret ON n USING sum(n)
----
-- refused, NotUnderstood: `PIVOT` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT * FROM events POSITIONAL JOIN orders
----
-- refused, NotUnderstood: `POSITIONAL` is not understood here (at byte 21)
====
SELECT * FROM events ASOF JOIN orders USING (org_id)
----
-- refused, NotUnderstood: `ASOF` is not understood here (at byte 21)
====
COPY events TO 'x'
----
-- refused, NotUnderstood: `COPY` is not understood here (at byte 0); hint: only SELECT is accepted
====
ATTACH 'x'
----
-- refused, NotUnderstood: `ATTACH` is not understood here (at byte 0); hint: only SELECT is accepted
====
SELECT COLUMNS('n') FROM events
----
-- refused, NotAllowed: the function `COLUMNS` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT * EXCLUDE (n) FROM events
----
-- refused, NotUnderstood: `(` is not understood here (at byte 17)
====
SELECT n FROM events AT (VERSION => 1)
----
-- refused, NotUnderstood: `AT` is not understood here (at byte 21)
====
SELECT a: 1
----
-- refused, NotUnderstood: `:` is not understood here (at byte 8)
====
SELECT $$a$$
----
-- refused, NotUnderstood: `$` has no place in a query (at byte 7)
====
WITH x AS (INSERT INTO y VALUES (1) RETURNING n) SELECT n FROM x
----
-- refused, NotUnderstood: `INSERT` is not understood here (at byte 11)
====
SELECT n FROM events USING SAMPLE 10
----
-- refused, NotUnderstood: `USING` is not understood here (at byte 21)
====
SELECT list_aggregate([1], 'min')
----
-- refused, NotAllowed: the function `list_aggregate` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
SELECT 'x'::secret
----
-- refused, NotAllowed: the type `secret` is not permitted (at byte 12)
====
SELECT getvariable('x')
----
-- refused, NotAllowed: the function `getvariable` is not permitted (at byte 7); hint: an operator can permit it under `functions` in gateway.yaml
====
