#!/usr/bin/env bash
# What the last stage of deploy/docker/Dockerfile promises, on a copy of this machine and without
# Docker: account, environment, user, a root that can't be written, health check, stop signal. Base and
# apt are left out (image.sh has them).
#
# usage: image_test.sh DOCKERFILE DEB
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$(dirname "${BASH_SOURCE[0]}")/overlay.sh"
need dpkg-deb jq setpriv unshare ip
dockerfile=$(realpath "$1")
deb=$(realpath "$2")
[ -e "$deb" ] || skip "there is no package $deb: run packaging/deb first"
apart "${BASH_SOURCE[0]}" "$dockerfile" "$deb"

# The last stage with one instruction a line, and the arguments of one of them.
stage() { sed -n '/^FROM debian:12-slim$/,$p' "$dockerfile" | grep -v '^#' | sed -e ':a' -e '/\\$/{N;s/\\\n//;ta' -e '}'; }
said() { stage | sed -n "s/^$1 //p"; }
make_account() { chroot "$root" sh -c "$(said RUN | grep -oE 'groupadd .* siprec ')"; }

install_package() {
  cp "$deb" "$root/siprec-server.deb"
  chroot "$root" env -i PATH="$PATH" dpkg -i /siprec-server.deb
}

# Recordings on their volume, a /tmp, and nothing else that can be written.
close_root() {
  mount -t tmpfs -o "mode=750,uid=10001,gid=10001" tmpfs "$root$(said VOLUME | jq -r '.[0]')" &&
    mount -t tmpfs tmpfs "$root/tmp" && mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" &&
    mount -o remount,ro "$root"
}

# in_image COMMAND...: with the image's user and environment, and with no capability.
in_image() {
  local user
  user=$(said USER)
  # shellcheck disable=SC2046
  chroot "$root" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all env -i PATH="$PATH" RECORDING_MIN_FREE_SPACE=0 $(said ENV) "$@"
}

# The health check with its time limit, as Docker runs it.
healthy() {
  local said command
  said=$(said HEALTHCHECK)
  mapfile -t command < <(jq -r '.[]' <<<"${said#*CMD }")
  in_image timeout "$(grep -oP -- '--timeout=\K\S+' <<<"$said")" "${command[@]}"
}
logged() { jq -e "select(.\"event.action\" == \"$1\")" "$work/server.log" | grep -q .; }
runs_as_user() { [ "$(stat -c %u "/proc/$server")" = 10001 ]; }
writes_nothing() { in_image sh -c 'touch /x || touch /etc/x || touch /var/log/siprec/x'; }

make_overlay
ip link set lo up
check "its account is made" make_account
check "the package is installed" install_package
check "the account is the image's" test "$(chroot "$root" id -u siprec):$(chroot "$root" id -g siprec)" = "$(said USER)"
check "its root is closed" close_root
check "nothing can be written but its volume" fails writes_nothing
check "its health check fails while nothing runs" fails healthy
in_image "$(said ENTRYPOINT | jq -r '.[0]')" >"$work/server.log" 2>&1 &
shell=$!
check "its health check passes once the server runs" becomes_true 30 healthy
server=$(pgrep -P "$shell" -x siprec-server)
check "the server runs as its user" runs_as_user
check "it records a call" in_image siprec-call sip:127.0.0.1:5060 --duration 1 -q
check "the recording is complete" becomes_true 20 logged recording_complete
kill -STOP "$server"
check "its health check fails while the server hangs" fails healthy
kill -CONT "$server"
kill -s "$(said STOPSIGNAL)" "$server"
status=0
wait "$shell" || status=$?
check "its stop signal ends it properly" test "$status" -eq 0
check "it says that it stopped" logged server_stopped
finish
