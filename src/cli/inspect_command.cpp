#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/inspect_model.hpp"
#include "cli/inspect_stage.hpp"
#include "cli/least_energy.hpp"
#include "cli/write_report.hpp"
#include "engine/engine.hpp"
#include "experiment/image_json.hpp"
#include "firmware/firmware.hpp"
#include "io/printable.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"
#include "report/usage.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

std::string range_text(const Range& range) {
    return range.begin == range.end ? std::to_string(range.begin) : fmt::format("{}-{}", range.begin, range.end);
}

/// The programs of the boards that were built, and whether the image's tiles fit beside them; "" without any.
std::string board_table(const ImageHeader& header) {
    io::Table table({{"board", io::Align::left},
                     {"code bytes"},
                     {"constants"},
                     {"static RAM"},
                     {"worst stack"},
                     {"for tiles"},
                     {"this image", io::Align::left}});
    const std::vector<firmware::BoardSize> sizes = firmware::board_sizes();
    for (const firmware::BoardSize& size : sizes) {
        table.add_row({size.board, grouped(size.code_bytes), grouped(size.constant_bytes),
                       grouped(size.static_ram_bytes), grouped(size.worst_stack_bytes), grouped(size.arena_bytes),
                       Engine::sram_bytes_of(header) <= size.arena_bytes ? "fits its SRAM" : "needs more SRAM"});
    }
    return sizes.empty() ? "" : "\n" + table.text();
}

nlohmann::ordered_json boards_json(const ImageHeader& header) {
    nlohmann::ordered_json boards = nlohmann::ordered_json::array();
    for (const firmware::BoardSize& size : firmware::board_sizes()) {
        boards.push_back({{"board", size.board},
                          {"code_bytes", size.code_bytes},
                          {"constant_bytes", size.constant_bytes},
                          {"static_ram_bytes", size.static_ram_bytes},
                          {"worst_stack_bytes", size.worst_stack_bytes},
                          {"arena_bytes", size.arena_bytes},
                          {"sram_fits", Engine::sram_bytes_of(header) <= size.arena_bytes}});
    }
    return boards;
}

std::string stage_table(const ImageFile& file) {
    io::Table table({{"stage"},
                     {"name", io::Align::left},
                     {"operator", io::Align::left},
                     {"output", io::Align::left},
                     {"weight bytes"},
                     {"tile rows"},
                     {"tile out"},
                     {"tile in"},
                     {"tile pixels"},
                     {"importance", io::Align::left},
                     {"least units"}});
    for (uint32_t i = 0; i < file.header().stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        const std::vector<Candidate> candidates = file.candidates(stage);
        const experiment::TileRanges ranges = experiment::ranges_of(candidates);
        const uint64_t weights = uint64_t{stage.channels_out} * shape_of(stage).weight_row_bytes();
        table.add_row({std::to_string(i), file.host.stage_names[i], file.host.stage_operators[i],
                       shape_text({stage.out_h, stage.out_w, stage.channels_out}), grouped(weights),
                       grouped(candidates.size()), range_text(ranges.out), range_text(ranges.in),
                       range_text(ranges.pixels), experiment::text_of(stage.importance),
                       grouped((sim::least_cycle_cost_of(file, i) + 15) / 16)});
    }
    return table.text();
}

/// For programs that read a sensor and bring the answer.
std::string values_text(const HostInfo& host) {
    const std::string scale = host.input_scale == 1 ? "" : fmt::format(" * {:.6g}", host.input_scale);
    const auto order = [](const std::vector<uint32_t>& positions) {
        uint32_t next = 0;
        const bool same =
            std::all_of(positions.begin(), positions.end(), [&](uint32_t position) { return position == next++; });
        return same ? "in the model's order" : "not in the model's order";
    };
    return fmt::format(
        "\nInput: q = round(x{} / {:.6g}), {}; answer: y = q * {:.6g}, {}. `dynbal firmware --header FILE.h` "
        "writes scales and orders down for C.\n",
        scale, host.input_value_scale, order(host.input_order), host.output_value_scale, order(host.output_order));
}

std::string text_of(const ImageFile& file) {
    const ImageHeader& header = file.header();
    std::string text =
        fmt::format("{} for {}, preservation {}: input {}, output {}, {} {}\n\n", io::printable(file.host.model_name),
                    io::printable(file.host.device_name), methods[header.method].name, shape_text(file.host.input_dims),
                    shape_text(file.host.epilogue.answer_dims(file.host.output_dims)), grouped(file.host.ideal_macs),
                    nominal_macs_title);
    text +=
        stage_table(file) +
        "Tile out, in and pixels: output channels, input channels and pixels that a tile may have; `--stage N` shows "
        "what each costs. Importance: the channels whose tile size moves the cost more; the policy `paper` sets them "
        "first.\n\n";
    io::Table map({{"NVM from"}, {"to"}, {"bytes"}, {"what", io::Align::left}});
    for (const experiment::Area& area : experiment::memory_map(header)) {
        map.add_row({grouped(area.begin), grouped(area.end), grouped(area.end - area.begin), area.name});
    }
    text += map.text();
    uint32_t stage = 0;
    sim::least_cycle_cost(file, &stage);
    const LeastEnergy least = least_energy_of(file);
    return text +
           fmt::format(
               "\nSRAM: {} bytes. With power cycles of {} or more (stage {} needs them) it always gets to its "
               "end{}. Units, as in --supply budget:E: {}.\n",
               grouped(Engine::sram_bytes_of(header)), least.energy, stage,
               least.capacitor.empty() ? "" : "; a capacitor for it: " + least.capacitor,
               prices_text(header.cost_model)) +
           values_text(file.host) + board_table(header);
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "inspect", "Show an image: stages, tile sizes, memory map, least energy; or say whether a model will compile");
    const auto model = std::make_shared<ModelArguments>();
    command->add_option("FILE", model->path, "Image made by `dynbal compile`, or an .onnx model")->required();
    command->add_option("--output", model->output, "For a model: the output wanted, if it has several");
    command->add_option("--weights", model->weights, "For a model: int8 or int16")->capture_default_str();
    command->add_option("--device", model->device, "For a model: the device")->capture_default_str();
    const auto stage = std::make_shared<std::optional<uint32_t>>();
    command->add_option(
        "--stage", *stage,
        "For an image: show what tile sizes cost at this stage (0: the first), walked for several energies");
    add_json(*command, context);
    command->callback([command, model, stage, &context] {
        if (!is_image(model->path) && model->path.ends_with(".onnx")) {
            if (*stage) throw InputError("--stage: give an image; " + model->path + " is a model");
            inspect_model(*model, context);
            return;
        }
        const ImageFile file = read_image_file(model->path);
        for (const char* option : {"--output", "--weights", "--device"}) {
            if (command->count(option) == 0) continue;
            throw InputError(
                fmt::format("{}: give a model; {} is an image, which was compiled already", option, model->path));
        }
        if (*stage) {
            io::Progress progress("walking the stage", compiler::usage_map_energies);
            const compiler::UsageMap map = report::usage_map_of(file, **stage, [&] { progress.advance(); });
            nlohmann::ordered_json json{{"stage", **stage}, {"name", file.host.stage_names[**stage]}};
            json.update(report::usage_json(map));
            context.print(json, context.json ? "" : text_of(file, **stage, map));
            return;
        }
        nlohmann::ordered_json json = experiment::image_json(file);
        json["boards"] = boards_json(file.header());
        context.print(json, context.json ? "" : text_of(file));
    });
}

}  // namespace dynbal::cli
