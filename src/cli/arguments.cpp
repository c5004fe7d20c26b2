#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "device/nvm_class.hpp"
#include "device/profile_file.hpp"
#include "firmware/emulator.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {

void ImageArguments::add_to(CLI::App& command, bool with_scale) {
    command.add_option("IMAGE", path, "Image made by `dynbal compile`")->required();
    if (with_scale) {
        command.add_option("--scale", scale, std::string(scale_words) + " (default: that of the compilation)")
            ->check(decimal_number());
    }
}

ImageFile ImageArguments::read() const { return read_image_file(path); }

float ImageArguments::scale_for(const ImageFile& file) const {
    return checked_scale(scale.value_or(file.host.input_scale));
}

float checked_scale(double scale) {
    const auto narrow = static_cast<float>(scale);
    if (std::isfinite(narrow) && narrow != 0.0F) return narrow;
    throw InputError(fmt::format("--scale: {:g} is no usable factor; it must be finite and not zero", scale));
}

CLI::Validator number_between(double low, double high) {
    const auto check = [low, high](const std::string& text) {
        double value = 0;
        // Not as it would read the other way round: nothing is true of nan.
        if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return std::string();
        return fmt::format("'{}' is no number from {} to {}", text, low, high);
    };
    CLI::Validator validator(CLI::Range(low, high).get_description());
    return validator.operation([check](std::string& text) { return check(text); });
}

CLI::Validator decimal_number() {
    const auto check = [](const std::string& text) {
        double value = 0;
        if (CLI::detail::lexical_cast(text, value)) return std::string();
        const size_t slash = text.find('/');
        double divisor = 0;
        const bool is_fraction = slash != std::string::npos &&
                                 CLI::detail::lexical_cast(text.substr(0, slash), value) &&
                                 CLI::detail::lexical_cast(text.substr(slash + 1), divisor) && divisor != 0;
        return fmt::format("'{}' is no decimal number such as {:.10g}", text, is_fraction ? value / divisor : 0.5);
    };
    CLI::Validator validator("");
    return validator.operation([check](std::string& text) { return check(text); });
}

uint32_t weight_bytes_of(const std::string& weights) {
    if (weights == "int8") return 1;
    if (weights == "int16") return 2;
    throw InputError("--weights: '" + weights + "' is neither int8 nor int16");
}

void add_input(CLI::App& command, std::string& spec) {
    command
        .add_option("--input", spec,
                    "FILE, or FILE@INDEX for one sample of many: .npy, .npz (FILE.npz/NAME), .csv (,columns=first: "
                    "they are the model's "
                    "first dimension), .png, .jpg "
                    "(,resize=stretch or ,resize=crop) or .wav")
        ->required();
}

void warn_of_range(const Context& context, const quality::RangeUse& use) {
    if (const std::string warning = quality::warning_of(use); !warning.empty()) context.warn(warning);
}

void note_input(const Context& context, const std::string& note) {
    if (!note.empty()) context.note(note);
}

std::vector<int16_t> read_input(const Context& context, const ImageFile& file, const std::string& spec, float scale,
                                InputUse* use) {
    InputUse found;
    std::vector<int16_t> values = compiler::read_input(file, spec, scale, &found);
    note_input(context, found.note);
    if (use == nullptr) {
        warn_of_range(
            context, {.inputs = values.size(), .inputs_outside = found.outside, .inputs_largest = found.largest_share});
    } else {
        *use = std::move(found);
    }
    return values;
}

void add_policy(CLI::App& command, std::string& name) {
    command
        .add_option("--policy", name,
                    "How tiles are chosen: fixed (the largest), paper (the DynBal paper's search) or best (the least "
                    "expected cost); under each, a power cycle without progress shrinks them")
        ->capture_default_str();
}

void add_preservation(CLI::App& command, std::string& name) {
    std::string help = "What outlives a power failure:";
    for (const Method& method : methods) {
        help += &method == methods ? " " : "; ";
        help += method.name;
        help += " (";
        help += method.title;
        help += ")";
    }
    command.add_option("--preservation", name, help)->capture_default_str();
}

void add_supply(CLI::App& command, std::string& text) {
    command.add_option("--supply", text, "When the power fails; see `dynbal help supplies`")->capture_default_str();
}

std::unique_ptr<sim::Supply> read_supply(const Context& context, const std::string& text,
                                         const sim::DeviceProfile& profile) {
    auto supply = sim::parse_supply(text, profile);
    if (const power::TraceSummary* trace = supply->trace()) context.note(trace->text());
    const power::ChainOptions* chain = supply->chain();
    const double max_v = profile.capacitor.max_v;
    if (chain != nullptr && chain->capacitor.on_v > max_v) {
        context.note(fmt::format(
            "on_voltage {:g} V is above the {:g} V that the capacitor of {} is charged to: it is taken to bear {:g} V",
            chain->capacitor.on_v, max_v, profile.name, chain->capacitor.max_v));
    }
    return supply;
}

nlohmann::ordered_json trace_json(const power::TraceSummary* trace) {
    if (trace == nullptr) return nullptr;
    nlohmann::ordered_json json{
        {"file", trace->file},           {"format", trace->format},         {"columns", trace->columns},
        {"samples", trace->samples},     {"duration_s", trace->duration_s}, {"mean_w", trace->mean_w},
        {"largest_w", trace->largest_w}, {"dark_share", trace->dark_share}, {"longest_dark_s", trace->longest_dark_s},
        {"notes", trace->notes}};
    if (!trace->converter.empty()) json["reaching_w"] = trace->reaching_w;
    return json;
}

void add_jobs(CLI::App& command, uint32_t& jobs) {
    command.add_option("--jobs", jobs, "Number of threads (default: one a core)")->check(CLI::Range(1U, 1024U));
}

void add_json(CLI::App& command, Context& context) {
    command.add_flag("--json", context.json, "Print JSON for machines");
}

void add_device(CLI::App& command, std::string& name_or_path, const std::string& otherwise) {
    command.add_option(
        "--device", name_or_path,
        fmt::format(
            "Device to run on; its profile says what time and energy work takes: {}, or FILE.toml (default: {})",
            fmt::join(device::profile_names(), ", "), otherwise));
}

void add_nvm(CLI::App& command, std::string& nvm, const std::string& otherwise) {
    command.add_option(
        "--nvm", nvm,
        fmt::format("Class of the NVM, which says what a power failure leaves of a write: {} (default: {})",
                    device::nvm_class_form, otherwise));
}

void set_nvm(sim::DeviceProfile& profile, const std::string& nvm) {
    if (!nvm.empty()) profile.nvm.nvm_class = device::parse_nvm_class(nvm);
}

std::string nvm_words(const std::string& nvm) { return nvm.empty() ? "" : " --nvm " + shell_word(nvm); }

sim::DeviceProfile profile_of(const ImageFile& file) {
    const HostInfo& host = file.host;
    if (host.device_text.empty()) return sim::profile_by_name(host.device_name);
    return device::parse_profile(host.device_text, "the image's device " + host.device_name);
}

namespace {

bool same_prices(const CostModel& a, const CostModel& b) {
    return a.mac == b.mac && a.read_byte == b.read_byte && a.write_byte == b.write_byte && a.transfer == b.transfer;
}

}  // namespace

sim::DeviceProfile profile_for(const ImageFile& file, const std::string& name_or_path, const Context& context) {
    sim::DeviceProfile profile = name_or_path.empty() ? profile_of(file) : device::load_profile(name_or_path);
    check_device(file, profile, name_or_path.empty() ? profile.name : name_or_path, context);
    return profile;
}

void check_device(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& name_or_path,
                  const Context& context) {
    const bool same = same_prices(profile.cost_model(), file.header().cost_model);
    if (same && profile.name == file.host.device_name) return;
    sim::check_rooms(file, profile);
    context.warn(fmt::format("the image was compiled for {} and runs on {}{}", file.host.device_name, name_or_path,
                             same ? ", which has the same prices"
                                  : ", where work has other prices: for the best tiles compile it with --device " +
                                        shell_word(name_or_path)));
}

void check_board(const ImageFile& file, const std::string& board, const Context& context) {
    const std::string name = board == firmware::emulated_board ? firmware::emulated_device : board;
    const std::vector<std::string> devices = device::profile_names();
    if (std::find(devices.begin(), devices.end(), name) == devices.end()) return;
    check_device(file, device::profile_by_name(name), name, context);
}

std::string prices_text(const CostModel& prices) {
    return fmt::format("{:.4g} a MAC, {:.4g} a byte read, {:.4g} a byte written, {:.4g} a transfer begun",
                       prices.mac / 16.0, prices.read_byte / 16.0, prices.write_byte / 16.0, prices.transfer / 16.0);
}

}  // namespace dynbal::cli
