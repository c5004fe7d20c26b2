#include "compiler/image_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::compiler {
namespace {

using nlohmann::json;

struct Footer {
    uint32_t json_bytes = 0;
    uint32_t json_crc = 0;
    uint32_t magic = 0x48424E44;  // "DNBH"
};

json to_json(const HostInfo& h) {
    return {{"model", h.model_name},
            {"device", h.device_name},
            {"stage_names", h.stage_names},
            {"stage_operators", h.stage_operators},
            {"input_dims", h.input_dims},
            {"output_dims", h.output_dims},
            {"input_order", h.input_order},
            {"output_order", h.output_order},
            {"input_value_scale", h.input_value_scale},
            {"output_value_scale", h.output_value_scale},
            {"input_scale", h.input_scale},
            {"ideal_macs", h.ideal_macs},
            {"lower_bound_read_bytes", h.lower_bound_read_bytes},
            {"lower_bound_write_bytes", h.lower_bound_write_bytes}};
}

HostInfo from_json(const json& j) {
    HostInfo h;
    j.at("model").get_to(h.model_name);
    j.at("device").get_to(h.device_name);
    j.at("stage_names").get_to(h.stage_names);
    j.at("stage_operators").get_to(h.stage_operators);
    j.at("input_dims").get_to(h.input_dims);
    j.at("output_dims").get_to(h.output_dims);
    j.at("input_order").get_to(h.input_order);
    j.at("output_order").get_to(h.output_order);
    j.at("input_value_scale").get_to(h.input_value_scale);
    j.at("output_value_scale").get_to(h.output_value_scale);
    j.at("input_scale").get_to(h.input_scale);
    j.at("ideal_macs").get_to(h.ideal_macs);
    j.at("lower_bound_read_bytes").get_to(h.lower_bound_read_bytes);
    j.at("lower_bound_write_bytes").get_to(h.lower_bound_write_bytes);
    return h;
}

/// Does the host part fit the image it came with?
bool fits(const HostInfo& host, const ImageHeader& header) {
    const auto order_fits = [](const std::vector<uint32_t>& order, uint32_t values) {
        return order.empty() || (order.size() == values &&
                                 std::all_of(order.begin(), order.end(), [&](uint32_t i) { return i < values; }));
    };
    return host.stage_names.size() == header.stage_count && host.stage_operators.size() == header.stage_count &&
           order_fits(host.input_order, header.input_values) && order_fits(host.output_order, header.output_values) &&
           std::isfinite(host.input_value_scale) && host.input_value_scale > 0 &&
           std::isfinite(host.output_value_scale) && host.output_value_scale > 0;
}

}  // namespace

StageDescriptor ImageFile::stage(uint32_t index) const {
    StageDescriptor descriptor;
    std::memcpy(static_cast<void*>(&descriptor), image.data() + header().stages_offset + index * sizeof(descriptor),
                sizeof(descriptor));
    return descriptor;
}

std::vector<Candidate> ImageFile::candidates(const StageDescriptor& descriptor) const {
    std::vector<Candidate> rows(descriptor.candidate_count);
    std::memcpy(static_cast<void*>(rows.data()), image.data() + descriptor.candidates_offset,
                rows.size() * sizeof(Candidate));
    return rows;
}

std::vector<int16_t> ImageFile::quantise_input(std::span<const float> sample) const {
    std::vector<int16_t> values(header().input_values);
    for (size_t i = 0; i < values.size(); ++i) {
        const float real = sample[host.input_order.empty() ? i : host.input_order[i]];
        const double units = std::round(static_cast<double>(real) / host.input_value_scale);
        values[i] = static_cast<int16_t>(std::clamp(units, double{activation_min}, double{activation_max}));
    }
    return values;
}

std::vector<float> ImageFile::dequantise_output(std::span<const int16_t> values) const {
    std::vector<float> reals(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        reals[host.output_order.empty() ? i : host.output_order[i]] =
            static_cast<float>(values[i] * host.output_value_scale);
    }
    return reals;
}

ImageFile read_image_file(const std::string& path) {
    const std::vector<uint8_t> raw = io::read_file(path);
    const std::span<const std::byte> bytes = std::as_bytes(std::span(raw));
    ImageFile file;
    if (const ImageFault fault = validate(bytes); fault != ImageFault::none) {
        throw InputError(path + ": " + text_of(fault) + "; make it again with `dynbal compile`");
    }
    ImageHeader header;
    std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof(header));
    file.image.assign(bytes.begin(), bytes.begin() + header.image_bytes);
    const std::span<const std::byte> rest = bytes.subspan(header.image_bytes);
    Footer footer;
    const std::string damaged = path + ": the part with names and shapes is missing or damaged; make the image again";
    if (rest.size() < sizeof(footer)) {
        throw InputError(damaged);
    }
    std::memcpy(&footer, rest.data() + rest.size() - sizeof(footer), sizeof(footer));
    const std::span<const std::byte> text = rest.first(rest.size() - sizeof(footer));
    if (footer.magic != Footer{}.magic || footer.json_bytes != text.size() || footer.json_crc != crc32(text)) {
        throw InputError(damaged);
    }
    try {
        file.host = from_json(json::parse(reinterpret_cast<const char*>(text.data()),
                                          reinterpret_cast<const char*>(text.data() + text.size())));
    } catch (const json::exception&) {
        throw InputError(damaged);
    }
    if (!fits(file.host, header)) {
        throw InputError(damaged);
    }
    return file;
}

void write_image_file(const std::string& path, const ImageFile& file) {
    const std::string text = to_json(file.host).dump();
    Footer footer;
    footer.json_bytes = static_cast<uint32_t>(text.size());
    footer.json_crc = crc32(std::as_bytes(std::span(text)));
    std::vector<uint8_t> bytes;
    const auto append = [&](std::span<const std::byte> piece) {
        const auto* begin = reinterpret_cast<const uint8_t*>(piece.data());
        bytes.insert(bytes.end(), begin, begin + piece.size());
    };
    append(file.image);
    append(std::as_bytes(std::span(text)));
    append(std::as_bytes(std::span<const Footer, 1>(&footer, 1)));
    io::write_file(path, bytes);
}

}  // namespace dynbal::compiler
