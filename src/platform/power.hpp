//! The energy that a platform has for work. Each board implements it once.
#pragma once

#include <cstdint>

namespace dynbal {

/// Told of work before it is done. A board does nothing here; a simulator spends energy and may cut the power
/// by throwing (on a device, power loss simply never returns).
class Power {
public:
    /// Returns whether the arithmetic is wanted. A simulator that only counts says no: values are zeros then, and
    /// everything else happens as always.
    [[nodiscard]] virtual bool compute(uint64_t macs) = 0;

protected:
    ~Power() = default;
};

}  // namespace dynbal
