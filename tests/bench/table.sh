#!/bin/bash
# shellcheck disable=SC2154
# The results as a table: Markdown, which reads well in a terminal too.

# `2.31 (2.20-2.45) UNIT`: median, least and most.
figure() {
  local key=$1 digits=$2 unit=${3:-} stats median low high
  stats=$(statistics "$key")
  [ -n "$stats" ] || { echo "not measured"; return; }
  read -r median low high <<<"$stats"
  printf "%.${digits}f (%.${digits}f-%.${digits}f)%s" "$median" "$low" "$high" "${unit:+ $unit}"
}

# yes or NO, by the median.
met() {
  local stats
  stats=$(statistics "$1")
  [ -n "$stats" ] || { echo "-"; return; }
  awk -v goal="$3" -v kind="$2" '{ print ((kind == "most" ? $1 <= goal : $1 >= goal) ? "yes" : "NO") }' \
    <<<"$stats"
}

row() { printf '| %s | %s | %s | %s | %s | %s |\n' "$@"; }

media_rows() {
  local streams=$1
  row "CPU per RTP packet, $streams streams" "$(figure "server.$streams" 2 µs)" \
    "bare epoll+recvfrom: $(figure "bare.$streams" 2 µs)" "$(figure "ratio.$streams" 2 ×)" "≤ 0.8 ×" \
    "$(met "ratio.$streams" most 0.8)"
  row "" "" "tcpdump -w: $(figure "tcpdump.$streams" 2 µs)" "$(figure "tcpdump_ratio.$streams" 2 ×) of the bare loop" "" ""
  row "packets lost, $streams streams" \
    "$(figure "lost.$streams" 0), by the kernel $(figure "drops.$streams" 0)" \
    "sender late by at most $(figure "late.$streams" 1 ms)" "" "0" "$(met "lost.$streams" most 0)"
}

burst_rows() {
  local streams=$1
  row "the same, $streams streams in bursts" "$(figure "server.burst.$streams" 2 µs)" \
    "bare epoll+recvfrom: $(figure "bare.burst.$streams" 2 µs)" \
    "$(figure "ratio.burst.$streams" 2 ×)" "" ""
}

table() {
  row "what" "siprec-server" "reference" "ratio" "goal" "met"
  row --- --- --- --- --- ---
  media_rows 500
  media_rows 1000
  burst_rows 500
  row "CPU per INVITE/ACK/BYE, no media, recordings in memory" "$(figure call.server 0 µs)" \
    "bare nta: $(figure call.bare 0 µs)" "$(figure call.ratio 2 ×)" "≤ 2.5 ×" \
    "$(met call.ratio most 2.5)"
  row "the same, recordings on disk" "$(figure call.disk 0 µs)" "" "" "" ""
  row "INVITE→200, p99, 100 calls/s" "$(figure answer.1000 1 ms)" "" "" "" ""
  row "memory per active two-leg call" "$(figure memory 1 kB)" \
    "each of the first 100: $(figure memory_first 1 kB)" "" "≤ 64 kB" "$(met memory most 64)"
  row "scrape, idle" "$(figure scrape.idle 2 ms), $(figure series.idle 0) series" "" "" "" ""
  row "scrape, 500 calls" "$(figure scrape.busy 2 ms), $(figure series.busy 0) series" "" "" "" ""
  row "render" "$(figure render 0) × real time" "" "" "≥ 500 ×" "$(met render least 500)"
}

machine() {
  echo "Measured on $(date -u +%Y-%m-%d) with $(git -C "$root" describe --always --dirty 2>/dev/null):" \
    "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), $cores cores, Linux $(uname -r)," \
    "$(${CXX:-c++} --version | head -1). Load average at the start: $load. Medians of $repetitions" \
    "runs (least-most); server on one core, generator on the other, loopback, G.711 20 ms."
}
