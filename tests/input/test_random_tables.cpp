//! Tables of inputs drawn from seeds: each is read as it was meant, or refused. DYNBAL_SEEDS=FIRST:COUNT draws others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "base/error.hpp"
#include "input/sample_set.hpp"
#include "temporary_folder.hpp"

namespace dynbal::input {
namespace {

using Dims = std::vector<int64_t>;

struct RandomTable {
    Dims dims;
    std::vector<float> values;  ///< in the model's order, sample by sample
    std::string content, what;
    bool ordinary = true;  ///< it must be read; else refusing it is as good
    bool faulty = false;   ///< it must be refused
};

class Maker {
public:
    explicit Maker(uint64_t seed) : random_(seed) {}

    RandomTable make() {
        channels_ = from(2, 5);
        steps_ = from(6, 12);
        const int64_t samples = from(1, 4);
        const int form = static_cast<int>(from(0, 3));
        result_.dims = std::vector<Dims>{{channels_ * steps_},
                                         {1, channels_, steps_},
                                         {1, steps_, channels_},
                                         {1, 1, channels_, steps_}}[static_cast<size_t>(form)];
        for (int64_t i = 0; i < samples * channels_ * steps_; ++i)
            result_.values.push_back(static_cast<float>(from(-99999, 99999)) / 1000.0F);
        const bool rows_are_steps = form != 0 && from(0, 2) > 0;
        const bool rows_are_samples = !rows_are_steps && from(0, 1) > 0;
        columns_ = rows_are_steps                  ? channels_
                   : rows_are_samples || form == 0 ? channels_ * steps_
                                                   : result_.dims.back();
        describe(form, rows_are_steps ? "steps" : "in order");
        separator_ = std::string{";\t,| "[from(0, 4)]};
        comma_ = separator_ != "," && from(0, 3) == 0;
        result_.ordinary = !comma_ || separator_ == ";" || separator_ == "\t";
        header_ = from(0, 1) > 0;
        index_ = header_ && separator_ != " " && from(0, 3) == 0;
        label_ = header_ && from(0, 9) == 0;
        const bool channels_last = form == 2;
        write(rows_are_steps && !channels_last);
        damage();
        return result_;
    }

private:
    int64_t from(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }

    void describe(int form, const char* rows) {
        result_.what = "form " + std::to_string(form) + ", " + std::to_string(channels_) + " channels, " +
                       std::to_string(steps_) + " steps, rows " + rows;
    }

    std::string cell(float value) {
        std::string text = std::to_string(value);
        if (comma_) text[text.find('.')] = ',';
        return from(0, 20) == 0 && separator_ != " " ? "\"" + text + "\"" : text;
    }

    /// Value `column` of row `row` of the table, whose rows are steps of channels if `turned`.
    float value_at(int64_t row, int64_t column, bool turned) const {
        const int64_t size = channels_ * steps_;
        const int64_t flat = row * columns_ + column, sample = flat / size, place = flat % size;
        const int64_t at = turned ? place % channels_ * steps_ + place / channels_ : place;
        return result_.values[static_cast<size_t>(sample * size + at)];
    }

    void write(bool turned) {
        std::string& text = result_.content;
        if (from(0, 4) == 0) text += "\xEF\xBB\xBF";
        if (from(0, 4) == 0) text += "# recorded on Monday\n\n";
        const std::string end = from(0, 3) == 0 ? "\r\n" : "\n";
        if (header_) {
            if (index_) text += separator_;
            for (int64_t column = 0; column < columns_; ++column)
                text += (column > 0 ? separator_ : "") + "c" + std::to_string(column);
            text += (label_ ? separator_ + "label" : "") + end;
        }
        const int64_t rows = static_cast<int64_t>(result_.values.size()) / columns_;
        for (int64_t row = 0; row < rows; ++row) {
            if (index_) text += std::to_string(row) + separator_;
            for (int64_t column = 0; column < columns_; ++column)
                text += (column > 0 ? separator_ : "") + cell(value_at(row, column, turned));
            text += (label_ ? separator_ + "1" : "") + end;
        }
        if (from(0, 3) == 0) text += end;
        result_.faulty = label_;
        result_.what += header_ ? ", header" : "";
        result_.what += index_ ? ", index" : "";
    }

    void damage() {
        std::string& text = result_.content;
        const size_t at = text.rfind(separator_);
        switch (from(0, 14)) {
            case 0:  // one cell less in the last row
                if (at == std::string::npos || columns_ < 2) return;
                text.resize(at);
                break;
            case 1:  // an empty one
                if (at == std::string::npos || separator_ == " ") return;
                text.resize(at + 1);
                break;
            case 2: text += "x\n"; break;
            default: return;
        }
        result_.faulty = true;
    }

    std::mt19937_64 random_;
    RandomTable result_;
    int64_t channels_ = 0, steps_ = 0, columns_ = 0;
    std::string separator_;
    bool comma_ = false, header_ = false, index_ = false, label_ = false;
};

TEST(RandomTables, AreReadRightOrRefused) {
    uint64_t first = 0, count = 1000;
    if (const char* const text = std::getenv("DYNBAL_SEEDS")) {
        char* end = nullptr;
        first = std::strtoull(text, &end, 10);
        if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
    }
    const std::string path = io::temporary_file("random_table.csv");
    for (uint64_t seed = first; seed < first + count; ++seed) {
        const RandomTable truth = Maker(seed).make();
        std::ofstream(path, std::ios::binary) << truth.content;
        const std::string place =
            "seed " + std::to_string(seed) + ": " + truth.what + "\n" + truth.content.substr(0, 600);
        try {
            const auto read = open_samples(path, truth.dims);
            std::vector<float> values;
            for (int64_t i = 0; i < read->count(); ++i) {
                const std::vector<float> sample = read->sample(i);
                values.insert(values.end(), sample.begin(), sample.end());
            }
            EXPECT_FALSE(truth.faulty) << "a fault was passed over; " << place;
            ASSERT_EQ(values.size(), truth.values.size()) << place;
            for (size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], truth.values[i], 1e-4) << place;
        } catch (const InputError& error) {
            EXPECT_TRUE(truth.faulty || !truth.ordinary) << "refused: " << error.what() << '\n' << place;
            EXPECT_NE(std::string(error.what()).find("random_table.csv"), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace dynbal::input
