#!/bin/bash
# shellcheck disable=SC2034,SC2154
# What is measured. Each function notes its figures; see run.sh for their order.

# How many packets the receiver got so far.
packets_of_server() { metric rtp_packets_received_total; }
packets_of_bare() {
  local lines
  lines=$(wc -l <"$work/bare_epoll.log")
  kill -USR1 "$receiver"
  wait_for 5 more_lines "$lines"
  tail -n 1 "$work/bare_epoll.log"
}
more_lines() { [ "$(wc -l <"$work/bare_epoll.log")" -gt "$1" ]; }

# How the generator sends: packets of all streams spread evenly, as independent telephones do, or in
# bursts of a millisecond's worth.
step_of() { case $1 in *burst*) echo 1 ;; *) echo 0.1 ;; esac; }

# Places `streams` / 2 calls of two tones and lets them talk through the window; notes the CPU of
# the process `watched` per packet that `packets` counted, in µs, as `key`. What the generator says
# of the load is left in $work/call.json.
media_load() {
  local key=$1 streams=$2 packets=$3 watched=${4:-$receiver}
  local calls=$((streams / 2)) rate=100 ramp duration generator
  ramp=$(calc "$calls / $rate")
  duration=$(calc "$ramp + $settle + $window + 1")
  on_generator "$build/bin/siprec-call" "sip:127.0.0.1:$sip_port" --sender bulk --json \
    --step "$(step_of "$key")" --calls "$calls" --rate "$rate" --duration "$duration" >"$work/call.json" 2>"$work/call.err" &
  generator=$!
  sleep "$(calc "$ramp + $settle")"
  local cpu0 cpu1 packets0 packets1
  packets0=$($packets) cpu0=$(cpu_ms "$watched")
  sleep "$window"
  cpu1=$(cpu_ms "$watched") packets1=$($packets)
  if ! wait "$generator"; then
    echo "run.sh: the load did not succeed: $(cat "$work/call.err")" >&2
    failed=1
  fi
  note "$key" "$(calc "($cpu1 - $cpu0) * 1000 / ($packets1 - $packets0)")"
}

last() { awk -v key="$1" '$1 == key { value = $2 } END { print value }' "$work/results"; }

renders_done() { [ "$(metric recording_render_seconds_count)" = "$(calc "$1")00" ]; }

# The same load in bursts, which spare whoever wakes up for each packet most of the wake-ups.
burst_media() {
  local streams=$1
  start_server || return 1
  media_load "server.burst.$streams" "$streams" packets_of_server
  wait_for 5 sessions_over
  stop_receiver
  rm -rf "$recordings"
  start_bare bare_epoll || return 1
  media_load "bare.burst.$streams" "$streams" packets_of_bare
  stop_receiver
  note "ratio.burst.$streams" \
    "$(calc "$(last "server.burst.$streams") / $(last "bare.burst.$streams")")"
}

server_media() {
  local streams=$1 calls=$(($1 / 2)) sent received length
  start_server || return 1
  media_load "server.$streams" "$streams" packets_of_server
  sent=$(json_number "$work/call.json" packets)
  wait_for 5 sessions_over
  received=$(metric rtp_packets_received_total)
  note "lost.$streams" "$(calc "$sent - $received")"
  note "drops.$streams" "$(metric rtp_kernel_drops_total)"
  note "late.$streams" "$(json_number "$work/call.json" rtp_max_ms)"
  note "answer.$streams" "$(json_number "$work/call.json" p99_ms)"
  if wait_for 300 renders_done "$calls"; then
    length=$(calc "$calls / 100 + $settle + $window + 1")
    note "render" "$(calc "$calls * $length / $(metric recording_render_seconds_sum)")"
  fi
  stop_receiver
  rm -rf "$recordings"
}
sessions_over() { [ "$(metric sip_sessions_active)" = 0.000000 ]; }

bare_media() {
  local streams=$1
  start_bare bare_epoll || return 1
  media_load "bare.$streams" "$streams" packets_of_bare
  stop_receiver
  note "ratio.$streams" "$(calc "$(last "server.$streams") / $(last "bare.$streams")")"
}

# tcpdump writes the same load to a file while the bare loop takes it.
tcpdump_media() {
  local streams=$1 dump
  [ "$can_dump" = 1 ] || return 0
  start_bare bare_epoll || return 1
  on_receiver tcpdump -q -i lo -s 0 -B 16384 -w "$work/load.pcap" "udp and not port $sip_port" \
    2>"$work/tcpdump.log" &
  dump=$!
  media_load "tcpdump.$streams" "$streams" packets_of_bare "$dump"
  kill "$dump"
  wait "$dump"
  stop_receiver
  rm -f "$work/load.pcap"
  note "tcpdump_ratio.$streams" "$(calc "$(last "tcpdump.$streams") / $(last "bare.$streams")")"
}

# CPU per call without media: INVITE, ACK, BYE.
signalling_load() {
  local key=$1 cpu0 cpu1 before
  cpu0=$(cpu_ms "$receiver")
  if ! on_generator "$build/bin/siprec-call" "sip:127.0.0.1:$sip_port" --json --no-media \
    --calls "$calls" --rate 200 >"$work/call.json" 2>"$work/call.err"; then
    echo "run.sh: the calls did not succeed: $(cat "$work/call.err")" >&2
    failed=1
  fi
  # What the calls leave behind (files, timers of ended transactions) belongs to them.
  cpu1=$(cpu_ms "$receiver")
  for _ in $(seq 60); do
    before=$cpu1
    sleep 1
    cpu1=$(cpu_ms "$receiver")
    [ $((cpu1 - before)) -le 10 ] && break
  done
  note "$key" "$(calc "($cpu1 - $cpu0) * 1000 / $calls")"
}

# Once with the recordings in memory and once on disk: ext4 looks at every inode that anything on
# the machine deleted in the last minutes before it gives out a new one.
signalling() {
  start_server "$memory/siprec-bench-$$" || return 1
  signalling_load call.server
  stop_receiver
  rm -rf "$recordings"
  start_server || return 1
  signalling_load call.disk
  stop_receiver
  rm -rf "$recordings"
  start_bare bare_nta || return 1
  signalling_load call.bare
  stop_receiver
  note call.ratio "$(calc "$(last call.server) / $(last call.bare)")"
}

scrape() {
  local key=$1 i
  for ((i = 0; i < 21; ++i)); do
    curl -sf -o "$work/metrics" -w '%{time_total}\n' "http://127.0.0.1:$http_port/metrics"
  done | sort -g | awk -v key="scrape.$key" '{ v[NR] = $1 * 1000 } END { print key, v[11] }' \
    >>"$work/results"
  note "series.$key" "$(grep -vc '^#' "$work/metrics")"
}

calls_active() { [ "$(metric sip_sessions_active)" = "$(calc "$1")00" ]; }

# Memory and scrape with 0, 100 and 500 calls of two legs that talk.
levels() {
  local level generator rss0 rss100 rss500
  start_server || return 1
  rss0=$(rss_kb "$receiver")
  scrape idle
  for level in 100 500; do
    on_generator "$build/bin/siprec-call" "sip:127.0.0.1:$sip_port" --sender bulk --json \
      --calls "$level" --rate 100 --duration 25 >"$work/call.json" 2>"$work/call.err" &
    generator=$!
    wait_for 20 calls_active "$level" || failed=1
    sleep 3
    if [ "$level" = 100 ]; then rss100=$(rss_kb "$receiver"); else
      rss500=$(rss_kb "$receiver")
      scrape busy
    fi
    wait "$generator" || failed=1
    wait_for 300 renders_done $((level == 100 ? 100 : 600)) || failed=1
  done
  stop_receiver
  rm -rf "$recordings"
  note memory "$(calc "($rss500 - $rss100) / 400")"
  note memory_first "$(calc "($rss100 - $rss0) / 100")"
}
