//! Why a cell is no number, and what to write instead: for messages.
#pragma once

#include <string>
#include <string_view>

namespace dynbal::power {

/// "'1.2 mW' is not a number; its unit belongs into the name of the column". The cell is none that text_table.hpp reads.
std::string why_no_number(std::string_view cell);

/// Words alone, no number that was spoilt.
bool is_text(std::string_view cell);

/// A digit, behind a sign or a point or not: so no name begins that nothing else explains.
bool begins_like_number(std::string_view cell);

/// No number, and none with something behind it, unless that is a word: `2m_temperature` is a name, `1.2 mW` and `12a` are none.
bool may_be_name(std::string_view cell);

}  // namespace dynbal::power
