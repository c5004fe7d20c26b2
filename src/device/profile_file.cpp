#include "device/profile_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "device/nvm_class.hpp"
#include "device/parse_toml.hpp"

namespace dynbal::device {
namespace {

/// A number of a section, its place in the profile and its range.
struct Field {
    const char* key;
    double* value;
    double least, most;
};

struct Section {
    const char* name;
    std::vector<Field> fields;
    const char* text_key = "";  ///< the one that is a text
};

/// All numbers there are: the one definition of the format.
std::vector<Section> sections_of(DeviceProfile& profile) {
    Limits& limits = profile.limits;
    Cycles& cycles = profile.cycles;
    Capacitor& capacitor = profile.capacitor;
    const auto access = [](NvmAccess& nvm) {
        return std::vector<Field>{{"start_us", &nvm.start_us, 0, 1e6},
                                  {"start_nj", &nvm.start_nj, 0, 1e9},
                                  {"byte_us", &nvm.byte_us, 0, 1e4},
                                  {"byte_nj", &nvm.byte_nj, 0, 1e6}};
    };
    return {{"limits",
             {{"sram_kib", &limits.sram_kib, 1, 65536},
              {"sram_reserved_kib", &limits.sram_reserved_kib, 0, 65536},
              {"nvm_kib", &limits.nvm_kib, 1, 262144}}},
            {"cpu",
             {{"clock_mhz", &profile.clock_mhz, 0.001, 1e5},
              {"run_mw", &profile.run_mw, 0.001, 1e5},
              {"sleep_uw", &profile.sleep_uw, 0, 1e6}}},
            {"cycles",
             {{"convolution_mac", &cycles.convolution_mac, 0.01, 1e5},
              {"depthwise_mac", &cycles.depthwise_mac, 0.01, 1e5},
              {"dense_mac", &cycles.dense_mac, 0.01, 1e5},
              {"job", &cycles.job, 0, 1e8},
              {"output_value", &cycles.output_value, 0, 1e6},
              {"stage", &cycles.stage, 0, 1e9},
              {"transfer", &cycles.transfer, 0, 1e7},
              {"byte", &cycles.byte, 0, 1e5}}},
            {"nvm_read", access(profile.read)},
            {"nvm_write", access(profile.write)},
            {"boot", {{"time_ms", &profile.boot_ms, 0, 1e5}, {"energy_uj", &profile.boot_uj, 0, 1e7}}},
            {"capacitor",
             {{"capacitance_f", &capacitor.capacitance_f, 1e-9, 100},
              {"on_v", &capacitor.on_v, 0.1, 100},
              {"off_v", &capacitor.off_v, 0.05, 100},
              {"max_v", &capacitor.max_v, 0.1, 100},
              {"leakage_a", &capacitor.leakage_a, 0, 1},
              {"esr_ohm", &capacitor.esr_ohm, 0, 1000}}},
            {"converter", {{"efficiency", &profile.converter_efficiency, 0.01, 1}}}};
}

/// Optional, all of it. Its `class` is a text.
Section nvm_section(NvmKind& nvm) {
    return {"nvm",
            {{"endurance", &nvm.endurance, 1, 1e30},
             {"row_bytes", &nvm.row_bytes, 1, 4096},
             {"reads_wear", &nvm.reads_wear, 0, 1}},
            "class"};
}

constexpr double price_max = 1e6;

/// Optional, and whole where it is: prices of a base do not fit other energies.
Section prices_section(Prices& prices) {
    return {"prices",
            {{"mac", &prices.mac, 0.0625, price_max},
             {"read_byte", &prices.read_byte, 0.0625, price_max},
             {"write_byte", &prices.write_byte, 0.0625, price_max},
             {"transfer", &prices.transfer, 0, price_max},
             {"job", &prices.job, 0, price_max}}};
}

class Reader {
public:
    explicit Reader(std::string file) : file_(std::move(file)) {}

    DeviceProfile read(const toml::table& root) {
        DeviceProfile profile;
        if (const auto base = text(root, "base")) {
            // Only profiles of the program: a file could name itself.
            if (base->find('/') != std::string::npos || base->ends_with(".toml")) {
                fail(*root.get("base"), "'base' must be a profile of the program");
            }
            try {
                profile = load_profile(*base);
            } catch (const InputError& error) {
                fail(*root.get("base"), error.what());
            }
            profile.stated_prices.reset();
            has_base_ = true;
        }
        const std::vector<Section> sections = sections_of(profile);
        for (const auto& [key, node] : root) {
            const std::string name(key.str());
            const bool known = std::any_of(sections.begin(), sections.end(),
                                           [&](const Section& section) { return section.name == name; });
            if (!known && name != "base" && name != "name" && name != "title" && name != "prices" && name != "nvm") {
                fail(node, "there is no '" + name + "'");
            }
        }
        // Behind the misspelt keys: one of them may be what is missing.
        read_names(root, profile);
        for (const Section& section : sections) read_section(root, section, has_base_);
        if (root.contains("nvm")) read_nvm(root, profile.nvm);
        if (root.contains("prices")) read_section(root, prices_section(profile.stated_prices.emplace()), false);
        check(root, profile);
        return profile;
    }

private:
    [[noreturn]] void fail(uint32_t line, const std::string& reason) const {
        throw InputError(
            fmt::format("{}:{}: {} (device profile; devices/msp432p401r.toml shows every field)", file_, line, reason));
    }
    [[noreturn]] void fail(const toml::node& node, const std::string& reason) const {
        fail(node.source().begin.line, reason);
    }

    std::optional<std::string> text(const toml::table& root, const char* key) const {
        const toml::node* node = root.get(key);
        if (node == nullptr) return std::nullopt;
        auto value = node->value_exact<std::string>();
        if (!value || value->empty()) fail(*node, fmt::format("'{}' must be a text", key));
        return value;
    }

    /// With a base the file's own name, and the title that is already there.
    void read_names(const toml::table& root, DeviceProfile& profile) const {
        const auto name = text(root, "name"), title = text(root, "title");
        if (!has_base_ && !(name && title)) {
            const char* missing = name ? "'title' is" : title ? "'name' is" : "'name' and 'title' are";
            fail(1, fmt::format("{} missing{}", missing, remedy));
        }
        profile.name = name.value_or(std::filesystem::path(file_).stem().string());
        profile.title = title.value_or(profile.title);
    }

    void read_nvm(const toml::table& root, NvmKind& nvm) const {
        read_section(root, nvm_section(nvm), true);
        const toml::table& table = *root.get("nvm")->as_table();
        const auto name = text(table, "class");
        if (!name) return;
        try {
            nvm.nvm_class = parse_nvm_class(*name);
        } catch (const InputError& error) {
            fail(*table.get("class"), error.what());
        }
    }

    /// `has_rest`: what the section leaves out is known, from a base.
    void read_section(const toml::table& root, const Section& section, bool has_rest) const {
        const toml::node* node = root.get(section.name);
        if (node == nullptr) {
            if (has_rest) return;
            fail(1, fmt::format("the section [{}] is missing{}", section.name, remedy));
        }
        const toml::table* table = node->as_table();
        if (table == nullptr) fail(*node, fmt::format("'{}' must be a section", section.name));
        for (const auto& [key, value] : *table) {
            const std::string_view name = key.str();
            const bool known = std::any_of(section.fields.begin(), section.fields.end(),
                                           [name](const Field& field) { return name == field.key; });
            if (!known && name != section.text_key) fail(value, fmt::format("[{}] has no '{}'", section.name, name));
        }
        for (const Field& field : section.fields) read_field(*table, section, field, has_rest);
    }

    void read_field(const toml::table& table, const Section& section, const Field& field, bool has_rest) const {
        const toml::node* node = table.get(field.key);
        if (node == nullptr) {
            if (has_rest) return;
            fail(table, fmt::format("'{}' is missing in [{}]{}", field.key, section.name, has_base_ ? "" : remedy));
        }
        const auto value = node->value<double>();
        // In this form a NaN is out of range, too.
        if (!value || !node->is_number() || !(*value >= field.least && *value <= field.most)) {
            fail(*node, fmt::format("'{}' must be a number from {} to {}", field.key, field.least, field.most));
        }
        *field.value = *value;
    }

    void check(const toml::table& root, const DeviceProfile& profile) const {
        const auto line_of = [&](const char* section) {
            const toml::node* node = root.get(section);
            return node == nullptr ? uint32_t{1} : node->source().begin.line;
        };
        const Capacitor& capacitor = profile.capacitor;
        if (!(capacitor.off_v < capacitor.on_v && capacitor.on_v <= capacitor.max_v)) {
            fail(line_of("capacitor"), "the voltages must rise: off_v < on_v <= max_v");
        }
        if (profile.limits.sram_reserved_kib >= profile.limits.sram_kib) {
            fail(line_of("limits"), "sram_reserved_kib leaves no SRAM");
        }
        for (const NvmAccess* access : {&profile.read, &profile.write}) {
            const char* section = access == &profile.read ? "nvm_read" : "nvm_write";
            if (profile.byte(*access).time_ps == 0) fail(line_of(section), "a byte must take time");
            const Cost start = profile.transfer(*access);
            if (start.time_ps == 0 && start.energy_fj != 0) {
                fail(line_of(section), "a start with energy must take time");
            }
        }
        if (profile.boot_ms <= 0 && profile.boot_uj > 0) fail(line_of("boot"), "a boot with energy must take time");
        const Prices prices = profile.prices();
        for (const double price : {prices.read_byte, prices.write_byte, prices.transfer}) {
            if (!(price <= price_max)) {
                fail(line_of("cpu"),
                     fmt::format("a byte or a transfer costs {:.3g} times a MAC, which nothing does: check "
                                 "cycles, run_mw and the energies of nvm_read and nvm_write",
                                 price));
            }
        }
    }

    static constexpr const char* remedy =
        "; state it, or begin the file with base = \"NAME\" of a profile that is like it (dynbal help devices)";

    std::string file_;
    bool has_base_ = false;
};

}  // namespace

DeviceProfile parse_profile(const std::string& text, const std::string& file) {
    return Reader(file).read(parse_toml(text, file));
}

}  // namespace dynbal::device
