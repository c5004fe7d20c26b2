#include "firmware/c_header.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cstring>
#include <iterator>

#include "engine/engine.hpp"

namespace dynbal::firmware {
namespace {

/// Letters, digits and _, and no digit first.
std::string identifier(const std::string& name, bool capital) {
    std::string result;
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) result += capital ? 'M' : 'm';
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) == 0 || byte > 127) {
            result += '_';
        } else {
            result += static_cast<char>(capital ? std::toupper(byte) : std::tolower(byte));
        }
    }
    return result;
}

template <typename Numbers>
std::string list_of(const Numbers& numbers, const char* form, size_t each_line) {
    std::string text;
    size_t count = 0;
    for (const auto number : numbers) {
        text += count++ % each_line == 0 ? "\n    " : " ";
        text += fmt::format(fmt::runtime(form), number) + ",";
    }
    return text;
}

/// Which value of the model position i of the engine's holds.
std::string order_function(const std::string& name, const char* which, const std::vector<uint32_t>& order) {
    if (order.empty()) {
        return fmt::format("static inline uint32_t {}_{}_index(uint32_t position) {{ return position; }}\n", name,
                           which);
    }
    return fmt::format(
        "static const uint32_t {0}_{1}_order[{2}] = {{{3}\n}};\n"
        "static inline uint32_t {0}_{1}_index(uint32_t position) {{ return {0}_{1}_order[position]; }}\n",
        name, which, order.size(), list_of(order, "{}", 12));
}

/// Little-endian, as everything in an image.
std::vector<uint32_t> words_of(const std::vector<std::byte>& bytes) {
    std::vector<uint32_t> words((bytes.size() + 3) / 4);
    for (size_t i = 0; i < bytes.size(); ++i) words[i / 4] |= static_cast<uint32_t>(bytes[i]) << (8 * (i % 4));
    return words;
}

std::string dims_text(const std::vector<int64_t>& dims) {
    std::string text;
    for (const int64_t extent : dims) text += fmt::format("[{}]", extent);
    return text;
}

}  // namespace

std::string c_header(const ImageFile& file, const std::string& name) {
    const std::string small = identifier(name, false), large = identifier(name, true);
    const HostInfo& host = file.host;
    const ImageHeader& header = file.header();
    std::string text;
    auto out = std::back_inserter(text);
    fmt::format_to(
        out,
        "/* A model of DynBal, image version {3}, made by `dynbal firmware --header`.\n"
        "   Put {0}_image at the start of NVM. Input {1}, position p of the engine's input:\n"
        "       engine_input[p] = {0}_input_value(x[{0}_input_index(p)]), x as it was given to `dynbal compile`\n"
        "   Answer {2}:\n"
        "       y[{0}_output_index(p)] = {0}_output_value(engine_output[p]) */\n"
        "#ifndef {4}_DYNBAL_MODEL_H\n#define {4}_DYNBAL_MODEL_H\n\n#include <stdint.h>\n\n",
        small, dims_text(host.input_dims), dims_text(host.output_dims), header.version, large);
    fmt::format_to(out,
                   "#define {0}_INPUT_VALUES {1}u\n#define {0}_OUTPUT_VALUES {2}u\n#define {0}_IMAGE_BYTES {3}u\n"
                   "#define {0}_NVM_BYTES {4}u /* image, records and tensors */\n"
                   "#define {0}_SRAM_BYTES {5}u /* the engine's arena, 4-byte aligned */\n"
                   "#define {0}_INPUT_SCALE {6:.9e}f /* factor for x, given as --scale */\n"
                   "#define {0}_INPUT_UNIT {7:.17e} /* of x times that, in one step of the engine's input */\n"
                   "#define {0}_OUTPUT_UNIT {8:.17e}\n\n",
                   large, header.input_values, header.output_values, header.image_bytes, header.nvm_bytes,
                   Engine::sram_bytes_of(header), host.input_scale, host.input_value_scale, host.output_value_scale);
    fmt::format_to(out,
                   "static inline int16_t {0}_input_value(float x) {{\n"
                   "    const float scaled = x * {1}_INPUT_SCALE;\n"
                   "    const double q = scaled / {1}_INPUT_UNIT;\n"
                   "    if (!(q > {2})) return {2}; /* what is no number, too */\n"
                   "    if (q >= {3}) return {3};\n"
                   "    return (int16_t)(q < 0 ? q - 0.5 : q + 0.5);\n"
                   "}}\n"
                   "static inline float {0}_output_value(int16_t q) {{ return (float)(q * {1}_OUTPUT_UNIT); }}\n\n",
                   small, large, activation_min, activation_max);
    text += order_function(small, "input", host.input_order) + order_function(small, "output", host.output_order);
    fmt::format_to(out, "\nstatic const uint32_t {}_image[{}] = {{{}\n}};\n\n#endif\n", small,
                   (header.image_bytes + 3) / 4, list_of(words_of(file.image), "0x{:08x}", 10));
    return text;
}

}  // namespace dynbal::firmware
