#!/usr/bin/env bash
# Installs the Debian and Ubuntu packages that building, running or testing siprec-server takes.
#
# usage: deploy/install-deps.sh [build] [run] [test] [clang]      (nothing said: build run)
#
#   build  compiler, CMake, the libraries' headers
#   run    what deploy/quickstart.sh shows its demo call with
#   test   GoogleTest and the programs that look at our output from outside
#   clang  the compiler of the sanitized and fuzzed builds, with its run-time libraries
#
# Known to work on Debian 12; Debian 13 and Ubuntu 24.04 are served by their own package names.
# Does nothing, and needs no root, where all of it is there.
set -euo pipefail

say() { printf 'install-deps: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

# Sets `found` to the first of the packages given that is installed or can be; empty: none.
first_of() {
  local name
  found=
  for name in "$@"; do
    if installed "$name" || [ -n "$(apt-cache search --names-only "^${name//./\\.}\$" 2>/dev/null)" ]; then
      found=$name
      return
    fi
  done
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root or sudo to run: $*"
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 --no-install-recommends "$@"
}

# Packages of one kind, one a line. `a|b` stands for the first of them that the distribution has;
# `program?package` for a package that is not wanted where the program is there from elsewhere.
packages() {
  case $1 in
    build)
      # Debian 12's default Boost, 1.74, lacks Asio's cancellation slots and channels.
      printf '%s\n' g++ cmake ninja-build ccache pkg-config \
        'libboost1.81-dev|libboost1.83-dev|libboost-dev' \
        libsofia-sip-ua-dev libortp-dev libspdlog-dev nlohmann-json3-dev prometheus-cpp-dev \
        libcurl4-openssl-dev libyaml-cpp-dev libxml2-dev libsndfile1-dev libsamplerate0-dev \
        libcli11-dev libsystemd-dev libssl-dev libprotozero-dev
      ;;
    run) printf '%s\n' curl ;;
    test)
      printf '%s\n' libgtest-dev libgmock-dev tshark tcpdump sox ffmpeg sip-tester openssl prometheus \
        prometheus-alertmanager python3 python3-yaml python3-websockets jq curl iproute2 procps \
        'node?nodejs' 'npm?npm' 'kubectl?kubernetes-client' 'systemd-analyze?systemd' 'systemd-nspawn?systemd-container' \
        rsyslog logrotate lintian dpkg-dev file pocketsphinx pocketsphinx-en-us flite lld \
        'clang-format-14|clang-format'
      ;;
    clang)
      # llvm has the symbolizer: without it no report names a line, and tests/tsan.supp, which names
      # functions, suppresses nothing.
      printf '%s\n' 'clang-16|clang-19|clang-18' 'llvm-16|llvm-19|llvm-18' \
        'libclang-rt-16-dev|libclang-rt-19-dev|libclang-rt-18-dev'
      ;;
    *) die "unknown kind '$1'; use build, run, test or clang" ;;
  esac
}

# Sets `missing` to the packages of all kinds given that are not installed yet.
find_missing() {
  local kind line
  missing=()
  for kind in "$@"; do
    while read -r line; do
      if [[ $line == *\?* ]]; then
        ! command -v "${line%%\?*}" >/dev/null || continue
        line=${line#*\?}
      fi
      IFS='|' read -r -a choice <<<"$line"
      first_of "${choice[@]}"
      [ -n "$found" ] || found=${choice[0]}
      installed "$found" || missing+=("$found")
    done < <(packages "$kind")
  done
}

# Boost 1.81 and 1.74 can't have their headers installed at once.
warn_about_boost() {
  [[ " ${missing[*]} " == *" libboost1.8"* ]] || return 0
  local going
  going=$(apt-get -s -o Debug::NoLocking=1 install "${missing[@]}" 2>/dev/null | awk '/^Remv/ {print $2}' | xargs || true)
  [ -z "$going" ] || say "NOTE: Boost's newer headers replace these packages: $going"
}

# Of these packages only the programs are wanted: their services are neither started now nor at the
# next boot.
guarded_install() {
  local policy=/usr/sbin/policy-rc.d package unit guarded=() ours=
  for package in prometheus prometheus-alertmanager rsyslog; do
    [[ " $* " == *" $package "* ]] || continue
    unit=/etc/systemd/system/$package.service
    guarded+=("$package")
    say "the service of $package is kept from starting ($unit is masked)"
    [ -e "$unit" ] || [ -L "$unit" ] || { as_root mkdir -p "${unit%/*}"; as_root ln -s /dev/null "$unit"; }
  done
  if [ ${#guarded[@]} -gt 0 ] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    ours=$policy
  fi
  local status=0
  apt install "$@" || status=$?
  [ -z "$ours" ] || as_root rm -f "$ours"
  return "$status"
}

main() {
  case ${1:-} in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; return ;; esac
  [ $# -gt 0 ] || set -- build run
  local kind
  for kind in "$@"; do packages "$kind" >/dev/null; done
  command -v apt-get >/dev/null || die "this is no Debian or Ubuntu; the packages needed: $(for kind in "$@"; do packages "$kind"; done | xargs)"

  find_missing "$@"
  if [ ${#missing[@]} -eq 0 ]; then
    say "all packages for $* are installed"
    return
  fi
  say "missing for $*: ${missing[*]}"
  say "updating the package lists"
  apt update >/dev/null || say "the package lists could not be updated; going on with those that are here"
  find_missing "$@"
  warn_about_boost
  say "installing: ${missing[*]}"
  guarded_install "${missing[@]}"
  find_missing "$@"
  [ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"
  say "done"
}

main "$@"
