#include "fidelity/reference.hpp"

namespace dynbal::fidelity {

const char* name_of(Policy policy) { return policy == Policy::fixed ? "fixed" : "dynbal"; }

const std::vector<ReferenceModel>& reference_models() {
    static const std::vector<ReferenceModel> models{
        {"SQN",
         586'334,
         318'900,
         13'369,
         3'876'032,
         13,
         {17.15e6, 17.16e6},
         {{{1e5, {}}, {2e5, 31.21e6}, {3e5, 23.14e6}, {1e6, 18.22e6}},
          {{6e4, 42.09e6}, {1e5, 26.32e6}, {2e5, 21.74e6}, {3e5, 21.21e6}, {1e6, 18.70e6}}}},
        {"HAR",
         101'222,
         64'464,
         6'480,
         297'216,
         7,
         {2.714e6, 2.715e6},
         {{{1e5, {}}, {3e5, 3.160e6}, {1e6, 2.720e6}}, {{6e4, {}}, {1e5, 3.623e6}, {3e5, 3.158e6}, {1e6, 2.722e6}}}},
        {"KWS",
         163'688,
         3'912,
         1'309,
         79'200,
         4,
         {2.511e6, 2.512e6},
         {{{1e5, {}}, {1.5e5, 3.136e6}, {2e5, 3.916e6}, {3e5, 2.960e6}, {1e6, 2.605e6}},
          {{6e4, {}}, {1.5e5, 2.873e6}, {2e5, 3.254e6}, {3e5, 2.866e6}, {1e6, 2.571e6}}}}};
    return models;
}

const std::array<PublishedCell, 15>& published_cells() {
    static const std::array<PublishedCell, 15> cells{{{"SQN", 2e-3, "solar 2 mW", 127.3},
                                                      {"SQN", 4e-3, "solar 4 mW", 65.6},
                                                      {"SQN", 12e-3, "solar 12 mW", 17.5},
                                                      {"SQN", {}, "RF", 60.4},
                                                      {"SQN", {}, "thermal", 64.4},
                                                      {"HAR", 2e-3, "solar 2 mW", 17.6},
                                                      {"HAR", 4e-3, "solar 4 mW", 9.0},
                                                      {"HAR", 12e-3, "solar 12 mW", 2.74},
                                                      {"HAR", {}, "RF", 8.2},
                                                      {"HAR", {}, "thermal", 9.4},
                                                      {"KWS", 2e-3, "solar 2 mW", 10.3},
                                                      {"KWS", 4e-3, "solar 4 mW", 5.2},
                                                      {"KWS", 12e-3, "solar 12 mW", 1.56},
                                                      {"KWS", {}, "RF", 3.75},
                                                      {"KWS", {}, "thermal", 5.26}}};
    return cells;
}

}  // namespace dynbal::fidelity
