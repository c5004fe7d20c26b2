//! Which columns of a trace are taken for what: by their names, by the options, or by a documented format.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "power/date_parts.hpp"
#include "power/options.hpp"
#include "power/text_table.hpp"
#include "power/trace_head.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {

enum class TimeSource : uint8_t {
    step,    ///< each row lasts as long
    number,  ///< a column of numbers
    clock,   ///< a column of dates with times, or of times of day
    parts,   ///< columns of year, month, day, hour and so on
};

struct TraceLayout {
    std::string format;
    Quantity quantity = Quantity::power;  ///< of the value, or of the product
    double factor = 1;                    ///< to SI units, of the product where there are two
    size_t value_column = 0;
    std::optional<size_t> second_column{};  ///< to be multiplied with: a current, while the first one is a voltage
    double first_factor = 1;                ///< of the first alone, where there are two
    double shunt_ohm = 0;                   ///< the second one is a voltage over it; 0: it is a current
    TimeSource time = TimeSource::step;
    size_t time_column = 0;
    std::optional<size_t> date_column{};  ///< of the times of day
    DateParts date_parts{};               ///< of the date alone, where the time is a clock
    DateOrder date_order = DateOrder::unknown;
    double time_factor = 1;
    double step_s = 0;
    const HeadLine* first_row = nullptr;
    size_t cells = 0;
    bool surface = false;              ///< rows of the same time are one I-V curve
    std::string columns{};             ///< what was taken, for people
    std::vector<std::string> notes{};  ///< what could have been meant otherwise
};

/// Throws InputError with the line, the columns there are and what to write.
TraceLayout layout_of(const TextTable& table, Options& options);

/// The formats there are, for messages.
std::string trace_format_names();

}  // namespace dynbal::power
