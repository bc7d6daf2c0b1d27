"""clickhouse-connect, ClickHouse's own Python driver, against GATEWAY_URL.

Not called as the driver is: a script's own folder comes first where Python looks for modules.
"""

import os
import sys
from urllib.parse import urlsplit

import clickhouse_connect as driver

from checks import ORG, REFUSED_TABLE, ROWS, TABLE, TOKEN, URL, check, end, equal, refused

place = urlsplit(URL)
USER = os.environ.get("CLICKHOUSE_USER", "default")


def connect(token=TOKEN, **settings):
    return driver.get_client(
        host=place.hostname,
        port=place.port or (443 if place.scheme == "https" else 80),
        interface=place.scheme,
        username=USER,
        password=token,
        **settings,
    )


try:
    client = connect()
    print("ok connect")
except Exception as error:
    print(f"NOT OK connect: {type(error).__name__}: {' '.join(str(error).split())[:400]}")
    sys.exit(1)


@check("ping")
def _():
    assert client.ping()


@check("count")
def _():
    equal(client.query(f"SELECT count() FROM {TABLE}").result_rows, [(ROWS,)])


@check("command gives one value")
def _():
    equal(int(client.command(f"SELECT count() FROM {TABLE}")), ROWS)


@check("only permitted rows")
def _():
    rows = client.query(f"SELECT DISTINCT org_id FROM {TABLE} ORDER BY org_id").result_rows
    assert not ORG or rows == [(int(ORG),)], rows


@check("columns have names and types")
def _():
    result = client.query(f"SELECT org_id, event FROM {TABLE} LIMIT 1")
    equal(tuple(result.column_names), ("org_id", "event"))
    assert [kind.name for kind in result.column_types][1] in ("String", "LowCardinality(String)"), result.column_types


@check("parameter on the client's side")
def _():
    query = f"SELECT count() FROM {TABLE} WHERE event != %(event)s"
    equal(client.query(query, parameters={"event": "no'such\\event"}).result_rows, [(ROWS,)])


@check("parameter on the server's side")
def _():
    query = f"SELECT count() FROM {TABLE} WHERE event != {{event:String}} AND org_id >= {{least:Int32}}"
    equal(client.query(query, parameters={"event": "no'such\\event", "least": 0}).result_rows, [(ROWS,)])


@check("stream of blocks")
def _():
    with client.query_row_block_stream(f"SELECT org_id, event FROM {TABLE}") as stream:
        equal(sum(len(block) for block in stream), ROWS)


@check("raw bytes in another format")
def _():
    body = client.raw_query(f"SELECT org_id FROM {TABLE}", fmt="CSV")
    equal(len(body.splitlines()), ROWS)


@check("compressed answer")
def _():
    with connect(compress="gzip") as other:
        equal(other.query(f"SELECT count() FROM {TABLE}").result_rows, [(ROWS,)])


@check("join and CTE")
def _():
    query = f"WITH mine AS (SELECT org_id FROM {TABLE}) SELECT count() FROM mine AS a WHERE org_id IN (SELECT org_id FROM {TABLE})"
    equal(client.query(query).result_rows, [(ROWS,)])


@check("syntax error is an error")
def _():
    refused(client.query, "SELECT FROM WHERE")


@check("refused table")
def _():
    refused(client.query, f"SELECT * FROM {REFUSED_TABLE}")


@check("unknown table")
def _():
    refused(client.query, "SELECT * FROM no_such_table_at_all")


@check("insert without the right to")
def _():
    refused(client.insert, REFUSED_TABLE, [[1]], ["org_id"])


@check("DDL is refused")
def _():
    refused(client.command, f"DROP TABLE {TABLE}")


@check("file() is refused")
def _():
    refused(client.query, "SELECT * FROM file('/etc/passwd', 'LineAsString')")


@check("works after errors")
def _():
    equal(client.query(f"SELECT count() FROM {TABLE}").result_rows, [(ROWS,)])


@check("wrong token")
def _():
    refused(connect, f"{TOKEN}x")


end()
