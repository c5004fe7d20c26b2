#include "report/series_json.hpp"

namespace dynbal::report {

nlohmann::ordered_json series_json(const sim::SeriesResult& result) {
    nlohmann::ordered_json json{{"due", result.due},
                                {"ended", result.ended()},
                                {"missed", result.missed()},
                                {"late", result.late},
                                {"left_out", result.left_out},
                                {"never_ends", result.never_ends},
                                {"duration_s", result.duration_s},
                                {"per_minute", result.per_minute()},
                                {"mean_s", result.mean_s()},
                                {"median_s", result.median_s()},
                                {"p90_s", result.p90_s()},
                                {"worst_s", result.worst_s()}};
    if (!result.stuck.empty()) json["stuck"] = result.stuck;
    return json;
}

}  // namespace dynbal::report
