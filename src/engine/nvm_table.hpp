//! A stage's tile table in NVM: looking up an energy is one transfer, a row another.
#pragma once

#include "image/format.hpp"
#include "nvm/meter.hpp"
#include "plugin/tile_table.hpp"

namespace dynbal {

class NvmTable final : public TileTable {
public:
    NvmTable(Meter& meter, const StageDescriptor& stage)
        : TileTable(stage.candidate_count, stage.least_need_row, stage.start_row),
          meter_(&meter),
          offset_(stage.candidates_offset) {}

    Candidate row(uint32_t index) override {
        Candidate candidate;
        meter_->read(TrafficClass::control,
                     offset_ + table_rows_offset(count) + index * static_cast<uint32_t>(sizeof(Candidate)),
                     std::as_writable_bytes(std::span<Candidate, 1>(&candidate, 1)));
        return candidate;
    }
    void find(std::span<const uint64_t> energies, std::span<Place> places) override {
        ShortCost froms[table_rows_max];
        const std::span<ShortCost> all(froms, count);
        meter_->read(TrafficClass::control, offset_, std::as_writable_bytes(all));
        for (size_t i = 0; i < energies.size(); ++i) {
            places[i] = place_of(all, energies[i]);
        }
    }
    /// What find() and so many calls of row() take.
    static constexpr Traffic look_up_traffic(uint32_t rows, uint32_t calls) {
        return {rows * sizeof(ShortCost) + calls * sizeof(Candidate), 0, 1 + calls, 0, 0};
    }

private:
    Meter* meter_;
    uint32_t offset_;
};

}  // namespace dynbal
