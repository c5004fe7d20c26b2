//! What is said of many inferences.
#include <gtest/gtest.h>

#include "sim/series.hpp"

namespace dynbal::sim {
namespace {

TEST(Series, TheMedianOfAnEvenNumberLiesBetweenTheMiddleTwo) {
    SeriesResult result;
    result.latencies_s = {7, 1, 4};
    EXPECT_EQ(result.median_s(), 4);
    result.latencies_s = {7, 1, 4, 6};
    EXPECT_EQ(result.median_s(), 5);
}

TEST(Series, NineOfTenTookSoLongOrLess) {
    SeriesResult result;
    EXPECT_EQ(result.p90_s(), 0);
    for (const double latency_s : {7.0, 1.0, 2.0, 10.0, 4.0, 6.0, 3.0, 8.0, 9.0})
        result.latencies_s.push_back(latency_s);
    EXPECT_EQ(result.p90_s(), 10) << "eight of nine are less than nine of ten";
    result.latencies_s.push_back(5);
    EXPECT_EQ(result.p90_s(), 9);
    result.latencies_s.assign(21, 1);
    result.latencies_s[3] = result.latencies_s[7] = 2;
    EXPECT_EQ(result.p90_s(), 1);
    result.latencies_s[8] = 2;
    EXPECT_EQ(result.p90_s(), 2);
}

}  // namespace
}  // namespace dynbal::sim
