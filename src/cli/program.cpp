#include "cli/program.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/printable.hpp"

namespace dynbal::cli {
namespace {

constexpr const char* description =
    "dynbal: deep inference on microcontrollers whose power fails at any moment.\n"
    "Compile a network, run it in a simulator, cut the power anywhere.";
constexpr const char* footer =
    "Example:\n"
    "  dynbal compile model.onnx -o model.dynbal --calibrate x.npy\n"
    "  dynbal simulate model.dynbal --input x.npy@0 --supply budget:100000\n"
    "`dynbal COMMAND --help` explains a command, `dynbal help supplies` the power supplies,\n"
    "`dynbal help devices` what can be compiled for.\n"
    "Exit codes: 0 done, 1 wrong, stuck or not completed, 2 bad input, 3 internal error.";

int fail(const Context& context, std::ostream& err, const std::string& message, int code) {
    if (context.json) {
        *context.out << io::json_text(nlohmann::ordered_json{{"error", message}}, 2) << '\n';
    }
    err << "dynbal: " << io::printable_lines(message) << '\n';
    return code;
}

void add_commands(CLI::App& app, Context& context) {
    add_compile(app, context);
    add_inspect(app, context);
    add_diff(app, context);
    add_run(app, context);
    add_simulate(app, context);
    add_watch(app, context);
    add_compare(app, context);
    add_report(app, context);
    add_evaluate(app, context);
    add_crash_test(app, context);
    add_soak(app, context);
    add_torture(app, context);
    add_fidelity(app, context);
    add_firmware(app, context);
    add_emulate(app, context);
    add_size(app, context);
    add_trace(app, context);
    add_sweep(app, context);
    add_reproduce(app, context);
    add_zoo(app, context);
    add_help(app, context);
}

/// CLI11 would only say that a command is required.
void check_command(const CLI::App& app, const std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments.front().starts_with("-")) return;
    std::string names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->check_name(arguments.front())) return;
        names += (names.empty() ? "" : ", ") + command->get_name();
    }
    throw InputError("there is no command '" + arguments.front() + "'; the commands are: " + names);
}

/// A variable of a script that is not set ends like this: an output would be left out without a word.
void check_values(const std::vector<std::string>& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].empty()) {
            const bool named = i > 0 && arguments[i - 1].starts_with("-");
            throw InputError((named ? arguments[i - 1] : "an argument") + " is empty; give a value");
        }
        if (arguments[i].starts_with("--") && arguments[i].ends_with("=")) {
            throw InputError(arguments[i] + " has no value; give one");
        }
    }
}

/// "; is --input meant by --inputs?": what commands that take one of something and those that take many call it. Else "".
std::string meant_option(const CLI::App& app, const std::vector<std::string>& arguments) {
    constexpr size_t same_letters = 6;  // with the two dashes
    const auto named = app.get_subcommands(
        [&](const CLI::App* command) { return !arguments.empty() && command->check_name(arguments.front()); });
    if (named.empty()) return "";
    const CLI::App* const command = named.front();
    for (const std::string& argument : arguments) {
        const std::string name = argument.substr(0, argument.find('='));
        if (!name.starts_with("--") || name.size() < same_letters || command->get_option_no_throw(name) != nullptr) {
            continue;
        }
        for (const CLI::Option* option : command->get_options()) {
            const std::string known = option->get_name();
            if (known.starts_with(name.substr(0, same_letters))) {
                return fmt::format("; is {} meant by {}?", known, name);
            }
        }
    }
    return "";
}

/// Where to look for the options of the command that was called.
std::string help_hint(const std::vector<std::string>& arguments) {
    const bool named = !arguments.empty() && !arguments.front().starts_with("-");
    return named ? " (try: dynbal " + arguments.front() + " --help)" : " (try: dynbal --help)";
}

}  // namespace

void Context::print(const nlohmann::ordered_json& object, const std::string& text) const {
    if (json) {
        *out << io::json_text(object, 2) << '\n';
    } else {
        *out << io::printable_lines(text);
    }
}

void Context::warn(const std::string& message) const {
    *err << "dynbal: warning: " << io::printable_lines(message) << '\n';
}

void Context::note(const std::string& message) const {
    if (std::find(noted.begin(), noted.end(), message) != noted.end()) return;
    noted.push_back(message);
    *err << "dynbal: " << io::printable_lines(message) << '\n';
}

namespace {

int run_command(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
    Context context;
    context.out = &out;
    context.err = &err;
    context.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    CLI::App app(description, "dynbal");
    app.set_version_flag("--version", "dynbal " DYNBAL_VERSION);
    app.require_subcommand(1);
    add_commands(app, context);
    app.footer(footer);  // after the commands: they would inherit it
    try {
        check_command(app, arguments);
        check_values(arguments);
        // CLI11 takes the words last to first.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        return context.exit_code;
    } catch (const CLI::Success& help) {
        return app.exit(help, out, err);
    } catch (const CLI::ParseError& error) {
        return fail(context, err, error.what() + meant_option(app, arguments) + help_hint(arguments), exit_bad_input);
    } catch (const InputError& error) {
        return fail(context, err, error.what(), exit_bad_input);
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(context, err, io::text_of(error), exit_bad_input);
    } catch (const std::bad_alloc&) {
        return fail(context, err, "out of memory", exit_internal);
    } catch (const std::exception& error) {
        return fail(
            context, err,
            std::string("internal error: ") + error.what() + "; please report it with the command and its files",
            exit_internal);
    }
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
    const int code = run_command(arguments, out, err);
    // What is lost in a full device or a closed stream is known only now.
    if (out.flush()) return code;
    err << "dynbal: the results could not be written to standard output\n";
    return code == exit_ok ? exit_failed : code;
}

}  // namespace dynbal::cli
