// harness/kube against a real API server, kubelet and containerd.
//
// DRYDOCK_TEST_KUBECONFIG   which cluster
// DRYDOCK_TEST_CONTEXT      the context in it
// DRYDOCK_TEST_APISERVER_PID  of a kube-apiserver of this machine, for the tests that halt it
// The image of image.sh must have been loaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "common/base/env.h"
#include "common/base/random.h"
#include "harness/kube/api.h"
#include "harness/kube/exec.h"
#include "harness/kube/watch.h"
#include "tests/support/board.h"

namespace harness {

base::Environment environment;  // NOLINT: set by main, once

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Board;
using testing::HasSubstr;

constexpr seconds kPatience{60};
constexpr const char* kImage = "docker.io/library/drydock-speaker:test";

struct Lines {
  LogSink sink() {
    return {
        .line = [this](std::string_view line) { board.change([&] { all.emplace_back(line); }); },
        .lost =
            [this](const KubeError& error) {
              board.change([&] { losses.push_back(error.message); });
            },
        .ended = [this] { board.change([&] { ended = true; }); }};
  }

  Board board;
  std::vector<std::string> all;
  std::vector<std::string> losses;
  bool ended = false;
};

struct Events {
  WatchSink sink() {
    return {.event =
                [this](std::string_view type, const json& object) {
                  const std::string name = object["metadata"]["name"];
                  board.change([&] { all.push_back(std::string(type) + " " + name); });
                },
            .lost =
                [this](const KubeError& error) {
                  board.change([&] { losses.push_back(error.message); });
                },
            .found = [this] { board.change([&] { ++found; }); }};
  }

  bool has(const std::string& event) {
    return board.wait([&] { return std::find(all.begin(), all.end(), event) != all.end(); });
  }

  Board board;
  std::vector<std::string> all;
  std::vector<std::string> losses;
  int found = 0;
};

std::vector<std::string> counted(int lines) {
  std::vector<std::string> all;
  for (int i = 1; i <= lines; ++i) {
    all.push_back("line " + std::to_string(i) + " \xC3\xA4");
  }
  all.emplace_back("end");
  return all;
}

class Cluster : public testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> kubeconfig = environment.get("DRYDOCK_TEST_KUBECONFIG");
    const std::optional<std::string> context = environment.get("DRYDOCK_TEST_CONTEXT");
    ASSERT_TRUE(kubeconfig && context)
        << "set DRYDOCK_TEST_KUBECONFIG and DRYDOCK_TEST_CONTEXT to a cluster for tests";
    KubeAccessSource source;
    source.kubeconfig = *kubeconfig;
    source.context = *context;
    base::Result<KubeAccess> found = find_access(source, environment);
    ASSERT_TRUE(found) << found.error().message;
    access_ = *found;
    base::Result<KubeApi> api = KubeApi::make(access_, clock_);
    ASSERT_TRUE(api) << api.error().message;
    api_.emplace(*std::move(api));
    namespace_ = "kube-test-" + base::random_token(4);
    const KubeAnswer made = api_->create(
        "/api/v1/namespaces",
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", namespace_}}}});
    ASSERT_TRUE(made) << made.error->message;
  }

  void TearDown() override {
    if (api_) {
      api_->remove("/api/v1/namespaces/" + namespace_);
    }
  }

  [[nodiscard]] std::string in_namespace(const std::string& group, const std::string& rest) const {
    return group + "/namespaces/" + namespace_ + "/" + rest;
  }

  [[nodiscard]] std::string core(const std::string& rest) const {
    return in_namespace("/api/v1", rest);
  }

  static json config_map(const std::string& name, const std::string& value) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}}},
            {"data", {{"value", value}}}};
  }

  void create_pod(const std::string& name, const std::vector<std::string>& arguments) {
    const json pod{{"apiVersion", "v1"},
                   {"kind", "Pod"},
                   {"metadata", {{"name", name}}},
                   {"spec",
                    {{"restartPolicy", "Never"},
                     {"terminationGracePeriodSeconds", 0},
                     {"containers", json::array({{{"name", "speaker"},
                                                  {"image", kImage},
                                                  {"imagePullPolicy", "Never"},
                                                  {"args", arguments}}})}}}};
    // The service account of a new namespace is made a moment after it.
    const base::MonoTime deadline = clock_.mono() + kPatience;
    KubeAnswer made = api_->create(core("pods"), pod);
    while (!made && made.error->reason == "Forbidden" && clock_.mono() < deadline) {
      made = api_->create(core("pods"), pod);
    }
    ASSERT_TRUE(made) << made.error->message;
  }

  // Halts the API server for that time.
  void halt(milliseconds time) {
    int pid = 0;
    const std::string text = environment.get("DRYDOCK_TEST_APISERVER_PID").value_or("");
    std::from_chars(text.data(), text.data() + text.size(), pid);
    ASSERT_GT(pid, 1) << "set DRYDOCK_TEST_APISERVER_PID";
    ASSERT_EQ(::kill(pid, SIGSTOP), 0);
    Board nothing;
    nothing.wait([] { return false; }, time);
    ASSERT_EQ(::kill(pid, SIGCONT), 0);
  }

  void report(const char* what, base::MonoTime since) const {
    std::printf("figure: %s %.0f ms\n", what, base::to_ms(clock_.mono() - since));
  }

  base::SystemClock clock_;
  KubeAccess access_;
  std::optional<KubeApi> api_;
  std::string namespace_;
};

TEST_F(Cluster, KeepsObjects) {
  const KubeAnswer made = api_->apply(core("configmaps/a"), config_map("a", "1"));
  ASSERT_TRUE(made) << made.error->message;
  EXPECT_EQ(made.object["data"]["value"], "1");
  EXPECT_EQ(made.object["metadata"]["managedFields"][0]["manager"], "drydock");

  const KubeAnswer patched = api_->merge_patch(core("configmaps/a"), {{"data", {{"value", "2"}}}});
  ASSERT_TRUE(patched) << patched.error->message;
  EXPECT_EQ(api_->get(core("configmaps/a")).object["data"]["value"], "2");

  const KubeAnswer again = api_->create(core("configmaps"), config_map("a", "3"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error->status, 409);
  EXPECT_EQ(again.error->reason, "AlreadyExists");

  EXPECT_TRUE(api_->remove(core("configmaps/a")));
  const KubeAnswer gone = api_->get(core("configmaps/a"));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error->reason, "NotFound");
  EXPECT_THAT(gone.error->message, HasSubstr("configmaps \"a\" not found"));

  const base::MonoTime began = clock_.mono();
  for (int i = 0; i < 100; ++i) {
    api_->get(core("configmaps/a"));
  }
  report("100 requests on a kept connection", began);
}

TEST_F(Cluster, TellsWhatIsInvalid) {
  const KubeAnswer answer = api_->create(core("configmaps"), config_map("Not A Name", "1"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error->status, 422);
  EXPECT_EQ(answer.error->reason, "Invalid");
}

TEST_F(Cluster, IsWatched) {
  Events events;
  const KubeWatch watch(access_, clock_, core("configmaps"), "", "metadata.name!=kube-root-ca.crt",
                        events.sink());
  api_->apply(core("configmaps/a"), config_map("a", "1"));
  ASSERT_TRUE(events.has("ADDED a"));
  const base::MonoTime began = clock_.mono();
  api_->apply(core("configmaps/a"), config_map("a", "2"));
  ASSERT_TRUE(events.has("MODIFIED a"));
  report("from a change asked for to its event", began);
  api_->remove(core("configmaps/a"));
  ASSERT_TRUE(events.has("DELETED a"));
  EXPECT_THAT(events.losses, testing::IsEmpty());
}

TEST_F(Cluster, WatchGoesOnAfterTheServerWasHalted) {
  Events events;
  KubeStreamLimits limits;
  limits.watch_time = seconds(2);
  limits.watch_slack = milliseconds(500);
  limits.request.connect_timeout = milliseconds(1'000);
  const KubeWatch watch(access_, clock_, core("configmaps"), "", "", events.sink(), limits);
  api_->apply(core("configmaps/before"), config_map("before", "1"));
  ASSERT_TRUE(events.has("ADDED before"));

  halt(milliseconds(5'000));
  const base::MonoTime began = clock_.mono();
  EXPECT_TRUE(events.board.wait([&] { return events.found > 0; }));
  report("from the server's return to found", began);
  EXPECT_GE(events.losses.size(), 1U);

  api_->apply(core("configmaps/after"), config_map("after", "1"));
  EXPECT_TRUE(events.has("ADDED after"));
  EXPECT_EQ(std::count(events.all.begin(), events.all.end(), "ADDED before"), 1);
}

TEST_F(Cluster, LogIsFollowedFromBeforeTheContainerStartedToItsEnd) {
  Lines lines;
  create_pod("speaker", {"count", "50", "20"});
  const KubeLog log(access_, clock_, namespace_, "speaker", "speaker", lines.sink());
  ASSERT_TRUE(lines.board.wait([&] { return lines.all.size() >= 50; }));
  const base::MonoTime began = clock_.mono();
  ASSERT_TRUE(lines.board.wait([&] { return lines.ended; }));
  report("from the last line to the log's end", began);
  EXPECT_EQ(lines.all, counted(50));
  EXPECT_THAT(lines.losses, testing::IsEmpty());
}

TEST_F(Cluster, LogGoesOnAfterTheServerWasHalted) {
  Lines lines;
  KubeStreamLimits limits;
  limits.log_silence = milliseconds(1'000);
  limits.request.connect_timeout = milliseconds(1'000);
  limits.request.request_timeout = milliseconds(1'000);
  create_pod("speaker", {"count", "1200", "10"});
  const KubeLog log(access_, clock_, namespace_, "speaker", "speaker", lines.sink(), limits);
  ASSERT_TRUE(lines.board.wait([&] { return lines.all.size() > 100; }));

  halt(milliseconds(5'000));

  ASSERT_TRUE(lines.board.wait([&] { return lines.ended; }));
  EXPECT_EQ(lines.all, counted(1200));
  EXPECT_GE(lines.losses.size(), 1U);
}

TEST_F(Cluster, QuickLogIsReadWhole) {
  // As a file of the kubelet's, stamps and all, it stays under the 10 MiB at which a kubelet begins
  // a new file (containerLogMaxSize): what stood in the former one cannot be asked for any more.
  constexpr int kLines = 150'000;
  Lines lines;
  // A container that ends while its last lines are under way loses them on a busy node: containerd
  // reads on for 2 s. This one stays until they have arrived.
  create_pod("speaker", {"count", std::to_string(kLines), "0", "3000"});
  const KubeLog log(access_, clock_, namespace_, "speaker", "speaker", lines.sink());
  ASSERT_TRUE(lines.board.wait([&] { return !lines.all.empty(); }));
  const base::MonoTime began = clock_.mono();
  ASSERT_TRUE(lines.board.wait([&] { return lines.ended; }));
  report("150,000 lines of a log", began);
  EXPECT_EQ(lines.all.size(), kLines + 1U);
  EXPECT_EQ(lines.all, counted(kLines));
}

TEST_F(Cluster, LogOfAPodThatIsDeletedEnds) {
  Lines lines;
  create_pod("speaker", {"count", "100000", "100"});
  const KubeLog log(access_, clock_, namespace_, "speaker", "speaker", lines.sink());
  ASSERT_TRUE(lines.board.wait([&] { return lines.all.size() > 3; }));
  api_->remove(core("pods/speaker"));
  EXPECT_TRUE(lines.board.wait([&] { return lines.ended; }));
}

class RunningPod : public Cluster {
 protected:
  void SetUp() override {
    Cluster::SetUp();
    if (HasFatalFailure()) {
      return;
    }
    create_pod("speaker", {"count", "100000", "100"});
    Lines lines;
    const KubeLog log(access_, clock_, namespace_, "speaker", "speaker", lines.sink());
    ASSERT_TRUE(lines.board.wait([&] { return !lines.all.empty(); }));
  }

  ExecResult exec(const std::vector<std::string>& command,
                  milliseconds timeout = milliseconds(10'000)) {
    return kube_exec(access_, clock_, {namespace_, "speaker", "speaker", command, timeout},
                     [&](std::string_view piece) { output_ += piece; });
  }

  std::string output_;
};

TEST_F(RunningPod, RunsAProgramAndTellsItsExitCode) {
  const base::MonoTime began = clock_.mono();
  const ExecResult result = exec({"/speaker", "fail", "7"});
  report("one exec", began);
  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(output_, "out");
  EXPECT_EQ(result.error_output, "err");
}

TEST_F(RunningPod, GivesManyBytes) {
  const base::MonoTime began = clock_.mono();
  const ExecResult result = exec({"/speaker", "bytes", "50000000"});
  report("exec of 50 MB", began);
  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(output_.size(), 50'000'000U);
}

TEST_F(RunningPod, TellsThatThereIsNoSuchProgram) {
  const ExecResult result = exec({"/nothing"});
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("nothing"));
}

TEST_F(RunningPod, CutsAProgramOffThatDoesNotEnd) {
  const ExecResult result = exec({"/speaker", "count", "100000", "100"}, milliseconds(1'000));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->reason, "Timeout");
}

TEST_F(RunningPod, TellsThatThereIsNoSuchContainer) {
  const ExecResult result =
      kube_exec(access_, clock_, {namespace_, "speaker", "other", {"/speaker"}}, nullptr);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->status, 400);
  EXPECT_THAT(result.error->message, HasSubstr("container other is not valid"));
}

TEST_F(Cluster, JobIsWatchedToItsEnd) {
  Events pods;
  Events jobs;
  const KubeWatch pod_watch(access_, clock_, core("pods"), "batch.kubernetes.io/job-name=j", "",
                            pods.sink());
  const KubeWatch job_watch(access_, clock_, in_namespace("/apis/batch/v1", "jobs"), "", "",
                            jobs.sink());
  const json job{{"apiVersion", "batch/v1"},
                 {"kind", "Job"},
                 {"metadata", {{"name", "j"}}},
                 {"spec",
                  {{"backoffLimit", 0},
                   {"template",
                    {{"spec",
                      {{"restartPolicy", "Never"},
                       {"containers", json::array({{{"name", "speaker"},
                                                    {"image", kImage},
                                                    {"imagePullPolicy", "Never"},
                                                    {"args", json::array({"fail", "3"})}}})}}}}}}}};
  const base::MonoTime began = clock_.mono();
  ASSERT_TRUE(api_->apply(in_namespace("/apis/batch/v1", "jobs/j"), job));
  ASSERT_TRUE(jobs.has("ADDED j"));
  ASSERT_TRUE(pods.board.wait([&] { return !pods.all.empty(); }));
  report("from a Job to its pod", began);
  bool failed = false;
  while (!failed && clock_.mono() - began < kPatience) {
    const KubeAnswer answer = api_->get(in_namespace("/apis/batch/v1", "jobs/j"));
    ASSERT_TRUE(answer) << answer.error->message;
    failed = answer.object["status"].value("failed", 0) == 1;
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(jobs.has("MODIFIED j"));
}

}  // namespace
}  // namespace harness

int main(int argc, char** argv, char** entries) {
  testing::InitGoogleTest(&argc, argv);
  harness::environment = base::Environment(entries);
  return RUN_ALL_TESTS();
}
