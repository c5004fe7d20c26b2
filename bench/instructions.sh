#!/bin/bash
# Host instructions of one uninterrupted inference, set-up excluded, by callgrind (which counts and does not measure).
# Usage: bench/instructions.sh PROGRAM IMAGE INPUT.npy@INDEX [POLICY]
set -euo pipefail
program=$1 image=$2 input=$3 policy=${4:-fixed}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
valgrind --tool=callgrind --callgrind-out-file="$out" --collect-atstart=no \
    --toggle-collect='dynbal::Engine::run()' \
    "$program" run "$image" --input "$input" --policy "$policy" 2>&1 > /dev/null |
    sed -n 's/.*Collected : *\([0-9]*\).*/\1/p'
