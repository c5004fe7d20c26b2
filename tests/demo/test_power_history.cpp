#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "demo/power_history.hpp"

namespace dynbal::demo {
namespace {

TEST(PowerHistory, HoldsUntilTheNextEntry) {
    PowerHistory history(4e-3);
    history.set(1, 2e-3);
    history.set(3, 0);
    EXPECT_EQ(history.power_at(0), 4e-3);
    EXPECT_EQ(history.power_at(0.999), 4e-3);
    EXPECT_EQ(history.power_at(1), 2e-3);
    EXPECT_EQ(history.power_at(1000), 0);
    EXPECT_EQ(history.piece_at(0.25).duration_s, 0.75);
    EXPECT_EQ(history.piece_at(3).duration_s, std::numeric_limits<double>::infinity());
}

TEST(PowerHistory, ReplacesWhatWasSetForTheSameTime) {
    PowerHistory history(1);
    history.set(0, 2);
    history.set(5, 2);  // no change
    history.set(6, 3);
    history.set(6, 4);
    ASSERT_EQ(history.entries().size(), 2U);
    EXPECT_EQ(history.power_at(6), 4);
    EXPECT_THROW(history.set(5, 1), std::logic_error);
}

TEST(HistoryHarvester, OffersPieceAfterPiece) {
    PowerHistory history(1);
    history.set(2, 5);
    HistoryHarvester harvester(history, 0.5);
    EXPECT_EQ(harvester.next().duration_s, 1.5);
    const power::Piece last = harvester.next();
    EXPECT_EQ(last.power_w, 5);
    EXPECT_EQ(last.duration_s, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace dynbal::demo
