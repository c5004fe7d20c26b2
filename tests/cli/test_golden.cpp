// What docs/embedding.md promises of images: those of today's version give the same bits as when they were made, and others
// are refused with advice.
#include "cli_fixture.hpp"
#include "image/format.hpp"

namespace dynbal::cli {
namespace {

struct Golden {
    uint16_t version;
    const char* output_sha256;  ///< of the answer to the first input
};
constexpr Golden images[] = {
    {4, "ab0c05b53f0e2f77ff6b799adf215437ab083b647ff5343f418b624f70c9902c"},
    {5, "ab0c05b53f0e2f77ff6b799adf215437ab083b647ff5343f418b624f70c9902c"},
    {6, "ab0c05b53f0e2f77ff6b799adf215437ab083b647ff5343f418b624f70c9902c"},
    {7, "46217dff7fab70cbb734ae5092fb0ac7e2dbdc330f48d821056ba3b4f64ddfd3"},
};

TEST(Golden, ImagesAreReadOrRefusedWithAdvice) {
    const std::string folder = DYNBAL_REPOSITORY "/tests/golden/";
    for (const Golden& image : images) {
        const std::string number = std::to_string(image.version);
        const Called called =
            call({"run", folder + "image-" + number + ".bin", "--input", folder + "inputs.npy@0", "--json"});
        if (image.version == image_version) {
            ASSERT_EQ(called.code, 0) << called.err;
            EXPECT_EQ(called.json()["output_sha256"], image.output_sha256);
            continue;
        }
        EXPECT_EQ(called.code, 2);
        for (const std::string& words :
             {"it has image version " + number, "reads version " + std::to_string(image_version),
              std::string("dynbal compile")}) {
            EXPECT_NE(called.err.find(words), std::string::npos) << called.err;
        }
    }
}

TEST(Golden, ThereIsOneOfTodaysVersion) {
    bool found = false;
    for (const Golden& image : images) found = found || image.version == image_version;
    EXPECT_TRUE(found) << "image_version has grown: add an image of it (tests/golden/README.md)";
}

}  // namespace
}  // namespace dynbal::cli
