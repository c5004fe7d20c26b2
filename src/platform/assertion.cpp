#include "platform/assertion.hpp"

namespace dynbal {

[[gnu::weak]] void assertion_failed(const char*, uint32_t) { __builtin_trap(); }

}  // namespace dynbal
