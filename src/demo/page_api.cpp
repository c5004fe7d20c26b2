#include "demo/page_api.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "demo/state_json.hpp"
#include "io/json_text.hpp"

namespace {

using namespace dynbal;

/// What a page has open. There is one page.
struct Page {
    std::vector<uint8_t> buffer;
    std::unique_ptr<demo::Network> network;
    std::unique_ptr<demo::Race> race;
    std::string text;

    std::span<const std::byte> given(size_t begin, size_t bytes) const {
        begin = std::min(begin, buffer.size());
        return std::as_bytes(std::span(buffer)).subspan(begin, std::min(bytes, buffer.size() - begin));
    }
    const demo::Network& opened() const {
        if (!network) throw InputError("there is no network yet");
        return *network;
    }
};

Page& page() {
    static Page one;
    return one;
}

template <typename Make>
const char* answer(const Make& make) {
    std::string& text = page().text;
    try {
        text = io::json_text(make());
    } catch (const std::exception& error) {
        text = io::json_text(nlohmann::ordered_json{{"error", error.what()}});
    }
    return text.c_str();
}

}  // namespace

uint8_t* dynbal_demo_buffer(uint32_t bytes) {
    page().buffer.resize(bytes);
    return page().buffer.data();
}

const char* dynbal_demo_program() { return answer(demo::program_json); }

const char* dynbal_demo_network(uint32_t bytes, const char* name) {
    return answer([&] { return demo::network_json(demo::Network(page().given(0, bytes), name)); });
}

const char* dynbal_demo_open(uint32_t image_bytes, const char* image_name, uint32_t samples_bytes,
                             const char* samples_name, int32_t index) {
    return answer([&] {
        auto network = std::make_unique<demo::Network>(page().given(0, image_bytes), image_name);
        network->set_input(page().given(image_bytes, samples_bytes), samples_name, index);
        page().race.reset();
        page().network = std::move(network);
        return nlohmann::ordered_json{{"network", demo::network_json(*page().network)},
                                      {"input", demo::input_json(*page().network)}};
    });
}

const char* dynbal_demo_start(const char* first, const char* second, double power_w, double capacitance_f) {
    return answer([&] {
        const demo::Network& network = page().opened();
        const std::array kinds{sim::parse_policy(first), sim::parse_policy(second)};
        page().race = std::make_unique<demo::Race>(network, kinds, power_w, capacitance_f);
        return demo::race_json(network, *page().race);
    });
}

const char* dynbal_demo_advance(double seconds, double sample_step_s) {
    return answer([&] {
        if (!page().race) throw InputError("no race has begun");
        page().race->advance(seconds, sample_step_s);
        return demo::race_json(*page().network, *page().race);
    });
}

void dynbal_demo_set_power(double power_w) {
    if (page().race) page().race->set_power(power_w);
}

void dynbal_demo_kill(uint32_t board) {
    if (page().race && board < page().race->boards().size()) page().race->kill(board);
}

const int16_t* dynbal_demo_values(uint32_t board) {
    const bool exists = page().race && board < page().race->boards().size();
    return exists ? page().race->boards()[board]->values().values().data() : nullptr;
}
