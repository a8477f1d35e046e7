#!/usr/bin/env bash
# The Debian package on a Debian of its own: with what it depends on and nothing else, installed
# without systemd in a chroot, then under a real systemd, as the first process of a container. By
# hand, as root, in about three minutes; system_test.sh does the same on a copy of this machine.
#
# usage: tests/packaging/full.sh BUILD_DIRECTORY [WORK_DIRECTORY]
#
# Needs debootstrap and systemd-container; packages come from where apt gets its own. WORK_DIRECTORY
# keeps the bare system for the next run (BUILD_DIRECTORY/packaging where nothing is said).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
need debootstrap systemd-nspawn cpack dpkg-deb
[ "$(id -u)" -eq 0 ] || skip "only root may make a system to install into"

build=$(realpath "$1")
work=$(realpath -m "${2:-$build/packaging}")
base=$work/base
root=$work/root

# Where this machine's apt has Debian's own packages from.
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Codename: $1" | head -n 1
}

make_base() {
  [ ! -e "$base/etc/debian_version" ] || return 0
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  say "making a bare $codename in $base"
  rm -rf "$base.new"
  mkdir -p "$work"
  debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,logrotate,curl,procps,libcap2-bin,tcpdump \
    "$codename" "$base.new" "$(mirror "$codename")" >"$work/debootstrap.log" 2>&1 ||
    { tail "$work/debootstrap.log"; exit 1; }
  mv "$base.new" "$base"
}

make_package() {
  (cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1) ||
    { tail "$work/cpack.log"; exit 1; }
  deb=$(find "$work" -maxdepth 1 -name 'siprec-server_*.deb' | head -n 1)
}

# A fresh copy of the bare system with what the package depends on.
make_root() {
  rm -rf "$root"
  cp -a "$base" "$root"
  cp "$deb" "$root/siprec-server.deb"
  cp "$work/next.deb" "$root/next.deb"
  in_chroot apt-get -q update
  in_chroot env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
    satisfy "$(dpkg-deb --field "$deb" Depends)"
}

mkdir -p "$work"
make_package
make_next_package "$deb" "$work"
make_base
make_root >"$work/root.log" 2>&1 || { tail "$work/root.log"; exit 1; }
without_systemd
with_systemd "$work"
finish
