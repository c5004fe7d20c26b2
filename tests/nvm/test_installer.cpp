//! What a board's firmware puts into NVM begins without records, whatever NVM held before.
#include "common/installer.hpp"

#include <gtest/gtest.h>

#include "crash_device.hpp"
#include "firmware/firmware.hpp"
#include "graphs.hpp"
#include "nvm/record.hpp"
#include "ram_device.hpp"

namespace dynbal::test {
namespace {

class Installer : public testing::Test {
protected:
    struct Firmware {
        explicit Firmware(std::vector<uint8_t> payload) : bytes(std::move(payload)) {
            EXPECT_EQ(board::open_payload(flash(), parts), nullptr);
        }
        std::span<const std::byte> flash() const { return std::as_bytes(std::span(bytes)); }
        ImageHeader header() const {
            ImageHeader header;
            std::memcpy(&header, parts.image.data(), sizeof(header));
            return header;
        }

        std::vector<uint8_t> bytes;
        board::Payload parts;
    };

    Firmware firmware_for(uint64_t seed) const {
        return Firmware(firmware::make_payload(file_, random_input(file_, seed), {}));
    }
    board::Installation install(const Firmware& firmware) {
        return board::install(nvm_, firmware.parts, firmware.flash());
    }
    /// Of inferences, not of installing.
    bool has_record(const Firmware& firmware) {
        Record record;
        return RecordStore(nvm_, firmware.header()).load(record) && record.phase != Phase::installing;
    }
    void work_on(const Firmware& firmware) {
        Record record;
        RecordStore store(nvm_, firmware.header());
        store.load(record);
        record.phase = Phase::idle;
        store.commit(record);
    }

    /// A power cycle that may write so many bytes.
    static void install_with(CrashNvm& nvm, const Firmware& firmware, uint64_t writable_bytes) {
        nvm.power_up(writable_bytes);
        try {
            board::install(nvm, firmware.parts, firmware.flash());
        } catch (const CrashNvm::PowerCut&) {
        }
    }

    const ImageFile file_ = compile_graph(tiny_network());
    RamNvm nvm_{file_.header().nvm_bytes};
};

TEST_F(Installer, WhatIsThereKeepsItsProgress) {
    const Firmware firmware = firmware_for(1);
    EXPECT_EQ(install(firmware), board::Installation::done);
    EXPECT_FALSE(has_record(firmware));
    work_on(firmware);
    EXPECT_EQ(install(firmware), board::Installation::already_there);
    EXPECT_TRUE(has_record(firmware));
}

TEST_F(Installer, AnotherInputIsAnotherInstallation) {
    const Firmware before = firmware_for(1), after = firmware_for(2);
    install(before);
    work_on(before);
    EXPECT_EQ(install(after), board::Installation::done);
    EXPECT_FALSE(has_record(after));
}

/// Also where the header's end is all that was lost, so that the records were never written over.
TEST_F(Installer, AnImageThatComesBackFindsNoRecord) {
    const Firmware firmware = firmware_for(1);
    install(firmware);
    work_on(firmware);
    nvm_.memory[0] ^= std::byte{1};
    EXPECT_EQ(install(firmware), board::Installation::done);
    EXPECT_FALSE(has_record(firmware));
}

/// Notes of an installation that came before, of the same image, do not stand for bytes that another one has written over.
TEST_F(Installer, CutAtAnyByteItInstallsAllOfTheImage) {
    const Firmware firmware = firmware_for(1);
    CrashNvm nvm(file_.header().nvm_bytes, {});
    install_with(nvm, firmware, UINT64_MAX);
    std::fill_n(nvm.memory.begin(), firmware.parts.image.size(), std::byte{0xA5});
    const std::vector<std::byte> before = nvm.memory;
    const uint64_t written = nvm.written;
    install_with(nvm, firmware, UINT64_MAX);
    const uint64_t bytes = nvm.written - written;
    for (uint64_t cut = 0; cut < bytes; ++cut) {
        nvm.memory = before;
        install_with(nvm, firmware, cut);
        install_with(nvm, firmware, UINT64_MAX);
        ASSERT_TRUE(std::ranges::equal(firmware.parts.image, std::span(nvm.memory).first(firmware.parts.image.size())))
            << cut;
    }
}

TEST_F(Installer, ShortCyclesGetThrough) {
    const Firmware firmware = firmware_for(1);
    CrashNvm nvm(file_.header().nvm_bytes, {});
    size_t cycles = 0;
    const auto is_installed = [&] {
        return std::ranges::equal(firmware.parts.image, std::span(nvm.memory).first(firmware.parts.image.size()));
    };
    for (; !is_installed() && cycles < 1000; ++cycles) install_with(nvm, firmware, setup_piece_bytes + sizeof(Record));
    EXPECT_GT(cycles, firmware.parts.image.size() / setup_piece_bytes / 2);
    EXPECT_LT(cycles, firmware.parts.image.size() / setup_piece_bytes + 3);
}

TEST_F(Installer, ADamagedPayloadTouchesNothing) {
    Firmware firmware = firmware_for(1);
    firmware.bytes.back() ^= 1U;
    const std::vector<std::byte> before = nvm_.memory;
    EXPECT_EQ(install(firmware), board::Installation::damaged);
    EXPECT_EQ(nvm_.memory, before);
}

}  // namespace
}  // namespace dynbal::test
