//! Inputs as people have them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "input/sample_set.hpp"
#include "input_files.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "temporary_folder.hpp"

namespace dynbal::input {
namespace {

using Values = std::vector<float>;
using Dims = std::vector<int64_t>;

class SamplesTest : public ::testing::Test {
protected:
    std::string write(const std::string& name, const std::string& bytes) const {
        const std::string path = folder_.path(name);
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::string npy(const Dims& shape) const {
        io::Array array{shape, {}};
        int64_t size = 1;
        for (const int64_t extent : shape) size *= extent;
        for (int64_t i = 0; i < size; ++i) array.values.push_back(static_cast<float>(i));
        io::write_npy(folder_.path("x.npy"), array);
        return io::read_text(folder_.path("x.npy"));
    }
    static std::string error(const std::string& spec, const Dims& dims) {
        return io::message_of<InputError>([&] {
            const auto set = open_samples(spec, dims);
            for (int64_t i = 0; i < set->count(); ++i) (void)set->sample(i);
        });
    }
    std::string path(const std::string& name) const { return folder_.path(name); }

private:
    io::TemporaryFolder folder_;
};

TEST_F(SamplesTest, ArraysOfManyOrOne) {
    const std::string many = write("many.npy", npy({3, 2, 2}));
    EXPECT_EQ(open_samples(many, {2, 2})->count(), 3);
    EXPECT_EQ(open_samples(many, {2, 2})->sample(2), (Values{8, 9, 10, 11}));
    EXPECT_EQ(open_samples(write("one.npy", npy({2, 2})), {1, 2, 2})->count(), 1);
    EXPECT_NE(error(many, {5}).find("the model needs [5]"), std::string::npos);
    EXPECT_NE(error(write("turned.npy", npy({2, 2, 3})), {3, 2}).find("into that order"), std::string::npos);
    EXPECT_NE(error(write("split.npy", npy({3, 2, 2})), {4, 3}).find("shape [3, 2, 2], the model's input is [4, 3]"),
              std::string::npos)
        << "as many values, another meaning";
    EXPECT_NE(error(write("split.npy", npy({5, 2, 6})), {1, 3, 4}).find("numpy.reshape"), std::string::npos);
    EXPECT_EQ(open_samples(many, {1, 2, 2})->note(), "");
    EXPECT_NE(open_samples(write("flat.npy", npy({3, 4})), {1, 2, 2})->note().find("order of the model's [1, 2, 2]"),
              std::string::npos);
    EXPECT_NE(open_samples(many, {4})->note(), "");
    EXPECT_NE(error(write("none.npy", npy({0, 2, 2})), {2, 2}).find("no sample"), std::string::npos);
    EXPECT_THROW(open_samples(many, {2, 2})->sample(3), InputError);
}

TEST_F(SamplesTest, AnIndexIsTakenOff) {
    const auto taken = [](std::string spec) {
        const auto index = take_index(spec);
        return spec + "#" + (index ? std::to_string(*index) : "none");
    };
    EXPECT_EQ(taken("x.npy@12"), "x.npy#12");
    EXPECT_EQ(taken("x.npy"), "x.npy#none");
    EXPECT_EQ(taken("a@b/x.npy"), "a@b/x.npy#none");
    EXPECT_EQ(taken("x@2.npy@0"), "x@2.npy#0");
    EXPECT_EQ(taken("pictures@4,resize=crop"), "pictures,resize=crop#4");
    EXPECT_THROW(taken("x.npy@last"), InputError);
    EXPECT_THROW(taken("x.npy@-1"), InputError);
}

TEST_F(SamplesTest, NamesMayLookLikeOptions) {
    const auto taken = [](std::string spec) {
        const auto index = take_index(spec);
        return spec + "#" + (index ? std::to_string(*index) : "none");
    };
    for (const char* name :
         {"a,b.csv", "a,columns=first.csv", "d,resize=crop/x.csv", "s@3,columns=first.csv", "columns,columns=last"}) {
        const std::string file = write(name, name[0] == 'c' ? npy({2, 2}) : "1,2\n3,4\n");
        EXPECT_EQ(open_samples(file, {2, 2})->sample(0).size(), 4U) << name;
        EXPECT_EQ(file_of(file + "@2"), file);
        EXPECT_EQ(taken(file + "@2"), file + "#2");
        EXPECT_EQ(taken(file), file + "#none");
        if (name[0] == 'c') continue;
        EXPECT_EQ(file_of(file + "@0,columns=first"), file);
        EXPECT_EQ(taken(file + "@0,columns=first"), file + ",columns=first#0");
        EXPECT_EQ(open_samples(file + ",columns=first", {2, 2})->sample(0), (Values{1, 3, 2, 4})) << name;
    }
    const std::string file = write("x.csv", "1,2\n3,4\n");
    EXPECT_EQ(error(file + ",columns=first,columns=last", {2, 2}),
              file + ",columns=first,columns=last: columns= is given twice");
    EXPECT_NE(error(file + ",column=first", {2, 2}).find("behind " + file + " only ,resize="), std::string::npos);
    EXPECT_EQ(file_of(path("y.npz") + "/name@1"), path("y.npz"));
}

TEST_F(SamplesTest, ArchivesOfNumPy) {
    for (const bool compressed : {false, true}) {
        const std::string one = write("one.npz", npz_of({{"x", npy({3, 2})}}, compressed));
        EXPECT_EQ(open_samples(one, {2})->sample(2), (Values{4, 5}));
        const std::string two = write("two.npz", npz_of({{"x", npy({3, 2})}, {"y", npy({4})}}, compressed));
        EXPECT_EQ(open_samples(two + "/x", {2})->sample(1), (Values{2, 3}));
        EXPECT_NE(error(two, {2}).find("say which: " + two + "/NAME, with one of x, y"), std::string::npos)
            << error(two, {2});
        EXPECT_NE(error(two + "/z", {2}).find("no array 'z'"), std::string::npos);
        std::string damaged = npz_of({{"x", npy({3, 2})}}, compressed);
        damaged[60] ^= 1;
        EXPECT_NE(error(write("bad.npz", damaged), {2}), "");
        for (size_t size = 0; size < damaged.size(); size += 7) {
            EXPECT_NE(error(write("cut.npz", npz_of({{"x", npy({3, 2})}}, compressed).substr(0, size)), {2}), "")
                << size;
        }
    }
}

TEST_F(SamplesTest, TablesAreRowsOrWindows) {
    EXPECT_EQ(open_samples(write("rows.csv", "1,2,3\n4,5,6\n"), {3})->count(), 2);
    EXPECT_EQ(open_samples(write("rows.csv", "a;b;c\n1,5;2;3\n4;5;6\n"), {3})->sample(0), (Values{1.5F, 2, 3}));
    // Three steps of two axes, twice.
    const std::string windows = write("windows.csv", "# accelerometer\nx,y\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n");
    EXPECT_EQ(open_samples(windows, {3, 2})->count(), 2);
    EXPECT_EQ(open_samples(windows, {3, 2})->sample(1), (Values{7, 8, 9, 10, 11, 12}));
    EXPECT_EQ(open_samples(windows, {1, 2, 3})->sample(1), (Values{7, 9, 11, 8, 10, 12})) << "channels first";
    EXPECT_NE(error(windows, {2, 2, 3}).find("a row is a sample, or"), std::string::npos) << "which of the two?";
    EXPECT_NE(error(windows, {3, 4}).find("6 rows of 2 numbers"), std::string::npos) << error(windows, {3, 4});
    EXPECT_NE(error(windows, {5}).find("6 rows of 2 numbers"), std::string::npos) << error(windows, {5});
    EXPECT_NE(error(write("label.csv", "1,2,3\n4,5,6\n"), {2}).find("is one column a label?"), std::string::npos);
    EXPECT_NE(error(write("bad.csv", "1,2\n3,x\n"), {2}).find("bad.csv:2: "), std::string::npos);
    EXPECT_NE(error(write("bad.csv", "1,2\n3\n"), {2}).find("bad.csv:2: "), std::string::npos);
    EXPECT_NE(error(write("bad.csv", "1,2\n3,nan\n"), {2}).find("bad.csv:2: "), std::string::npos);
    EXPECT_NE(error(write("bad.csv", "a,b\nc,d\n1,2\n"), {2}).find("bad.csv:2: "), std::string::npos);
    for (const char* first : {"1,x", "1.5 mW,2", "x,2", "1'375,x"})
        EXPECT_NE(
            error(write("bad.csv", std::string(first) + "\n3,4\n"), {2}).find("bad.csv:1: neither a row of numbers"),
            std::string::npos)
            << "a row is no header";
    EXPECT_EQ(error(write("names.csv", "2m_temperature,\"3d\nspeed\"\n3,4\n"), {2}), "");
    EXPECT_NE(error(write("bad.csv", "a,\"two\nlines\"\n3,4\n3,x\n"), {2}).find("bad.csv:4: column 2: 'x'"),
              std::string::npos);
    EXPECT_NE(error(write("bad.csv", "1,2\n3,4\nTotal,6\n"), {2}).find("bad.csv:3: column 1: 'Total'"),
              std::string::npos);
    EXPECT_NE(error(write("bad.csv", "a,b\n"), {2}).find("bad.csv:1: a header and no row"), std::string::npos);
    EXPECT_NE(open_samples(write("rows.csv", "1.500;2\n3.250;4\n"), {2})
                  ->note()
                  .find("'1.500' is taken for a number with a fraction"),
              std::string::npos);
    EXPECT_EQ(open_samples(write("rows.csv", "1.500;2\n0.250;4\n"), {2})->note(), "");
    EXPECT_NE(open_samples(write("rows.csv", "1,2\n3,4.1"), {2})->note().find("its last row may be cut"),
              std::string::npos);
    EXPECT_EQ(open_samples(write("rows.csv", "1,2\n3,4.1\n"), {2})->note(), "");
    EXPECT_NE(open_samples(write("rows.csv", "1,2\n#3,4\n5,6\n"), {2})->note().find("line 2 is left out as a comment"),
              std::string::npos);
}

TEST_F(SamplesTest, ATableThatFitsTwiceSaysHowItIsTaken) {
    const std::string square = write("a.csv", "1,2\n3,4\n");
    const auto read = open_samples(square, {1, 2, 2});
    EXPECT_EQ(read->sample(0), (Values{1, 2, 3, 4}));
    EXPECT_EQ(read->note(), square +
                                ": its 2 columns are taken for the last dimension of the model's input [1, 2, 2]; " +
                                "if they are its first one, give " + square + ",columns=first");
    const auto turned = open_samples(square + ",columns=first", {1, 2, 2});
    EXPECT_EQ(turned->sample(0), (Values{1, 3, 2, 4}));
    EXPECT_EQ(turned->note() + open_samples(square + ",columns=last", {2, 2})->note(), "") << "it was said";
    const std::string steps = write("b.csv", "1,2\n3,4\n5,6\n");
    EXPECT_NE(open_samples(steps, {2, 3})->note().find("for the first dimension"), std::string::npos);
    EXPECT_EQ(open_samples(steps, {3, 2})->note(), "");
    EXPECT_NE(error(steps + ",columns=last", {2, 3}), "");
    EXPECT_NE(error(steps + ",columns=middle", {2, 3}).find("first or last"), std::string::npos);
    const std::string pairs = write("{c}.csv", "1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n");
    EXPECT_NE(error(pairs, {2, 2, 3}).find(",columns=first"), std::string::npos) << "not told apart";
    EXPECT_EQ(open_samples(pairs + ",columns=first", {2, 2, 3})->sample(0),
              (Values{1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12}));
    write("folder/1.csv", "1,2\n3,4\n");
    EXPECT_EQ(open_samples(path("folder") + ",columns=first", {2, 2})->sample(0), (Values{1, 3, 2, 4}));
    EXPECT_NE(open_samples(path("folder"), {2, 2})->note(), "");
}

TEST_F(SamplesTest, PicturesStandUpright) {
    // Six grey blocks of 8 x 8 pixels, 2 rows of 3, so that the compression keeps them.
    std::vector<uint8_t> pixels;
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 24; ++x) pixels.push_back(static_cast<uint8_t>(40 * (y / 8 * 3 + x / 8)));
    const std::string jpeg = jpeg_of(pixels, 16, 24, 1);
    const auto oriented = [&](int orientation, bool little) {
        std::string exif = little ? std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18)
                                  : std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01", 18);
        exif +=
            little ? std::string{static_cast<char>(orientation), 0} : std::string{0, static_cast<char>(orientation)};
        exif = std::string("Exif\0\0", 6) + exif + std::string(6, '\0');
        const auto size = static_cast<char>(exif.size() + 2);
        return jpeg.substr(0, 2) + "\xFF\xE1" + std::string{0, size} + exif + jpeg.substr(2);
    };
    // Of the blocks 0 1 2 / 3 4 5, as a viewer shows them.
    const std::vector<std::vector<int>> shown{{0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3}, {5, 4, 3, 2, 1, 0},
                                              {3, 4, 5, 0, 1, 2}, {0, 3, 1, 4, 2, 5}, {3, 0, 4, 1, 5, 2},
                                              {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const bool turned = orientation > 4;
        const std::string file = write("o.jpg", oriented(orientation, orientation % 2 == 0));
        const Dims dims = turned ? Dims{1, 24, 16} : Dims{1, 16, 24};
        const Values values = open_samples(file, dims)->sample(0);
        for (int block = 0; block < 6; ++block) {
            const int across = turned ? 2 : 3;
            const auto at = static_cast<size_t>((block / across * 8 + 4) * across * 8 + block % across * 8 + 4);
            EXPECT_NEAR(values[at], 40 * shown[static_cast<size_t>(orientation - 1)][static_cast<size_t>(block)], 3)
                << "orientation " << orientation << ", block " << block;
        }
    }
    EXPECT_EQ(open_samples(write("c.jpg", oriented(99, true)), {16, 24})->count(), 1) << "no such orientation";
}

TEST_F(SamplesTest, ColumnsThatAreNoValuesAreNotTakenForSome) {
    std::string counted, timed, values = "t,a,b,c\n";
    for (int i = 0; i < 8; ++i) {
        counted += std::to_string(i) + ",7,5,9\n";
        timed += std::to_string(0.02 * i) + ",7,5,9\n";
        values += std::to_string(i) + ",7,5,9\n";
    }
    for (const std::string& content : {counted, timed})
        EXPECT_NE(error(write("a.csv", content), {4}).find("the first column grows evenly"), std::string::npos);
    EXPECT_EQ(open_samples(write("a.csv", values), {4})->sample(3), (Values{3, 7, 5, 9})) << "said to be a value";
    EXPECT_EQ(open_samples(write("a.csv", "0\n1\n2\n3\n4\n5\n6\n7\n"), {8})->count(), 1) << "the only column";
    for (const char* name : {"Label", "class", "Activity", "y", "true_label"})
        EXPECT_NE(error(write("a.csv", "a," + std::string(name) + "\n1,2\n3,4\n"), {2}).find("holds classes"),
                  std::string::npos)
            << name;
    for (const char* name : {"id", "Index", "sensor_id"})
        EXPECT_NE(error(write("a.csv", std::string(name) + ",a\n1,2\n3,4\n"), {2}).find("holds numbers of"),
                  std::string::npos)
            << name;
    for (const char* name : {"uv_index", "grid", "yaw", "acc_y"})
        EXPECT_EQ(error(write("a.csv", "a," + std::string(name) + "\n1,2\n3,4\n"), {2}), "") << name;
    EXPECT_EQ(error(write("a.csv", "X,Y,Z\n1,2,3\n"), {3}), "") << "axes";
}

TEST_F(SamplesTest, HeadersOfPandas) {
    EXPECT_EQ(open_samples(write("a.csv", ",0,1\n0,5,6\n1,7,8\n"), {2})->sample(1), (Values{7, 8}));
    EXPECT_NE(error(write("a.csv", ",a,b\n437,5,6\n12,7,8\n"), {3}).find("first column has no name"), std::string::npos)
        << "shuffled";
    const auto counted = open_samples(write("a.csv", "0,1,2\n5,6,7\n"), {3});
    EXPECT_EQ(counted->count(), 2) << "values or a header, who knows";
    EXPECT_NE(counted->note().find("first row is 0, 1, ... and is taken as values; if it is a header, leave it out"),
              std::string::npos);
    EXPECT_NE(open_samples(write("a.csv", "0,1\n2,3\n"), {2, 2})
                  ->note()
                  .find("leave it out (pandas: to_csv(header=False, index=False)); "),
              std::string::npos)
        << "both notes";
    for (const char* plain : {"0,1,2\n", "0.0,1.0\n5,6\n", "a,b\n0,1\n2,3\n", "1,2\n3,4\n"}) {
        const std::string file = write("a.csv", plain);
        EXPECT_EQ(open_samples(file, {plain == std::string("0,1,2\n") ? 3 : 2})->note(), "") << plain;
    }
}

TEST_F(SamplesTest, NumbersOneALineAreTakenInOrder) {
    const std::string file = write("a.csv", "1\n2\n3\n4\n5\n6\n");
    EXPECT_EQ(open_samples(file, {1, 2, 3})->sample(0), (Values{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(open_samples(file, {1, 2, 3})->note(),
              file + ": its numbers are taken one by one in the order of the model's [1, 2, 3]");
    EXPECT_EQ(open_samples(file, {1, 1, 6})->note(), "") << "no other order";
    EXPECT_NE(error(file, {2, 2}).find("6 rows of 1 numbers are no whole number of"), std::string::npos);
    EXPECT_NE(error(write("a.csv", "1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n"), {2, 2, 3})
                  .find("6 rows of 2 numbers do not lie in the order of"),
              std::string::npos);
}

TEST_F(SamplesTest, FilesOfNoKindAreToldWhatThereIs) {
    for (const char* name : {"x.bmp", "x.mp3", "noending"})
        EXPECT_NE(error(write(name, "BM12345"), {2}).find("tables (.csv, .tsv, .txt), pictures (.png, .jpg)"),
                  std::string::npos);
    EXPECT_NE(error(write("x.gz", "\x1F\x8B"), {2}).find("gunzip"), std::string::npos);
    EXPECT_EQ(open_samples(write("array", npy({3, 2})), {2})->count(), 3);
    EXPECT_EQ(error(write("x.npy", "hello"), {2}), path("x.npy") + ": not a .npy file; numpy.save() writes one");
    EXPECT_NE(error(path("missing.bmp"), {2}).find("missing.bmp"), std::string::npos);
    for (const char* blank : {"", "\n \r\n", "\xEF\xBB\xBF"})
        EXPECT_EQ(error(write("e.csv", blank), {2}), path("e.csv") + ": the file is empty");
}

TEST_F(SamplesTest, PicturesOfOneOrThreeChannels) {
    const std::vector<uint8_t> grey{0, 50, 100, 150, 200, 250};
    const std::string png = write("g.PNG", png_of(grey, 2, 3, 1));
    EXPECT_EQ(open_samples(png, {1, 2, 3})->sample(0), (Values{0, 50, 100, 150, 200, 250}));
    EXPECT_EQ(open_samples(png, {2, 3})->sample(0), (Values{0, 50, 100, 150, 200, 250}));
    EXPECT_EQ(open_samples(png, {3, 2, 3})->sample(0)[7], 50) << "grey thrice";
    const std::vector<uint8_t> red{255, 0, 0, 0, 255, 0};
    const std::string colour = write("c.png", png_of(red, 1, 2, 3));
    EXPECT_EQ(open_samples(colour, {3, 1, 2})->sample(0), (Values{255, 0, 0, 255, 0, 0})) << "channels first";
    EXPECT_EQ(open_samples(colour, {1, 1, 2})->sample(0), (Values{76, 150})) << "grey of red and green";
    const std::string jpeg = write("j.jpg", jpeg_of(std::vector<uint8_t>(64 * 3, 128), 8, 8, 3));
    EXPECT_NEAR(open_samples(jpeg, {3, 8, 8})->sample(0)[100], 128, 2);
    const std::string print = write("p.jpg", jpeg_of(std::vector<uint8_t>(64 * 4, 128), 8, 8, 4));
    EXPECT_NE(error(print, {3, 8, 8}).find("(CMYK); save it as RGB"), std::string::npos) << error(print, {3, 8, 8});
    EXPECT_NE(error(png, {4, 2, 5}).find("1 or 3 channels"), std::string::npos);
    EXPECT_NE(error(write("t.png", "text"), {2, 3}).find("neither a PNG nor a JPEG"), std::string::npos);
    EXPECT_NE(error(write("cut.png", png_of(grey, 2, 3, 1).substr(0, 50)), {2, 3}).find("cannot be read"),
              std::string::npos);
    EXPECT_NE(error(write("cut.jpg", io::read_text(jpeg).substr(0, 300)), {3, 8, 8}).find("cannot be read"),
              std::string::npos);
}

TEST_F(SamplesTest, TransparencyIsLeftOutAndSaid) {
    const std::string said = ": its transparency is left out: pixels are taken as if they were opaque";
    const std::string grey = write("ga.png", png_of({10, 255, 20, 0}, 1, 2, 2));
    EXPECT_EQ(open_samples(grey, {1, 2})->sample(0)[0], 10);
    EXPECT_EQ(open_samples(grey, {1, 2})->note(), grey + said);
    const std::string colours = write("rgba.png", png_of({1, 2, 3, 255, 4, 5, 6, 254}, 1, 2, 4));
    EXPECT_EQ(open_samples(colours, {3, 1, 2})->sample(0), (Values{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(open_samples(colours, {3, 1, 2})->note(), colours + said);
    EXPECT_EQ(open_samples(write("o.png", png_of({1, 2, 3, 255, 4, 5, 6, 255}, 1, 2, 4)), {3, 1, 2})->sample(0),
              (Values{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(open_samples(path("o.png"), {3, 1, 2})->note(), "") << "opaque";
    EXPECT_EQ(open_samples(colours + ",resize=crop", {3, 1, 1})->note(), colours + said);
    std::string place = write("folder/1.png", png_of({7, 8}, 1, 2, 1));
    place = write("folder/2.png", png_of({10, 255, 20, 0}, 1, 2, 2));
    EXPECT_EQ(open_samples(path("folder"), {1, 2})->note(), place + said) << "not the first";
}

TEST_F(SamplesTest, PicturesWithAPalette) {
    const std::vector<uint8_t> colours{255, 0, 0, 0, 255, 0, 10, 20, 30};
    const std::string file = write("p.png", palette_png_of({0, 1, 2, 0}, 2, 2, colours, {}));
    EXPECT_EQ(open_samples(file, {3, 2, 2})->sample(0), (Values{255, 0, 10, 255, 0, 255, 20, 0, 0, 0, 30, 0}));
    EXPECT_EQ(open_samples(file, {3, 2, 2})->note(), "");
    const std::string clear = write("p.png", palette_png_of({0, 1, 2, 0}, 2, 2, colours, {255, 0}));
    EXPECT_NE(open_samples(clear, {3, 2, 2})->note().find("transparency is left out"), std::string::npos);
    EXPECT_EQ(open_samples(write("p.png", palette_png_of({0, 2}, 1, 2, colours, {255, 0})), {1, 2})->note(), "")
        << "no pixel has it";
    EXPECT_NE(error(write("p.png", palette_png_of({0, 3}, 1, 2, colours, {})), {1, 2})
                  .find("p.png: this PNG picture is damaged: a pixel has colour 3 of its palette, which has 3"),
              std::string::npos);
}

TEST_F(SamplesTest, PicturesAreResizedWhenAskedFor) {
    const std::string png = write("g.png", png_of({0, 100, 200, 100, 50, 50, 50, 50}, 2, 4, 1));
    EXPECT_NE(error(png, {1, 1, 2}).find("the picture is 4 x 2, the model takes 2 x 1"), std::string::npos);
    EXPECT_EQ(open_samples(png + ",resize=stretch", {1, 1, 2})->sample(0), (Values{50, 100}));
    EXPECT_EQ(open_samples(png + ",resize=crop", {1, 1, 1})->sample(0), (Values{100})) << "the middle";
    EXPECT_NE(error(png + ",resize=guess", {1, 1, 2}).find("stretch or crop"), std::string::npos);
}

TEST_F(SamplesTest, FoldersHoldClasses) {
    for (const char* name : {"cats/1.csv", "cats/2.csv", "dogs/1.csv"}) write(std::string("all/") + name, "1,2\n");
    write("all/dogs/3.csv", "3,4\n");
    const auto set = open_samples(path("all"), {2});
    EXPECT_EQ(set->count(), 4);
    EXPECT_EQ(set->labels(), (std::vector<uint32_t>{0, 0, 1, 1}));
    EXPECT_EQ(set->sample(3), (Values{3, 4}));
    EXPECT_TRUE(open_samples(path("all/cats"), {2})->labels().empty());
    write("all/loose.csv", "1,2\n");
    EXPECT_NE(error(path("all"), {2}).find("loose.csv: files beside folders"), std::string::npos);
    std::filesystem::remove(path("all/loose.csv"));
    for (const char* name : {"all/Thumbs.db", "all/.DS_Store", "all/cats/desktop.ini", "all/cats/.hidden"})
        write(name, "debris");
    EXPECT_EQ(open_samples(path("all"), {2})->count(), 4);
    write("all/cats/README.txt", "These are cats.");
    EXPECT_NE(error(path("all"), {2}).find("README.txt"), std::string::npos);
    write("many/1.csv", "1,2\n3,4\n");
    EXPECT_NE(error(path("many"), {2}).find("each file is one sample"), std::string::npos);
    std::filesystem::create_directories(path("empty"));
    EXPECT_NE(error(path("empty"), {2}).find("no files"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::input
