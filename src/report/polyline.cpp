#include "report/polyline.hpp"

#include <algorithm>

namespace dynbal::report {

void Polyline::add(const Point& point) {
    if (kept_.empty()) {
        keep(point);
        return;
    }
    const Point& last = kept_.back();
    if (point.time_s <= last.time_s) {
        // A jump: both ends count.
        if (point.value != last.value) keep(point);
        return;
    }
    const double span_s = point.time_s - last.time_s;
    double least = (point.value - tolerance_ - last.value) / span_s;
    double greatest = (point.value + tolerance_ - last.value) / span_s;
    if (has_newest_) {
        least = std::max(least, slope_least_);
        greatest = std::min(greatest, slope_greatest_);
        if (least > greatest) {
            keep(newest_);
            add(point);
            return;
        }
    }
    slope_least_ = least;
    slope_greatest_ = greatest;
    newest_ = point;
    has_newest_ = true;
}

void Polyline::corner() {
    if (has_newest_) keep(newest_);
}

std::vector<Point> Polyline::points() const {
    std::vector<Point> result = kept_;
    if (has_newest_) result.push_back(newest_);
    return result;
}

void Polyline::keep(const Point& point) {
    const Point copy = point;  // it may be newest_
    has_newest_ = false;
    kept_.push_back(copy);
    if (kept_.size() >= points_max_) thin_out();
}

/// Of each four points the least and the greatest, in the order of time; the newest stays what it is.
void Polyline::thin_out() {
    const Point last = kept_.back();
    std::vector<Point> fewer;
    for (size_t begin = 0; begin < kept_.size(); begin += 4) {
        const auto first = kept_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(std::min(begin + 4, kept_.size()));
        auto [least, greatest] =
            std::minmax_element(first, end, [](const Point& a, const Point& b) { return a.value < b.value; });
        if (least > greatest) std::swap(least, greatest);
        fewer.push_back(*least);
        if (least != greatest) fewer.push_back(*greatest);
    }
    if (fewer.back().time_s != last.time_s) fewer.push_back(last);
    kept_ = std::move(fewer);
}

}  // namespace dynbal::report
