#include "experiment/journal.hpp"

#include "base/error.hpp"
#include "experiment_fixture.hpp"

namespace dynbal::experiment {
namespace {

class JournalTest : public ExperimentTest {
protected:
    static Row row(uint32_t cell) {
        Row made;
        made.cell = cell;
        made.model = "model";
        made.latency_s = cell / 3.0;
        return made;
    }
    std::string error() const {
        return io::message_of<InputError>([&] { Journal journal(path("j")); });
    }
};

TEST_F(JournalTest, KeepsWhatWasAppended) {
    { Journal(path("j")).append(row(1)); }
    { Journal(path("j")).append(row(2)); }
    EXPECT_EQ(Journal(path("j")).rows(), (std::vector<Row>{row(1), row(2)}));
    EXPECT_TRUE(Journal(path("j"), true).rows().empty());
    EXPECT_EQ(text_of("j"), "");
}

TEST_F(JournalTest, CutsOffAnIncompleteLineWhereverItEnds) {
    { Journal(path("j")).append(row(1)); }
    const std::string first = text_of("j");
    const std::string second = json_lines_of({row(2)});
    for (size_t bytes = 0; bytes < second.size(); ++bytes) {
        write("j", first + second.substr(0, bytes));
        {
            Journal journal(path("j"));
            ASSERT_EQ(journal.rows(), std::vector<Row>{row(1)}) << bytes;
            journal.append(row(2));
        }
        ASSERT_EQ(text_of("j"), first + second) << bytes;
    }
}

TEST_F(JournalTest, RefusesADamagedLineInTheMiddle) {
    write("j", json_lines_of({row(1)}) + "{\"cell\": 2}\n" + json_lines_of({row(3)}));
    EXPECT_NE(error().find("j:2: damaged line"), std::string::npos) << error();
    EXPECT_NE(error().find("--restart"), std::string::npos);
}

TEST_F(JournalTest, OneProcessAtATime) {
    const Journal journal(path("j"));
    EXPECT_NE(error().find("another process"), std::string::npos) << error();
}

}  // namespace
}  // namespace dynbal::experiment
