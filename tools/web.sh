#!/bin/bash
# Builds the demo page: simulator to WebAssembly, networks of the zoo with the program, all in one HTML file.
# Usage: tools/web.sh PROGRAM NODE_MODULES FOLDER    (./dev web calls this; the page is FOLDER/demo.html)
set -euo pipefail
program=$(readlink -f "$1")
modules=$(readlink -f "$2")
mkdir -p "$3"
folder=$(readlink -f "$3")
cd "$(dirname "$(readlink -f "$0")")/.."

# Debian's emscripten finds its own JavaScript with any node.
export NODE_PATH=/usr/share/nodejs
# A launcher such as ccache is for the other compilers.
unset CMAKE_CXX_COMPILER_LAUNCHER CMAKE_C_COMPILER_LAUNCHER
cmake --preset web -B "$folder/simulator" > /dev/null
cmake --build "$folder/simulator" -j "$(nproc)"

rm -rf "$folder/zoo"
mkdir "$folder/zoo"
field() { node -e 'console.log(JSON.parse(require("fs").readFileSync(0))[process.argv[1]])' "$1"; }
"$program" zoo --json | node -e 'for (const { name } of JSON.parse(require("fs").readFileSync(0))) console.log(name)' |
    while read -r name; do
        network=$folder/zoo/$name
        "$program" zoo "$name" -o "$network" --json < /dev/null > "$folder/card.json"
        mv "$folder/card.json" "$network"
        "$program" compile "$network/$name.onnx" -o "$network/$name.dynbal" --calibrate "$network/calibrate.npy" \
            --scale "$(field scale < "$network/card.json")" --weights int8 < /dev/null > /dev/null
    done

# Where its sources are, so that the report page's share is found, and beside the packages.
rm -rf "$folder/page"
mkdir "$folder/page"
cp -r web/src web/demo web/tsconfig.json web/test "$folder/page"
ln -s "$modules" "$folder/page/node_modules"
node "$folder/page/demo/build.mjs" "$folder/simulator/dynbal_demo.wasm" "$folder/zoo" "$folder/demo.html"
