//! A curve in time, thinned while it comes in.
//!
//! Invariants:
//!  1. corners stay: they are the instants at which the power comes and goes;
//!  2. between corners no dropped point lies further than twice the tolerance from the line through the points kept;
//!  3. at most `points_max` points are kept; a longer curve loses points evenly, never its least and greatest values.
#pragma once

#include <cstddef>
#include <vector>

namespace dynbal::report {

struct Point {
    double time_s = 0;
    double value = 0;
};

class Polyline {
public:
    Polyline(double tolerance, size_t points_max) : tolerance_(tolerance), points_max_(points_max) {}

    /// Points come in the order of time.
    void add(const Point& point);
    /// The newest point is a corner.
    void corner();

    /// The curve up to the newest point.
    std::vector<Point> points() const;

private:
    void keep(const Point& point);
    void thin_out();

    double tolerance_;
    size_t points_max_;
    std::vector<Point> kept_;
    bool has_newest_ = false;
    Point newest_;
    // Slopes of the lines from the last point kept that come near enough to all points since.
    double slope_least_ = 0, slope_greatest_ = 0;
};

}  // namespace dynbal::report
