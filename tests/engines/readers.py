"""An outside opinion on what the gateway wrote: other people's parsers read the statement and its rewrite.

    readers.py FILE

FILE holds one JSON object a line: {"dialect": "trino", "original": "…", "rewritten": "…", "tables": ["events"]}, where `tables`
is what the gateway sees in the original. Every table of it is filtered by `org_id = 1`. What is wrong goes to standard output, one
JSON object a line; the last line has how many each dialect had read, and how many the parser could not read.

- The parser must see the same tables in the original.
- In the rewrite every table stands alone in a query of the form SELECT * FROM t AS __pc_t WHERE (filter), inside a derived table
  with a name; there is one for each reference of the original, and any other name is a query of WITH.
"""

import collections
import json
import sys

import sqlglot
from pglast import parse_sql, parser, visitors
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

# sqlglot has no reader for Pinot's SQL; Druid's is read by the same parser as Pinot's, Calcite.
READERS = {"trino": "trino", "druid": "druid", "pinot": "druid", "postgres": "postgres", "duckdb": "duckdb"}


def references(tree):
    """Every reference to a table that is no query of WITH, by name."""
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
    seen = {}
    for scope in traverse_scope(tree):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and source.name:
                seen[id(source)] = source.name
    return sorted(seen.values())


def holds_filter(where):
    return any(
        isinstance(column.parent, exp.EQ)
        and column.table == "__pc_t"
        and column.name.lower() == "org_id"
        and column.parent.expression == exp.Literal.number(1)
        for column in where.find_all(exp.Column)
    )


def walls(tree):
    """The tables of a rewrite, by name; raises what is wrong."""
    queries = {cte.alias for cte in tree.find_all(exp.CTE)}
    found = []
    for table in tree.find_all(exp.Table):
        if not table.name:
            continue
        if not table.db:
            if table.name in queries and table.name.startswith("__pc_"):
                continue
            raise ValueError(f"a table without its database: {table.sql()}")
        select = table.find_ancestor(exp.Select)
        where = select.args.get("where")
        if table.alias != "__pc_t" or not select.is_star or len(select.expressions) != 1:
            raise ValueError(f"no wall around {table.sql()}")
        if select.args.get("joins") or table.find_ancestor(exp.From).parent is not select or where is None:
            raise ValueError(f"something else in the wall of {table.sql()}")
        if isinstance(where.this, exp.Boolean) and not where.this.this:
            continue
        if not isinstance(where.this, exp.Paren) or not holds_filter(where):
            raise ValueError(f"another filter: {where.sql()}")
        derived = select.find_ancestor(exp.Subquery)
        if derived is None or not derived.alias or not isinstance(derived.parent, (exp.From, exp.Join, exp.Subquery)):
            raise ValueError(f"no derived table around {table.sql()}")
        found.append(table.name.lower())
    return sorted(found)


class RangeVars(visitors.Visitor):
    def __init__(self):
        self.bare, self.walled = [], []

    def visit_RangeVar(self, _, node):
        alias = node.alias.aliasname if node.alias else None
        if node.schemaname is None and node.relname.startswith("__pc_"):
            return
        (self.walled if alias == "__pc_t" and node.schemaname else self.bare).append(node.relname)


def postgres_itself(text):
    seen = RangeVars()
    seen(parse_sql(text))
    if seen.bare:
        raise ValueError(f"PostgreSQL's parser sees tables without a wall: {seen.bare}")
    # Each wall has two arms, of which the second is empty.
    return sorted(name.lower() for name in seen.walled)[::2]


def judge(case):
    reader = READERS[case["dialect"]]
    original, rewritten = (sqlglot.parse_one(case[which], read=reader) for which in ("original", "rewritten"))
    seen = references(original)
    ours = {name.rsplit(".", 1)[-1].lower() for name in case["tables"]}
    if set(seen) != ours:
        raise ValueError(f"the gateway sees {sorted(ours)}, the reader {sorted(set(seen))}")
    found = walls(rewritten)
    if found != seen:
        raise ValueError(f"{seen} became {found}")
    if case["dialect"] == "postgres" and postgres_itself(case["rewritten"]) != seen:
        raise ValueError("PostgreSQL's own parser sees other tables")


def main():
    counts = collections.defaultdict(lambda: {"read": 0, "unread": 0})
    for line in open(sys.argv[1], encoding="utf-8"):
        case = json.loads(line)
        count = counts[case["dialect"]]
        try:
            judge(case)
            count["read"] += 1
        except (SqlglotError, parser.ParseError) as error:
            count["unread"] += 1
            print(str(error).splitlines()[0], case["original"][:160], file=sys.stderr)
        except ValueError as error:
            print(json.dumps({"wrong": str(error), **case}))
    print(json.dumps({"counts": counts}))


main()
