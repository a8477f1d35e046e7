#!/usr/bin/env bash
# Installs the packages of this directory's package.json into DIRECTORY, once for each change of it.
#
# usage: install_npm.sh DIRECTORY
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need node npm

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
cd "$1"
if [ -d node_modules ] && cmp -s "$here/package.json" package.json && [ -e installed ]; then
  say "they are there"
  exit
fi
rm -f installed
cp "$here/package.json" package.json
npm install --prefer-offline --no-audit --no-fund --no-package-lock --ignore-scripts >npm.log 2>&1 ||
  { tail -n 5 npm.log; skip "npm could not install them"; }
# A module resolves names from where it lies.
echo 'export const load = (name) => import(name);' >load.mjs
touch installed
say "installed"
