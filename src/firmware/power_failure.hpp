//! What a power failure makes of the line that an emulated board was writing when its process was killed.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "platform/nvm.hpp"

namespace dynbal::firmware {

/// From now on the board that finds this memory writes it in such lines. Torn lines stay old or become new.
void set_nvm_class(std::span<std::byte> nvm, const NvmClass& nvm_class);
/// After each kill, before the next power-up. False if the ledger is damaged.
[[nodiscard]] bool end_torn_line(std::span<std::byte> nvm);

/// The same for a file. Throws InputError if it cannot be read or written, or if its ledger is damaged.
void set_nvm_class(const std::string& file, const NvmClass& nvm_class);
void end_torn_line(const std::string& file);

}  // namespace dynbal::firmware
