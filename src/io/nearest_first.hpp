//! Of the names that there are, the one that was meant: for messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dynbal::io {

/// "column, unit, step": the names by how much `written` is like them. One that it begins comes before one that it differs from by few
/// letters; what is equally like keeps its order.
std::string nearest_first(std::vector<std::string> names, std::string_view written);

}  // namespace dynbal::io
