// The readers of traces and of I-V curves: any text ends in numbers that are finite, or in an InputError.
#include <cmath>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "entry.hpp"
#include "power/iv_curve.hpp"
#include "power/trace_file.hpp"
#include "power/trace_plot.hpp"
#include "temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string path = dynbal::io::temporary_file("fuzz.csv");
    dynbal::io::put_file(path, std::span(data, size));
    for (const char* words :
         {"", "missing=hold,resistance=1kOhm,panel=1W,voltage=3V", "step=1s,missing=zero",
          "column=2,unit=mW,time=1,time_unit=s", "format=mementos", "format=ekho", "column=1*2,unit=V*mA,step=1ms"}) {
        try {
            dynbal::power::Options options("trace", words);
            const auto recording = dynbal::power::read_trace(path, options);
            for (const auto& piece : *recording.pieces) {
                if (!(piece.duration_s > 0) || !(piece.power_w >= 0) || !std::isfinite(piece.power_w)) std::abort();
            }
            (void)dynbal::power::trace_svg(recording);
        } catch (const dynbal::InputError&) {
        }
    }
    try {
        if (!std::isfinite(dynbal::power::best_power_w(dynbal::power::read_iv_curve(path)))) std::abort();
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
