#!/usr/bin/env bash
# Installs a Debian package that holds a program of its name, where it is missing and this user may; otherwise does nothing:
# the tests that need it then skip, and in CI fail. No service is started: each test run has a Redis of its own.
set -euo pipefail
package=$1
if command -v "$package" > /dev/null || ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
install() { RUNLEVEL=1 apt-get install --quiet --quiet --yes --no-install-recommends "$package"; }
# The lists may be missing or old: fetch them only when they turn out to be.
install || { apt-get update --quiet --quiet && install; }
