#include "common/installer.hpp"

#include <cstring>

#include "nvm/record.hpp"

namespace dynbal::board {
namespace {

constexpr uint32_t magic_bytes = sizeof(ImageHeader::magic);

/// What NVM holds of an image by its header: a magic of zero stands for one that is being installed.
enum class Found : uint8_t { other, begun, all };

Found look(Nvm& nvm, std::span<const std::byte> header) {
    ImageHeader stored;
    const auto bytes = std::as_writable_bytes(std::span<ImageHeader, 1>(&stored, 1));
    nvm.read(0, bytes);
    if (std::memcmp(&bytes[magic_bytes], &header[magic_bytes], sizeof(stored) - magic_bytes) != 0) {
        return Found::other;
    }
    if (stored.magic == 0) {
        return Found::begun;
    }
    return std::memcmp(bytes.data(), header.data(), magic_bytes) == 0 ? Found::all : Found::other;
}

/// What NVM holds is no image any more, and there is no record: one of this image may have outlived another image that was there
/// in between. Last comes what makes it this image's beginning.
void begin(Nvm& nvm, RecordStore& records, std::span<const std::byte> header) {
    const uint32_t no_magic = 0;
    nvm.write(0, std::as_bytes(std::span<const uint32_t, 1>(&no_magic, 1)));
    nvm.barrier();
    records.erase();
    nvm.write(magic_bytes, header.subspan(magic_bytes));
    nvm.barrier();
}

}  // namespace

const char* open_payload(std::span<const std::byte> flash, Payload& payload) {
    PayloadHeader& header = payload.header;
    if (flash.size() < sizeof(header)) {
        return "there is no room for a payload in flash";
    }
    std::memcpy(&header, flash.data(), sizeof(header));
    if (header.magic != payload_magic) {
        return "no model in flash: make the firmware with `dynbal firmware`";
    }
    if (header.version != payload_version) {
        return "the model in flash has another version: make the firmware again";
    }
    if (header.image_bytes < sizeof(ImageHeader) || payload_bytes(header) > flash.size()) {
        return "the model in flash is cut short: flash the firmware again";
    }
    if (header.policy > static_cast<uint16_t>(PolicyKind::best)) {
        return "the model in flash asks for a policy that does not exist: make the firmware again";
    }
    payload.image = flash.subspan(payload_image_offset(), header.image_bytes);
    const std::byte* input = flash.data() + payload_input_offset(header);
    payload.input = {reinterpret_cast<const int16_t*>(input), header.input_values};
    return nullptr;
}

Installation install(Nvm& nvm, const Payload& payload, std::span<const std::byte> flash) {
    const std::span<const std::byte> header = payload.image.first(sizeof(ImageHeader));
    const Found found = look(nvm, header);
    if (found == Found::all) {
        return Installation::already_there;
    }
    ImageHeader image;
    std::memcpy(&image, header.data(), sizeof(image));
    RecordStore records(nvm, image);
    Record note;
    if (found != Found::begun || !records.load(note) || note.phase != Phase::installing) {
        if (payload_crc(payload.header, flash) != payload.header.crc || validate(payload.image) != ImageFault::none) {
            return Installation::damaged;
        }
        begin(nvm, records, header);
        note = Record{};
        note.phase = Phase::installing;
        note.done = sizeof(ImageHeader);
        records.commit(note);
    }
    const auto size = static_cast<uint32_t>(payload.image.size());
    while (note.done < size) {
        const uint32_t piece = min_u32(setup_piece_bytes, size - note.done);
        nvm.write(note.done, payload.image.subspan(note.done, piece));
        note.done += piece;
        records.commit(note);
    }
    nvm.write(0, header.first(magic_bytes));
    nvm.barrier();
    return Installation::done;
}

}  // namespace dynbal::board
