#include "image_file/memory_check.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "device/nvm_class.hpp"
#include "nvm/fitness.hpp"

namespace dynbal {

void check_memory(const NvmClass& nvm_class, const std::string& device) {
    const char* reason = nullptr;
    switch (unfit_for_states(nvm_class)) {
        case Unfit::no: return;
        case Unfit::garbage:
            reason =
                "a line that is torn by a power failure would destroy values beside it that were finished before; use "
                "a memory whose lines are written whole or not at all, or a supply that holds until a line is written "
                "(torn=new)";
            break;
        case Unfit::any_order:
            reason =
                "a value could arrive before those that were written before it, and count them as finished; let the "
                "driver wait for each write (then leave order=any out)";
            break;
    }
    throw InputError(fmt::format("progress cannot be kept on NVM of the class {} ({}): {}", device::text_of(nvm_class),
                                 device, reason));
}

}  // namespace dynbal
