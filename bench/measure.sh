#!/bin/bash
# Every figure that the project is judged by, one line each. Needs the real models and data sets in $DYNBAL_SHARED
# (default ../shared beside the repository). Usage: bench/measure.sh accuracy|traffic|preservation|supplies|crash|soak|instructions|reproduce|oracle ...
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
program=$PWD/build/release/dynbal
data=${DYNBAL_SHARED:-../shared}/data
work=${WORK:-build/measure}
device=msp432p401r-published  # in whose unit the reference's figures are: MACs + 14.5 a byte
mkdir -p "$work"

declare -A model=([har]=models/dynbal/HAR-CNN.onnx [kws]=models/dynbal/KWS-DNN_S.onnx [mnist]=models/onnx_zoo/mnist-8.onnx
    [cifar]=models/dynbal/cifar10-cnn.onnx [sqn]=models/dynbal/squeezenet_cifar10.onnx)
declare -A inputs=([har]=datasets/uci_har/x_test_standardised.npy [kws]=datasets/speech_commands_v2_test/x_mfcc_25x10.npy
    [mnist]=datasets/mnist/x_test.npy [cifar]=datasets/cifar10/x_test.npy [sqn]=datasets/cifar10/x_test.npy)
declare -A labels=([har]=datasets/uci_har/y_test.npy [kws]=datasets/speech_commands_v2_test/y.npy
    [mnist]=datasets/mnist/y_test.npy [cifar]=datasets/cifar10/y_test.npy [sqn]=datasets/cifar10/y_test.npy)
declare -A scale=([har]=1 [kws]=1 [mnist]=1 [cifar]=0.00392156862745098 [sqn]=0.00392156862745098)

# image NAME int8|int16: compiles once, prints the path
image() {
    local path=$work/$1-$2.dynbal
    [ "$path" -nt "$program" ] || "$program" compile "$data/${model[$1]}" -o "$path" --weights "$2" --device $device \
        --calibrate "$data/${inputs[$1]}" --scale "${scale[$1]}" > /dev/null
    echo "$path"
}
own_image() {
    [ -f "$work/x_test.npy" ] || python3 models/fashion_mnist/data.py "$work" > /dev/null
    local path=$work/own.dynbal
    [ "$path" -nt "$program" ] || "$program" compile models/fashion_mnist/fashion_mnist.onnx -o "$path" --device $device \
        --calibrate "$work/calibrate.npy" --scale 0.00392156862745098 > /dev/null
    echo "$path"
}
# field NAME...: values of a JSON object on stdin
field() { python3 -c 'import json,sys; d=json.load(sys.stdin); print(*(f"{k}={d[k]}" for k in sys.argv[1:]))' "$@"; }

accuracy() {
    for m in har kws mnist cifar sqn; do for w in int16 int8; do
        echo "accuracy $m $w: $("$program" evaluate "$(image $m $w)" --inputs "$data/${inputs[$m]}" \
            --labels "$data/${labels[$m]}" --json | field samples accuracy)"
    done; done
    echo "accuracy own int16: $("$program" evaluate "$(own_image)" --inputs "$work/x_test.npy" --labels "$work/y_test.npy" \
        --json | field samples accuracy)"
}
simulate() { "$program" simulate "$(image "$1" "$2")" --input "$data/${inputs[$1]}@0" --supply "$3" --policy "$4" --json; }
preservation() {
    for m in har kws sqn; do
        "$program" compare "$(image $m int16)" --input "$data/${inputs[$m]}@0" --supply none --policies fixed \
            --preservations stateful,hawaii,none --json | python3 -c '
import json, sys
for run in json.load(sys.stdin)["runs"]:
    moved = run["nvm_read_bytes"] + run["nvm_write_bytes"]
    print("preservation", sys.argv[1], run["preservation"], "moved", moved, "transfers", run["nvm_transfers"])' $m
    done
}
traffic() {
    for m in har kws sqn; do
        "$program" inspect "$(image $m int16)" --json | field lower_bound_read_bytes lower_bound_write_bytes 2> /dev/null || true
        echo "traffic $m int16 fixed: $(simulate $m int16 none fixed | field nvm_read_bytes nvm_write_bytes nvm_transfers macs)"
    done
}
supplies() {
    for case in "har int16" "sqn int16" "kws int8" "kws int16"; do
        for e in none budget:1000000 budget:300000 budget:200000 budget:150000 budget:100000 budget:60000 budget:30000; do
            for p in fixed paper best; do
                echo "supply $case $e $p: $(simulate $case $e $p | field completed cost_units power_cycles output_sha256)"
            done
        done
    done
}
crash() {
    for p in fixed paper best; do
        for m in mnist har kws; do
            echo "crash all $m $p: $("$program" crash-test "$(image $m int16)" --input "$data/${inputs[$m]}@0" --cuts all \
                --policy $p --json | field points wrong stuck seconds)"
        done
        echo "crash all own $p: $("$program" crash-test "$(own_image)" --input "$work/x_test.npy@0" --cuts all --policy $p \
            --json | field points wrong stuck seconds)"
        for m in sqn cifar; do for cuts in sample:20000 random:1,20000; do
            echo "crash $cuts $m $p: $("$program" crash-test "$(image $m int16)" --input "$data/${inputs[$m]}@0" --cuts $cuts \
                --policy $p --json | field points wrong stuck seconds)"
        done; done
    done
}
soak() {
    echo "soak har: $("$program" soak "$(image har int16)" --inputs "$data/${inputs[har]}" --count 10000 \
        --supply random:7,200,4000 --policy best --json)"
    echo "soak sqn: $("$program" soak "$(image sqn int16)" --inputs "$data/${inputs[sqn]}" --count 2000 \
        --supply random:7,500,20000 --policy best --json)"
}
reproduce() {
    local start=$SECONDS
    "$program" reproduce --models "$data/models/dynbal" --traces "$data/traces" --restart -o "$work/reproduce" \
        --json | python3 -c 'import json,sys; print("reproduce:", json.load(sys.stdin)["summary"])'
    echo "reproduce: 3 models x 10 supplies x 3 policies x 20 inferences in $((SECONDS - start)) s"
}
oracle() {
    "$program" reproduce --models "$data/models/dynbal" --traces "$data/traces" --oracle --restart -o "$work/oracle" --json |
        python3 -c 'import json,sys; print("oracle:", json.load(sys.stdin)["summary"])'
}
instructions() {
    for m in har kws sqn; do
        echo "instructions $m: $(bench/instructions.sh "$program" "$(image $m int16)" "$data/${inputs[$m]}@0")"
    done
}
for what; do "$what"; done
