#include "common/installer.hpp"

#include <cstring>

#include "nvm/record.hpp"

namespace dynbal::board {
namespace {

constexpr uint32_t piece_bytes = 256;

bool holds_header(Nvm& nvm, std::span<const std::byte> header) {
    ImageHeader stored;
    nvm.read(0, std::as_writable_bytes(std::span<ImageHeader, 1>(&stored, 1)));
    return std::memcmp(&stored, header.data(), sizeof(stored)) == 0;
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
    if (holds_header(nvm, header)) {
        return Installation::already_there;
    }
    if (payload_crc(payload.header, flash) != payload.header.crc || validate(payload.image) != ImageFault::none) {
        return Installation::damaged;
    }
    const uint32_t no_magic = 0;
    nvm.write(0, std::as_bytes(std::span<const uint32_t, 1>(&no_magic, 1)));
    for (size_t done = sizeof(ImageHeader); done < payload.image.size(); done += piece_bytes) {
        const size_t left = payload.image.size() - done;
        nvm.write(static_cast<uint32_t>(done), payload.image.subspan(done, left < piece_bytes ? left : piece_bytes));
    }
    // Records of this image may have outlived another one that was there in between.
    ImageHeader image;
    std::memcpy(&image, header.data(), sizeof(image));
    RecordStore(nvm, image).erase();
    nvm.write(0, header);
    return Installation::done;
}

}  // namespace dynbal::board
