"""Writes the tables that roapi and datasette serve, the same rows every time.

    events.py FOLDER    makes events.csv, payments.csv and events.db in it

`events` holds rows of four organisations; `payments` is a table that a token for `events` must not see.
"""

import csv
import pathlib
import sqlite3
import sys

folder = pathlib.Path(sys.argv[1])
TABLES = {
    "events": (
        ["id", "org_id", "user_id", "event", "country", "amount", "created_at"],
        [
            [
                number,
                1 + number % 4,
                f"user-{number % 17}",
                ["view", "click", "purchase"][number % 3],
                ["CH", "DE", "FR", "IT", "PT"][number % 5],
                number * 25 % 1000,
                f"2026-01-{1 + number % 28:02} 12:00:00",
            ]
            for number in range(240)
        ],
    ),
    "payments": (
        ["id", "org_id", "account"],
        [[number, 1 + number % 4, f"hidden-account-{number}"] for number in range(40)],
    ),
}

database = sqlite3.connect(folder / "events.db")
for name, (columns, rows) in TABLES.items():
    with open(folder / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    types = ["INTEGER" if isinstance(value, int) else "TEXT" for value in rows[0]]
    database.execute(f"CREATE TABLE {name} ({', '.join(map(' '.join, zip(columns, types)))})")
    database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
database.commit()
