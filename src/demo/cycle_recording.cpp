#include "demo/cycle_recording.hpp"

namespace dynbal::demo {

void Recording::clear() {
    moments_.clear();
    log.clear();
    on_s_.reset();
}

}  // namespace dynbal::demo
