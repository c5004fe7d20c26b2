//! Errors of the host side: what happened, where, and what to do. Device code uses no exceptions.
#pragma once

#include <stdexcept>
#include <string>

namespace dynbal {

/// Bad input from outside: a file, a model, an option. The message is shown to the user as it is;
/// the program ends with exit code 2 and leaves nothing half written.
class InputError : public std::runtime_error {
public:
    explicit InputError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace dynbal
