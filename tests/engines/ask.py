"""Runs statements on PostgreSQL, DuckDB or DataFusion: one JSON object a line in, one a line out.

    ask.py postgres HOST:PORT | duckdb | datafusion

In: {"database": "whole", "sql": "SELECT …"}. Out: {"rows": [[…]]} or {"error": "…"}. DuckDB and DataFusion make a
database in memory when one is first named; PostgreSQL's must be there.
"""

import json
import sys


def postgres(address):
    import pg8000.dbapi

    host, port = address.rsplit(":", 1)

    def connect(database):
        connection = pg8000.dbapi.connect("postgres", host=host, port=int(port), database=database)
        connection.autocommit = True

        def run(sql):
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

        return run

    return connect


def duckdb(_):
    import duckdb

    def connect(_):
        connection = duckdb.connect()
        return lambda sql: connection.execute(sql).fetchall()

    return connect


def datafusion(_):
    from datafusion import SessionContext

    def connect(_):
        context = SessionContext()

        def run(sql):
            batches = context.sql(sql).collect()
            return [list(row) for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns))]

        return run

    return connect


connect = globals()[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
databases = {}
for line in sys.stdin:
    asked = json.loads(line)
    try:
        name = asked["database"]
        if name not in databases:
            databases[name] = connect(name)
        answer = {"rows": [list(row) for row in databases[name](asked["sql"])]}
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=str), flush=True)
