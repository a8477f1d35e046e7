#!/usr/bin/env bash
# Runs a judge of this directory, or says loudly that its packages are missing.
#
# usage: run_judge.sh SCRIPT.mjs WHAT_IS_JUDGED PACKAGES_DIRECTORY [ARGUMENT...]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need node
[ -e "$3/installed" ] || skip "the npm packages of tests/packaging are not installed"
exec node "$@"
