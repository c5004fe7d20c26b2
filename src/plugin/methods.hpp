//! The preservation methods there are.
#pragma once

#include "plugin/methods/hawaii.hpp"
#include "plugin/methods/none.hpp"
#include "plugin/methods/stateful.hpp"

namespace dynbal {

struct Method {
    const char* name = nullptr;
    const char* title = nullptr;
    Preservation facts;
};

/// An image states a method by its place here, so lines are added at the end only.
inline constexpr Method methods[] = {
    {"stateful", "a bit in each value says that it is finished", stateful_facts},
    {"hawaii", "a footprint behind each job says how far its stage is", hawaii_facts},
    {"none", "nothing is kept inside a stage: a power failure makes it begin again", none_facts},
};
inline constexpr uint8_t method_count = sizeof(methods) / sizeof(methods[0]);

/// The facts alone, so that firmware need not hold names and titles.
struct MethodFacts {
    Preservation of[method_count];
};
inline constexpr MethodFacts method_facts = [] {
    MethodFacts facts;
    for (uint8_t i = 0; i < method_count; ++i) {
        facts.of[i] = methods[i].facts;
    }
    return facts;
}();
/// `number` is below method_count.
constexpr const Preservation& facts_of_method(uint8_t number) { return method_facts.of[number]; }

}  // namespace dynbal
