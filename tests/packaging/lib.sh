# What the scripts of this directory share: sentences that hold or don't.
# shellcheck shell=bash

failures=0

say() { printf '%s\n' "$*"; }

# check SENTENCE COMMAND...: says whether it holds; the command's output only where it does not.
check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then
    say "ok      $sentence"
  else
    say "NOT OK  $sentence"
    printf '%s\n' "$output" | sed 's/^/        /'
    failures=$((failures + 1))
  fi
}

# True where COMMAND fails.
fails() { ! "$@"; }

# becomes_true SECONDS COMMAND...: waits for a condition.
becomes_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { "$@"; return; }
    sleep 0.1
  done
}

# skip REASON: a loud skip, which is a failure where nothing may be missing.
skip() {
  say "SKIPPED: $*"
  [ "${CI:-}" != true ] || exit 1
  exit 77
}

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || skip "$program is not installed (deploy/install-deps.sh test)"
  done
}

finish() {
  [ "$failures" -eq 0 ] || { say "$failures sentences do not hold"; exit 1; }
  say "all hold"
}
