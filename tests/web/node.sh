#!/bin/sh
# Installs what the tests run in Node: Debian's Node where there is none, Comunica, and what bundles the editor.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
fi
for folder in tests/web/comunica webapp/bundles/codemirror; do
  # npm leaves this file when all is in place; a lock that has changed since is installed anew.
  if ! [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
    (cd "$folder" && npm ci --silent --ignore-scripts --no-audit --no-fund)
    touch "$folder/node_modules/.package-lock.json"
  fi
done
