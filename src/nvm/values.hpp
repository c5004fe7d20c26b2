//! Stateful preservation: progress is a state bit in each output value, in the byte that is written last.
//!
//! A stored word is (q & 0x7FFF) | state << 15, little-endian. Every place of a tensor's storage is written
//! once when the tensor is produced, so the state of a finished value follows from how often its place has been
//! written in this inference before (fixed by the compiler) and from the parity of the inference. Nothing is
//! tracked at run time.
#pragma once

#include <span>

#include "image/format.hpp"
#include "nvm/meter.hpp"
#include "plugin/job_order.hpp"

namespace dynbal {

/// Encodes, writes and probes the values of one tensor.
class ValueStore {
public:
    /// `runs` is working memory for the tensor's state runs; it must outlive this object.
    ValueStore(Meter& meter, const TensorPlace& place, const StateRuns& states, std::span<StateRun> runs);

    /// Reads the state runs from NVM; returns false if they are not in ascending order or do not cover the tensor.
    bool open(uint32_t inference_parity, uint32_t pixels, TrafficClass why);

    /// Writes the values of a job, [pixels][channels]; `values` are 15-bit and are encoded in place.
    /// The bytes reach NVM in the order of the job's values.
    void write(const Job& job, std::span<int16_t> values);
    /// Has the value at this position been finished?
    bool is_finished(const Position& position);
    /// Makes the value unfinished if it is finished, in one byte.
    void unfinish(const Position& position);
    /// How many values of the order's region are finished: the first `known` are; they form a prefix.
    uint32_t count_finished(const JobOrder& order, uint32_t known);

private:
    /// The byte of a value that holds its state, the last to be written.
    std::byte state_byte(const Position& position);
    uint32_t address_of(uint32_t pixel, uint32_t channel) const {
        return place_.offset + 2 * (pixel * place_.pixel_stride + channel);
    }
    /// Index of the value within the storage.
    uint32_t storage_index(uint32_t pixel, uint32_t channel) const {
        return (address_of(pixel, channel) - states_.storage_offset) / 2;
    }
    const StateRun& run_at(uint32_t storage_index) const;
    uint16_t state_of(const StateRun& run) const;
    void encode(uint32_t first_index, std::span<int16_t> values) const;

    Meter* meter_;
    TensorPlace place_;
    StateRuns states_;
    std::span<StateRun> runs_;
    uint32_t parity_ = 0;
};

}  // namespace dynbal
