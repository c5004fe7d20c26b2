#!/bin/bash
# Builds the demo page and opens it in a browser, if emscripten is there.
# Usage: page.sh PROGRAM NODE_MODULES FOLDER
set -euo pipefail
if ! command -v em++ > /dev/null; then
    echo "skipped: there is no emscripten (./dev web installs it)"
    exit 77
fi
repository=$(readlink -f "$(dirname "$0")/../..")
"$repository/tools/web.sh" "$@"
program=$(readlink -f "$1")
folder=$(readlink -f "$3")
node "$folder/page/node_modules/typescript/bin/tsc" --noEmit -p "$folder/page/demo"
node "$folder/page/demo/test/native.mjs" "$program" "$folder"
node "$folder/page/demo/test/page.mjs" "$folder" "$program"
