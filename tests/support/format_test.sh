#!/usr/bin/env bash
# Every C++ file is as clang-format writes it. Versions differ in what they write, so Debian 12's
# alone judges.
#
# usage: format_test.sh SOURCE_DIRECTORY
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../packaging/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packaging/lib.sh"

cd "$1"
formatter=$(command -v clang-format-14 || command -v clang-format) || skip "clang-format is not installed (deploy/install-deps.sh test)"
"$formatter" --version | grep -q 'version 14\.' || { say "SKIPPED: another version than 14"; exit 77; }

unformatted() {
  local file
  find include src tests deploy -name '*.[ch]pp' -print0 | xargs -0 "$formatter" --dry-run 2>&1 |
    sed -nE 's/^([^: ]+):.*clang-format-violations.*/\1/p' | sort -u >"$work/files"
  while read -r file; do say "clang-format -i $file"; done <"$work/files"
  [ ! -s "$work/files" ]
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check "every file is formatted" unformatted
finish
