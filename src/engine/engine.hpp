//! The intermittent inference engine: runs a device image to its answer across any number of power failures.
//!
//! Life of an inference: boot() after every power-up; format() once on new NVM; load_input(), start(), run();
//! read_output(). After a power failure: a new Engine, boot(), and the call again that was cut off. The answer is a function of image and input
//! alone: no policy, tile size or power failure changes a bit of it.
//!
//! | state | how it is known | what leads on |
//! |---|---|---|
//! | new | constructed | boot() |
//! | no image | boot(): no_image, arena_too_small, unfit_nvm | installing one, more SRAM, other NVM; then a new Engine |
//! | unformatted | boot(): not_formatted | format() -> idle |
//! | idle | boot(): ok, record().phase | load_input() -> idle; start() -> running; format(); read_output() if has_output |
//! | running | the same | step(), run() -> idle with an answer; abandon() -> abandoning |
//! | abandoning | the same | step(), run() -> idle without one |
//! | damaged | bad_image, from any call | installing the image again |
//! A power failure leads to `new`, and the newest record says which it was: each transition ends with the commit of one, and is
//! repeated if power fails before. load_input() ends with the state of its last value instead. format() leads from everywhere to idle;
//! both go on where a power failure has cut them off: a power cycle may be too short for all of either.
//!
//! Called where the table does not name it, a call returns wrong_phase (no_image, not_formatted) and does nothing, step() and
//! run() where nothing is to be done ok. Beside these return: boot() no_image, arena_too_small, unfit_nvm, not_formatted, bad_image; load_input()
//! wrong_size, arena_too_small, bad_image; start() no_input, bad_image; step() and run() bad_image; read_output() wrong_size.
//!
//! What is trusted: of the image nothing before boot() has checked the header, which each boot does again, and a descriptor when it has been
//! checked, whenever it is read; configurations are checked when they are taken; weights are data. A record counts by its CRC, which
//! takes the image and the layout of records in; footprints and checkpoints by CRC and by the epoch or job that they name. Of a
//! region what Record::done says is finished, and what the method finds behind it (preserver.hpp). All else is asserted before NVM is
//! written and when a boot has ended (platform/assertion.hpp).
//!
//! Invariants (SPEC.md, "Durability"):
//!  E1. Values are written strictly in the job order of the region, so finished values are a prefix.
//!  E2. Region, waiting regions, configuration and phase change only by the commit of a record.
//!  E3. Rewriting a value of this inference writes the same bytes again.
//!  E4. Whenever the regions could not be split once more, the configuration is the one of least need.
//!  E5. What a power cycle need not be able to pay for, a look at the whole tile table, is not repeated for ever: NVM
//!      notes before it, or the next boot learns, that nothing was finished; after two such cycles in a row only the
//!      row of least need is read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/stage_runner.hpp"
#include "nvm/meter.hpp"
#include "nvm/record.hpp"

namespace dynbal {

enum class Status : uint8_t {
    ok,
    no_image,         ///< NVM does not hold an image of this version and a known method, or its header is damaged
    bad_image,        ///< a stage or configuration in NVM is out of range
    not_formatted,    ///< there is no valid record: format() is needed
    arena_too_small,  ///< the image needs more SRAM than was given
    wrong_phase,      ///< the operation does not fit the state of the inference
    wrong_size,       ///< more or fewer values than the tensor has
    no_input,         ///< load_input() has not ended for this inference
    unfit_nvm,        ///< progress cannot be kept on NVM of this class (nvm/fitness.hpp)
};
const char* text_of(Status status);

class Engine {
public:
    /// All referenced objects must outlive the engine. `arena`: 4-byte aligned, at least sram_bytes_of(header).
    Engine(Nvm& nvm, Power& power, Trace& trace, std::span<std::byte> arena, PolicyKind policy);
    Engine(const Engine&) = delete;  // its parts point at each other
    Engine& operator=(const Engine&) = delete;

    /// Reads where things stand and, if an inference is under way, recovers its progress. First call of all.
    [[nodiscard]] Status boot();
    /// Clears tensors and records. Until it ends NVM counts as not formatted; called again after a power failure it goes on.
    [[nodiscard]] Status format();
    /// Writes the input: 15-bit values in the image's input order. May be repeated until start(), with other values, too; with the
    /// same ones it goes on where a power failure has cut it off. Whether it has ended is known from NVM.
    [[nodiscard]] Status load_input(std::span<const int16_t> values);
    /// Begins an inference, once load_input() has ended for it, in this power cycle or an earlier one.
    [[nodiscard]] Status start();
    /// Performs one job, or a pass of one, or the step to the next region or stage; nothing once the inference has ended, when
    /// record().phase is idle. A program may do other things between steps, and change its mind with abandon().
    [[nodiscard]] Status step();
    /// Steps until the inference has ended.
    [[nodiscard]] Status run();
    /// Gives the inference up; run() then brings NVM back to idle, across power failures too.
    [[nodiscard]] Status abandon();
    /// The last answer; valid from the end of run() until the next start().
    [[nodiscard]] Status read_output(std::span<int16_t> values);

    const ImageHeader& header() const { return header_; }
    const Record& record() const { return record_; }
    /// Energy of a power cycle, in 1/16 units, with which a stage surely makes progress: recovery, then one job of the
    /// configuration `least`, which needs `least_need` (boot included), or the step to what follows; or formatting, loading and starting.
    static uint64_t least_cycle_cost(const ImageHeader& header, uint32_t index, const StageDescriptor& stage,
                                     const TileConfig& least, uint64_t least_need);
    /// SRAM an image needs beside the engine object.
    static uint32_t sram_bytes_of(const ImageHeader& header);

private:
    /// No record in NVM has the sequence number 0.
    bool is_formatted() const { return record_.sequence != 0 && record_.phase <= Phase::abandoning; }
    /// ok if no inference is under way and NVM is formatted.
    Status idle_status() const;
    static uint64_t least_setup_cost(const ImageHeader& header);
    [[nodiscard]] Status open_stage(TrafficClass why);
    [[nodiscard]] Status begin_stage();
    [[nodiscard]] Status recover();
    [[nodiscard]] Status reconsider(bool progress);
    [[nodiscard]] Status open_input(std::optional<ValueStore>& store);
    uint32_t count_loaded(ValueStore& store) const;
    void write_input(ValueStore& store, std::span<const int16_t> values, uint32_t loaded);
    Position place_of_input(uint32_t index) const;
    [[nodiscard]] Status finish_region();
    void finish_inference();

    void begin_region();
    bool note_progress(const Progress& found);
    void note_supply(const Bounds& cycle);
    void note_pace(const Progress& found);
    uint64_t work_of(const Progress& at) const;
    uint64_t share_of(uint64_t work) const;
    uint64_t job_share() const;
    uint64_t look_cost() const;
    uint64_t running_cost(uint64_t price, uint64_t energy) const;
    bool is_too_slow(uint64_t energy) const;
    Candidate running_row() const;
    Bounds bounds_of_last_cycle(const Progress& found) const;
    bool has_sums() const;
    bool wants_change(bool progress) const;
    bool has_given_up() const;
    bool is_worth_a_look(uint64_t energy) const;
    bool change_config(bool progress);
    void keep_for(const Choice& other);
    void promise(uint64_t energy, uint64_t cost);
    void accept_pace(uint64_t energy);
    Choice running_choice() const { return {record_.choice, record_.choice_until}; }
    bool pays_off(const Choice& next) const;
    bool split_regions(const TileConfig& next);
    /// With so many waiting the region could not be split once more.
    static constexpr bool regions_nearly_full(uint32_t waiting) { return !RegionStack::has_room(waiting, 3); }
    StageView stage_view(TileTable& table, const Candidate* running) const;
    Choice choose_for_stage();
    void take(const Choice& choice);
    void commit();
    void emit(EventKind kind, uint64_t value = 0);

    Meter meter_;
    MeteredNvm records_nvm_, regions_nvm_;
    Trace* trace_;
    std::span<std::byte> sram_;
    PolicyKind policy_;
    bool ready_ = false;         ///< an inference is under way and its stage is open
    bool input_loaded_ = false;  ///< in this power cycle
    ImageHeader header_;
    std::optional<RecordStore> records_;
    std::optional<RegionStack> regions_;
    Record record_;
    StageDescriptor stage_;
    std::optional<Preserver> preserver_;
    std::optional<StageRunner> runner_;
};

}  // namespace dynbal
