//! How the result of an inference is shown, to machines and to people.
#pragma once

#include <string>
#include <vector>

#include "experiment/result_json.hpp"
#include "image_file/image_file.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {

/// Two counts of one network: of whole layers as papers state them, and of what the engine computes, lost work included.
inline constexpr const char* nominal_macs_title = "MACs, padding counted";
inline constexpr const char* done_macs_title = "MACs done, padding left out";

using experiment::argmax;
using experiment::config_json;
using experiment::output_sha256;
using experiment::result_json;

/// "class 9 (9: 12.3, 7: 4.56, 5: 1.2)", with at most three values.
std::string answer_text(const ImageFile& file, const std::vector<int16_t>& output);

/// A table of what the inference cost.
std::string cost_text(const sim::RunResult& result, const char* heading = "one inference");

/// What tables of runs say under them, where `any` of these had power failures on a supply that charges nothing; else "".
std::string uncharged_note(bool any);

/// What stands under tables with columns "... against fixed", where `any` has fixed beside it: which direction is good; else "".
std::string against_note(bool any);

/// The row of NVM that an inference wears most, and for how many such inferences and years it lasts.
std::string wear_text(const ImageFile& file, const sim::WornRow& wear);

/// 0.0123 s, 4.56 mJ and so on: three digits and a prefix.
std::string quantity(double value, const std::string& unit);

}  // namespace dynbal::cli
