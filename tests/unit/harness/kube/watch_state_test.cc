#include "harness/kube/watch_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json object(const std::string& uid, const std::string& version) {
  return {{"metadata", {{"uid", uid}, {"name", "n"}, {"resourceVersion", version}}}};
}

class WatchStateTest : public testing::Test {
 protected:
  std::vector<std::string> take() { return std::exchange(told_, {}); }

  std::vector<std::string> told_;
  WatchState state_{[this](std::string_view type, const json& told) {
    told_.push_back(std::string(type) + " " + std::string(told["metadata"]["uid"]) + "@" +
                    std::string(told["metadata"]["resourceVersion"]));
  }};
};

TEST_F(WatchStateTest, TellsEachObjectOnce) {
  state_.replace({object("a", "1"), object("b", "1")});
  EXPECT_THAT(take(), ElementsAre("ADDED a@1", "ADDED b@1"));
  state_.change("ADDED", object("a", "1"));
  EXPECT_THAT(take(), IsEmpty());
  state_.change("MODIFIED", object("a", "2"));
  state_.change("DELETED", object("b", "3"));
  EXPECT_THAT(take(), ElementsAre("MODIFIED a@2", "DELETED b@3"));
  state_.change("DELETED", object("b", "3"));
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(WatchStateTest, TellsWhatHappenedInAGap) {
  state_.replace({object("gone", "1"), object("changed", "1"), object("same", "1")});
  take();
  state_.replace({object("new", "9"), object("changed", "8"), object("same", "1")});
  EXPECT_THAT(take(), ElementsAre("DELETED gone@1", "ADDED new@9", "MODIFIED changed@8"));
}

TEST_F(WatchStateTest, TakesAnObjectThatWasMadeAnewUnderItsNameForAnother) {
  state_.replace({object("first", "1")});
  take();
  state_.replace({object("second", "5")});
  EXPECT_THAT(take(), ElementsAre("DELETED first@1", "ADDED second@5"));
}

TEST_F(WatchStateTest, ANewObjectIsAddedWhateverTheEventSays) {
  state_.change("MODIFIED", object("a", "1"));
  EXPECT_THAT(take(), ElementsAre("ADDED a@1"));
}

}  // namespace
}  // namespace harness
