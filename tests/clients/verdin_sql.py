"""verdin, a Python client of Tinybird's API, against GATEWAY_URL."""

from verdin.client import Client

from checks import ORG, REFUSED_TABLE, ROWS, TABLE, TOKEN, URL, check, end, equal, refused

client = Client(TOKEN, api=URL)


def ask(sql, **more):
    return client.sql(sql, **more).json().data


@check("count")
def _():
    equal([int(row["n"]) for row in ask(f"SELECT count() AS n FROM {TABLE}")], [ROWS])


@check("only permitted rows")
def _():
    rows = ask(f"SELECT DISTINCT org_id FROM {TABLE} ORDER BY org_id")
    assert not ORG or [int(row["org_id"]) for row in rows] == [int(ORG)], rows


@check("columns have names")
def _():
    meta = client.sql(f"SELECT org_id, event FROM {TABLE} LIMIT 1").json().meta
    equal([column["name"] for column in meta], ["org_id", "event"])


@check("refused table")
def _():
    refused(ask, f"SELECT * FROM {REFUSED_TABLE}")


@check("unknown table")
def _():
    refused(ask, "SELECT * FROM no_such_table_at_all")


@check("syntax error is an error")
def _():
    refused(ask, "SELECT FROM WHERE")


@check("wrong token")
def _():
    refused(lambda: Client(f"{TOKEN}x", api=URL).sql(f"SELECT count() AS n FROM {TABLE}").json().data)


end()
