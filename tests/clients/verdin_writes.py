"""Writes by verdin, a Python client of Tinybird's API: an empty TABLE (org_id, n, name) to which TOKEN may do everything."""

import os

from verdin.client import Client

URL, TOKEN, TABLE = os.environ["GATEWAY_URL"], os.environ["TOKEN"], os.environ["TABLE"]
os.environ.setdefault("ROWS", "0")

from checks import check, end, equal, refused  # noqa: E402

client = Client(TOKEN, api=URL)
source = client.datasource(TABLE)


def rows():
    return [int(row["n"]) for row in client.sql(f"SELECT n FROM {TABLE} ORDER BY n").json().data]


@check("list")
def _():
    assert TABLE in [one["name"] for one in client.api.datasources.list().datasources]


@check("information")
def _():
    info = client.api.datasources.get_information(TABLE).info
    equal(info["name"], TABLE)
    equal([column["name"] for column in info["schema"]["columns"]], ["org_id", "n", "name"])


@check("events")
def _():
    told = client.api.events.send(TABLE, [{"org_id": 1, "n": 1, "name": "a"}], wait=True)
    equal((told.successful_rows, told.quarantined_rows), (1, 0))


@check("compressed events")
def _():
    told = client.api.events.send(TABLE, [{"org_id": 1, "n": 2, "name": "b"}] * 2, compress=True)
    equal((told.successful_rows, told.quarantined_rows), (2, 0))


@check("append CSV")
def _():
    answer = source.append_csv([[1, 3, 'a, "b"'], [1, 4, "é"]])
    equal(answer.status_code, 200)


@check("append NDJSON")
def _():
    equal(source.append_ndjson([{"org_id": 1, "n": 5, "name": "c"}]).status_code, 200)


@check("a file that does not fit")
def _():
    told = client.api.datasources.append(TABLE, data="x,6,y\n", format="csv")
    equal((told.quarantine_rows, told.invalid_lines), (1, 0))
    assert told.error and told.import_id, told.json


@check("a stream")
def _():
    told = client.api.datasources.append(
        TABLE, data=(f'{{"org_id":1,"n":{n},"name":"s"}}\n'.encode() for n in range(7, 10)), format="ndjson"
    )
    equal((told.quarantine_rows, told.error), (0, None))


@check("what is there")
def _():
    equal(rows(), [1, 2, 2, 3, 4, 5, 7, 8, 9])


@check("truncate")
def _():
    source.truncate()
    equal(rows(), [])


@check("nowhere")
def _():
    refused(client.api.events.send, f"{TABLE}_nowhere", [{"n": 1}])


end()
