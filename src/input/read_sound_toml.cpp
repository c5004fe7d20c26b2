#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "device/parse_toml.hpp"
#include "device/toml_table.hpp"
#include "input/sound_features.hpp"

namespace dynbal::input {
namespace {

constexpr uint64_t window_samples_max = 10'000'000, fft_max = 65536, count_max = 10'000;

class SoundReader {
public:
    SoundReader(const toml::table& table, const std::string& path) : table_(path, table) {}

    SoundFeatures read() {
        SoundFeatures how;
        how.rate_hz = number("rate", 16000, 1, 1e6);
        how.samples = needed("samples", window_samples_max);
        how.every = count("every", 1, window_samples_max);
        read_spectrum(how);
        read_bands(how);
        how.decibel = choice("logarithm", "ln", "dB");
        how.floor = number("floor", 1e-12, 1e-300, 1);
        how.range_db = number("range_db", 0, 0, 1000);
        how.coefficients = static_cast<int64_t>(table_.count("coefficients", 0, count_max).value_or(0));
        if (how.coefficients > how.bands) table_.refuse("coefficients", "must not be more than bands");
        how.orthonormal = !choice("cosine", "orthonormal", "plain");
        how.moments = needed("moments", count_max);
        how.moments_first = choice("order", "coefficients first", "moments first");
        how.means = list("means", how);
        how.deviations = list("deviations", how);
        for (const double deviation : how.deviations) {
            if (deviation == 0) table_.refuse("deviations", "must not be 0: values are divided by them");
        }
        how.steps = number("steps", 0, 0, 1e9);
        table_.finish();
        return how;
    }

private:
    void read_spectrum(SoundFeatures& how) {
        how.frame = needed("frame", fft_max);
        how.stride = needed("stride", window_samples_max);
        how.fft = count("fft", static_cast<uint64_t>(how.frame), fft_max);
        if ((how.fft & (how.fft - 1)) != 0 || how.fft < how.frame) {
            table_.refuse("fft", "must be a power of two, and not less than frame");
        }
        how.centred = table_.flag("centred").value_or(false);
        how.magnitude = choice("spectrum", "power", "magnitude");
        const int64_t taken = (how.samples + how.every - 1) / how.every;
        if (how.centred ? taken <= how.frame / 2 : taken < how.frame) {
            table_.refuse("frame", "is longer than the sound");
        }
    }

    void read_bands(SoundFeatures& how) {
        how.bands = needed("bands", count_max);
        how.low_hz = number("low", 0, 0, 1e6);
        how.high_hz = number("high", how.rate_hz / 2, 0, how.rate_hz / 2);
        if (how.high_hz <= how.low_hz) table_.refuse("high", "must be more than low");
        how.slaney = choice("mel", "htk", "slaney");
        how.over_mel = choice("sides", "straight over Hz", "straight over mel");
        how.equal_area = choice("height", "1", "equal area");
    }

    /// Whether it is the second of two words; the first if it is left out.
    bool choice(const std::string& key, const std::string& first, const std::string& second) {
        const std::string text = table_.text(key).value_or(first);
        if (text != first && text != second) table_.refuse(key, "must be \"" + first + "\" or \"" + second + "\"");
        return text == second;
    }

    double number(const std::string& key, double otherwise, double least, double most) {
        const double value = table_.number(key).value_or(otherwise);
        if (value >= least && value <= most) return value;
        table_.refuse(key, "must be a number from " + text_of(least) + " to " + text_of(most));
    }

    int64_t count(const std::string& key, uint64_t otherwise, uint64_t most) {
        return static_cast<int64_t>(table_.count(key, 1, most).value_or(otherwise));
    }
    int64_t needed(const std::string& key, uint64_t most) {
        const auto value = table_.count(key, 1, most);
        if (!value) table_.refuse(key, "is missing");
        return static_cast<int64_t>(*value);
    }

    std::vector<double> list(const std::string& key, const SoundFeatures& how) {
        const auto values = table_.numbers(key);
        if (!values) return {};
        if (std::ssize(*values) != how.values_each()) {
            table_.refuse(key,
                          "must be as many numbers as there are coefficients, " + std::to_string(how.values_each()));
        }
        return *values;
    }

    static std::string text_of(double value) {
        std::string text(32, '\0');
        text.resize(static_cast<size_t>(std::snprintf(text.data(), text.size(), "%g", value)));
        return text;
    }

    device::TomlTable table_;
};

}  // namespace

SoundFeatures parse_sound(const std::string& text, const std::string& path) {
    const toml::table table = device::parse_toml(text, path);
    return SoundReader(table, path).read();
}

}  // namespace dynbal::input
