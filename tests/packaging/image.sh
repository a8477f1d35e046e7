#!/usr/bin/env bash
# The image of deploy/docker/Dockerfile without Docker: buildah in a chroot, on a Debian made by
# debootstrap, then one call to the server that runs in it. By hand, as root.
#
# usage: tests/packaging/image.sh BUILD_DIRECTORY [--compile]
#
#   --compile  the whole file, which compiles everything once more; otherwise the first stage only
#              hands over the package of BUILD_DIRECTORY
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need buildah debootstrap cpack curl
[ "$(id -u)" -eq 0 ] || skip "only root may make a system to build in"

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "$1")
work=$build/image
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot

in_buildah() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }

# docker.io's debian:12-slim stands for a bare Debian 12; here it is one of our own by that name.
make_base() {
  ! in_buildah images -q docker.io/library/debian:12-slim >/dev/null 2>&1 || return 0
  local mirror container
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Codename: bookworm' | head -n 1)
  [ -e "$work/base/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$work/base" "$mirror"
  container=$(in_buildah from scratch)
  in_buildah copy -q "$container" "$work/base" /
  in_buildah commit -q "$container" docker.io/library/debian:12-slim
  in_buildah rm "$container"
}

make_image() {
  local context=$tree
  if [ "${1:-}" = --compile ]; then
    cp "$tree/deploy/docker/Dockerfile" "$work/Dockerfile"
  else
    context=$work/context
    mkdir -p "$context"
    (cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work")
    cp "$work"/siprec-server_*.deb "$context/siprec-server.deb"
    {
      printf 'FROM scratch AS build\nCOPY siprec-server.deb /package/siprec-server.deb\n'
      sed -n '/^FROM debian:12-slim$/,$p' "$tree/deploy/docker/Dockerfile"
    } >"$work/Dockerfile"
  fi
  in_buildah bud --format docker --pull-never -t siprec-server -f "$work/Dockerfile" "$context"
}

# As the image says: its user, its environment, its program; on ports that nobody else uses.
in_image() {
  in_buildah run --user "$(configured .User)" --env HTTP_PORT=48080 --env SIP_LISTEN=udp:127.0.0.1:45080 \
    --env RTP_PORT_MIN=42000 --env RTP_PORT_MAX=42100 --env RECORDING_MIN_FREE_SPACE=0 "$container" -- "$@"
}
configured() { in_buildah inspect --type image siprec-server | jq -r ".Docker.config$1"; }
healthy() { in_image /bin/bash -c "$(configured '.Healthcheck.Test[3]')"; }
runs_as_user() { [ "$(ps -o uid= -p "$(pgrep -x siprec-server -u 10001 | head -n 1)" | xargs)" = 10001 ]; }
recorded() { grep -q '"event.action":"recording_complete"' "$work/server.log"; }
drained() { grep -q '"event.action":"server_stopped"' "$work/server.log"; }

mkdir -p "$work"
check "there is a base" make_base
check "the image is built" make_image "${2:-}"
container=$(in_buildah from --pull-never siprec-server)
trap 'in_buildah rm "$container" >/dev/null' EXIT
check "its health check fails while nothing runs" fails healthy
in_image "$(configured '.Entrypoint[0]')" >"$work/server.log" 2>&1 &
check "its health check passes once the server runs" becomes_true 30 healthy
check "the server runs as user 10001" runs_as_user
check "it records a call" in_image siprec-call sip:127.0.0.1:45080 --duration 1 -q
check "the recording is complete" becomes_true 20 recorded
kill -s "$(configured .StopSignal)" "$(pgrep -x siprec-server -u 10001 | head -n 1)"
check "its stop signal ends it properly" becomes_true 20 drained
wait
finish
