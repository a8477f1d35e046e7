#!/usr/bin/env bash
# Installs what tests need, builds, and runs every test.
#
# usage: tests/run.sh [--quick] [--no-install]
#
#   --quick       the release build and its tests alone: daily work
#   --no-install  leave the machine's packages alone
#
# First the release build and all its tests; then, without --quick, everything once more under
# AddressSanitizer and UBSanitizer, the threaded parts under ThreadSanitizer, and the fuzz targets
# over their corpora. Tests that were skipped are named at the end; where CI=true a skipped test
# fails the run. JOBS=N: compile with N processes, 2 where nothing is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=${JOBS:-2}
logs=build/test-logs
failed=()
report=()
ahead=  # process that builds ahead
mode=full

banner() { printf '\n=== %s  [%(%H:%M:%S)T, %d s since the start]\n' "$1" -1 "$SECONDS"; }

# The presets name Debian 12's clang; other systems have a later one. Nothing where it is not needed.
clang() {
  local version
  [ "$1" != release ] || return 0
  for version in 16 19 18; do
    command -v "clang++-$version" >/dev/null || continue
    printf -- '-DCMAKE_C_COMPILER=clang-%s -DCMAKE_CXX_COMPILER=clang++-%s' "$version" "$version"
    return
  done
}

configure() {
  # shellcheck disable=SC2046
  cmake --preset "$1" -DSRS_TESTS=ON $(clang "$1") >"$logs/$1-configure.log" 2>&1 ||
    { cat "$logs/$1-configure.log"; return 1; }
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  stop_building_ahead
  banner "build: $preset"
  configure "$preset" && cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"}
}

# build_ahead PRESET [TARGET...]: begins the next build while tests, which mostly wait, run. They
# come first: it takes what they leave of the processors.
build_ahead() {
  local preset=$1
  shift
  [ "$mode" = full ] || return 0
  configure "$preset" || return 0
  nice -n 19 ninja -C "build/$preset" -j "$jobs" "$@" >"$logs/$preset-ahead.log" 2>&1 &
  ahead=$!
}

# What it has built is kept; build() goes on from there and shows its faults.
stop_building_ahead() {
  [ -n "$ahead" ] || return 0
  kill -TERM "$ahead" 2>/dev/null || true
  wait "$ahead" || true
  ahead=
}

# run_ctest PRESET [ctest options]: its output goes to the terminal as it comes, and to a log.
run_ctest() {
  local preset=$1 status=0
  shift
  banner "test: $preset $*"
  # A test of real time mostly waits, so more of them run at once than there are processors.
  ctest --preset "$preset" -j "$((jobs * 2))" --no-tests=error "$@" 2>&1 </dev/null |
    tee "$logs/$preset-ctest.log" || status=$?
  summarise "$preset" "$status"
  return "$status"
}

# Keeps ctest's closing line and the names of failed and skipped tests for the end of the run.
summarise() {
  local line
  line=$(grep -E '^[0-9]+% tests passed' "$logs/$1-ctest.log" | tail -n 1 || true)
  report+=("$(printf '%-8s %s' "$1" "${line:-ctest did not finish (exit code $2)}")")
  sed -nE "s/^[[:space:]]*[0-9]+ - ([^ ]+) \\((.*)\\)\$/$1: \\1 (\\2)/p" "$logs/$1-ctest.log" | grep -v 'Skipped)' \
    >>"$logs/failed" || true
  grep -hE '\*\*\*(Skipped|Not Run)' "$logs/$1-ctest.log" | sed -E "s/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+).*/$1: \1/" \
    >>"$logs/skipped" || true
}

# step NAME COMMAND...: goes on after a failure, so that one run shows all there is to see.
step() {
  local name=$1
  shift
  "$@" || failed+=("$name")
}

release() {
  build release && build_ahead asan && run_ctest release
}

sanitized() {
  export ASAN_OPTIONS=abort_on_error=0:strict_string_checks=1:detect_stack_use_after_return=1
  export UBSAN_OPTIONS=print_stacktrace=1
  export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp
  build asan && build_ahead tsan threaded_tests && run_ctest asan
}

threaded() {
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/tsan.supp
  build tsan threaded_tests && build_ahead fuzz fuzz_targets && run_ctest tsan -L threads
}

fuzzed() {
  build fuzz fuzz_targets && run_ctest fuzz -L fuzz
}

main() {
  local install=yes argument
  for argument in "$@"; do
    case $argument in
      --quick) mode=quick ;;
      --no-install) install=no ;;
      -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; return ;;
      *) printf 'tests/run.sh: unknown argument %s; try --help\n' "$argument" >&2; return 64 ;;
    esac
  done
  mkdir -p "$logs"
  : >"$logs/skipped"
  : >"$logs/failed"

  if [ "$install" = yes ]; then
    banner "packages"
    deploy/install-deps.sh build test $([ "$mode" = quick ] || echo clang)
  fi
  step release release
  if [ "$mode" = full ]; then
    step asan sanitized
    step tsan threaded
    step fuzz fuzzed
  fi
  close
}

close() {
  banner "summary"
  printf '%s\n' "${report[@]}"
  if [ -s "$logs/skipped" ]; then
    printf '\nSKIPPED tests, which have therefore shown nothing:\n'
    sed 's/^/  /' "$logs/skipped"
    [ "${CI:-}" != true ] || failed+=("skipped tests")
  fi
  if [ ${#failed[@]} -gt 0 ]; then
    show_failures
    printf '\nFAILED: %s\n' "$(IFS=,; echo "${failed[*]}" | sed 's/,/, /g')"
    return 1
  fi
  printf '\nall passed in %d s\n' "$SECONDS"
}

# The last lines of a log are often all that is kept of it: they name the tests that failed, and
# what the first of them saw.
show_failures() {
  [ -s "$logs/failed" ] || return 0
  printf '\nFAILED tests; all that they printed is in %s:\n' "$logs"
  head -n 8 "$logs/failed" | cut -c 1-150 | sed 's/^/  /'
  local more=$(($(wc -l <"$logs/failed") - 8))
  [ "$more" -le 0 ] || printf '  ... and %d more\n' "$more"
  [ -d ../shared ] || printf '  The captured calls (../shared) are not here: with CI=true their tests fail.\n'
  grep -hE -A 5 ': Failure$|(ERROR|WARNING): [A-Za-z]+Sanitizer|: runtime error: ' "$logs"/*-ctest.log |
    head -n 10 | cut -c 1-150 || true
}

trap stop_building_ahead EXIT
main "$@"
