//! What the page draws, as JSON: a network once, a race again and again.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "demo/race.hpp"

namespace dynbal::demo {

/// {"policies": [{"name", "title"}], "default_policy": "best"}
nlohmann::ordered_json program_json();
/// {"model", "device", "layers": [{"name", "operator", "h", "w", "channels"}], "input_dims", ...}
nlohmann::ordered_json network_json(const Network& network);
/// {"samples", "outside", "values": [...]}
nlohmann::ordered_json input_json(const Network& network);
/// {"time_s", "power_w", "boards": [{...}]}. Takes the samples of the boards.
nlohmann::ordered_json race_json(const Network& network, const Race& race);

}  // namespace dynbal::demo
