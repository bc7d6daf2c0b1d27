#!/usr/bin/env bash
# Writes by Tinybird's own command line (tb, classic) against GATEWAY_URL: an empty TABLE (org_id, n, name) to which TOKEN
# may do everything. The last check removes it.
set -uo pipefail
: "${PORTCULLIS_TEST_TB:?} ${GATEWAY_URL:?} ${TOKEN:?} ${TABLE:?}"

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
export HOME="$place" TB_CLI_TELEMETRY_OPTOUT=1 TB_VERSION_WARNING=0 NO_COLOR=1 LC_ALL=C.UTF-8
unset TB_TOKEN TB_HOST TB_USER_TOKEN

failed=0
tb() { timeout 60 "$PORTCULLIS_TEST_TB" --host "$GATEWAY_URL" --token "$TOKEN" "$@" </dev/null >output 2>&1; }
# A command that must work and say something.
says() {
  local name="$1" text="$2"
  shift 2
  if tb "$@" && grep -qF -- "$text" output; then
    echo "ok $name"
  else
    failed=1
    echo "NOT OK $name: $(tr '\n' ' ' <output | cut -c1-600)"
  fi
}
fails() {
  local name="$1" text="$2"
  shift 2
  if ! tb "$@" && grep -qF -- "$text" output && ! grep -q Traceback output; then
    echo "ok $name"
  else
    failed=1
    echo "NOT OK $name: $(tr '\n' ' ' <output | cut -c1-600)"
  fi
}

printf 'org_id,n,name\n1,1,a\n1,2,"b, c"\n2,3,d\n' >rows.csv
printf '{"org_id":2,"n":4,"name":"e"}\n{"org_id":2,"n":5,"name":"f"}\n' >rows.ndjson
printf 'org_id,n,name\nx,6,g\n' >bad.csv

says "datasource ls" "$TABLE" datasource ls
says "append CSV" "Total rows in $TABLE: 3" datasource append "$TABLE" rows.csv
says "append NDJSON" "Total rows in $TABLE: 5" datasource append "$TABLE" rows.ndjson
fails "append what does not fit" "1 row in quarantine" datasource append "$TABLE" bad.csv
says "the quarantine" "1" sql "select count(*) as n from ${TABLE}_quarantine" --format csv
says "replace" "Total rows in $TABLE: 2" datasource replace "$TABLE" rows.ndjson
says "delete, dry" "1" datasource delete "$TABLE" --sql-condition "n = 4" --dry-run
says "delete" "" datasource delete "$TABLE" --sql-condition "n = 4" --yes --wait
says "what is left" "1" sql "select count(*) as n from $TABLE" --format csv
says "truncate" "truncated" datasource truncate "$TABLE" --yes
says "nothing is left" "0" sql "select count(*) as n from $TABLE" --format csv
says "rm" "deleted" datasource rm "$TABLE" --yes
fails "it is gone" "does not exist" datasource append "$TABLE" rows.csv
exit "$failed"
