//! What a boot costs on the real models.
#pragma once

#include <string>

namespace dynbal::bench {

/// For HAR, KWS and SQN of $DYNBAL_SHARED (default: shared beside the repository): the NVM bytes that are moved between
/// power-up and the moment at which the engine goes on, and the least energies. Throws InputError if they are not there.
std::string boot_text();

}  // namespace dynbal::bench
