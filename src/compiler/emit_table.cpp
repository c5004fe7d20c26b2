#include "compiler/emit_table.hpp"

#include <cstring>

namespace dynbal::compiler {

std::vector<std::byte> bytes_of(const StageTable& table) {
    std::vector<std::byte> bytes(table_bytes(static_cast<uint32_t>(table.rows.size())));
    std::memcpy(bytes.data(), table.froms.data(), table.froms.size() * sizeof(ShortCost));
    std::memcpy(bytes.data() + table_rows_offset(static_cast<uint32_t>(table.rows.size())), table.rows.data(),
                table.rows.size() * sizeof(Candidate));
    return bytes;
}

void describe_table(const StageTable& table, uint32_t offset, StageDescriptor& stage) {
    stage.candidates_offset = offset;
    stage.candidate_count = static_cast<uint8_t>(table.rows.size());
    stage.least_need_row = static_cast<uint8_t>(table.least_need);
    stage.start_row = static_cast<uint8_t>(table.start);
}

}  // namespace dynbal::compiler
