//! JSON as text, the one way to make it: bytes that are no UTF-8, as names of files and nodes may hold, become U+FFFD. The
//! library's own dump() throws there.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dynbal::io {

enum class JsonLetters : bool { utf8, ascii };

/// `indent` below 0: on one line.
template <typename Json>
std::string json_text(const Json& json, int indent = -1, JsonLetters letters = JsonLetters::utf8) {
    return json.dump(indent, ' ', letters == JsonLetters::ascii, Json::error_handler_t::replace);
}

}  // namespace dynbal::io
