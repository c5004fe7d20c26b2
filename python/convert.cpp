#include "convert.hpp"

#include "engine/engine.hpp"
#include "experiment/counts.hpp"
#include "image_file/method_names.hpp"

namespace dynbal::python {

namespace py = pybind11;

py::object to_python(const nlohmann::ordered_json& json) {
    if (json.is_null()) return py::none();
    if (json.is_boolean()) return py::bool_(json.get<bool>());
    if (json.is_number_unsigned()) return py::int_(json.get<uint64_t>());
    if (json.is_number_integer()) return py::int_(json.get<int64_t>());
    if (json.is_number()) return py::float_(json.get<double>());
    if (json.is_string()) return py::str(json.get<std::string>());
    if (json.is_array()) {
        py::list list;
        for (const auto& entry : json) list.append(to_python(entry));
        return list;
    }
    py::dict dict;
    for (const auto& [key, value] : json.items()) dict[py::str(key)] = to_python(value);
    return dict;
}

nlohmann::ordered_json describe(const ImageFile& file) {
    const ImageHeader& header = file.header();
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (uint32_t i = 0; i < header.stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        stages.push_back({{"name", file.host.stage_names[i]},
                          {"operator", file.host.stage_operators[i]},
                          {"input_shape", {stage.in_h, stage.in_w, stage.channels_in}},
                          {"output_shape", {stage.out_h, stage.out_w, stage.channels_out}},
                          {"least_units_per_cycle", static_cast<double>(sim::least_cycle_cost_of(file, i)) / 16}});
    }
    return {{"model", file.host.model_name},
            {"device", file.host.device_name},
            {"preservation", method_name(file)},
            {"input_dims", file.host.input_dims},
            {"output_dims", file.host.output_dims},
            {"answer_dims", file.host.epilogue.answer_dims(file.host.output_dims)},
            {"input_scale", file.host.input_scale},
            {"input_value_scale", file.host.input_value_scale},
            {"output_value_scale", file.host.output_value_scale},
            {"image_bytes", header.image_bytes},
            {"nvm_bytes", header.nvm_bytes},
            {"sram_bytes", Engine::sram_bytes_of(header)},
            {"ideal_macs", file.host.ideal_macs},
            {"least_units_per_cycle", static_cast<double>(sim::least_cycle_cost(file)) / 16},
            {"stages", stages}};
}

nlohmann::ordered_json describe(const sim::RunResult& result) {
    nlohmann::ordered_json json{{"completed", result.completed()}, {"outcome", sim::name_of(result.outcome)}};
    json.update(experiment::counts_json(result));
    if (!result.completed()) json["error"] = result.message;
    return json;
}

}  // namespace dynbal::python
