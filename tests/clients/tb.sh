#!/usr/bin/env bash
# Tinybird's own command line (tb, classic) against GATEWAY_URL. What the environment means: expectations.txt.
set -uo pipefail
: "${PORTCULLIS_TEST_TB:?} ${GATEWAY_URL:?} ${TOKEN:?} ${ROWS:?}"
TABLE="${TABLE:-events}"
REFUSED_TABLE="${REFUSED_TABLE:-payments}"

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
  echo "NOT OK $1: $(tr '\n' ' ' <output | cut -c1-400)"
}
# A command that must work and say something.
says() {
  local name="$1" text="$2"
  shift 2
  if tb "$@" && grep -qF -- "$text" output; then ok "$name"; else not_ok "$name"; fi
}
# A command that must work and have a line that is just this.
gives() {
  local name="$1" line="$2"
  shift 2
  if tb "$@" && grep -qxF -- "$line" output; then ok "$name"; else not_ok "$name"; fi
}
# A command that must fail, whether its exit code says so or only its words, and tell nothing it must not.
refused() {
  local name="$1"
  shift
  tb "$@" && ! grep -qiE 'error|invalid|forbidden|not authorized|denied' output && { not_ok "$name"; return; }
  if grep -q Traceback output; then
    not_ok "$name"
  elif [ -n "${REFUSED_TEXT:-}" ] && grep -qF -- "$REFUSED_TEXT" output; then not_ok "$name"; else ok "$name"; fi
}
# The same query, longer than what tb still sends in the URL.
long="select count() as n from $TABLE where event not in ($(printf "'no-such-event-%04d', " {1..250})'')"

says "auth info" "$GATEWAY_URL" auth info
gives "sql" "$ROWS" sql "select count() as n from $TABLE" --format csv
says "sql in JSON" "\"n\"" sql "select count() as n from $TABLE" --format json
says "sql for people" "$ROWS" sql "select count() as n from $TABLE"
gives "sql longer than 4096 characters" "$ROWS" sql "$long" --format csv
[ -z "${ORG:-}" ] || gives "only permitted rows" "\"$ORG-$ORG\"" sql \
  "select concat(toString(min(org_id)), '-', toString(max(org_id))) as span from $TABLE" --format csv
refused "refused table" sql "select * from $REFUSED_TABLE"
refused "unknown table" sql "select * from no_such_table_at_all"
refused "syntax error is an error" sql "select from where"
SENT_TOKEN="${TOKEN}x" refused "wrong token" sql "select count() from $TABLE"
exit "$failed"
