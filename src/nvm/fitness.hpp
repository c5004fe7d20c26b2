//! On which memories progress can be kept (SPEC.md, "Classes of NVM").
#pragma once

#include "platform/nvm.hpp"

namespace dynbal {

/// Why a memory is of no use to the engine.
enum class Unfit : uint8_t {
    no,
    garbage,    ///< a torn line destroys values in it that were finished long before, and its states mean nothing
    any_order,  ///< a value may arrive before those whose being there its state stands for
};

constexpr Unfit unfit_for_states(const NvmClass& nvm_class) {
    if (nvm_class.torn == Torn::garbage) return Unfit::garbage;
    return nvm_class.any_order ? Unfit::any_order : Unfit::no;
}

}  // namespace dynbal
