// Objects as an API server has them, and what it says where it has none. The server is a peer that
// answers byte for byte; harness/kube has tests of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include "common/base/file.h"
#include "harness/ready/probe.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using ::testing::HasSubstr;

class ProbeKubernetes : public ::testing::Test {
 protected:
  ProbeResult probe(const ClusterObject& wanted, int status, const std::string& body) {
    const FakeServer server([&](const FakeRequest& request, FakeSession& session) {
      target_ = request.target;
      session.answer(status, body);
      return true;
    });
    const std::string file =
        "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: \"" + server.url() +
        "\"}}]\nusers: [{name: u, user: {token: t0ken}}]\n"
        "contexts: [{name: ci, context: {cluster: c, user: u, namespace: apps}}]\n";
    EXPECT_TRUE(base::write_file(folder_->path() / "config", file));
    ClusterObject object = wanted;
    object.kubeconfig = "config";
    object.context = object.context.empty() ? "ci" : object.context;
    return probe_kubernetes(object, {environment_, clock_, folder_->path().string()});
  }

  static ClusterObject deployment(const std::string& condition = "Available") {
    ClusterObject object;
    object.kind = "deployment";
    object.name = "app";
    object.condition = condition;
    return object;
  }

  base::SystemClock clock_;
  base::Environment environment_;
  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("kube-test-");
  std::string target_;
};

std::string with_conditions(const std::string& conditions, const std::string& more = "") {
  return R"({"kind":"Deployment","metadata":{"generation":2},"status":{"observedGeneration":2,)" +
         more + R"("conditions":[)" + conditions + "]}}";
}

TEST_F(ProbeKubernetes, AsksForTheObjectInTheContextsNamespaceOrItsOwn) {
  const std::string available = with_conditions(R"({"type":"Available","status":"True"})");
  const ProbeResult result = probe(deployment(), 200, available);
  EXPECT_EQ(result.readiness, Readiness::kReady) << result.reason;
  EXPECT_EQ(result.reason, "Available is True");
  EXPECT_EQ(target_, "/apis/apps/v1/namespaces/apps/deployments/app");

  ClusterObject certificate = deployment("Ready");
  certificate.kind = "certificates.v1.cert-manager.io";
  certificate.namespace_name = "other";
  probe(certificate, 200, available);
  EXPECT_EQ(target_, "/apis/cert-manager.io/v1/namespaces/other/certificates/app");

  ClusterObject node = deployment("Ready");
  node.kind = "nodes";
  probe(node, 200, available);
  EXPECT_EQ(target_, "/api/v1/nodes/app");
}

TEST_F(ProbeKubernetes, IsReadyByExistingWhereNoConditionIsWanted) {
  EXPECT_EQ(probe(deployment(""), 200, "{}").readiness, Readiness::kReady);
  EXPECT_EQ(probe(deployment(""), 200, R"({"metadata":{"deletionTimestamp":"2026"}})").reason,
            "is being deleted");
}

TEST_F(ProbeKubernetes, SaysWhyACondtionIsNotTrue) {
  const ProbeResult waiting = probe(
      deployment(), 200,
      with_conditions(
          R"({"type":"Available","status":"False","reason":"MinimumReplicasUnavailable","message":"no pods"})"));
  EXPECT_EQ(waiting.readiness, Readiness::kNotYet);
  EXPECT_EQ(waiting.reason, "Available is False: MinimumReplicasUnavailable: no pods");

  EXPECT_EQ(
      probe(deployment("Ready"), 200, with_conditions(R"({"type":"Available","status":"True"})"))
          .reason,
      "has no condition Ready yet, it has: Available True");
}

// A status that is older than the object says nothing about it.
TEST_F(ProbeKubernetes, DoesNotBelieveTheStatusOfAFormerGeneration) {
  const ProbeResult old = probe(
      deployment(), 200,
      R"({"metadata":{"generation":3},"status":{"observedGeneration":2,"conditions":[{"type":"Available","status":"True"}]}})");

  EXPECT_EQ(old.readiness, Readiness::kNotYet);
  EXPECT_THAT(old.reason, HasSubstr("generation 3"));
}

TEST_F(ProbeKubernetes, GivesUpWhereTheObjectHasFailed) {
  const ProbeResult rollout = probe(
      deployment(), 200,
      with_conditions(
          R"({"type":"Available","status":"False"},{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"})"));
  EXPECT_EQ(rollout.readiness, Readiness::kNever);
  EXPECT_THAT(rollout.reason, HasSubstr("ProgressDeadlineExceeded"));

  const ProbeResult job = probe(
      deployment("Complete"), 200,
      with_conditions(R"({"type":"Failed","status":"True","reason":"BackoffLimitExceeded"})"));
  EXPECT_EQ(job.readiness, Readiness::kNever);
  EXPECT_EQ(job.reason, "Failed: BackoffLimitExceeded");

  EXPECT_EQ(probe(deployment("Ready"), 200, with_conditions("", R"("phase":"Failed",)")).readiness,
            Readiness::kNever);
}

TEST_F(ProbeKubernetes, CountsThePodsOfASetWithoutConditions) {
  const auto set = [](int ready) {
    return R"({"kind":"StatefulSet","spec":{"replicas":2},"status":{"readyReplicas":)" +
           std::to_string(ready) + "}}";
  };
  EXPECT_EQ(probe(deployment("Ready"), 200, set(1)).reason, "1 of 2 pods are ready");
  EXPECT_EQ(probe(deployment("Ready"), 200, set(2)).readiness, Readiness::kReady);
}

TEST_F(ProbeKubernetes, TellsWhatMayComeFromWhatIsForbidden) {
  const auto status = [](int code, const std::string& reason) {
    return R"({"kind":"Status","reason":")" + reason + R"(","message":"about app","code":)" +
           std::to_string(code) + "}";
  };
  EXPECT_EQ(probe(deployment(), 404, status(404, "NotFound")).readiness, Readiness::kNotYet);
  EXPECT_EQ(probe(deployment(), 503, status(503, "ServiceUnavailable")).readiness,
            Readiness::kNotYet);
  const ProbeResult forbidden = probe(deployment(), 403, status(403, "Forbidden"));
  EXPECT_EQ(forbidden.readiness, Readiness::kNever);
  EXPECT_EQ(forbidden.reason, "about app");
  EXPECT_EQ(probe(deployment(), 401, status(401, "Unauthorized")).readiness, Readiness::kNever);
}

TEST_F(ProbeKubernetes, WillNeverFindAKindOrAContextThatIsNone) {
  ClusterObject unknown = deployment();
  unknown.kind = "certificate";
  EXPECT_THAT(probe(unknown, 200, "{}").reason, HasSubstr("certificates.v1.cert-manager.io"));

  ClusterObject elsewhere = deployment();
  elsewhere.context = "nowhere";
  EXPECT_EQ(probe(elsewhere, 200, "{}").readiness, Readiness::kNever);
}

}  // namespace
}  // namespace harness
