// A thinned curve keeps its corners and its shape, and stays small.
#include "report/polyline.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace dynbal::report {
namespace {

double value_at(const std::vector<Point>& points, double time_s) {
    for (size_t i = 1; i < points.size(); ++i) {
        if (time_s > points[i].time_s) continue;
        const Point& a = points[i - 1];
        const Point& b = points[i];
        return a.value + (b.value - a.value) * (time_s - a.time_s) / (b.time_s - a.time_s);
    }
    return points.back().value;
}

TEST(Polyline, AStraightLineIsTwoPoints) {
    Polyline line(0.01, 100);
    for (int i = 0; i <= 1000; ++i) line.add({i * 0.1, i * 0.003});
    const std::vector<Point> points = line.points();
    ASSERT_EQ(points.size(), 2U);
    EXPECT_EQ(points[1].time_s, 100.0);
    EXPECT_EQ(points[1].value, 3.0);
}

TEST(Polyline, StaysNearTheCurve) {
    const double tolerance = 0.01;
    Polyline line(tolerance, 100'000);
    const auto curve = [](double time_s) { return std::sin(time_s) + 0.3 * std::sin(7 * time_s); };
    for (int i = 0; i <= 20'000; ++i) line.add({i * 1e-3, curve(i * 1e-3)});
    const std::vector<Point> points = line.points();
    EXPECT_LT(points.size(), 1000U);
    EXPECT_GT(points.size(), 50U);
    for (int i = 0; i <= 20'000; ++i) EXPECT_NEAR(value_at(points, i * 1e-3), curve(i * 1e-3), 2 * tolerance) << i;
}

TEST(Polyline, CornersStayWhereTheyAre) {
    Polyline line(10.0, 100'000);  // so tolerant that nothing else stays
    for (int cycle = 0; cycle < 100; ++cycle) {
        line.add({cycle * 2.0 + 1, 3.0});
        line.corner();
        line.add({cycle * 2.0 + 2, 1.8});
        line.corner();
    }
    const std::vector<Point> points = line.points();
    ASSERT_EQ(points.size(), 200U);
    for (size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(points[i].time_s, static_cast<double>(i + 1));
        EXPECT_EQ(points[i].value, i % 2 == 0 ? 3.0 : 1.8);
    }
}

TEST(Polyline, AJumpKeepsBothEnds) {
    Polyline line(0.01, 100);
    line.add({0, 1.0});
    line.add({1, 1.0});
    line.corner();
    line.add({1, 2.0});
    line.add({2, 2.0});
    const std::vector<Point> points = line.points();
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points[1].value, 1.0);
    EXPECT_EQ(points[2].value, 2.0);
    EXPECT_EQ(points[2].time_s, 1.0);
}

TEST(Polyline, ALongCurveKeepsItsExtremesAndItsOrder) {
    const size_t points_max = 1000;
    Polyline line(0.01, points_max);
    for (int cycle = 0; cycle < 100'000; ++cycle) {
        line.add({cycle * 2.0 + 1, 3.0 + (cycle == 54'321 ? 0.5 : 0.0)});
        line.corner();
        line.add({cycle * 2.0 + 2, 1.8 - (cycle == 12'345 ? 0.5 : 0.0)});
        line.corner();
    }
    const std::vector<Point> points = line.points();
    EXPECT_LE(points.size(), points_max);
    EXPECT_GT(points.size(), points_max / 4);
    double least = 9, greatest = 0;
    for (size_t i = 0; i < points.size(); ++i) {
        if (i > 0) {
            EXPECT_GE(points[i].time_s, points[i - 1].time_s);
        }
        least = std::min(least, points[i].value);
        greatest = std::max(greatest, points[i].value);
    }
    EXPECT_EQ(least, 1.3);
    EXPECT_EQ(greatest, 3.5);
    EXPECT_EQ(points.back().time_s, 200'000.0);
}

}  // namespace
}  // namespace dynbal::report
