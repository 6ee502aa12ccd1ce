#!/bin/sh
# Installs Debian's Apache Jena and a JDK where they are missing: the bench's peer in Java.
set -eu
if [ -e /usr/share/java/jena-shacl.jar ] && command -v javac >/dev/null; then
  exit 0
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends \
  default-jdk-headless libapache-jena-java >/dev/null
