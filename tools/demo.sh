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
# What a power cycle affords (1 unit is the energy of a MAC): so little that there are hundreds of them.
supply=budget:40000

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || title() { printf '\n%s\n' "$*"; }

# Prints the command as a user would type it, then runs it.
run() {
    printf '$ dynbal'
    printf ' %s' "$@"
    printf '\n'
    "$program" "$@"
}

# The name of the class that a command answers.
answer() {
    local class
    class=$("$program" "$@" --json | sed -n 's/^ *"argmax": \([0-9]*\).*/\1/p')
    sed -n "$((class + 1))p" classes.txt
}

cd "$folder"

title "1. A real picture, from the Debian package dataset-fashion-mnist"
python3 "$model/data.py" .
"$(dirname "$program")/show_picture" x_test.npy@$sample 28 28
printf 'Test picture %s, labelled "%s"\n' "$sample" "$(python3 "$model/data.py" --label "$sample")"

title "2. A network (92 % right on such pictures), compiled for a microcontroller"
cp "$model/fashion_mnist.onnx" .
run compile fashion_mnist.onnx -o fashion_mnist.dynbal --calibrate calibrate.npy --scale $scale

title "3. Steady power"
run run fashion_mnist.dynbal --input x_test.npy@$sample --scale $scale

title "4. Harvested power: after ${supply#budget:} units of work it fails, and all RAM is lost. Again and again."
run simulate fashion_mnist.dynbal --input x_test.npy@$sample --scale $scale \
    --supply $supply --policy best
printf 'That is: "%s"\n' "$(answer simulate fashion_mnist.dynbal --input x_test.npy@$sample \
    --scale $scale --supply $supply --policy best)"

title "5. What choosing the tiles at run time is worth"
run compare fashion_mnist.dynbal --input x_test.npy@$sample --scale $scale \
    --supply $supply --supply budget:100000 --supply power:4mW

title "Try your own: $program --help   (the files are in $folder)"
