// The part of the Python module that is in C++. It takes files; dynbal/__init__.py makes files of arrays.
#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "compiler/compile.hpp"
#include "compiler/samples.hpp"
#include "convert.hpp"
#include "device/nvm_class.hpp"
#include "device/profile.hpp"
#include "device/profile_file.hpp"
#include "experiment/image_json.hpp"
#include "experiment/read_grid.hpp"
#include "experiment/result_json.hpp"
#include "experiment/sweep.hpp"
#include "from_onnx/lower.hpp"
#include "image_file/method_names.hpp"
#include "io/file.hpp"
#include "quality/measured_compile.hpp"
#include "quality/range_use.hpp"
#include "sim/advice.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::python {
namespace {

namespace py = pybind11;

using Progress = std::function<void(double)>;

/// Tells a function of Python's, from any thread, none of which holds Python's lock. What it throws ends the work in all
/// threads, and so does Ctrl-C: the others throw the same, since any of them may be the one whose exception is kept.
std::function<void(double)> locked(const Progress& progress) {
    struct End {
        std::exception_ptr why;  // written once, under Python's lock, before `is_known`
        std::atomic<bool> is_known{false};
    };
    return [progress, end = std::make_shared<End>()](double share) {
        if (end->is_known) std::rethrow_exception(end->why);
        const py::gil_scoped_acquire lock;
        try {
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (progress) progress(share);
        } catch (...) {
            if (!end->is_known) {
                end->why = std::current_exception();
                end->is_known = true;
            }
            throw;
        }
    };
}

struct CompileRequest {
    std::string model, calibrate, output, device, name;
    double scale = 1.0;
    uint32_t weight_bytes = 2;
    std::string preservation = methods[0].name;
    int64_t samples_max = compiler::calibration_samples_max;
    Progress progress;
};

py::tuple compile(const CompileRequest& request) {
    ImageFile file;
    std::vector<std::string> warnings;
    const Progress progress = locked(request.progress);
    {
        const py::gil_scoped_release unlocked;
        compiler::CompileOptions options;
        options.weight_bytes = request.weight_bytes;
        options.method = method_by_name(request.preservation);
        options.input_scale = static_cast<float>(request.scale);
        options.device = compiler::device_by_name(request.device);
        options.model_name = request.name;
        const compiler::Graph graph = compiler::read_graph(request.model, request.output);
        const compiler::SampleFile samples(request.calibrate, graph.input_dims, options.sound_text);
        if (!samples.note().empty()) warnings.push_back(samples.note());
        const int64_t count = std::min(samples.count(), request.samples_max);
        int64_t done = 0;
        const quality::MeasuredCompile compiled(graph, samples, request.samples_max, options, [&] {
            ++done;
            progress(static_cast<double>(done) / static_cast<double>(std::max(done, count)));
        });
        file = compiled.file;
        warnings.insert(warnings.end(), compiled.warnings.begin(), compiled.warnings.end());
    }
    return py::make_tuple(std::move(file), warnings);
}

sim::DeviceProfile profile_of(const ImageFile& file, const std::string& device) {
    if (!device.empty()) {
        device::DeviceProfile profile = device::load_profile(device);
        sim::check_rooms(file, profile);
        return profile;
    }
    return file.host.device_text.empty() ? device::load_profile(file.host.device_name)
                                         : device::parse_profile(file.host.device_text, file.host.device_name);
}

/// What would help where the supply never lets it end; else "".
std::string advice_of(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& supply,
                      const std::vector<int16_t>& input, const sim::RunOptions& options, const sim::RunResult& result) {
    if (result.outcome != sim::Outcome::stuck) return "";
    const auto plan = sim::plan_harvest(supply, profile);
    if (!plan) return "";
    return sim::advice_for({.file = &file, .profile = profile, .input = input, .options = options, .plan = *plan});
}

py::tuple run(const ImageFile& file, const std::string& input, double scale, const std::string& supply_text,
              const std::string& policy, const std::string& device, bool timing_only) {
    sim::RunResult result;
    compiler::InputUse use;
    std::string device_name, nvm, advice;
    std::vector<int16_t> values(file.header().input_values);
    {
        const py::gil_scoped_release unlocked;
        sim::RunOptions options;
        options.policy = sim::parse_policy(policy);
        options.timing_only = timing_only;
        const sim::DeviceProfile profile = profile_of(file, device);
        const auto supply = sim::parse_supply(supply_text, profile);
        if (!input.empty()) values = compiler::read_input(file, input, static_cast<float>(scale), &use);
        sim::Session session(file, profile);
        result = session.run_inference(values, *supply, options);
        device_name = profile.name;
        nvm = device::text_of(profile.nvm.nvm_class);
        advice = advice_of(file, profile, supply_text, values, options, result);
    }
    const size_t saturated = file.count_saturated(result.output);
    const quality::RangeUse range{values.size(), use.outside, result.output.size(), saturated, use.largest_share};
    std::vector<std::string> warnings;
    for (const std::string& text : {use.note, quality::warning_of(range)}) {
        if (!text.empty()) warnings.push_back(text);
    }
    nlohmann::ordered_json facts = experiment::result_json(file, result);
    facts.erase("output");  // an array of numpy's beside it
    if (timing_only) {
        facts["output_sha256"] = nullptr;  // nothing was computed
        facts["argmax"] = nullptr;
    }
    facts["supply"] = supply_text;
    facts["policy"] = policy;
    facts["device"] = device_name;
    facts["nvm"] = nvm;
    if (!advice.empty()) facts["advice"] = advice;
    facts["input_values_outside"] = use.outside;
    facts["input_range_used"] = use.largest_share;
    facts["output_values_saturated"] = saturated;
    py::object output = py::none();
    py::object raw = py::none();
    if (result.completed() && !timing_only) {
        const std::vector<float> answer = file.model_output(result.output);
        output = py::array_t<float>(static_cast<py::ssize_t>(answer.size()), answer.data());
        raw = py::array_t<int16_t>(static_cast<py::ssize_t>(result.output.size()), result.output.data());
    }
    return py::make_tuple(to_python(facts), output, raw, warnings);
}

py::list rows_of(const std::vector<experiment::Row>& rows) {
    py::list list;
    for (const experiment::Row& row : rows) list.append(to_python(experiment::json_of(row)));
    return list;
}

py::list sweep(const std::string& grid_path, const std::string& folder, uint32_t jobs, bool restart,
               const std::string& program_sha256, const Progress& callback) {
    experiment::SweepResult result;
    const Progress progress = locked(callback);
    {
        const py::gil_scoped_release unlocked;
        const experiment::Grid grid = experiment::read_grid(grid_path);
        experiment::SweepOptions options;
        options.folder = folder;
        options.jobs = jobs;
        options.restart = restart;
        options.program_sha256 = program_sha256;
        std::atomic<double> done = 0;
        double all = 1;
        options.on_start = [&](uint64_t cells, uint64_t before) {
            all = static_cast<double>(std::max<uint64_t>(1, cells - before));
        };
        options.on_progress = [&](double cells) {
            const double sum = done.fetch_add(cells) + cells;
            progress(std::min(1.0, sum / all));
        };
        result = experiment::run_sweep(grid, options);
    }
    return rows_of(result.rows);
}

}  // namespace

PYBIND11_MODULE(_dynbal, module) {
    module.doc() = "The part of dynbal in C++; use the module dynbal";
    module.attr("version") = DYNBAL_VERSION;
    static const py::handle error_class = py::register_exception<InputError>(module, "Error", PyExc_ValueError);
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            std::rethrow_exception(std::move(thrown));
        } catch (const std::filesystem::filesystem_error& error) {
            PyErr_SetString(error_class.ptr(), io::text_of(error).c_str());
        }
    });
    py::class_<CompileRequest>(module, "CompileRequest")
        .def(py::init<>())
        .def_readwrite("model", &CompileRequest::model)
        .def_readwrite("calibrate", &CompileRequest::calibrate)
        .def_readwrite("output", &CompileRequest::output)
        .def_readwrite("device", &CompileRequest::device)
        .def_readwrite("name", &CompileRequest::name)
        .def_readwrite("scale", &CompileRequest::scale)
        .def_readwrite("weight_bytes", &CompileRequest::weight_bytes)
        .def_readwrite("preservation", &CompileRequest::preservation)
        .def_readwrite("samples_max", &CompileRequest::samples_max)
        .def_readwrite("progress", &CompileRequest::progress);
    py::class_<ImageFile>(module, "ImageFile")
        .def("describe", [](const ImageFile& file) { return to_python(experiment::image_json(file)); })
        .def("save", [](const ImageFile& file, const std::string& path) { write_image_file(path, file); });
    module.def("compile", &compile);
    module.def("load", &read_image_file);
    module.def("run", &run);
    module.def("sweep", &sweep);
    module.def("policies", &sim::policy_names);
    module.def("devices", &device::profile_names);
    module.def("preservations", &method_names);
    module.attr("default_device") = device::default_device;
    module.attr("default_policy") = sim::name_of(default_policy);
}

}  // namespace dynbal::python
