#!/usr/bin/env bash
# Tinybird's own command line (tb, classic) over a whole workspace. What the environment means: workspace.txt.
set -uo pipefail
: "${PORTCULLIS_TEST_TB:?} ${GATEWAY_URL:?} ${TOKEN:?} ${NAME:?}"

# It writes .tinyb where it stands, calls home unless told not to, and takes TB_TOKEN over --token.
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
export HOME="$place" TB_CLI_TELEMETRY_OPTOUT=1 TB_VERSION_WARNING=0 NO_COLOR=1 LC_ALL=C.UTF-8
unset TB_TOKEN TB_HOST TB_USER_TOKEN

failed=0
tb() { timeout 60 "$PORTCULLIS_TEST_TB" --host "$GATEWAY_URL" --token "${SENT_TOKEN:-$TOKEN}" "$@" </dev/null >output 2>&1; }
ok() { echo "ok $1"; }
not_ok() {
  failed=1
  echo "NOT OK $1: $(tr '\n' ' ' <output | cut -c1-600)"
}
works() {
  local name="$1"
  shift
  if tb "$@" && ! grep -qE 'Traceback|\*\* Error|Failed' output; then ok "$name"; else not_ok "$name"; fi
}
says() {
  local name="$1" text="$2"
  shift 2
  if tb "$@" && grep -qF -- "$text" output; then ok "$name"; else not_ok "$name"; fi
}
refused() {
  local name="$1"
  shift
  if tb "$@" && ! grep -qiE 'error|invalid|forbidden|denied|not found' output; then not_ok "$name"
  elif grep -q Traceback output; then not_ok "$name"; else ok "$name"; fi
}
gives() {
  local name="$1" line="$2"
  shift 2
  if tb "$@" && grep -qxF -- "$line" output; then ok "$name"; else not_ok "$name"; fi
}
rows() { gives "$1" "$2" sql "select count() as n from $NAME" --format csv; }

mkdir -p datasources pipes
printf 'SCHEMA >\n    `org_id` Int64,\n    `event` String\n\nENGINE "MergeTree"\nENGINE_SORTING_KEY "org_id"\n' >"datasources/$NAME.datasource"
printf 'NODE endpoint\nSQL >\n    %%\n    SELECT event FROM %s WHERE org_id = {{Int64(org, 1)}} ORDER BY event\n' "$NAME" >"pipes/${NAME}_top.pipe"
printf 'org_id,event\n1,a\n2,b\n1,c\n' >rows.csv
printf '{"org_id":3,"event":"d"}\n{"org_id":"x","event":"e"}\n' >rows.ndjson

works "push a data source" push "datasources/$NAME.datasource" --no-check
says "datasource ls" "$NAME" datasource ls
works "datasource append csv" datasource append "$NAME" rows.csv
rows "the rows of the file are there" 3
# It says so and fails when a row went to the quarantine; the others are in.
tb datasource append "$NAME" rows.ndjson
if grep -qF "1 row in quarantine" output; then ok "datasource append ndjson"; else not_ok "datasource append ndjson"; fi
rows "and those that fit of the other" 4
works "push a pipe" push "pipes/${NAME}_top.pipe" --no-check
says "pipe ls" "${NAME}_top" pipe ls
says "pipe data" "c" pipe data "${NAME}_top" --format csv
says "pipe data with a parameter" "b" pipe data "${NAME}_top" --org 2 --format csv
works "token create" token create static "$NAME reader" --scope DATASOURCES:READ --resource "$NAME" --filter "org_id = 1"
says "token ls" "$NAME reader" token ls
says "token scopes" "org_id = 1" token scopes "$NAME reader"
SENT_TOKEN="$(curl -sf -H "Authorization: Bearer $TOKEN" "$GATEWAY_URL/v0/tokens/$NAME%20reader" | sed 's/.*"token":"\([^"]*\)".*/\1/')"
rows "the token sees its rows" 2
unset SENT_TOKEN
jwt() { grep -o 'eyJ[A-Za-z0-9._-]*' output | head -n 1; }
works "token create jwt with a filter" token create jwt ada --ttl 1h --scope DATASOURCES:READ --resource "$NAME" --filter "org_id = 1"
SENT_TOKEN="$(jwt)"
rows "the JWT sees its rows" 2
refused "and not the pipe" pipe data "${NAME}_top" --format csv
unset SENT_TOKEN
works "token create jwt with a fixed parameter" token create jwt bob --ttl 1h --scope PIPES:READ --resource "${NAME}_top" --fixed-params org=2
SENT_TOKEN="$(jwt)"
gives "what is fixed wins over what is asked" '"b"' pipe data "${NAME}_top" --org 1 --format csv
refused "and not the data source" sql "select count() as n from $NAME"
unset SENT_TOKEN
refused "a JWT whose filter is none is not made" token create jwt eve --ttl 1h --scope DATASOURCES:READ --resource "$NAME" --filter "org_id = 1) or (1 = 1"
works "token refresh" token refresh "$NAME reader" --yes
works "datasource truncate" datasource truncate "$NAME" --yes
rows "no row is left" 0
works "token rm" token rm "$NAME reader" --yes
works "pipe rm" pipe rm "${NAME}_top" --yes
works "datasource rm" datasource rm "$NAME" --yes
[ "$failed" -ne 0 ] || ok "take everything away"
exit "$failed"
