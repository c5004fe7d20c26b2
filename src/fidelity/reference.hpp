//! What is known of the published system: work counted in its research code, and periods measured on its hardware.
//!
//! Sources: the DynBal research code (commit 1dd9d4f, its PC build, target msp432, stateful), counted while it ran; the
//! authors' published logs of the hardware, medians. No line of that code is used here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynbal::fidelity {

enum class Policy : uint8_t { fixed, dynbal };
const char* name_of(Policy policy);

/// Total cost of an inference, in MACs + 14.5 for each NVM byte, when a power cycle affords `cycle_units`.
struct CostPoint {
    double cycle_units = 0;
    std::optional<double> total_units;  ///< none: it never ends
};

/// One network as the reference runs it.
struct ReferenceModel {
    std::string name;
    uint64_t read_bytes = 0, write_bytes = 0, transfers = 0, macs = 0;
    uint64_t layers = 0;                    ///< convolutions, fully connected layers and poolings of the ONNX file
    double units[2] = {0, 0};               ///< by policy, without power failures
    std::vector<CostPoint> interrupted[2];  ///< by policy, ascending
};
const std::vector<ReferenceModel>& reference_models();

/// Seconds between two inferences, SPI at 8 MHz, policy dynbal.
struct PublishedCell {
    const char* model = nullptr;
    std::optional<double> power_w;  ///< steady; none: a trace that is not published
    const char* supply = nullptr;
    double period_s = 0;
};
const std::array<PublishedCell, 15>& published_cells();

}  // namespace dynbal::fidelity
