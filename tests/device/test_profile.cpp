#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>

#include "base/error.hpp"
#include "device/nvm_class.hpp"
#include "device/profile.hpp"
#include "device/profile_file.hpp"
#include "device/shipped_profiles.hpp"
#include "temporary_folder.hpp"

namespace dynbal::device {
namespace {

std::string text_of(const std::string& name) {
    for (const ShippedFile& file : shipped_files()) {
        if (file.name == name) return std::string(file.text);
    }
    return "";
}

std::string error_of(const std::string& text) {
    try {
        parse_profile(text, "x.toml");
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(DeviceProfile, EachShippedOneIsReadAndNamedAsItsFile) {
    const std::vector<std::string> names = profile_names();
    EXPECT_EQ(names.size(), 7U);
    for (const std::string& name : names) {
        const DeviceProfile profile = load_profile(name);
        EXPECT_EQ(profile.name, name);
        EXPECT_FALSE(profile.title.empty());
        EXPECT_GT(profile.capacitor.cycle_energy_j(), 0);
        EXPECT_GT(profile.mac(Kernel::dense).energy_fj, 0U);
        EXPECT_GT(profile.boot().time_ps, 0U);
    }
}

TEST(DeviceProfile, SaysWhatItsMemoryDoesWhenPowerFails) {
    EXPECT_EQ(load_profile("msp432p401r").nvm.nvm_class, NvmClass{});
    EXPECT_EQ(load_profile("apollo4").nvm.nvm_class, (NvmClass{16, Torn::stays_old, false}));
    const std::string other = "base = \"apollo4\"\nname = \"x\"\ntitle = \"x\"\n";
    EXPECT_EQ(parse_profile(other, "x.toml").nvm.nvm_class.line_bytes, 16);
    const std::string given = other + "[nvm]\nclass = \"line8,torn=new\"\n";
    EXPECT_EQ(parse_profile(given, "x.toml").nvm.nvm_class, (NvmClass{8, Torn::becomes_new, false}));
    EXPECT_GT(parse_profile(given, "x.toml").nvm.endurance, 0) << "what is not said is the base's";
    EXPECT_NE(error_of(other + "[nvm]\nclass = \"line3\"\n").find("x.toml:5: a class of NVM 'line3': expected byte|"),
              std::string::npos);
    EXPECT_NE(error_of(other + "[nvm]\nclass = 3\n").find("x.toml:5: 'class' must be a text"), std::string::npos);
    EXPECT_NE(error_of(other + "[nvm]\nkind = 3\n").find("x.toml:5: [nvm] has no 'kind'"), std::string::npos);
}

TEST(NvmClasses, AreReadStrictlyAndSaidShortly) {
    for (const char* text : {"byte", "line4", "line16,torn=new", "line8,torn=garbage,order=any", "byte,order=any"}) {
        EXPECT_EQ(device::text_of(parse_nvm_class(text)), text);
    }
    EXPECT_EQ(device::text_of(parse_nvm_class("line8,order=any,torn=old")), "line8,order=any");
    for (const char* text : {"", "line", "line2", "Byte", "byte,", "byte,,order=any", "torn=old", "byte,order=one",
                             "byte,order=any,order=any"}) {
        EXPECT_THROW(parse_nvm_class(text), InputError) << text;
    }
}

/// Whoever reads a number must be able to check it.
TEST(DeviceProfile, EachNumberHasItsSourceBesideIt) {
    for (const std::string& name : profile_names()) {
        std::istringstream lines(text_of(name));
        std::string line;
        while (std::getline(lines, line)) {
            const size_t equals = line.find(" = ");
            if (line.starts_with("#") || equals == std::string::npos || line[equals + 3] == '"') continue;
            EXPECT_NE(line.find("# "), std::string::npos) << name << ": " << line;
        }
    }
}

TEST(DeviceProfile, ThePricesOfThePublishedDeviceAreThoseOfTheReference) {
    const CostModel model = published_profile().cost_model();
    EXPECT_EQ(model.mac, 16U);
    EXPECT_EQ(model.read_byte, 232U);
    EXPECT_EQ(model.write_byte, 232U);
    EXPECT_EQ(model.transfer, 1U) << "the reference has none, but nothing is free";
}

TEST(DeviceProfile, PricesFollowFromEnergies) {
    DeviceProfile profile = default_profile();
    EXPECT_FALSE(profile.stated_prices);
    const double mac_nj = profile.cycles.convolution_mac / profile.clock_mhz * profile.run_mw;
    const double byte_nj = profile.read.byte_us * profile.run_mw + profile.read.byte_nj;
    const auto start_nj = [&](const NvmAccess& access) {
        return (profile.cycles.transfer / profile.clock_mhz + access.start_us) * profile.run_mw + access.start_nj;
    };
    const Prices prices = profile.prices();
    EXPECT_EQ(prices.mac, 1);
    EXPECT_NEAR(prices.read_byte, byte_nj / mac_nj, 1e-3);
    EXPECT_NEAR(prices.transfer, (start_nj(profile.read) + start_nj(profile.write)) / 2 / mac_nj, 1e-3);
    EXPECT_EQ(profile.cost_model().read_byte, static_cast<uint32_t>(std::lround(16 * prices.read_byte)));
    profile.write.byte_nj += 1000 * mac_nj;
    EXPECT_NEAR(profile.prices().write_byte, prices.write_byte + 1000, 1e-2);
    EXPECT_EQ(profile.prices().read_byte, prices.read_byte);
    profile.read = {.start_us = 0, .start_nj = 0, .byte_us = 1e-6, .byte_nj = 0};
    EXPECT_EQ(profile.cost_model().read_byte, 1U) << "a byte is never free";
}

/// Prices of a base were made for other energies.
TEST(DeviceProfile, PricesAreNotInherited) {
    const std::string start = "base = \"msp432p401r-published\"\nname = \"mine\"\ntitle = \"Mine\"\n";
    const DeviceProfile profile = parse_profile(start, "mine.toml");
    EXPECT_FALSE(profile.stated_prices);
    EXPECT_LT(profile.prices().read_byte, 4) << "its software takes 20 cycles a MAC";
    const std::string prices = "[prices]\nmac = 1\nread_byte = 3\nwrite_byte = 4\n";
    EXPECT_EQ(parse_profile(start + prices + "transfer = 5\njob = 6\n", "mine.toml").prices().write_byte, 4);
    EXPECT_NE(error_of(start + prices).find("'transfer' is missing in [prices]"), std::string::npos);
}

TEST(DeviceProfile, AddsUpWhatItSays) {
    DeviceProfile profile;
    profile.clock_mhz = 10;
    profile.run_mw = 4;
    profile.cycles.dense_mac = 2;
    profile.cycles.transfer = 30;
    profile.cycles.byte = 5;
    profile.read = {.start_us = 1, .start_nj = 7, .byte_us = 2, .byte_nj = 3};
    EXPECT_EQ(profile.mac(Kernel::dense), (Cost{200'000, 800'000}));
    EXPECT_EQ(profile.transfer(profile.read), (Cost{4'000'000, 23'000'000}));
    EXPECT_EQ(profile.byte(profile.read), (Cost{2'500'000, 13'000'000}));
}

TEST(DeviceProfile, ABaseGivesWhatAFileLeavesOut) {
    const DeviceProfile base = load_profile("msp432p401r");
    const DeviceProfile profile =
        parse_profile("base = \"msp432p401r\"\nname = \"mine\"\ntitle = \"Mine\"\n[cpu]\nrun_mw = 20\n", "mine.toml");
    EXPECT_EQ(profile.name, "mine");
    EXPECT_EQ(profile.run_mw, 20);
    EXPECT_EQ(profile.clock_mhz, base.clock_mhz);
    EXPECT_EQ(profile.read.byte_us, base.read.byte_us);
}

TEST(DeviceProfile, WithABaseTheNamesFollow) {
    const DeviceProfile base = load_profile("msp432p401r");
    const DeviceProfile profile = parse_profile("base = \"msp432p401r\"\n[cpu]\nrun_mw = 20\n", "boards/mine.toml");
    EXPECT_EQ(profile.name, "mine");
    EXPECT_EQ(profile.title, base.title);
    EXPECT_EQ(parse_profile("base = \"apollo4\"\nname = \"x\"\n", "mine.toml").name, "x");
    const std::string path = io::temporary_file("my-board.toml");
    std::ofstream(path) << "\xEF\xBB\xBF"
                        << "base = \"msp432p401r\"\n";
    const DeviceProfile loaded = load_profile(path);
    EXPECT_EQ(loaded.name, "my-board");
    EXPECT_EQ(parse_profile(loaded.text, "an image").name, "my-board") << "an image keeps the text alone";
    const std::string nothing = error_of("[cpu]\nrun_mw = 20\n");
    EXPECT_NE(nothing.find("x.toml:1: 'name' and 'title' are missing; state it, or begin the file with base"),
              std::string::npos)
        << nothing;
    EXPECT_NE(error_of("name = \"a\"\n").find("'title' is missing"), std::string::npos);
}

TEST(DeviceProfile, NamesFileAndLineOfAMistake) {
    const std::string good = text_of("msp432p401r");
    ASSERT_EQ(error_of(good), "");
    const auto line_of = [&](const std::string& part) {
        return std::to_string(1 +
                              std::count(good.begin(), good.begin() + static_cast<ptrdiff_t>(good.find(part)), '\n'));
    };
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"clock_mhz = 48", "clock_mhz = -1"},
                                                          {"clock_mhz = 48", "clock_mhz = nan"},
                                                          {"clock_mhz = 48", "clock_mhz = \"48\""},
                                                          {"clock_mhz = 48", "clock_mhz = true"},
                                                          {"clock_mhz = 48", "clock_mhz = = 48"},
                                                          {"nvm_kib = 512", "nvm_mib = 512"},
                                                          {"[boot]", "[dma]\noverlap = 0\n[boot]"},
                                                          {"efficiency = 0.464", "efficiency = 2"}}) {
        const std::string message = error_of(replaced(good, from, to));
        EXPECT_TRUE(message.starts_with("x.toml:" + line_of(from) + ": ")) << to << ": " << message;
    }
    EXPECT_NE(error_of(replaced(good, "on_v = 2.99", "on_v = 2.70")).find("voltages must rise"), std::string::npos);
    EXPECT_NE(error_of(replaced(good, "name = ", "nane = ")).find("there is no 'nane'"), std::string::npos);
    EXPECT_NE(error_of("name = \"a\"\nbase = \"abacus\"\n").find("x.toml:2: unknown device 'abacus'"),
              std::string::npos);
    EXPECT_NE(error_of("base = \"x.toml\"\nname = \"a\"\ntitle = \"a\"\n").find("x.toml:1: "), std::string::npos);
}

/// Prices follow from energies, so there is no device without them.
TEST(DeviceProfile, AMissingEnergySaysWhatToDo) {
    const std::string good = text_of("msp432p401r");
    for (const auto& [from, to, reason] : std::vector<std::array<std::string, 3>>{
             {"byte_nj = 7.2", "",
              "'byte_nj' is missing in [nvm_read]; state it, or begin the file with base = \"NAME\""},
             {"run_mw = 20.46", "",
              "'run_mw' is missing in [cpu]; state it, or begin the file with base = \"NAME\""}}) {
        const std::string message = error_of(replaced(good, from, to));
        EXPECT_NE(message.find(reason), std::string::npos) << message;
    }
    EXPECT_NE(error_of("name = \"a\"\ntitle = \"a\"\n").find("[limits] is missing; state it, or begin the file"),
              std::string::npos);
    const std::string cheap_mac = replaced(good, "convolution_mac = 3.8", "convolution_mac = 0.01");
    EXPECT_NE(error_of(replaced(cheap_mac, "byte_nj = 7.2", "byte_nj = 1e6")).find("which nothing does"),
              std::string::npos);
}

TEST(DeviceProfile, AnUnknownNameListsThoseThereAre) {
    for (const char* name : {"abacus", "", "MSP432P401R"}) {
        try {
            load_profile(name);
            FAIL() << name;
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find("msp432p401r-6mhz"), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(load_profile("./there/is/none.toml"), InputError);
}

TEST(DeviceProfile, IsReadFromAFile) {
    const std::string path = io::temporary_file("dynbal_profile.toml");
    std::ofstream(path) << replaced(text_of("msp432p401r"), "name = \"msp432p401r\"", "name = \"copy\"");
    EXPECT_EQ(load_profile(path).name, "copy");
}

TEST(Profile, AKeyOfManyPartsIsRefused) {
    std::string key = "a";
    for (int i = 0; i < 50'000; ++i) key += i % 2 == 0 ? ".b" : " . \"c\\\"\"";
    for (const std::string& text : {key + " = 1\n", "[" + key + "]\n", "x = {" + key + " = 1}\n"}) {
        EXPECT_EQ(io::message_of<InputError>([&] { parse_profile("# first\n" + text, "deep.toml"); }),
                  "deep.toml:2: a key of more than 8 parts with points between them");
    }
    const std::string numbers = "x = [" + std::string(30'000, '1') + ".5]\n";
    EXPECT_NE(io::message_of<InputError>([&] { parse_profile(numbers, "x.toml"); }).find("x.toml"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::device
