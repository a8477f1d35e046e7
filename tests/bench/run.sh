#!/bin/bash
# Measures the server's cost beside references in the same run and prints a table.
#
#   tests/bench/run.sh [--quick] [--write]
#
#   --quick   one short repetition, to see that everything works
#   --write   put the table into docs/performance.md
#
# BUILD_DIR names a finished release build; otherwise build/release is built. Needs curl, ss and
# taskset; tcpdump beside them where it may capture. Exit code 1 where a load did not succeed.
# shellcheck disable=SC1091,SC2034
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/bench
repetitions=3 window=15 settle=3 calls=3000 write=0
for argument in "$@"; do
  case $argument in
    --quick) repetitions=1 window=4 settle=1 calls=400 ;;
    --write) write=1 ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

. "$here/lib.sh"
. "$here/measure.sh"
. "$here/table.sh"

for tool in curl ss taskset awk; do
  command -v "$tool" >/dev/null || { echo "run.sh: $tool is missing" >&2; exit 2; }
done

cores=$(nproc)
load=$(cut -d' ' -f1-3 /proc/loadavg)
rtp_min=${BENCH_RTP_MIN:-10000} rtp_max=${BENCH_RTP_MAX:-19999}
programs="siprec-server siprec-call bare_epoll bare_nta"
build=${BUILD_DIR:-$root/build/release}
if [ -z "${BUILD_DIR:-}" ]; then
  (cd "$root" && cmake --preset release -DSRS_TESTS=ON >/dev/null) || exit 1
  # shellcheck disable=SC2086
  cmake --build "$build" --target $programs || exit 1
fi
for program in $programs; do
  [ -x "$build/bin/$program" ] || { echo "run.sh: $build/bin/$program is missing" >&2; exit 2; }
done

# Files in memory, for what the file system shall not blur.
memory=/dev/shm
[ -w "$memory" ] || memory=${BENCH_DIR:-${TMPDIR:-/tmp}}
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/siprec-bench-XXXXXX") || exit 1
receiver='' failed=0
# shellcheck disable=SC2317
finish() {
  stop_receiver
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null
  rm -rf "$work" "$memory/siprec-bench-$$"
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$work/results"

# It says `listening` where it may capture; without traffic it would wait for ever.
can_dump=0
if [[ $(timeout 2 tcpdump -i lo -c 1 -w /dev/null 2>&1) == *listening* ]]; then can_dump=1; fi
ulimit -n "$(ulimit -Hn)"
[ "$(calc "${load%% *} > 0.5")" = 0.0000 ] || echo "run.sh: load average $load: figures will be noisy" >&2

for ((repetition = 1; repetition <= repetitions; ++repetition)); do
  for streams in 500 1000; do
    echo "[$repetition/$repetitions] $streams streams" >&2
    server_media "$streams" && bare_media "$streams" && tcpdump_media "$streams" || failed=1
  done
  echo "[$repetition/$repetitions] 500 streams in bursts" >&2
  burst_media 500 || failed=1
  echo "[$repetition/$repetitions] calls without media" >&2
  signalling || failed=1
  echo "[$repetition/$repetitions] memory and scrapes" >&2
  levels || failed=1
done

mkdir -p "$build/bench"
{ machine; echo; table; } | tee "$build/bench/table.md"
if [ "$write" = 1 ]; then
  awk -v table="$build/bench/table.md" '
    /<!-- bench:begin -->/ { print; print ""; while ((getline line < table) > 0) print line; print ""; skip = 1 }
    /<!-- bench:end -->/ { skip = 0 }
    !skip && !/<!-- bench:begin -->/' "$root/docs/performance.md" >"$work/performance.md" &&
    cp "$work/performance.md" "$root/docs/performance.md"
fi
exit "$failed"
