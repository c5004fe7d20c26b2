//! What an emulated board and its host tell each other about NVM whose lines are written whole or torn. A process that is
//! killed leaves a part of a line, which a power failure on such a memory would not: the board notes each line before it
//! writes it, and the host that has killed it ends what it finds there (src/firmware/power_failure.hpp).
#pragma once

#include <cstdint>

#include "platform/nvm.hpp"

namespace dynbal {

/// Stands at the end of the emulated NVM; the memory before it is the board's.
struct NvmLedger {
    static constexpr uint32_t magic_expected = 0x4C4D564E;  // "NVML"
    static constexpr uint32_t line_bytes_most = 16;

    uint32_t magic = 0;  ///< anything else: byte FRAM, of which a kill leaves what a power failure would
    uint8_t line_bytes = 1;
    Torn torn = Torn::stays_old;
    uint16_t unused = 0;
    uint32_t is_open = 0;  ///< the line below is being written; changes by one store each
    uint32_t offset = 0;   ///< of the line, a multiple of line_bytes
    std::byte before[line_bytes_most]{};
    std::byte after[line_bytes_most]{};
};
static_assert(sizeof(NvmLedger) == 48);

}  // namespace dynbal
