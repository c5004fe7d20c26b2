#include "image_file/image_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal {
namespace {

using nlohmann::json;

struct Footer {
    uint32_t json_bytes = 0;
    uint32_t json_crc = 0;
    uint32_t magic = 0x48424E44;  // "DNBH"
};

json to_json(const HostInfo& h) {
    return {{"model", h.model_name},
            {"model_digest", h.model_digest},
            {"device", h.device_name},
            {"device_text", h.device_text},
            {"sound_text", h.sound_text},
            {"stage_names", h.stage_names},
            {"stage_operators", h.stage_operators},
            {"stage_tensors", h.stage_tensors},
            {"stage_scales", h.stage_scales},
            {"input_dims", h.input_dims},
            {"output_dims", h.output_dims},
            {"input_order", h.input_order},
            {"output_order", h.output_order},
            {"epilogue", h.epilogue.name()},
            {"epilogue_axis", h.epilogue.axis},
            {"epilogue_labels", h.epilogue.labels},
            {"epilogue_dims", h.epilogue.final_dims},
            {"input_value_scale", h.input_value_scale},
            {"output_value_scale", h.output_value_scale},
            {"input_scale", h.input_scale},
            {"ideal_macs", h.ideal_macs},
            {"lower_bound_read_bytes", h.lower_bound_read_bytes},
            {"lower_bound_write_bytes", h.lower_bound_write_bytes}};
}

/// Numbers of 32 bits, checked: JSON's may be any.
uint32_t number_of(const json& j) {
    const auto value = j.get<int64_t>();
    if (value < 0 || value > int64_t{UINT32_MAX}) throw InputError(std::to_string(value) + " is no index");
    return static_cast<uint32_t>(value);
}

std::vector<uint32_t> order_of(const json& j) {
    std::vector<uint32_t> order;
    for (const json& entry : j) order.push_back(number_of(entry));
    return order;
}

/// What images did not say before: the shape of what an epilogue gives.
std::vector<int64_t> older_dims(const HostInfo& h) {
    std::vector<int64_t> dims = h.output_dims;
    const bool drops = h.epilogue.kind == Epilogue::Kind::arg_max && h.epilogue.axis < dims.size();
    if (drops) dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(h.epilogue.axis));
    return h.epilogue.kind == Epilogue::Kind::none ? std::vector<int64_t>{} : dims;
}

HostInfo from_json(const json& j) {
    HostInfo h;
    j.at("model").get_to(h.model_name);
    h.model_digest = j.value("model_digest", "");
    j.at("device").get_to(h.device_name);
    j.at("device_text").get_to(h.device_text);
    h.sound_text = j.value("sound_text", "");
    j.at("stage_names").get_to(h.stage_names);
    j.at("stage_operators").get_to(h.stage_operators);
    h.stage_tensors = order_of(j.at("stage_tensors"));
    j.at("stage_scales").get_to(h.stage_scales);
    j.at("input_dims").get_to(h.input_dims);
    j.at("output_dims").get_to(h.output_dims);
    h.input_order = order_of(j.at("input_order"));
    h.output_order = order_of(j.at("output_order"));
    h.epilogue = Epilogue::from(j.at("epilogue").get<std::string>(), number_of(j.at("epilogue_axis")));
    j.at("epilogue_labels").get_to(h.epilogue.labels);
    h.epilogue.final_dims =
        j.contains("epilogue_dims") ? j.at("epilogue_dims").get<std::vector<int64_t>>() : older_dims(h);
    j.at("input_value_scale").get_to(h.input_value_scale);
    j.at("output_value_scale").get_to(h.output_value_scale);
    j.at("input_scale").get_to(h.input_scale);
    j.at("ideal_macs").get_to(h.ideal_macs);
    j.at("lower_bound_read_bytes").get_to(h.lower_bound_read_bytes);
    j.at("lower_bound_write_bytes").get_to(h.lower_bound_write_bytes);
    return h;
}

/// The product of a shape's extents, or 0 if one is not positive or all are more than any tensor has.
uint64_t values_of(const std::vector<int64_t>& dims) {
    constexpr uint64_t values_max = 1U << 30U;
    uint64_t product = 1;
    for (const int64_t extent : dims) {
        if (extent < 1 || static_cast<uint64_t>(extent) > values_max / product) return 0;
        product *= static_cast<uint64_t>(extent);
    }
    return product;
}

bool is_permutation(const std::vector<uint32_t>& order, uint32_t values) {
    std::vector<bool> seen(values);
    for (const uint32_t index : order) {
        if (index >= values || seen[index]) return false;
        seen[index] = true;
    }
    return order.size() == values;
}

/// What in the host part does not fit the image it came with; empty if all does.
std::string contradiction(const HostInfo& host, const ImageHeader& header) {
    const auto usable = [](double scale) { return std::isfinite(scale) && scale > 0; };
    if (host.stage_names.size() != header.stage_count || host.stage_operators.size() != header.stage_count) {
        return "the number of stage names is not that of the stages";
    }
    if (host.stage_tensors.size() != host.stage_scales.size() ||
        (!host.stage_tensors.empty() && host.stage_tensors.size() != header.stage_count)) {
        return "the number of stage tensors or scales is not that of the stages";
    }
    if (!std::all_of(host.stage_scales.begin(), host.stage_scales.end(), usable)) {
        return "a stage's scale is not positive";
    }
    if (values_of(host.input_dims) != header.input_values || values_of(host.output_dims) != header.output_values) {
        return "input_dims or output_dims do not give the number of values that the image has";
    }
    if ((!host.input_order.empty() && !is_permutation(host.input_order, header.input_values)) ||
        (!host.output_order.empty() && !is_permutation(host.output_order, header.output_values))) {
        return "input_order or output_order does not name each value once";
    }
    if (host.epilogue.kind != Epilogue::Kind::none && host.epilogue.axis >= host.output_dims.size()) {
        return "epilogue_axis is none of output_dims";
    }
    if (host.epilogue.kind != Epilogue::Kind::none &&
        values_of(host.epilogue.final_dims) != static_cast<uint64_t>(host.epilogue.answer_values(host.output_dims))) {
        return "epilogue_dims do not give the number of values that the epilogue leaves";
    }
    if (!usable(host.input_value_scale) || !usable(host.output_value_scale) || !std::isfinite(host.input_scale)) {
        return "a scale is not a positive number";
    }
    return {};
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
    std::memcpy(static_cast<void*>(rows.data()),
                image.data() + descriptor.candidates_offset + table_rows_offset(descriptor.candidate_count),
                rows.size() * sizeof(Candidate));
    return rows;
}

std::vector<ShortCost> ImageFile::candidate_froms(const StageDescriptor& descriptor) const {
    std::vector<ShortCost> froms(descriptor.candidate_count);
    std::memcpy(static_cast<void*>(froms.data()), image.data() + descriptor.candidates_offset,
                froms.size() * sizeof(ShortCost));
    return froms;
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

size_t ImageFile::count_outside(std::span<const float> sample) const {
    // The range of the calibration inputs, and half a unit for rounding.
    const double most = (activation_max + 0.5) * host.input_value_scale;
    return static_cast<size_t>(std::count_if(
        sample.begin(), sample.end(), [&](float value) { return std::fabs(static_cast<double>(value)) > most; }));
}

double ImageFile::largest_share(std::span<const float> sample) const {
    double largest = 0;
    for (const float value : sample) largest = std::max(largest, std::fabs(static_cast<double>(value)));
    return largest / (activation_max * host.input_value_scale);
}

size_t ImageFile::count_saturated(std::span<const int16_t> output) const {
    const StageDescriptor last = stage(header().stage_count - 1U);
    if (last.op == StageOp::softmax) return 0;  // a share of one is no more
    // An activation that ends the values of its own accord does not count.
    const auto is_saturated = [&](int16_t value) {
        return (value == activation_min && last.clamp_low == activation_min) ||
               (value == activation_max && last.clamp_high == activation_max);
    };
    return static_cast<size_t>(std::count_if(output.begin(), output.end(), is_saturated));
}

namespace {

std::vector<float> real_output(const HostInfo& host, std::span<const int16_t> values) {
    std::vector<float> reals(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        reals[host.output_order.empty() ? i : host.output_order[i]] =
            static_cast<float>(values[i] * host.output_value_scale);
    }
    return reals;
}

/// What is wrong with an image; of another version which one it has, and which one is read; of another file what it is.
std::string reason_of(ImageFault fault, std::span<const std::byte> bytes, const std::string& path) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    constexpr uint32_t magic = image_magic;
    const bool begins_as_one = text.size() >= sizeof(magic) && std::memcmp(text.data(), &magic, sizeof(magic)) == 0;
    if (!begins_as_one && path.ends_with(".onnx")) return "this is a model and no image of one: compile it first";
    if (!begins_as_one && !text.empty()) {
        const std::string kind = io::wrong_kind(text);
        return kind.empty() ? text_of(ImageFault::not_an_image) : kind;
    }
    if (fault != ImageFault::unknown_version) return text_of(fault);
    ImageHeader header;
    std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof(header));
    return "made by another version of the compiler: it has image version " + std::to_string(header.version) +
           ", this program reads version " + std::to_string(image_version);
}

}  // namespace

std::vector<float> ImageFile::dequantise_output(std::span<const int16_t> values) const {
    return host.epilogue.scores(real_output(host, values), host.output_dims);
}

std::vector<float> ImageFile::model_output(std::span<const int16_t> values) const {
    return host.epilogue.apply(real_output(host, values), host.output_dims);
}

ImageFile read_image_file(const std::string& path) {
    const std::vector<uint8_t> raw = io::read_file(path);
    return parse_image_file(std::as_bytes(std::span(raw)), path);
}

ImageFile parse_image_file(std::span<const std::byte> bytes, const std::string& path) {
    ImageFile file;
    if (const ImageFault fault = validate(bytes); fault != ImageFault::none) {
        throw InputError(path + ": " + reason_of(fault, bytes, path) +
                         "; `dynbal compile MODEL.onnx -o IMAGE --calibrate INPUTS` makes one");
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
    } catch (const json::exception& error) {
        throw InputError(path + ": the part with names and shapes cannot be read (" + error.what() +
                         "); make the image again");
    } catch (const InputError& error) {
        throw InputError(path + ": the part with names and shapes is wrong: " + error.what() +
                         "; make the image again");
    }
    if (const std::string reason = contradiction(file.host, header); !reason.empty()) {
        throw InputError(path + ": the part with names and shapes does not fit the image: " + reason +
                         "; make the image again");
    }
    return file;
}

void write_image_file(const std::string& path, const ImageFile& file) {
    const std::string text = io::json_text(to_json(file.host));
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

}  // namespace dynbal
