#include "torture/random_graph.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/random.hpp"
#include "torture/graph_builder.hpp"

namespace dynbal::torture {
namespace {

using compiler::PoolKind;
using compiler::TensorId;
using compiler::Window;

struct Map {
    TensorId id = 0;
    int h = 1, w = 1, c = 1;

    bool same_shape(const Map& other) const { return h == other.h && w == other.w && c == other.c; }
};

/// Appends stages to what is there; each draws from numbers of its own.
class Drawing {
public:
    Drawing(uint64_t seed, uint32_t scale) : seed_(seed), scale_(static_cast<int>(scale)), builder_(seed) {
        now_ = {0, in(1, 7 * scale_), in(2, 7 * scale_), in(1, 4)};
        now_.id = builder_.input(now_.h, now_.w, now_.c);
    }

    void add_stage(uint32_t index) {
        drawn_ = uint64_t{index + 1} << 16U;
        switch (in(0, 9)) {
            case 0: return dense();
            case 1: return pool();
            case 2: return combine();
            case 3: return side_by_side();
            case 4: return depthwise();
            case 5: return keep(builder_.curve(now_.id, in(0, 1) == 1));
            case 6: return softmax();
            default: return conv();
        }
    }
    compiler::Graph finish() { return builder_.finish(now_.id); }

private:
    int in(int low, int high) {
        return static_cast<int>(in_range(random64(seed_, drawn_++), 0, static_cast<uint64_t>(high - low))) + low;
    }

    /// A window that fits the map.
    Window window_for(int kernel_most) {
        Window w;
        w.kernel_h = in(1, std::min(kernel_most, now_.h));
        w.kernel_w = in(1, std::min(kernel_most, now_.w));
        w.stride_h = in(1, 2);
        w.stride_w = in(1, 2);
        w.pad_top = in(0, w.kernel_h / 2);
        w.pad_left = in(0, w.kernel_w / 2);
        w.pad_bottom = w.pad_top;
        w.pad_right = in(0, w.kernel_w / 2);
        return w;
    }
    static int out(int size, int kernel, int stride, int pads) { return (size + pads - kernel) / stride + 1; }
    Map after(const Window& w, int channels, TensorId id) const {
        return {id, out(now_.h, w.kernel_h, w.stride_h, w.pad_top + w.pad_bottom),
                out(now_.w, w.kernel_w, w.stride_w, w.pad_left + w.pad_right), channels};
    }
    void go_on(const Map& next) {
        seen_.push_back(now_);
        now_ = next;
    }
    void keep(TensorId id) { go_on({id, now_.h, now_.w, now_.c}); }

    void conv() {
        const Window w = window_for(3);
        const int channels = in(1, 9 * scale_);
        go_on(after(w, channels, builder_.conv(now_.id, channels, w, 1, in(0, 1) == 1)));
    }
    void depthwise() {
        const Window w = window_for(3);
        go_on(after(w, now_.c, builder_.conv(now_.id, now_.c, w, now_.c)));
    }
    void dense() {
        const int channels = in(1, 12);
        go_on({builder_.dense(now_.id, channels, in(0, 1) == 1), 1, 1, channels});
    }
    void pool() {
        const Window w = window_for(2);
        const PoolKind kind = in(0, 1) == 1 ? PoolKind::max : PoolKind::average;
        const bool with_pad = in(0, 1) == 1;
        go_on(after(w, now_.c, builder_.pool(now_.id, w, kind, with_pad)));
    }
    void softmax() {
        if (seen_.empty()) return conv();
        keep(builder_.softmax(now_.id));
    }
    /// With an older map of the same shape, if there is one.
    void combine() {
        const auto other =
            std::find_if(seen_.begin(), seen_.end(), [this](const Map& map) { return map.same_shape(now_); });
        if (other == seen_.end()) return conv();
        keep(in(0, 1) == 1 ? builder_.add(other->id, now_.id, in(0, 1) == 1) : builder_.multiply(other->id, now_.id));
    }
    /// Two convolutions, each other's neighbours in every pixel.
    void side_by_side() {
        const std::array<int, 2> channels{in(1, 4), in(1, 4)};
        const TensorId left = builder_.conv(now_.id, channels[0], window(1));
        const TensorId right = builder_.conv(now_.id, channels[1], window(3, 1, 1));
        go_on({builder_.concat({left, right}), now_.h, now_.w, channels[0] + channels[1]});
    }

    uint64_t seed_;
    uint64_t drawn_ = 0;
    int scale_;
    GraphBuilder builder_;
    Map now_;
    std::vector<Map> seen_;
};

}  // namespace

compiler::Graph random_graph(uint64_t seed, uint32_t stages, uint32_t scale) {
    Drawing drawing(seed, scale);
    for (uint32_t index = 0; index < std::max(stages, 1U); ++index) drawing.add_stage(index);
    return drawing.finish();
}

}  // namespace dynbal::torture
