#!/usr/bin/env bash
# The Debian package on a Debian of its own: installed without systemd in a chroot, then under a real
# systemd, as the first process of a container. By hand, as root, in about three minutes.
#
# usage: tests/packaging/full.sh BUILD_DIRECTORY [WORK_DIRECTORY]
#
# Needs debootstrap and systemd-container; packages come from where apt gets its own. WORK_DIRECTORY
# keeps the bare system for the next run (BUILD_DIRECTORY/packaging where nothing is said).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need debootstrap systemd-nspawn cpack dpkg-deb
[ "$(id -u)" -eq 0 ] || skip "only root may make a system to install into"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
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
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,logrotate,curl,procps,libcap2-bin \
    "$codename" "$base.new" "$(mirror "$codename")" >"$work/debootstrap.log" 2>&1 ||
    { tail "$work/debootstrap.log"; exit 1; }
  mv "$base.new" "$base"
}

make_package() {
  (cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1) ||
    { tail "$work/cpack.log"; exit 1; }
  deb=$(find "$work" -maxdepth 1 -name 'siprec-server_*.deb' | head -n 1)
}

# The next version: another number, and a default of the settings that changed.
make_next_package() {
  rm -rf "$work/next"
  dpkg-deb --raw-extract "$deb" "$work/next"
  sed -i -E 's/^Version: .*/Version: 99.0-1/' "$work/next/DEBIAN/control"
  echo '# a comment of the next version' >>"$work/next/etc/siprec/siprec.yaml"
  (cd "$work/next" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb --root-owner-group --build "$work/next" "$work/next.deb" >/dev/null
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

in_chroot() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }

# --- without systemd -------------------------------------------------------------------------

has_account() { in_chroot getent passwd siprec; }
directory_is() { [ "$(in_chroot stat -c '%U:%G %a' "$1")" = "$2" ]; }
runs_as_siprec() {
  in_chroot setpriv --reuid=siprec --regid=siprec --clear-groups \
    siprec-server --config /etc/siprec/siprec.yaml --check-config --recording.min_free_space=0
}

without_systemd() {
  say "--- in a chroot, where no systemd runs"
  check "it installs" in_chroot dpkg -i /siprec-server.deb
  check "there is an account siprec" has_account
  check "recordings belong to the account" directory_is /var/lib/siprec/recordings "siprec:siprec 750"
  check "logs belong to the account" directory_is /var/log/siprec "siprec:siprec 750"
  check "only root and the account read the settings" directory_is /etc/siprec "root:siprec 750"
  check "no library is missing" fails in_chroot sh -c 'ldd /usr/bin/siprec-server /usr/bin/siprec-call | grep "not found"'
  check "the account may run it with its settings" runs_as_siprec
  check "it is removed" in_chroot dpkg --remove siprec-server
  check "removing keeps the settings" in_chroot test -s /etc/siprec/siprec.yaml
  check "it is purged" in_chroot dpkg --purge siprec-server
  check "purging leaves nothing where nothing was recorded" fails in_chroot ls -d /etc/siprec \
    /etc/default/siprec-server /etc/logrotate.d/siprec-server /var/lib/siprec /var/log/siprec
  check "the account is gone with its last file" fails has_account
}

# --- with systemd ----------------------------------------------------------------------------

with_systemd() {
  say "--- under systemd $(in_chroot systemctl --version | awk 'NR == 1 {print $2}'), in a container"
  cp "$here/lib.sh" "$here/guest.sh" "$root/"
  cat >"$root/etc/systemd/system/guest.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash /guest.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/guest.log
StandardError=file:/guest.log
[Install]
WantedBy=default.target
UNIT
  mkdir -p "$root/etc/systemd/system/default.target.wants"
  ln -sf ../guest.service "$root/etc/systemd/system/default.target.wants/guest.service"
  # With a network of its own: loopback alone.
  timeout 400 systemd-nspawn --quiet --register=no --keep-unit --private-network --boot \
    --machine="siprec-test-$$" --directory="$root" --console=pipe </dev/null >"$work/boot.log" 2>&1 || true
  cat "$root/guest.log" || tail "$work/boot.log"
  check "everything held in the container" grep -qx 'all hold' "$root/guest.log"
}

make_package
make_next_package
make_base
make_root >"$work/root.log" 2>&1 || { tail "$work/root.log"; exit 1; }
without_systemd
with_systemd
finish
