#include "harness/launch/cause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The parts that matter of what Kubernetes 1.34 answers.
json pod_waiting(const char* reason, const char* message) {
  return {{"metadata", {{"name", "run-1-0-abcde"}}},
          {"status",
           {{"phase", "Pending"},
            {"containerStatuses",
             {{{"name", "tests"},
               {"image", "drydock/tests:1"},
               {"state", {{"waiting", {{"reason", reason}, {"message", message}}}}}}}}}}};
}

json pod_ended(int exit_code, const char* reason) {
  return {{"status",
           {{"phase", exit_code == 0 ? "Succeeded" : "Failed"},
            {"containerStatuses",
             {{{"name", "tests"},
               {"state", {{"terminated", {{"exitCode", exit_code}, {"reason", reason}}}}}}}}}}};
}

json pod_with_condition(json condition, const char* phase) {
  return {{"status", {{"phase", phase}, {"conditions", {std::move(condition)}}}}};
}

json failed_create(const char* message) {
  return {{"reason", "FailedCreate"}, {"message", message}, {"type", "Warning"}};
}

Cause cause_with(const JobState& state) {
  const std::optional<Cause> cause = cause_of(state);
  EXPECT_TRUE(cause.has_value());
  return cause.value_or(Cause{});
}

Cause cause_of_pod(json pod) {
  JobState state;
  state.pod = std::move(pod);
  return cause_with(state);
}

TEST(NoCause, IsSeenInAHealthyJob) {
  JobState state;
  EXPECT_EQ(cause_of(state), std::nullopt);
  state.pod = pod_waiting("ContainerCreating", "");
  EXPECT_EQ(cause_of(state), std::nullopt);
  state.pod = pod_ended(0, "Completed");
  EXPECT_EQ(cause_of(state), std::nullopt);
  state.pod = pod_ended(1, "Error");
  EXPECT_EQ(cause_of(state), std::nullopt) << "tests failed: that is a verdict, no cause";
}

TEST(AnImage, ThatCannotBePulledIsNamed) {
  const Cause once = cause_of_pod(pod_waiting("ErrImagePull", "not found"));
  EXPECT_TRUE(once.may_pass) << "the kubelet tries again";

  const Cause again = cause_of_pod(pod_waiting("ImagePullBackOff", "Back-off pulling image"));
  EXPECT_FALSE(again.may_pass);
  EXPECT_EQ(again.sentence, "image drydock/tests:1 cannot be pulled: Back-off pulling image");
  EXPECT_EQ(again.exit_code, ExitCode::kServiceRefused);
}

TEST(AnImage, ThatWasNotLoadedIsNamed) {
  const Cause cause =
      cause_of_pod(pod_waiting("ErrImageNeverPull", "not present with pull policy"));

  EXPECT_THAT(cause.sentence, HasSubstr("drydock/tests:1 is not on the node"));
  EXPECT_THAT(cause.remedy, HasSubstr("cluster.sh load"));
}

TEST(AContainer, WhoseProgramIsMissingIsNamed) {
  json pod = pod_ended(128, "StartError");
  pod["status"]["containerStatuses"][0]["state"]["terminated"]["message"] =
      "exec: \"/no\": no such file";

  const Cause cause = cause_of_pod(pod);

  EXPECT_EQ(cause.sentence, "container tests cannot be started: exec: \"/no\": no such file");
  EXPECT_EQ(cause.exit_code, ExitCode::kServiceRefused);
}

TEST(ASecret, ThatIsMissingIsNamedWithTheKubeletsWords) {
  const Cause cause = cause_of_pod(
      pod_waiting("CreateContainerConfigError", "couldn't find key url in Secret ci/drydock-app"));

  EXPECT_THAT(cause.sentence, HasSubstr("key url in Secret ci/drydock-app"));
  EXPECT_EQ(cause.cause_class, CauseClass::kYours);
}

TEST(AnUnschedulablePod, IsToldWithTheNumbers) {
  const Cause cause =
      cause_of_pod(pod_with_condition({{"type", "PodScheduled"},
                                       {"status", "False"},
                                       {"reason", "Unschedulable"},
                                       {"message", "0/1 nodes are available: 1 Insufficient cpu."}},
                                      "Pending"));

  EXPECT_EQ(cause.sentence, "no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu.");
  EXPECT_TRUE(cause.may_pass) << "an autoscaler may bring a node";
  EXPECT_EQ(cause.cause_class, CauseClass::kCluster);
}

TEST(APodThatWasNotAdmitted, IsToldByTheJobsEvents) {
  JobState state;
  state.events = {
      failed_create("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"")};
  EXPECT_THAT(cause_with(state).sentence, HasSubstr("admission denied the pod"));
  EXPECT_FALSE(cause_with(state).may_pass);

  state.events = {failed_create("pods \"x\" is forbidden: exceeded quota: ci, requested: cpu=2")};
  EXPECT_THAT(cause_with(state).sentence, HasSubstr("quota"));
  EXPECT_TRUE(cause_with(state).may_pass);

  state.events = {
      failed_create("error looking up service account ci/x: serviceaccount \"x\" not found")};
  EXPECT_THAT(cause_with(state).sentence, HasSubstr("service account is missing"));
}

TEST(APodThatWasNotAdmitted, IsNoCauseOnceThereIsOne) {
  JobState state;
  state.events = {failed_create("pods \"x\" is forbidden: exceeded quota: ci")};
  state.pod = pod_waiting("ContainerCreating", "");

  EXPECT_EQ(cause_of(state), std::nullopt);
}

TEST(AContainer, ThatUsedTooMuchMemoryIsNamed) {
  const Cause cause = cause_of_pod(pod_ended(137, "OOMKilled"));

  EXPECT_THAT(cause.sentence, HasSubstr("more memory than its limit"));
  EXPECT_EQ(cause.exit_code, ExitCode::kNotDelivered);
}

TEST(AContainer, ThatWasKilledIsNamed) {
  EXPECT_THAT(cause_of_pod(pod_ended(137, "Error")).sentence, HasSubstr("was killed"));
}

TEST(ADisruption, IsToldWithItsReason) {
  const Cause cause = cause_of_pod(pod_with_condition({{"type", "DisruptionTarget"},
                                                       {"status", "True"},
                                                       {"reason", "EvictionByEvictionAPI"},
                                                       {"message", "Eviction API: evicting"}},
                                                      "Failed"));

  EXPECT_EQ(cause.sentence,
            "the pod was disrupted (EvictionByEvictionAPI): Eviction API: evicting");
  EXPECT_EQ(cause.cause_class, CauseClass::kCluster);
}

TEST(AnEvictedPod, IsNamed) {
  const Cause cause = cause_of_pod(
      {{"status", {{"phase", "Failed"}, {"reason", "Evicted"}, {"message", "low on memory"}}}});

  EXPECT_EQ(cause.sentence, "the pod was evicted: low on memory");
}

TEST(ADeletedPod, IsNamedWhileItRan) {
  JobState state;
  state.pod = {{"status", {{"phase", "Running"}}}};
  state.pod_deleted = true;
  EXPECT_EQ(cause_with(state).sentence, "the pod was deleted while it ran");

  state.pod = pod_ended(0, "Completed");
  EXPECT_EQ(cause_of(state), std::nullopt) << "it had ended";
}

TEST(ADeadline, IsTheJobsOwn) {
  JobState state;
  state.job = {
      {"status",
       {{"conditions",
         {{{"type", "FailureTarget"}, {"status", "True"}, {"reason", "DeadlineExceeded"}}}}}}};
  state.pod = {{"metadata", {{"deletionTimestamp", "2026-11-22T10:00:00Z"}}},
               {"status", {{"phase", "Running"}}}};

  EXPECT_EQ(cause_with(state).sentence, "the Job's deadline has passed");
  EXPECT_EQ(cause_with(state).exit_code, ExitCode::kOutOfTime);
}

TEST(AState, OfAnyShapeIsRead) {
  JobState state;
  state.job = json::array();
  state.pod = {{"status", "none"}};
  state.events = {json(), json("x"), {{"reason", 3}}};
  EXPECT_EQ(cause_of(state), std::nullopt);
  state.pod = {{"status", {{"containerStatuses", {json(), 7, {{"state", "x"}}}}}}};
  EXPECT_EQ(cause_of(state), std::nullopt);
}

}  // namespace
}  // namespace harness
