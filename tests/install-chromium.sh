#!/usr/bin/env bash
# Installs Debian's Chromium for the tests of the console, where it is missing and this user may; otherwise does nothing:
# those tests then say what is missing. Playwright drives it and fetches no browser of its own.
set -euo pipefail
if command -v chromium > /dev/null || ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --quiet --quiet --yes --no-install-recommends chromium; }
# The lists may be missing or old: fetch them only when they turn out to be.
install || { apt-get update --quiet --quiet && install; }
