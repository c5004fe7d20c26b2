#!/bin/bash
# The demo: a picture of clothing is classified by a device whose power fails again and again.
# Usage: tools/demo.sh PROGRAM FOLDER    (./dev demo builds the program and calls this)
set -euo pipefail
program=$(readlink -f "$1")
mkdir -p "$2"
folder=$(readlink -f "$2")
model=$(dirname "$(readlink -f "$0")")/../models/fashion_mnist
scale=0.00392156862745098 # 1/255: the pixels are bytes, the model takes 0 to 1
sample=0
# Energy of one power cycle in nJ, small enough that an inference takes hundreds of cycles.
supply=budget:30000

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || title() { printf '\n%s\n' "$*"; }

# Prints the command as a user would type it, then runs it.
run() {
    printf '$ dynbal'
    local word
    for word; do printf ' %s' "${word#"$folder"/}"; done
    printf '\n'
    "$program" "$@"
}

cd "$folder"
image=$folder/fashion_mnist.dynbal
input=$folder/x_test.npy@$sample

title "1. Real pictures, from the Debian package dataset-fashion-mnist"
python3 "$model/data.py" "$folder"
name=$(python3 "$model/data.py" --label "$sample")
printf 'Test picture %s shows: %s\n' "$sample" "$name"

title "2. The network, compiled for a microcontroller"
cp "$model/fashion_mnist.onnx" "$folder/"
run compile fashion_mnist.onnx -o "$image" --calibrate "$folder/calibrate.npy" --scale $scale

title "3. With steady power"
run run "$image" --input "$input" --scale $scale

title "4. The same on harvested power: every power cycle brings ${supply#budget:} nJ, then all RAM is lost"
run simulate "$image" --input "$input" --scale $scale --supply $supply --policy best

title "5. What adapting is worth"
run compare "$image" --input "$input" --scale $scale --supply $supply
