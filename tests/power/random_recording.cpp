#include "random_recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <functional>

#include "base/random.hpp"

namespace dynbal::power {
namespace {

using Cells = std::vector<std::string>;

class Dice {
public:
    explicit Dice(uint64_t seed) : seed_(seed) {}
    uint64_t below(uint64_t count) { return random64(seed_, index_++) % count; }
    bool one_in(uint64_t count) { return below(count) == 0; }
    template <typename List>
    const auto& any_of(const List& list) {
        return list[below(std::size(list))];
    }

private:
    uint64_t seed_, index_ = 0;
};

struct UnitName {
    const char* name;
    double factor;
};

/// A column: its quantity's name, its unit as written, and its cells.
struct Column {
    std::string name, unit;
    std::function<std::string(size_t)> cell;
};

class Writer {
public:
    explicit Writer(uint64_t seed) : dice_(seed) {}

    RandomRecording write() {
        draw_truth();
        draw_form();
        add_time();
        add_power();
        add_others();
        // Two numbers in a row make a table, and a comma in a row of one number would separate.
        const auto is_text = [](const Column& column) { return column.name == "state"; };
        const auto numbers =
            columns_.size() - static_cast<size_t>(std::count_if(columns_.begin(), columns_.end(), is_text));
        if (numbers == 1 && (columns_.size() > 1 || decimal_ == ',')) result_.ordinary = false;
        write_table();
        if (dice_.one_in(4)) break_something();
        assemble();
        return std::move(result_);
    }

private:
    void note(const std::string& text) { result_.what += (result_.what.empty() ? "" : ", ") + text; }
    void option(const std::string& text) { result_.words += (result_.words.empty() ? "" : ",") + text; }

    void draw_truth() {
        const size_t rows = 8 + dice_.below(30);
        constexpr std::array<double, 4> steps{0.25, 1, 0.001, 60};
        const double step_s = dice_.any_of(steps);
        steady_ = !dice_.one_in(3);
        for (size_t row = 0; row < rows; ++row) {
            const double length = steady_ ? 1 : dice_.one_in(8) ? 7 : 1 + static_cast<double>(dice_.below(3));
            result_.duration_s.push_back(step_s * length);
            // Exact in decimals, so that nothing is lost in writing.
            result_.power_w.push_back(dice_.one_in(5) ? 0 : 1e-6 * static_cast<double>(125 * (1 + dice_.below(64))));
        }
        result_.duration_s.back() = result_.duration_s[rows - 2];
    }

    void draw_form() {
        constexpr std::array<char, 8> separators{',', ',', ',', ';', ';', '\t', ' ', '|'};
        separator_ = dice_.any_of(separators);
        decimal_ = separator_ != ',' && dice_.one_in(2) ? ',' : '.';
        constexpr std::array<const char*, 4> ends{"\n", "\n", "\r\n", "\r"};
        end_ = dice_.any_of(ends);
        quoted_ = separator_ != ' ' && dice_.one_in(6);
        blank_ = separator_ == ',' && dice_.one_in(4) ? " " : "";
        scientific_ = dice_.one_in(4);
        constexpr std::array<const char*, 7> styles{"[]", "()", "_", " ", "/", ", ", "row"};
        style_ = dice_.any_of(styles);
        if (separator_ == ',' && style_ == ", ") style_ = "()";
        if (separator_ == ' ' && (style_ == ", " || style_ == " ")) style_ = "_";
        // Some ways to write are too rare to be guessed.
        result_.ordinary = style_ != ", " && style_ != " " && !(separator_ == ' ' && decimal_ == ',');
        note(fmt::format("separator '{}', decimal '{}', units {}", separator_ == '\t' ? '>' : separator_, decimal_,
                         style_));
    }

    std::string number(double value) const {
        std::string text = scientific_ ? fmt::format("{:.9e}", value) : fmt::format("{:.12g}", value);
        if (decimal_ == ',') std::replace(text.begin(), text.end(), '.', ',');
        return text;
    }

    double time_s(size_t row) const {
        double sum = 0;
        for (size_t i = 0; i < row; ++i) sum += result_.duration_s[i];
        return sum;
    }

    void add_time() {
        if (steady_ && dice_.one_in(6)) {
            note("no time");
            option(fmt::format("step={}us", std::llround(1e6 * result_.duration_s[0])));
            return;
        }
        constexpr std::array<const char*, 6> names{"time", "Time", "TIME", "Timestamp", "t", "elapsed"};
        const std::string name = dice_.any_of(names);
        if (dice_.one_in(4)) {
            add_clock(name);
            return;
        }
        constexpr std::array<UnitName, 6> units{
            {{"s", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"sec", 1}}};
        const UnitName unit = dice_.any_of(units);
        constexpr std::array<double, 3> starts{0, -5, 1000};
        const double start = dice_.any_of(starts);
        columns_.push_back({name, unit.name, [=, this](size_t row) {
                                const double value = (start + time_s(row)) / unit.factor;
                                // Counters are whole.
                                return unit.factor < 1e-4 ? fmt::format("{}", std::llround(value)) : number(value);
                            }});
        note(fmt::format("time in {}", unit.name));
    }

    /// 2024-02-28 23:59:50.25 and on, into the leap day.
    std::string clock(size_t row, const char* form) const {
        const auto us = std::llround(1e6 * time_s(row));
        const std::time_t seconds = 1709164790 + us / 1'000'000;
        std::tm parts{};
        ::gmtime_r(&seconds, &parts);
        std::array<char, 64> text{};
        std::strftime(text.data(), text.size(), form, &parts);
        return fmt::format("{}{}{:06}", text.data(), decimal_ == ',' && separator_ != ',' ? ',' : '.', us % 1'000'000);
    }

    void add_clock(const std::string& name) {
        struct Form {
            const char *form, *behind;
            bool ordinary;
        };
        constexpr std::array<Form, 7> forms{{{"%Y-%m-%d %H:%M:%S", "", true},
                                             {"%Y-%m-%dT%H:%M:%S", "Z", true},
                                             {"%Y-%m-%dT%H:%M:%S", "+02:00", true},
                                             {"%Y/%m/%d %H:%M:%S", "", true},
                                             {"%d.%m.%Y %H:%M:%S", "", true},
                                             {"%m/%d/%Y %H:%M:%S", "", false},
                                             {"%d-%b-%Y %H:%M:%S", "", true}}};
        // Blanks that separate cells leave one way.
        const Form form = separator_ == ' ' ? forms[1 + dice_.below(2)] : dice_.any_of(forms);
        const std::string text = form.form;
        result_.ordinary = result_.ordinary && form.ordinary;
        note("dates " + text);
        if (dice_.one_in(3) && text.find(' ') != std::string::npos) {
            // In two columns, as loggers do.
            const std::string date = text.substr(0, text.find(' '));
            columns_.push_back({"Date", "", [=, this](size_t row) {
                                    return clock(row, date.c_str()).substr(0, clock(row, date.c_str()).size() - 7);
                                }});
            columns_.push_back({"Time", "", [this](size_t row) { return clock(row, "%H:%M:%S"); }});
            note("in two columns");
            return;
        }
        columns_.push_back({name, "", [=, this](size_t row) { return clock(row, form.form) + form.behind; }});
    }

    void add_power() {
        constexpr std::array<UnitName, 7> watts{{{"W", 1},
                                                 {"mW", 1e-3},
                                                 {"uW", 1e-6},
                                                 {"nW", 1e-9},
                                                 {"\xC2\xB5W", 1e-6},
                                                 {"\xCE\xBCW", 1e-6},
                                                 {"mw", 1e-3}}};
        constexpr std::array<UnitName, 3> volts{{{"V", 1}, {"mV", 1e-3}, {"V", 1}}};
        constexpr std::array<UnitName, 4> amperes{{{"A", 1},
                                                   {"mA", 1e-3},
                                                   {"uA", 1e-6},
                                                   {"\xC2\xB5"
                                                    "A",
                                                    1e-6}}};
        const auto scaled = [this](double value, double factor) { return number(value / factor); };
        const UnitName volt = dice_.any_of(volts), ampere = dice_.any_of(amperes), watt = dice_.any_of(watts);
        switch (dice_.below(4)) {
            case 0:
                columns_.push_back({"Voltage", volt.name, [=](size_t) { return scaled(2.5, volt.factor); }});
                columns_.push_back({"Current", ampere.name, [=, this](size_t row) {
                                        return scaled(result_.power_w[row] / 2.5, ampere.factor);
                                    }});
                note("volts x amperes");
                break;
            case 1:
                columns_.push_back({"Current", ampere.name, [=, this](size_t row) {
                                        return scaled(result_.power_w[row] / 2.5, ampere.factor);
                                    }});
                option("voltage=2.5V");
                note("a current");
                break;
            default: {
                constexpr std::array<const char*, 4> names{"power", "Power", "P", "harvested power"};
                std::string name = dice_.any_of(names);
                if (separator_ == ' ' && name.find(' ') != std::string::npos) name = "power";
                columns_.push_back(
                    {name, watt.name, [=, this](size_t row) { return scaled(result_.power_w[row], watt.factor); }});
                note(fmt::format("power in {}", watt.name));
            }
        }
    }

    void add_others() {
        std::vector<Column> others;
        if (dice_.one_in(3))
            others.push_back(
                {"temp", "degC", [this](size_t row) { return number(20.5 + 0.25 * static_cast<double>(row % 3)); }});
        if (dice_.one_in(4))
            others.push_back(
                {"state", "", [](size_t row) { return row % 2 == 0 ? std::string("on") : std::string("off"); }});
        if (dice_.one_in(5)) others.push_back({"sample", "", [](size_t row) { return fmt::format("{}", row); }});
        if (dice_.one_in(6))
            others.push_back({"light", "lx", [this](size_t row) { return number(200 + static_cast<double>(row)); }});
        for (Column& other : others)
            columns_.insert(columns_.begin() + static_cast<ptrdiff_t>(dice_.below(columns_.size() + 1)),
                            std::move(other));
        if (separator_ != ' ' && dice_.one_in(5)) {
            columns_.insert(columns_.begin(), {dice_.one_in(2) ? "" : "Unnamed: 0", "",
                                               [](size_t row) { return fmt::format("{}", row); }});
            note("pandas' index");
        }
    }

    std::string titled(const Column& column) const {
        if (column.unit.empty() || style_ == "row") return column.name;
        const std::string gap = separator_ == ' ' ? "" : " ";
        if (style_ == "[]") return column.name + gap + "[" + column.unit + "]";
        if (style_ == "()") return column.name + gap + "(" + column.unit + ")";
        return column.name + style_ + column.unit;
    }

    std::string joined(const Cells& cells) const {
        std::string line;
        for (size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) line += separator_ + blank_;
            const bool risky = cells[i].find(separator_) != std::string::npos;
            line += quoted_ || risky ? "\"" + cells[i] + "\"" : cells[i];
        }
        return line;
    }

    void write_table() {
        Cells titles, units;
        for (const Column& column : columns_) {
            titles.push_back(titled(column));
            units.push_back(column.unit.empty() ? "" : "(" + column.unit + ")");
        }
        if (columns_.size() == 1 && style_ == "row") {
            style_ = "()";
            titles[0] = titled(columns_[0]);
        }
        header_.push_back(titles);
        if (style_ == "row" && separator_ != ' ') {
            header_.push_back(units);
        } else if (style_ == "row") {
            style_ = "_";
            header_[0].clear();
            for (const Column& column : columns_) header_[0].push_back(titled(column));
        }
        for (size_t row = 0; row < result_.power_w.size(); ++row) {
            rows_.emplace_back();
            for (const Column& column : columns_) rows_.back().push_back(column.cell(row));
        }
    }

    /// The column that holds the value, or the time.
    size_t column_that_counts() {
        std::vector<size_t> counting;
        for (size_t i = 0; i < columns_.size(); ++i) {
            const std::string& name = columns_[i].name;
            if (name == "Voltage" || name == "Current" ||
                (!columns_[i].unit.empty() && (columns_[i].unit.back() | 0x20) == 'w'))
                counting.push_back(i);
        }
        return counting.empty() ? columns_.size() - 1 : dice_.any_of(counting);
    }

    void break_something() {
        const size_t row = 2 + dice_.below(rows_.size() - 2);
        Cells& cells = rows_[row];
        const size_t column = column_that_counts();
        constexpr std::array<const char*, 6> nothings{"", "nan", "NaN", "N/A", "--", "#DIV/0!"};
        switch (dice_.below(7)) {
            case 0:
                cells.erase(cells.begin() + static_cast<ptrdiff_t>(dice_.below(cells.size())));
                note("a cell is gone");
                break;
            case 1:
                if (cells.size() == 1) return;  // a comma may be a decimal mark there
                cells.insert(cells.begin() + static_cast<ptrdiff_t>(dice_.below(cells.size())), "7");
                note("a cell more");
                break;
            case 2:
                cells[column] = dice_.any_of(nothings);
                note("a value is missing");
                break;
            case 3:
                // Of volts times no amperes nobody sees the sign.
                if (result_.what.find("volts x") == std::string::npos) {
                    cells[column] = "-" + number(0.7e9);
                    note("a large negative value");
                    break;
                }
                [[fallthrough]];
            case 4:
                cells[column] += " x";
                note("text behind a number");
                break;
            case 5:
                std::swap(cells, rows_[row - 1]);
                note("two rows are swapped");
                break;
            default:
                cells[column] = "1" + std::string(decimal_ == ',' ? ".234,5" : ",234.5");
                note("thousands marks");
                break;
        }
        result_.faulty = true;
        // Nobody can see that without times.
        const bool swapped = result_.what.ends_with("swapped");
        if (swapped && result_.words.find("step=") != std::string::npos) std::swap(cells, rows_[row - 1]);
        if (swapped && result_.words.find("step=") != std::string::npos) result_.faulty = false;
        // An empty line is none.
        if (columns_.size() == 1 && (cells.empty() || cells[0].empty())) {
            result_.power_w.erase(result_.power_w.begin() + static_cast<ptrdiff_t>(row));
            result_.duration_s.pop_back();
            result_.faulty = false;
        }
    }

    void assemble() {
        std::string& text = result_.content;
        if (dice_.one_in(5)) text += "\xEF\xBB\xBF";
        if (separator_ != ' ' && separator_ != '\t' && dice_.one_in(8)) text += std::string("sep=") + separator_ + end_;
        if (dice_.one_in(5)) text += "# recorded on a roof" + end_ + "# by somebody" + end_;
        if (dice_.one_in(6)) text += end_;
        const bool commented = separator_ != '|' && dice_.one_in(6) && header_.size() == 1 && titled_once();
        for (const Cells& line : header_) text += (commented ? "# " : "") + joined(line) + end_;
        for (size_t row = 0; row < rows_.size(); ++row) {
            text += joined(rows_[row]);
            if (row + 1 < rows_.size() || !dice_.one_in(4)) text += end_;
            if (row + 1 < rows_.size() && dice_.one_in(40)) text += end_;
        }
        if (dice_.one_in(8)) text += end_ + end_;
    }
    /// A comment is a header only where its names say so.
    bool titled_once() const { return !columns_.front().name.empty(); }

    Dice dice_;
    RandomRecording result_;
    bool steady_ = true, quoted_ = false, scientific_ = false;
    char separator_ = ',', decimal_ = '.';
    std::string end_, blank_, style_;
    std::vector<Column> columns_;
    std::vector<Cells> header_, rows_;
};

}  // namespace

RandomRecording random_recording(uint64_t seed) { return Writer(seed).write(); }

}  // namespace dynbal::power
