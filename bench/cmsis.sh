#!/bin/bash
# Builds the boards with Arm's CMSIS-DSP for int16 weights (preset cmsis), checks that the bits are ours, and prints
# instructions a MAC and code sizes beside ours.
# Usage: bench/cmsis.sh [CMSIS_DSP CMSIS_CORE]   folders of CMSIS-DSP and of CMSIS Core's headers, e.g. CMSIS-DSP and
# CMSIS_6/CMSIS/Core/Include; else DYNBAL_CMSIS_DSP and DYNBAL_CMSIS_CORE name them. Exit code 77 if nobody does.
# Ours must have been built: ./dev boards, and test_mps2 (./dev test) at build/release or where TEST_MPS2 says.
set -euo pipefail
dsp=${1:-${DYNBAL_CMSIS_DSP-}}
core=${2:-${DYNBAL_CMSIS_CORE-}}
if [ -z "$dsp" ] || [ -z "$core" ]; then
    echo "skipped: give the folders of CMSIS-DSP and CMSIS Core's headers, or set DYNBAL_CMSIS_DSP and DYNBAL_CMSIS_CORE"
    exit 77
fi
dsp=$(realpath "$dsp")
core=$(realpath "$core")
cd "$(dirname "$(readlink -f "$0")")/.."
tests=${TEST_MPS2:-build/release/test_mps2}
for needed in "$tests" build/boards/checks/kernel-check.elf; do
    [ -f "$needed" ] || { echo "cmsis.sh: there is no $needed; ./dev boards and ./dev test build it" >&2; exit 1; }
done

log=build/cmsis.log
{ cmake --preset cmsis -DDYNBAL_CMSIS_DSP="$dsp" -DDYNBAL_CMSIS_CORE="$core" && cmake --build --preset cmsis; } \
    > $log 2>&1 || { cat $log >&2; exit 1; }
# Or the test below would compare ours with ours.
arm-none-eabi-nm build/cmsis/checks/kernel-check.elf | grep -q ' T arm_dot_prod_q15$' ||
    { echo "cmsis.sh: arm_dot_prod_q15 is not in the program" >&2; exit 1; }

# function_bytes PROGRAM NAMES: bytes of the functions whose names match
function_bytes() {
    local bytes total=0
    for bytes in $(arm-none-eabi-nm -S "$1" | awk -v names="$2" '$4 ~ names { print "0x" $2 }'); do
        total=$((total + bytes))
    done
    echo $total
}
# Theirs, and of ours those whose mangled arguments begin with two pointers to int16.
int16_kernels='^arm_dot_prod_q15$|6kernel.*(mac|dot).*EPKsS'
status=0
for folder in boards cmsis; do
    echo "$folder: int16 kernel $(function_bytes build/$folder/qemu-mps2-an386.elf "$int16_kernels") bytes of" \
        "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["code_bytes"])' build/$folder/qemu-mps2-an386.size.json)"
    DYNBAL_BOARDS=$PWD/build/$folder "$tests" --gtest_filter='KernelsOfM4.*:NetworksOnM4.Ours' --gtest_brief=1 ||
        status=1
done
exit $status
