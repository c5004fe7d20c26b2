// The vector table of a board that needs no interrupt. The linker takes this file where no other defines reset_entry().
#include <cstddef>

#include "common/cortex_m.hpp"

extern "C" {
extern std::byte stack_top[];
[[noreturn]] void reset_entry() { dynbal::board::start(); }
}

namespace dynbal::board {
namespace {

using Handler = void (*)();

struct Vectors {
    const std::byte* stack;
    Handler reset;
    Handler faults[14];
};

constexpr Handler fault = &unexpected_exception;

[[gnu::section(".vectors"), gnu::used]] const Vectors vectors{
    stack_top,
    &reset_entry,
    {fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

}  // namespace
}  // namespace dynbal::board
