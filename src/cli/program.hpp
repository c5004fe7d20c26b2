//! The program `dynbal` as a function, so that tests can call it.
//!
//! Exit codes: 0 done; 1 a test found something wrong, a run did not complete, or `out` took no more; 2 bad input (a file or
//! an option), nothing was written; 3 an internal error, to be reported.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace dynbal::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_bad_input = 2;
inline constexpr int exit_internal = 3;

/// Runs the program with the words after its name. Results go to `out`, messages to `err`.
int run_program(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace dynbal::cli
