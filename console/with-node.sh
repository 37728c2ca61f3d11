#!/usr/bin/env bash
# Run a command of node or npm in this folder. Where the machine has no node, or one that is too old for the build (20.19 is
# the least), it is installed into .venv from the Python registry, so that Python and make are all that one needs.
set -euo pipefail
cd "$(dirname "$0")"

usable() {
    command -v npm >/dev/null && command -v node >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
}

if ! usable; then
    bin=$(cd .. && pwd)/.venv/bin
    [ -x "$bin/npm" ] || "$bin/python" -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
    export PATH="$bin:$PATH"
fi
exec "$@"
