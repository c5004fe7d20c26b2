#include "experiment/speedup.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"

namespace dynbal::experiment {
namespace {

Row timed(const std::string& supply, const std::string& policy, double latency_s, uint64_t shrinks = 0,
          uint32_t completed = 2) {
    Row made;
    made.model = std::string("m");
    made.device = std::string("d");
    made.supply = supply;
    made.policy = policy;
    made.repetitions = 2;
    made.completed = completed;
    made.latency_s = latency_s;
    made.shrinks = shrinks;
    return made;
}

/// Two supplies: on the first fixed ends alone, on the second only with help, and paper not at all.
std::vector<Row> rows() {
    return {timed("strong", "fixed", 8),  timed("strong", "paper", 5),   timed("strong", "best", 4),
            timed("strong", "oracle", 4), timed("weak", "fixed", 36, 1), timed("weak", "paper", 7, 0, 1),
            timed("weak", "best", 9),     timed("weak", "oracle", 8)};
}

TEST(Speedup, PutsThePoliciesOfACellSideBySide) {
    const std::vector<Comparison> cells = comparisons_of(rows());
    ASSERT_EQ(cells.size(), 2U);
    EXPECT_EQ(cells[0].supply, "strong");
    EXPECT_TRUE(cells[0].fixed_alone_ends);
    EXPECT_DOUBLE_EQ(*cells[0].latency(Strategy::fixed), 4.0);
    EXPECT_DOUBLE_EQ(*cells[0].ratio(Strategy::fixed, Strategy::best), 2.0);
    EXPECT_FALSE(cells[1].fixed_alone_ends);
    EXPECT_FALSE(cells[1].latency(Strategy::paper));
    EXPECT_FALSE(cells[1].ratio(Strategy::best, Strategy::paper));
}

TEST(Speedup, SummarisesWhatIsKnown) {
    const SpeedupSummary summary = summary_of(comparisons_of(rows()));
    EXPECT_EQ(summary.cells, 2U);
    EXPECT_EQ(summary.best_ends, 2U);
    EXPECT_EQ(summary.fixed_alone_ends, 1U);
    EXPECT_DOUBLE_EQ(summary.speedup_alone, 2.0);
    EXPECT_DOUBLE_EQ(summary.speedup_with_net, 4.0);
    EXPECT_EQ(summary.best_to_oracle.count, 2U);
    EXPECT_NEAR(summary.best_to_oracle.geometric_mean, std::sqrt(1.125), 1e-12);
    EXPECT_DOUBLE_EQ(summary.best_to_oracle.largest, 1.125);
    EXPECT_EQ(summary.best_to_paper.count, 1U);
    EXPECT_DOUBLE_EQ(summary.best_to_paper.geometric_mean, 0.8);
    EXPECT_NEAR(summary.best_to_fixed.geometric_mean, std::sqrt(0.5 * 0.25), 1e-12);
}

TEST(Speedup, ShowsWhatIsNotKnown) {
    const std::vector<Comparison> cells = comparisons_of(rows());
    const std::string text = markdown_of(cells);
    EXPECT_NE(text.find("| m | d | strong | 4.000 | 2.500 | 2.000 | 2.000 | yes | 2.00 | 1.000 |\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("| m | d | weak | 18.000 | - | 4.500 | 4.000 | no | 4.00 | 1.125 |\n"), std::string::npos)
        << text;
    EXPECT_TRUE(json_of(cells)[1]["paper_latency_s"].is_null());
    EXPECT_EQ(json_of(summary_of(cells))["largest_speedup_with_net"], 4.0);
    EXPECT_NE(markdown_of(summary_of(cells))
                  .find("where it ends without our safety net: 2.00 times (1 of 2 cells); with the net the largest "
                        "speed-up over fixed is 4.00 times"),
              std::string::npos);
}

TEST(Speedup, NothingIsNoDivisionByZero) {
    const SpeedupSummary summary = summary_of({});
    EXPECT_EQ(summary.cells, 0U);
    EXPECT_EQ(summary.best_to_oracle.geometric_mean, 0.0);
    EXPECT_TRUE(json_of(summary)["largest_speedup_where_fixed_alone_ends"].is_null());
    EXPECT_THROW(comparisons_of({timed("s", "worst", 1)}), InputError);
}

}  // namespace
}  // namespace dynbal::experiment
