# What full.sh and system_test.sh share: a system in $root, the package $deb and its successor, what
# must hold in a chroot, and a boot of it whose first process is systemd.
# shellcheck shell=bash

root=  # whoever uses these says where it is
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# make_next_package DEB DIRECTORY: the next version as DIRECTORY/next.deb: another number, and a
# default of the settings that changed.
make_next_package() {
  local tree=$2/next
  rm -rf "$tree"
  dpkg-deb --raw-extract "$1" "$tree"
  sed -i -E 's/^Version: .*/Version: 99.0-1/' "$tree/DEBIAN/control"
  echo '# a comment of the next version' >>"$tree/etc/siprec/siprec.yaml"
  (cd "$tree" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$2/next.deb" >/dev/null
  rm -rf "$tree"
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
  check "it is upgraded" in_chroot dpkg --force-confold -i /next.deb
  check "it is removed" in_chroot dpkg --remove siprec-server
  check "removing keeps the settings" in_chroot test -s /etc/siprec/siprec.yaml
  check "it is purged" in_chroot dpkg --purge siprec-server
  check "purging leaves nothing where nothing was recorded" fails in_chroot ls -d /etc/siprec \
    /etc/default/siprec-server /etc/logrotate.d/siprec-server /var/lib/siprec /var/log/siprec
  check "the account is gone with its last file" fails has_account
}

# --- with systemd ----------------------------------------------------------------------------

# with_systemd DIRECTORY: boots $root, where guest.sh runs and then powers off. The boot's own log
# goes to DIRECTORY.
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
StandardOutput=append:/guest.log
StandardError=inherit
[Install]
WantedBy=default.target
UNIT
  mkdir -p "$root/etc/systemd/system/default.target.wants"
  ln -sf ../guest.service "$root/etc/systemd/system/default.target.wants/guest.service"
  # With a network of its own: loopback alone. CAP_SYSLOG: a runbook prints dmesg.
  timeout 380 systemd-nspawn --quiet --register=no --keep-unit --private-network --capability=CAP_SYSLOG \
    --boot --machine="siprec-test-$$" --directory="$root" --console=pipe </dev/null >"$1/boot.log" 2>&1 || true
  cat "$root/guest.log" || tail "$1/boot.log"
  check "everything held in the container" grep -qx 'all hold' "$root/guest.log"
}
