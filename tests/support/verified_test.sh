#!/usr/bin/env bash
# Each `ctest` of docs/verified.md, run as it can be copied from the page's source as well as from the
# page, finds the tests that its row speaks of.
#
# usage: verified_test.sh SOURCE_DIRECTORY BINARY_DIRECTORY
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../packaging/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packaging/lib.sh"

page=$1/docs/verified.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$2"
# A build of some targets alone knows not all tests.
if ctest -N | grep -q '_NOT_BUILT$'; then skip "not every test is built"; fi

grep -oE '`ctest [^`]*`' "$page" | tr -d '`' | sort -u >"$work/commands"
[ "$(wc -l <"$work/commands")" -gt 20 ] || { say "the search has gone blind"; exit 1; }

faults=0
while read -r command; do
  case $command in
    *'\'*) say "not as copied from the page's source: $command"; faults=1 ;;
    *--no-tests=error*) ;;
    *) say "finds nothing without a word: $command"; faults=1 ;;
  esac
  bash -c "$command -N" >"$work/found" </dev/null || true
  grep -qE '^Total Tests: [1-9]' "$work/found" || { say "finds no test: $command"; faults=1; }
done <"$work/commands"
exit "$faults"
