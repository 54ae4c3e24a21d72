#include "harness/kube/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "harness/kube/plugin.h"

namespace harness {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kBasic = R"(
apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: c1, cluster: {server: "https://a.test:6443", tls-server-name: api.test}}
users:
- {name: u1, user: {token: t0k}}
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: team}}
- {name: two, context: {cluster: c1}}
)";

class Access : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = (folder_.path() / name).string();
    EXPECT_TRUE(base::write_file(path, text));
    return path;
  }

  base::Result<KubeAccess> find(const std::string& text, const std::string& context) {
    KubeAccessSource source;
    source.kubeconfig = write("config", text);
    source.context = context;
    return find_access(source, environment_);
  }

  // A file of one context "c" whose cluster and user have these lines.
  base::Result<KubeAccess> find_entry(const std::string& cluster, const std::string& user) {
    return find("clusters:\n- name: c\n  cluster: {" + cluster + "}\nusers:\n- name: u\n  user: {" +
                    user + "}\ncontexts:\n- name: c\n  context: {cluster: c, user: u}\n",
                "c");
  }

  std::string mistake(const std::string& cluster, const std::string& user) {
    const base::Result<KubeAccess> found = find_entry(cluster, user);
    return found ? "none" : found.error().message;
  }

  static std::string server() { return "server: 'https://a.test'"; }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("access");
  base::Environment environment_;
};

TEST_F(Access, IsTheContextThatWasNamed) {
  const base::Result<KubeAccess> found = find(kBasic, "one");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->server, "https://a.test:6443");
  EXPECT_EQ(found->tls_server_name, "api.test");
  EXPECT_EQ(found->namespace_name, "team");
  EXPECT_EQ(found->credentials.token, "t0k");
  EXPECT_THAT(found->source, AllOf(HasSubstr("context one of "), EndsWith("/config")));
}

TEST_F(Access, MayBeWithoutAUser) {
  const base::Result<KubeAccess> found = find(kBasic, "two");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->namespace_name, "default");
  EXPECT_EQ(found->credentials.token, "");
}

TEST_F(Access, IsNeverTheCurrentContext) {
  const base::Result<KubeAccess> found = find(kBasic, "");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, base::ErrorKind::kInvalidInput);
  EXPECT_THAT(found.error().message, HasSubstr("there are: one, two"));
}

TEST_F(Access, NamesTheNearestContext) {
  EXPECT_THAT(find(kBasic, "onne").error().message, HasSubstr("did you mean 'one'?"));
  EXPECT_THAT(find(kBasic, "elsewhere").error().message, HasSubstr("there are: one, two"));
}

TEST_F(Access, MergesFilesAndTheFirstOfANameWins) {
  const std::string first = write("first", R"(
clusters: [{name: c, cluster: {server: "https://first.test"}}]
users: null
)");
  const std::string second = write("second", R"(
clusters: [{name: c, cluster: {server: "https://second.test"}}, {name: d, cluster: {server: "https://d.test"}}]
users: [{name: u, user: {token: t0k}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: d, user: u}}]
)");
  environment_.set("KUBECONFIG", first + "::/does/not/exist:" + second);
  KubeAccessSource source;
  source.context = "x";
  const base::Result<KubeAccess> x = find_access(source, environment_);
  ASSERT_TRUE(x) << x.error().message;
  EXPECT_EQ(x->server, "https://first.test");
  EXPECT_EQ(x->credentials.token, "t0k");
  source.context = "y";
  EXPECT_EQ(find_access(source, environment_)->server, "https://d.test");
}

TEST_F(Access, IsLookedForAtHome) {
  environment_.set("HOME", folder_.path().string());
  write(".kube/config", kBasic);
  KubeAccessSource source;
  source.context = "one";
  EXPECT_TRUE(find_access(source, environment_));
}

TEST_F(Access, SaysWhereItLooked) {
  KubeAccessSource source;
  source.context = "one";
  EXPECT_THAT(find_access(source, environment_).error().message, HasSubstr("nor HOME is set"));
  environment_.set("HOME", "/nowhere");
  EXPECT_THAT(find_access(source, environment_).error().message,
              HasSubstr("/nowhere/.kube/config"));
  source.kubeconfig = "/nowhere/else";
  EXPECT_THAT(find_access(source, environment_).error().message, HasSubstr("/nowhere/else"));
}

TEST_F(Access, TakesCertificatesFromDataAndFiles) {
  write("pki/ca.crt", "CA");
  write("token", "t0k");
  const base::Result<KubeAccess> found =
      find_entry(server() + ", certificate-authority: pki/ca.crt",
                 "client-certificate-data: " + base::to_base64("CERT") +
                     ", client-key-data: " + base::to_base64("KEY") + ", tokenFile: token");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->authority, "CA");
  EXPECT_EQ(found->credentials.client_certificate, "CERT");
  EXPECT_EQ(found->credentials.client_key, "KEY");
  EXPECT_EQ(found->credentials.token_file, (folder_.path() / "token").string());
}

TEST_F(Access, KnowsAPluginAndWhereItIs) {
  const base::Result<KubeAccess> found = find_entry(
      server(),
      "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./log-in, args: [a, b], "
      "env: [{name: REGION, value: x}], interactiveMode: IfAvailable, provideClusterInfo: true}");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->credentials.plugin);
}

TEST_F(Access, RunsThePluginOfTheFilesFolder) {
  write("log-in",
        "#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":"
        "\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"'$REGION-$1'\"}}'\n");
  std::filesystem::permissions(folder_.path() / "log-in", std::filesystem::perms::owner_all);
  const base::Result<KubeAccess> found = find_entry(
      server(),
      "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./log-in, args: [a], "
      "env: [{name: REGION, value: x}]}");
  ASSERT_TRUE(found) << found.error().message;
  const base::SystemClock clock;
  const base::Result<KubePluginAnswer> answer = found->credentials.plugin->answer(clock);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->token, "x-a");
}

TEST_F(Access, MistakesAreToldWithTheirPlace) {
  EXPECT_THAT(mistake("server: a.test", ""), AllOf(HasSubstr("config:3:"), HasSubstr("https://")));
  EXPECT_THAT(mistake("", ""), HasSubstr("expected a server"));
  EXPECT_THAT(mistake(server() + ", certificate-autority: x", ""),
              HasSubstr("did you mean 'certificate-authority'?"));
  EXPECT_THAT(mistake(server() + ", certificate-authority: nowhere", ""), HasSubstr("nowhere"));
  EXPECT_THAT(mistake(server() + ", insecure-skip-tls-verify: yes", ""), HasSubstr("config:3:"));
  EXPECT_THAT(
      mistake(server() + ", insecure-skip-tls-verify: true, certificate-authority-data: QQ==", ""),
      HasSubstr("take one of them away"));
  EXPECT_THAT(mistake(server(), "client-key-data: QQ=="), HasSubstr("go together"));
  EXPECT_THAT(mistake(server(), "exec: {command: x}"),
              HasSubstr("client.authentication.k8s.io/v1"));
  EXPECT_THAT(mistake(server(), "exec: {apiVersion: client.authentication.k8s.io/v1}"),
              HasSubstr("without a command"));
}

TEST_F(Access, WhatIsNotSupportedIsSaidWithARemedy) {
  EXPECT_THAT(mistake(server() + ", proxy-url: 'http://p'", ""), HasSubstr("proxy"));
  EXPECT_THAT(mistake(server(), "auth-provider: {name: oidc}"), HasSubstr("use exec"));
  EXPECT_THAT(mistake(server(), "username: a, password: s3cret"),
              AllOf(HasSubstr("use a token"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(mistake(server(), "token: a, as: root"), HasSubstr("not supported"));
  EXPECT_THAT(mistake(server(),
                      "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, "
                      "interactiveMode: Always}"),
              HasSubstr("log in before"));
}

TEST_F(Access, NoMistakeShowsASecret) {
  for (const char* user : {"token: 's3cret x'", "token: [s3cret]", "client-key-data: 's3cret!'",
                           "tokn: s3cret", "token: {s3cret: s3cret}"}) {
    const std::string message = mistake(server(), user);
    EXPECT_NE(message, "none") << user;
    EXPECT_THAT(message, Not(HasSubstr("s3cret")));
  }
}

TEST_F(Access, NamesWhatAContextLacks) {
  const auto message = [&](const std::string& context) {
    return find(
               "clusters: [{name: c, cluster: {server: 'https://a.test'}}]\n"
               "contexts: [{name: x, context: {" +
                   context + "}}]\n",
               "x")
        .error()
        .message;
  };
  EXPECT_THAT(message("user: u"), HasSubstr("names no cluster"));
  EXPECT_THAT(message("cluster: d"), HasSubstr("no cluster 'd' is defined; there are: c"));
  EXPECT_THAT(message("cluster: c, user: u"), HasSubstr("no user 'u' is defined; there are: none"));
}

TEST_F(Access, RefusesAFileOfAnotherShape) {
  EXPECT_THAT(find("[1]", "x").error().message, HasSubstr("config:1:1"));
  EXPECT_THAT(find("contexts: {a: b}", "x").error().message, HasSubstr("config:1:"));
  EXPECT_THAT(find("contexts: [{context: {}}]", "x").error().message, HasSubstr("without a name"));
  EXPECT_THAT(find("contexts: [{name: a}, {name: a}]", "x").error().message,
              HasSubstr("a second context 'a'"));
  EXPECT_THAT(find("", "x").error().message, HasSubstr("no Kubernetes context is known"));
}

// What stands elsewhere in the file may be for another program.
TEST_F(Access, LooksOnlyAtWhatItUses) {
  const std::string more = "- {name: odd, user: {auth-provider: {name: gcp}}}\n";
  std::string text = kBasic;
  text.insert(text.find("contexts:"), more);
  EXPECT_TRUE(find(text + "preferences: {}\nx-vendor: 1\n", "one"));
}

class AccessInAPod : public Access {
 protected:
  void SetUp() override {
    write("sa/token", "t0k\n");
    write("sa/ca.crt", "CA");
    write("sa/namespace", "team");
    environment_.set("KUBERNETES_SERVICE_HOST", "10.96.0.1");
    environment_.set("KUBERNETES_SERVICE_PORT", "6443");
    source_.service_account = (folder_.path() / "sa").string();
  }

  KubeAccessSource source_;
};

TEST_F(AccessInAPod, IsTheServiceAccounts) {
  const base::Result<KubeAccess> found = find_access(source_, environment_);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->server, "https://10.96.0.1:6443");
  EXPECT_EQ(found->authority, "CA");
  EXPECT_EQ(found->namespace_name, "team");
  EXPECT_EQ(found->credentials.token, "");
  EXPECT_THAT(found->credentials.token_file, EndsWith("/sa/token"));
}

TEST_F(AccessInAPod, PutsAnIpv6AddressInBrackets) {
  environment_.set("KUBERNETES_SERVICE_HOST", "fd00::1");
  EXPECT_EQ(find_access(source_, environment_)->server, "https://[fd00::1]:6443");
}

TEST_F(AccessInAPod, IsAContextWhereOneIsNamed) {
  source_.kubeconfig = write("config", kBasic);
  source_.context = "one";
  EXPECT_EQ(find_access(source_, environment_)->server, "https://a.test:6443");
}

TEST_F(AccessInAPod, NeedsTheAuthority) {
  std::filesystem::remove(folder_.path() / "sa/ca.crt");
  EXPECT_THAT(find_access(source_, environment_).error().message,
              HasSubstr("the pod's service account"));
}

}  // namespace
}  // namespace harness
