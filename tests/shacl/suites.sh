#!/bin/sh
# Fetches the W3C data-shapes test suite and the DASH cases into the virtual environment given,
# where they are missing: sh tests/shacl/suites.sh .venv
set -eu
place=$1/shacl-suites
stamp=$place/$(sha256sum tests/shacl/suites.txt | cut -c1-16)
[ -e "$stamp" ] && exit 0
rm -rf "$place"
"$1/bin/python" -m pip download --quiet --no-deps --no-binary pyshacl --require-hashes \
  --requirement tests/shacl/suites.txt --dest "$place"
tar -xzf "$place"/pyshacl-*.tar.gz -C "$place" --strip-components 3 --wildcards \
  '*/test/resources/sht_tests' '*/test/resources/dash_tests'
rm "$place"/pyshacl-*.tar.gz
touch "$stamp"
