// `dynbal firmware --header`: what a C program gets of an image, compiled as strict C99 and run.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class HeaderTest : public CliTest {
protected:
    /// What a program with the header prints; its body is that of main().
    std::string run_c(const std::string& header, const std::string& body) const {
        std::ofstream(path("main.c")) << "#include <stdio.h>\n#include \"" << header << "\"\n#include \"" << header
                                      << "\"\nint main(void) {\n"
                                      << body << "    return 0;\n}\n";
        const std::string program = path("program");
        const std::string build = std::string(DYNBAL_COMPILER) + " -x c -std=c99 -Wall -Wextra -Wpedantic -Werror -o " +
                                  program + " " + path("main.c");
        EXPECT_EQ(std::system(build.c_str()), 0);
        FILE* const pipe = ::popen(program.c_str(), "r");
        std::string text;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
        EXPECT_EQ(::pclose(pipe), 0);
        return text;
    }
};

TEST_F(HeaderTest, GivesImageSizesAndScalesToC) {
    ImageFile file = read_image_file(image());
    // An order to undo, and a scale, as images of other models have them.
    file.host.input_scale = 0.25;
    const uint32_t values_in = file.header().input_values;
    file.host.input_order.clear();
    for (uint32_t i = 0; i < values_in; ++i) file.host.input_order.push_back(values_in - 1 - i);
    write_image_file(path("2 models.dynbal"), file);
    const std::string header = path("2-models.h");
    const Called called = call({"firmware", path("2 models.dynbal"), "--header", header});
    ASSERT_EQ(called.code, 0) << called.err;

    std::vector<float> sample;
    for (uint32_t i = 0; i < values_in; ++i) sample.push_back(static_cast<float>(i * 37 % 101) / 12.0F - 4.0F);
    std::string list;
    for (const float value : sample) list += std::to_string(value) + "f,";
    const std::string printed = run_c(
        header,
        "    static const float x[] = {" + list +
            "};\n"
            "    for (uint32_t p = 0; p < M2_MODELS_INPUT_VALUES; ++p)\n"
            "        printf(\"%d \", m2_models_input_value(x[m2_models_input_index(p)]));\n"
            "    printf(\"%u %.9g %u \", m2_models_output_index(1), m2_models_output_value(-7), M2_MODELS_NVM_BYTES);\n"
            "    for (uint32_t i = 0; i < M2_MODELS_IMAGE_BYTES / 4; ++i) printf(\"%x \", m2_models_image[i]);\n");
    std::vector<float> scaled;
    for (const float value : sample) scaled.push_back(std::strtof(std::to_string(value).c_str(), nullptr) * 0.25F);
    std::string expected;
    for (const int16_t value : file.quantise_input(scaled)) expected += std::to_string(value) + " ";
    std::array<char, 100> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "%u %.9g %u ",
                  file.host.output_order.empty() ? 1 : file.host.output_order[1],
                  static_cast<double>(static_cast<float>(-7 * file.host.output_value_scale)), file.header().nvm_bytes);
    expected += numbers.data();
    for (uint32_t i = 0; i < file.header().image_bytes / 4; ++i) {
        uint32_t word = 0;
        std::copy_n(reinterpret_cast<const char*>(file.image.data()) + 4 * size_t{i}, 4,
                    reinterpret_cast<char*>(&word));
        std::snprintf(numbers.data(), numbers.size(), "%x ", word);
        expected += numbers.data();
    }
    EXPECT_EQ(printed, expected);
}

TEST_F(HeaderTest, IsOneOfTwoThings) {
    EXPECT_EQ(call({"firmware", image()}).code, exit_bad_input);
    EXPECT_EQ(call({"firmware", image(), "--header", image()}).code, exit_bad_input);
    EXPECT_EQ(call({"firmware", image(), "--header", path("no/a.h")}).code, exit_bad_input);
    EXPECT_EQ(call({"firmware", image(), "--header", path("a.h"), "--board", "msp432p401r"}).code, exit_bad_input);
    const Called json = call({"firmware", image(), "--header", path("a.h"), "--json"});
    EXPECT_EQ(json.json().at("header"), path("a.h"));
}

}  // namespace
}  // namespace dynbal::cli
