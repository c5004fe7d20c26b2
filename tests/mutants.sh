#!/bin/bash
# Breaks the durability of a copy of the sources, one rule at a time, and shows that the engine's tests notice.
# Usage: mutants.sh [--part I/N] [FOLDER [NAME]]   (default: build/mutants, kept so that a second run is quick)
# NAME: part of a mutant's. I/N: of every N mutants the one with the rest I, without trying the tests on the sources as they are first.
# Exit code 1 if a mutant survives, or if no mutant is there any more because the line it breaks has changed.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
part=0 parts=1
if [ "${1-}" = --part ]; then
    part=${2%/*} parts=${2#*/}
    shift 2
fi
work=${1:-$root/build/mutants}
only=${2-}
programs=(test_engine_powerloss test_nvm test_engine)
all_programs=("${programs[@]}" test_image test_installer)
# What the tests leave to other tests: a broken engine must be noticed by these alone.
export GTEST_FILTER='-PricedReal*:Operations*'

mkdir -p "$work/tree"
# Only what differs is copied, with the time of now: the build is to see each change.
cd "$root"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    cmp -s "$file" "$work/tree/$file" || cp --parents "$file" "$work/tree"
done
cmake -S "$work/tree" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDYNBAL_PAGE=OFF \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=16 > /dev/null
build() { cmake --build "$work/build" -j "$(nproc)" --target "${all_programs[@]}" > "$work/build.log" 2>&1; }

# Prints the first test of the given programs that fails, or nothing. A mutant that runs for ever is one that is noticed.
first_failure() {
    local program output
    for program; do
        output=$(timeout 300 "$(find "$work/build" -name "$program" -type f)" --gtest_fail_fast --gtest_brief=1 2>&1) && continue
        grep -m 1 -o '\[  FAILED  \] [^ ,]*' <<< "$output" | cut -c 14- || echo "$program ends without a verdict"
        return
    done
}

survivors=0 number=0
# mutant NAME FILE SED-SCRIPT [PROGRAM...]
mutant() {
    number=$((number + 1))
    [[ $1 == *"$only"* && $((number % parts)) = "$part" ]] || return 0
    local file=$work/tree/src/$2 caught tried=("${@:4}")
    [ ${#tried[@]} != 0 ] || tried=("${programs[@]}")
    cp "$file" "$work/original"
    sed -i -E "$3" "$file"
    if cmp -s "$file" "$work/original"; then
        caught='?? the line to be broken is not there'
        survivors=$((survivors + 1))
    elif ! build; then
        caught='?? does not compile'
        survivors=$((survivors + 1))
    else
        caught=$(first_failure "${tried[@]}")
        [ -n "$caught" ] || { caught='SURVIVES'; survivors=$((survivors + 1)); }
    fi
    cp "$work/original" "$file"
    printf '%-58s %s\n' "$1" "$caught"
}

build || { tail -n 20 "$work/build.log"; exit 1; }
[ "$parts" != 1 ] || [ -z "$(first_failure "${all_programs[@]}")" ] ||
    { echo "the tests fail without any mutant: $(first_failure "${all_programs[@]}")"; exit 1; }
printf '%-58s %s\n' 'what is broken' 'noticed by'
mutant 'the epoch is not counted up'                       engine/engine.cpp       '/^    \+\+record_\.epoch;$/d'
mutant 'a footprint is saved before what it speaks for'    nvm/preserver.cpp \
    '/^    const bool notes = /a\    if (notes \&\& plan.sums_to != SumsTo::checkpoint) footprints_.save(epoch, plan.after.done);
     /^    if \(notes\) \{$/,/^    \}$/d'
mutant 'footprints behind jobs are not looked for'         nvm/preserver.cpp    's/return max_u32\(known, footprints_\.load\(epoch\)\);/return known;/'
mutant 'footprints outlive that an inference is given up'  engine/engine.cpp \
    '/Only written values count/,/phase = Phase::abandoning/{/\+\+record_\.epoch;/d}'
mutant 'where stages are kept values are believed'         nvm/preserver.cpp    's/return known;/return values_.count_finished(schedule.order(), known);/'
mutant 'an unknown preservation method is taken'           image/format.cpp        's/header\.method >= method_count/false/'
mutant 'checkpoints do not know their pixels'              nvm/preserver.cpp '/^    key\.pixel_begin = /d'
mutant 'checkpoints do not know their channels'            nvm/preserver.cpp '/^    key\.channel_begin = /d'
mutant 'checkpoints do not know their inference'           nvm/preserver.cpp '/^    key\.inference = /d'
mutant 'checkpoints do not know their stage'               nvm/preserver.cpp '/^    key\.stage = /d'
mutant 'no commit between regions'                         engine/engine.cpp \
    '/take\(choose_for_stage\(\)\);/,/runner_->configure/{/^        commit\(\);$/d}'
mutant 'no commit when a stage begins'                     engine/engine.cpp \
    '/begin_region\(\);/,/EventKind::stage_begin/{/^    commit\(\);$/d}'
mutant 'no commit when recovery has ended'                 engine/engine.cpp \
    '/bool change = wants_change/,/if \(change\)/{/^        commit\(\);/d}'
mutant 'no commit after a change of configuration'         engine/engine.cpp \
    '/find_sums\(runner_/,/^}/{/^    commit\(\);$/d}'
mutant 'no commit when an inference is given up'           engine/engine.cpp \
    '/phase = Phase::abandoning/,/return/{/^    commit\(\);$/d}'
mutant 'the state is written before its value'             nvm/values.cpp \
    's/^(    *)(meter_->write\(TrafficClass::outputs, address_of\(pixel, job)/\1for (size_t i = 1; i < 2 * words.size(); i += 2) {\n meter_->write(TrafficClass::outputs, address_of(pixel, job.channels.begin) + static_cast<uint32_t>(i), std::as_bytes(words).subspan(i, 1));\n }\n\1\2/'
mutant 'the older record is taken'                         nvm/record.cpp          's/\{claimed, claimed \^ 1U\}/{claimed ^ 1U, claimed}/'
mutant 'torn records are believed'                         nvm/record.cpp          's/ && record\.crc == crc_of\(record\)//'
mutant 'records of another image are believed'             nvm/record.cpp          's/, crc_start_\);/, crc_start_ * 0);/'
mutant 'records of another layout are believed'            nvm/record.hpp          's/ \^ record_version\)/)/'
mutant 'the newest record is overwritten'                  nvm/record.cpp          's/next_slot_ = slot \^ 1U;/next_slot_ = slot;/'
mutant 'sums are read from and written to the same area'   nvm/footprint.hpp    's/\(pass \& 1U\) \* area_bytes_/(pass \& 0U) * area_bytes_/'
mutant 'a torn checkpoint is believed'                     nvm/checkpoint.cpp   's/ && trailer\.trailer_crc == crc_of\(trailer\)//;s/if \(crc32\(sums\) == found_crc_\)/if (true)/'
mutant 'an inference starts without its input'             engine/setup.cpp        's/return Status::no_input;/;/'
mutant 'half an input counts'                              engine/setup.cpp        '/store->unfinish/d'
mutant 'half a formatted memory counts'                    engine/setup.cpp        '/record_\.phase = Phase::formatting;/d'
mutant 'formatting begins again each time'                 engine/setup.cpp        's/if \(record_\.phase != Phase::formatting\)/if (true)/'
mutant 'a damaged checkpoint is left where it is'          nvm/checkpoint.cpp   '/^    next_slot_ \^= 1U;$/{N;s/.*\n    return false;/    return false;/}'
mutant 'a look at the table that fails is repeated'        engine/reconfigure.cpp  's/record_\.look != Look::none/false/;s/if \(has_given_up\(\)\)/if (false)/'
mutant 'a value is lost where the order of jobs changes'      engine/reconfigure.cpp \
    's/(const uint32_t written = order\.values_written\(record_\.done\));/\1 + (record_.done != 0 ? 1 : 0);/'
mutant 'the last waiting region is not written'            nvm/record.cpp          's/\(reversed, count\)\)\);/(reversed, count - 1)));/'
mutant 'records lie where the image ends'                  nvm/record.hpp          's/offset_\(header\.records_offset\), crc/offset_(header.records_offset - record_slot_bytes), crc/'
mutant 'waiting regions lie behind what NVM holds'         nvm/record.hpp          's/offset_\(header\.records_offset \+ 2 \*/offset_(header.nvm_bytes + 0 */'
mutant 'formatting leaves the old records'                 engine/setup.cpp        '/^Status Engine::format/,/^}/{/records_->erase/d}'
mutant 'what does not get on is kept'                      engine/reconfigure.cpp  's/return record_\.choice\.need\.value\(\) > \(once .*energy\) \|\|/return false \&\&/'
mutant 'recovery looks at one value after the other'       plugin/progress_search.hpp 's/bracketed_ \? \(end_ - known_\) \/ 2 : step_ - 1;/0;/'
mutant 'the answer lies where the next input does'         compiler/memory_plan.cpp 's/return ends \|\| /return (ends \&\& false) || /'
mutant 'an image whose input lies on its output is taken'  image/format.cpp        '/^bool ends_apart/,/^}/s/return end_of/return true || end_of/' test_image
mutant 'an installed image goes on with old records'       ../boards/common/installer.cpp 's/records\.erase\(\);/(void)records;/' test_installer
mutant 'another input is the same installation'            firmware/firmware.cpp   's/crc32\(std::as_bytes\(input\)\)/0 * &/' test_installer
mutant 'who wrote before in a place is forgotten'          compiler/memory_plan.cpp 's/before % 2/0 * &/'
mutant 'how often a place is written is forgotten'         compiler/memory_plan.cpp 's/writes % 2/0 * &/'
mutant 'jobs are counted otherwise than they are done'     plugin/job_order.cpp    '/^uint32_t JobOrder::index_of/,/^}/s/position\.channel - block\.begin/block.end - 1 - position.channel/'
mutant 'regions are pushed where counted ones lie'         nvm/record.cpp          '/::push/,/^}/s/offset_ \+ record\.waiting \*/offset_ + (record.waiting != 0 ? record.waiting - 1 : 0) */'
mutant 'a region is taken from the stack twice'            nvm/record.cpp          '/::pop/,/^}/{/^    --record\.waiting;$/d}'
mutant 'the row of least need is the one that needs least' compiler/price_tiles.cpp 's/if \(entrants\.empty\(\) \|\| entrants\.front\(\)\.cost == infinite\) return least;/return least;/'
mutant 'the first cycle risks the whole stage'             plugin/policy.cpp       's/only\(table\.row\(table\.start\)\)/only(table.row(0))/'
mutant 'a tile that is hardly dearer is asked about'       compiler/price_tiles.cpp '/^uint64_t holds_from/,/^}/s/from = static_cast.*;/break;/'
mutant 'what gets on is left after a look that was cut'    engine/reconfigure.cpp  's/ \|\| record_\.pace\(\)\.got_on\(\) \|\| has_given_up/ || has_given_up/'
mutant 'a price for stronger cycles is believed'           engine/reconfigure.cpp  's/if \(energy < record_\.choice\.from\.value\(\)\)/if (false)/'
mutant 'nothing faster was found, but is asked for again'  engine/reconfigure.cpp   '/^void Engine::accept_pace/,/^}/s/if \(is_too_slow\(energy\)\)/if (false)/'
echo "$survivors survive"
exit $((survivors > 0))
