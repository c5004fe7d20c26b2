#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

#include "base/error.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "temporary_folder.hpp"

namespace dynbal::io {
namespace {

/// A file as NumPy writes it, with any header.
std::string npy(std::string header, const std::string& data, char version = 1) {
    std::string text = "\x93NUMPY";
    text += version;
    text += '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
        text += static_cast<char>((header.size() >> (8 * i)) & 255);
    }
    return text + header + data;
}

std::string header(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <typename T>
std::string raw(std::initializer_list<T> values) {
    std::string text;
    for (const T value : values) {
        text.append(reinterpret_cast<const char*>(&value), sizeof(T));
    }
    return text;
}

class Npy : public testing::Test {
protected:
    Array read(const std::string& content) {
        put_file(path_, {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
        return read_npy(path_);
    }
    /// What is wrong with the file, without its name.
    std::string error(const std::string& content) {
        const std::string message = message_of<InputError>([&] { read(content); });
        EXPECT_TRUE(message.starts_with(path_ + ": ")) << message;
        return message.substr(std::min(message.size(), path_.size() + 2));
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("a.npy");
};

using Values = std::vector<float>;
using Shape = std::vector<int64_t>;

TEST_F(Npy, EveryDtype) {
    const auto values = [&](const char* descr, const std::string& data) {
        return read(npy(header(descr, "(2,)"), data)).values;
    };
    EXPECT_EQ(values("|b1", raw<uint8_t>({0, 1})), (Values{0, 1}));
    EXPECT_EQ(values("|i1", raw<int8_t>({-128, 127})), (Values{-128, 127}));
    EXPECT_EQ(values("|u1", raw<uint8_t>({0, 255})), (Values{0, 255}));
    EXPECT_EQ(values("<i2", raw<int16_t>({-32768, 32767})), (Values{-32768, 32767}));
    EXPECT_EQ(values("<u2", raw<uint16_t>({1, 65535})), (Values{1, 65535}));
    EXPECT_EQ(values("<i4", raw<int32_t>({-70000, 70000})), (Values{-70000, 70000}));
    EXPECT_EQ(values("<u4", raw<uint32_t>({1, 4294967295U})), (Values{1, 4294967296.0F}));
    EXPECT_EQ(values("<i8", raw<int64_t>({-5, int64_t{1} << 40})), (Values{-5, 1099511627776.0F}));
    EXPECT_EQ(values("<f4", raw<float>({-0.1F, 3e38F})), (Values{-0.1F, 3e38F}));
    EXPECT_EQ(values("<f8", raw<double>({0.1, -2.5})), (Values{0.1F, -2.5F}));
    // 1/3, -65504 (largest), and 2^-24 (smallest subnormal) as halves
    EXPECT_EQ(values("<f2", raw<uint16_t>({0x3555, 0xFBFF})), (Values{0.333251953125F, -65504.0F}));
    EXPECT_EQ(values("<f2", raw<uint16_t>({0x0001, 0x03FF})), (Values{0x1p-24F, 0x3FFp-24F}));
}

TEST_F(Npy, ShapesAndVersions) {
    EXPECT_EQ(read(npy(header("|u1", "()"), "a")).shape, Shape{});
    EXPECT_EQ(read(npy(header("|u1", "()"), "a")).values, Values{97});
    EXPECT_EQ(read(npy(header("|u1", "(2, 3)"), "abcdef")).shape, (Shape{2, 3}));
    EXPECT_EQ(read(npy(header("|u1", "(2L, 3L)"), "abcdef")).shape, (Shape{2, 3}));
    EXPECT_EQ(read(npy(header("|u1", "(5, 0, 7)"), "")).values, Values{});
    EXPECT_EQ(read(npy(header("|u1", "(3,)", "True"), "abc")).size(), 3);  // 1-D: both orders
    EXPECT_EQ(read(npy(header("|u1", "(3,)"), "abc", 2)).size(), 3);
    EXPECT_EQ(read(npy(header("|u1", "(3,)"), "abc", 3)).size(), 3);
    EXPECT_EQ(read(npy("{\"shape\":(1,),\"fortran_order\":False,\"descr\":\"|u1\"}", "a")).size(), 1);
}

TEST_F(Npy, EveryOrder) {
    EXPECT_EQ(read(npy(header("|u1", "(2, 3)", "True"), "adbecf")).values, (Values{97, 98, 99, 100, 101, 102}));
    EXPECT_EQ(read(npy(header("|u1", "(2, 2, 2)", "True"), "aecgbfdh")).values,
              (Values{97, 98, 99, 100, 101, 102, 103, 104}));
    EXPECT_EQ(read(npy(header("|u1", "(2, 0)", "True"), "")).values, Values{});
    EXPECT_EQ(read(npy(header(">i2", "(2,)"), std::string("\x01\x02\xFF\xFE", 4))).values, (Values{258, -2}));
    EXPECT_EQ(read(npy(header(">f4", "(1,)"), std::string("\x3F\x80\x00\x00", 4))).values, Values{1});
    EXPECT_EQ(read(npy(header(">i2", "(2, 2)", "True"), std::string("\x00\x01\x00\x03\x00\x02\x00\x04", 8))).values,
              (Values{1, 2, 3, 4}));
    EXPECT_EQ(read(npy(header("=u8", "(1,)"), std::string("\x05\0\0\0\0\0\0\0", 8))).values, Values{5});
}

TEST_F(Npy, UnsupportedFilesSayWhy) {
    EXPECT_EQ(error(npy(header("<c8", "(1,)"), "abcdefgh")),
              "numbers of type '<c8' are not supported; convert them: x.astype('float32')");
    EXPECT_EQ(error(npy(header("|O", "(1,)"), "abcd")),
              "numbers of type '|O' are not supported; convert them: x.astype('float32')");
    EXPECT_EQ(error(npy(header("<f4\n\x1B[31m", "(1,)"), "abcd")).find('\x1B'), std::string::npos)
        << "nothing reaches the terminal";
    EXPECT_EQ(error("version https://git-lfs.github.com/spec/v1\n"),
              "not a .npy file: this is only a pointer of Git LFS; fetch the file itself: git lfs pull");
    EXPECT_EQ(error(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "")),
              "a structured array; only plain numbers are supported");
    EXPECT_EQ(error(npy(header("|u1", "(1,)"), "a", 4)), ".npy format version 4 is not supported (1 to 3 are)");
    EXPECT_EQ(error(npy(header("<f4", "(2,)"), raw<float>({0, NAN}))), "value 1 is NaN, no number");
    EXPECT_EQ(error(npy(header("<f8", "(1,)"), raw<double>({1e300}))), "value 0 is infinite as a 32-bit float");
    EXPECT_EQ(error(npy(header("<f2", "(1,)"), raw<uint16_t>({0xFC00}))), "value 0 is infinite as a 32-bit float");
    EXPECT_EQ(error(npy(header("<f4", "(2, 1, 3)"), raw<float>({0, 1, 2, 3, NAN, 5}))),
              "value [1, 0, 1] is NaN, no number");
    EXPECT_EQ(error(npy(header("<U3", "(1,)"), "abcdefghijkl")), "it holds text, no numbers");
}

TEST_F(Npy, MalformedFiles) {
    EXPECT_EQ(error(""), "not a .npy file: the file is empty");
    EXPECT_EQ(error("hello, this is a text file\n"), "not a .npy file; numpy.save() writes one");
    EXPECT_EQ(error("\x93NUMPY"), "truncated .npy file (no header)");
    EXPECT_EQ(error(npy(header("<f4", "(2, 3)"), "abc")),
              "truncated .npy file (shape [2, 3] needs 24 bytes of values, the file has 3)");
    EXPECT_EQ(error(npy(header("|u1", "(2,)"), "abc")),
              "damaged .npy file (shape [2] needs 2 bytes of values, the file has 3)");
    for (const char* shape :
         {"(99999999999999999999,)", "(4294967296, 4294967296)", "(9223372036854775807, 0, 9223372036854775807)"}) {
        EXPECT_EQ(error(npy(header("|u1", shape), "")), "the shape is impossibly large") << shape;
    }
    for (const char* shape : {"(-1,)", "(1", "1", "(1 2)", "(,)", "(1,,)", "(a,)", "[1]", "(1.5,)"}) {
        EXPECT_EQ(error(npy(header("|u1", shape), "a")), "not a valid .npy file (malformed header)") << shape;
    }
    for (const char* text :
         {"", "{", "{}", "}", "{'descr'}", "{'descr': }", "{'descr': '|u1}", "{'descr': '|u1', 'fortran_order': False}",
          "{'descr': '|u1', 'descr': '|u1', }", "{'a': 'b'}", "garbage"}) {
        EXPECT_EQ(error(npy(text, "a")), "not a valid .npy file (malformed header)") << text;
    }
    EXPECT_EQ(error(npy(header("|u1", "(1,)") + "x", "a")), "not a valid .npy file (malformed header)");
    EXPECT_EQ(error(npy(header("|u1", "(" + std::string(3000, '1') + ")"), "")), "the shape is impossibly large");
    std::string many = "(";
    for (int i = 0; i < 1000; ++i) many += "1,";
    EXPECT_EQ(error(npy(header("|u1", many + ")"), "a")), "not a valid .npy file (malformed header)");
}

TEST_F(Npy, EveryPrefixAndManyDamagedCopiesAreRefusedOrRead) {
    const std::string good = npy(header("<f4", "(2, 3)"), std::string(24, '\x01'));
    for (size_t length = 0; length < good.size(); ++length) {
        EXPECT_NE(error(good.substr(0, length)), "") << length;
    }
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        std::string bad = good;
        for (auto k = random() % 3; k < 3; ++k) {
            bad[random() % bad.size()] = static_cast<char>(random());
        }
        try {
            const Array array = read(bad);
            EXPECT_LE(array.size(), 24);
        } catch (const InputError&) {  // any other exception fails the test
        }
    }
}

TEST_F(Npy, NoFile) {
    EXPECT_EQ(message_of<InputError>([&] { read_npy(folder_.path("no.npy")); }),
              folder_.path("no.npy") + ": cannot open: No such file or directory");
    EXPECT_EQ(message_of<InputError>([&] { read_npy(folder_.path()); }),
              folder_.path() + ": cannot read: it is a folder; give a file");
}

TEST_F(Npy, Samples) {
    write_file(path_, npy(header("<i2", "(3, 1, 2)"), raw<int16_t>({1, 2, 3, 4, 5, 6})));
    const NpySamples samples(path_);
    EXPECT_EQ(samples.count(), 3);
    EXPECT_EQ(samples.sample_shape(), (Shape{1, 2}));
    EXPECT_EQ(samples.sample_size(), 2);
    EXPECT_EQ(samples.sample(0), (Values{1, 2}));
    EXPECT_EQ(samples.sample(2), (Values{5, 6}));
    EXPECT_EQ(message_of<InputError>([&] { samples.sample(3); }),
              path_ + ": there is no sample 3 (it has 3, counted from 0)");
    EXPECT_THROW(samples.sample(-1), InputError);

    write_file(path_, npy(header("|u1", "(2,)"), "ab"));
    EXPECT_EQ(NpySamples(path_).sample(1), Values{98});
    write_file(path_, npy(header("|u1", "()"), "a"));
    EXPECT_THROW(NpySamples{path_}, InputError);
    write_file(path_, npy(header("|u1", "(0, 4)"), ""));
    EXPECT_EQ(NpySamples(path_).count(), 0);
    EXPECT_THROW(NpySamples(path_).sample(0), InputError);
}

TEST_F(Npy, ReadSample) {
    write_file(path_, npy(header("|u1", "(3, 2)"), "abcdef"));
    EXPECT_EQ(read_sample(path_, 6), (Values{97, 98, 99, 100, 101, 102}));
    EXPECT_EQ(read_sample(path_ + "@2", 2), (Values{101, 102}));
    EXPECT_EQ(message_of<InputError>([&] { read_sample(path_, 2); }),
              path_ + ": a sample has 6 values (shape [3, 2]), the model needs 2; choose one of " + "many with " +
                  path_ + "@INDEX");
    EXPECT_EQ(message_of<InputError>([&] { read_sample(path_ + "@0", 3); }),
              path_ + ": a sample has 2 values (shape [2]), the model needs 3");
    for (const char* index : {"", "x", "-1", "1x", " 1", "99999999999999999999"}) {
        EXPECT_EQ(message_of<InputError>([&] { read_sample(path_ + "@" + index, 2); }),
                  path_ + "@" + index + ": what follows '@' must be the number of a sample, from 0");
    }
    EXPECT_THROW(read_sample(path_ + "@3", 2), InputError);

    const std::string odd = folder_.path("a@1.npy");  // '@' in the name itself
    write_file(odd, npy(header("|u1", "(1, 2)"), "ab"));
    EXPECT_EQ(read_sample(odd, 2), (Values{97, 98}));
    EXPECT_EQ(read_sample(odd + "@0", 2), (Values{97, 98}));
}

TEST_F(Npy, WriteReadsBack) {
    for (const Shape& shape : {Shape{}, Shape{6}, Shape{2, 3}, Shape{1, 2, 3}, Shape{0, 3}}) {
        int64_t size = 1;
        for (const int64_t extent : shape) size *= extent;
        Array array{shape, {}};
        for (int64_t i = 0; i < size; ++i) array.values.push_back(static_cast<float>(i) / 7);
        write_npy(path_, array);
        const Array copy = read_npy(path_);
        EXPECT_EQ(copy.shape, shape);
        EXPECT_EQ(copy.values, array.values);
        EXPECT_EQ((read_file(path_).size() - copy.values.size() * 4) % 64, 0U);
    }
    EXPECT_EQ(folder_.entries(), 1);
}

TEST_F(Npy, WriteFailures) {
    EXPECT_THROW(write_npy(folder_.path("no/a.npy"), {{1}, {1}}), InputError);
    EXPECT_THROW(write_npy(path_, {{2}, {1}}), std::logic_error);
    EXPECT_EQ(folder_.entries(), 0);
}

}  // namespace
}  // namespace dynbal::io
