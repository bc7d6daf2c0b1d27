"""verdin over a whole workspace: data sources, events, pipes and tokens. What the environment means: workspace.txt."""

import os
import sys

import requests
from verdin.api import ApiError
from verdin.client import Client

URL, TOKEN, NAME = (os.environ[name] for name in ("GATEWAY_URL", "TOKEN", "NAME"))
client = Client(TOKEN, api=URL)
failed = []


def check(name):
    """Runs the decorated function at once; an exception is a failed check."""

    def run(function):
        try:
            function()
            print(f"ok {name}")
        except Exception as error:  # noqa: BLE001: whatever a client throws is the finding
            failed.append(name)
            print(f"NOT OK {name}: {type(error).__name__}: {' '.join(str(error).split())[:400]}")

    return run


def equal(found, expected):
    assert found == expected, f"{found!r}, expected {expected!r}"


def status(function, *arguments):
    try:
        function(*arguments)
    except ApiError as error:
        return error.status_code
    raise AssertionError("not refused")


def admin(method, path, **more):
    """What verdin has no call for, as its documentation does it: with requests."""
    return requests.request(method, f"{URL}{path}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30, **more)


def count(of=client):
    return int(of.sql(f"SELECT count(*) AS n FROM {NAME}").json().data[0]["n"])


@check("create a data source")
def _():
    schema = "org_id Int64, event String, price Float64"
    answer = admin("POST", "/v0/datasources", params={"name": NAME, "mode": "create", "schema": schema})
    assert answer.status_code in (200, 201), answer.text


source = client.datasource(NAME)


@check("send events and wait")
def _():
    rows = [{"org_id": n % 3, "event": f"e{n}", "price": n / 2} for n in range(9)]
    sent = source.send_events(rows, wait=True)
    equal((sent.successful_rows, sent.quarantined_rows), (9, 0))
    equal(count(), 9)


@check("rows that do not fit are quarantined")
def _():
    sent = source.send_events([{"org_id": "none", "event": "x", "price": 1}, {"org_id": 1, "event": "y", "price": 2}], wait=True)
    equal((sent.successful_rows, sent.quarantined_rows), (1, 1))
    equal(count(), 10)
    rows = client.sql(f"SELECT count(*) AS n FROM {NAME}_quarantine").json().data
    equal(int(rows[0]["n"]), 1)


@check("append CSV")
def _():
    answer = source.append_csv([[1, "a,b", 0.5], [2, 'c"d', 1.5]])
    assert answer.ok and not answer.json().get("error"), answer.text
    equal(count(), 12)


@check("append NDJSON")
def _():
    answer = source.append_ndjson([{"org_id": 0, "event": "n", "price": 3}])
    assert answer.ok and not answer.json().get("error"), answer.text
    equal(count(), 13)


@check("list and describe data sources")
def _():
    names = [known["name"] for known in client.api.datasources.list().datasources]
    assert NAME in names, names
    equal(client.api.datasources.get_information(NAME).info["name"], NAME)
    equal(status(client.api.datasources.get_information, f"{NAME}_nosuch"), 404)


@check("publish a pipe")
def _():
    sql = f"% SELECT event, price FROM {NAME} WHERE org_id = {{{{Int64(org, 1)}}}} ORDER BY price DESC LIMIT {{{{Int32(n, 2)}}}}"
    answer = admin("POST", "/v0/pipes", json={"name": f"{NAME}_top", "nodes": [{"name": "endpoint", "sql": sql}]})
    assert answer.ok, answer.text
    answer = admin("POST", f"/v0/pipes/{NAME}_top/nodes/endpoint/endpoint")
    assert answer.ok, answer.text


@check("read a pipe with parameters")
def _():
    rows = client.api.pipes.query(f"{NAME}_top", parameters={"org": "2", "n": "1"}).data
    equal([row["event"] for row in rows], ["e8"])
    assert f"{NAME}_top" in [pipe["name"] for pipe in client.api.pipes.list().pipes]
    equal(status(client.api.pipes.query, f"{NAME}_nosuch"), 404)


@check("a token with a filter sees its rows only")
def _():
    scope = f"DATASOURCES:READ:{NAME}:org_id = 1"
    made = admin("POST", "/v0/tokens/", data={"name": f"{NAME} reader", "scope": [scope]})
    assert made.ok, made.text
    reader = Client(made.json()["token"], api=URL)
    assert 0 < count(reader) < count(), (count(reader), count())
    listed = client.api.tokens.get_information(f"{NAME} reader").info
    equal([(one["type"], one["resource"], one["filter"]) for one in listed["scopes"]], [("DATASOURCES:READ", NAME, "org_id = 1")])
    assert f"{NAME} reader" in [token["name"] for token in client.api.tokens.list().tokens]
    equal(status(reader.api.tokens.list), 403)
    equal(status(client.api.tokens.get_information, "nosuch"), 403)


@check("a refreshed token replaces the old one at once")
def _():
    old = client.api.tokens.get_information(f"{NAME} reader").info["token"]
    new = admin("POST", f"/v0/tokens/{NAME}%20reader/refresh").json()["token"]
    assert new != old
    assert count(Client(new, api=URL)) > 0
    try:
        count(Client(old, api=URL))
    except Exception as error:  # noqa: BLE001: verdin has an error of its own for queries
        assert "403" in str(error), error
    else:
        raise AssertionError("the old value still counts")


@check("truncate")
def _():
    source.truncate()
    equal(count(), 0)


@check("take everything away")
def _():
    for path in (f"/v0/tokens/{NAME}%20reader", f"/v0/pipes/{NAME}_top", f"/v0/datasources/{NAME}"):
        answer = admin("DELETE", path)
        assert answer.ok, (path, answer.status_code, answer.text)
    equal(status(client.api.datasources.get_information, NAME), 404)


sys.exit(1 if failed else 0)
