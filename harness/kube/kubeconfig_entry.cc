// One cluster and one user of a kubeconfig. No error shows a value: it may be a secret.
#include <algorithm>
#include <filesystem>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "harness/kube/credentials.h"
#include "harness/kube/kubeconfig.h"
#include "harness/kube/plugin.h"
#include "harness/kube/server_address.h"

namespace harness {
namespace {

constexpr std::size_t kPemBytesMax = 4 * 1024 * 1024;

const std::vector<std::string> kClusterKeys{
    "server",     "tls-server-name",       "insecure-skip-tls-verify",
    "proxy-url",  "certificate-authority", "certificate-authority-data",
    "extensions", "disable-compression"};
const std::vector<std::string> kUserKeys{"client-certificate",
                                         "client-certificate-data",
                                         "client-key",
                                         "client-key-data",
                                         "token",
                                         "tokenFile",
                                         "exec",
                                         "username",
                                         "password",
                                         "auth-provider",
                                         "as",
                                         "as-uid",
                                         "as-groups",
                                         "as-user-extra",
                                         "extensions"};
const std::vector<std::string> kPluginKeys{"command",         "args",        "env",
                                           "apiVersion",      "installHint", "provideClusterInfo",
                                           "interactiveMode", "config"};

// What it would take is said where a person can act on it.
struct Unsupported {
  std::string_view key;
  std::string_view remedy;
};

constexpr Unsupported kUnsupportedOfClusters[] = {
    {"proxy-url", "a proxy is not supported: give the server's own address"},
};
constexpr Unsupported kUnsupportedOfUsers[] = {
    {"auth-provider", "auth-provider is not supported, nor by kubectl since 1.26: use exec"},
    {"username", "a user name and password are not supported: use a token or a certificate"},
    {"password", "a user name and password are not supported: use a token or a certificate"},
    {"as", "acting as somebody else is not supported: use the credentials of that user"},
    {"as-uid", "acting as somebody else is not supported: use the credentials of that user"},
    {"as-groups", "acting as somebody else is not supported: use the credentials of that user"},
    {"as-user-extra", "acting as somebody else is not supported: use the credentials of that user"},
};

// The first mistake, kept, so that the readers below go straight on.
class Reader {
 public:
  explicit Reader(const yaml::Mapping& mapping) : mapping_(mapping) {}

  std::string text(std::string_view key) {
    base::Result<std::string> value = mapping_.text_or(key, "");
    return value ? *std::move(value) : fail(value.error(), std::string());
  }

  bool boolean(std::string_view key) {
    base::Result<bool> value = mapping_.boolean_or(key, false);
    return value ? *value : fail(value.error(), false);
  }

  // The base64 of `<key>-data`, else the file that `key` names.
  std::string pem(const std::string& key) {
    std::string data = text(key + "-data");
    if (!data.empty()) {
      std::erase_if(data, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
      const std::optional<std::string> decoded = base::from_base64(data);
      return decoded ? *decoded : fail(at(key + "-data").error("not base64"), std::string());
    }
    const std::string path = text(key);
    if (path.empty()) {
      return "";
    }
    base::Result<std::string> content = base::read_file(beside(path), kPemBytesMax);
    return content ? *std::move(content)
                   : fail(at(key).error(content.error().message), std::string());
  }

  // A path of the file, seen from the file's own folder.
  [[nodiscard]] std::string beside(const std::string& path) const {
    const std::filesystem::path file = mapping_.node().place().file;
    return (file.parent_path() / path).string();
  }

  template <typename T>
  T fail(base::Error error, T value) {
    if (!error_) {
      error_ = std::move(error);
    }
    return value;
  }

  [[nodiscard]] yaml::Node at(std::string_view key) const {
    return mapping_.find(key).value_or(mapping_.node());
  }

  [[nodiscard]] base::Result<void> result() const {
    return error_ ? base::Result<void>(*error_) : base::Result<void>();
  }

 private:
  const yaml::Mapping& mapping_;
  std::optional<base::Error> error_;
};

template <typename Rows>
base::Result<void> refuse(const Rows& rows, const yaml::Mapping& mapping) {
  for (const Unsupported& row : rows) {
    if (const std::optional<yaml::Node> node = mapping.find(row.key)) {
      return node->error(row.remedy);
    }
  }
  return {};
}

// [{name: A, value: b}] on top of ours.
base::Result<std::vector<std::string>> plugin_environment(const std::optional<yaml::Node>& node,
                                                          base::Environment environment) {
  if (!node) {
    return environment.entries();
  }
  base::Result<std::vector<yaml::Node>> items = node->items();
  if (!items) {
    return std::move(items).error();
  }
  for (const yaml::Node& item : *items) {
    base::Result<yaml::Mapping> pair = yaml::Mapping::of(item, {"name", "value"});
    if (!pair) {
      return std::move(pair).error();
    }
    base::Result<std::string> name = pair->text_or("name", "");
    base::Result<std::string> value = pair->text_or("value", "");
    if (!name || !value) {
      return name ? std::move(value).error() : std::move(name).error();
    }
    if (name->empty() || name->find('=') != std::string::npos) {
      return item.error("expected a variable's name");
    }
    environment.set(*name, *value);
  }
  return environment.entries();
}

nlohmann::json cluster_info(const KubeAccess& access) {
  nlohmann::json info{{"server", access.server}, {"config", nullptr}};
  if (!access.authority.empty()) {
    info["certificate-authority-data"] = base::to_base64(access.authority);
  }
  if (!access.tls_server_name.empty()) {
    info["tls-server-name"] = access.tls_server_name;
  }
  if (access.insecure) {
    info["insecure-skip-tls-verify"] = true;
  }
  return info;
}

base::Result<std::vector<std::string>> plugin_command(const Reader& reader,
                                                      const yaml::Mapping& plugin,
                                                      std::string command) {
  if (command.empty()) {
    return plugin.node().error("a credential plugin without a command");
  }
  // As kubectl has it: a bare name is looked up in PATH, a path starts from the file.
  if (command.find('/') != std::string::npos) {
    command = reader.beside(command);
  }
  std::vector<std::string> argv{std::move(command)};
  if (const std::optional<yaml::Node> arguments = plugin.find("args")) {
    base::Result<std::vector<std::string>> texts = arguments->texts();
    if (!texts) {
      return std::move(texts).error();
    }
    argv.insert(argv.end(), texts->begin(), texts->end());
  }
  return argv;
}

base::Result<std::shared_ptr<KubePlugin>> read_plugin(const yaml::Node& node,
                                                      const base::Environment& environment,
                                                      const KubeAccess& access) {
  base::Result<yaml::Mapping> plugin = yaml::Mapping::of(node, kPluginKeys);
  if (!plugin) {
    return std::move(plugin).error();
  }
  Reader reader(*plugin);
  KubePluginSpec spec;
  const std::string command = reader.text("command");
  const std::string mode = reader.text("interactiveMode");
  spec.api_version = reader.text("apiVersion");
  spec.install_hint = reader.text("installHint");
  if (reader.boolean("provideClusterInfo")) {
    spec.cluster = cluster_info(access);
  }
  if (base::Result<void> read = reader.result(); !read) {
    return std::move(read).error();
  }
  if (spec.api_version != "client.authentication.k8s.io/v1" &&
      spec.api_version != "client.authentication.k8s.io/v1beta1") {
    return reader.at("apiVersion")
        .error("expected client.authentication.k8s.io/v1 or v1beta1: a newer plugin speaks it");
  }
  if (mode == "Always") {
    return reader.at("interactiveMode")
        .error(
            "a plugin that asks on the terminal is not supported: log in before, or use one "
            "that needs no answer");
  }
  base::Result<std::vector<std::string>> argv = plugin_command(reader, *plugin, command);
  if (!argv) {
    return std::move(argv).error();
  }
  spec.command = *std::move(argv);
  base::Result<std::vector<std::string>> entries =
      plugin_environment(plugin->find("env"), environment);
  if (!entries) {
    return std::move(entries).error();
  }
  spec.environment = *std::move(entries);
  return std::make_shared<KubePlugin>(std::move(spec));
}

base::Result<void> check_user(const Reader& reader, const KubeCredentials& credentials) {
  if (credentials.client_certificate.empty() != credentials.client_key.empty()) {
    return reader.at("client-certificate").error("a client certificate and its key go together");
  }
  if (!is_token(credentials.token)) {
    return reader.at("token").error("a blank or a line end is in the token");
  }
  return {};
}

}  // namespace

base::Result<void> read_cluster(const yaml::Node& node, KubeAccess& access) {
  base::Result<yaml::Mapping> cluster = yaml::Mapping::of(node, kClusterKeys);
  if (!cluster) {
    return std::move(cluster).error();
  }
  base::Result<void> refused = refuse(kUnsupportedOfClusters, *cluster);
  if (!refused) {
    return refused;
  }
  Reader reader(*cluster);
  access.server = reader.text("server");
  access.tls_server_name = reader.text("tls-server-name");
  access.insecure = reader.boolean("insecure-skip-tls-verify");
  access.authority = reader.pem("certificate-authority");
  if (base::Result<void> read = reader.result(); !read) {
    return read;
  }
  const base::Result<ServerAddress> address = parse_server(access.server);
  if (!address) {
    return reader.at("server").error(address.error().message);
  }
  if (access.insecure && !access.authority.empty()) {
    return reader.at("insecure-skip-tls-verify")
        .error("a certificate authority is given too: take one of them away");
  }
  return {};
}

base::Result<void> read_user(const yaml::Node& node, const base::Environment& environment,
                             KubeAccess& access) {
  if (node.kind() == yaml::Node::Kind::kNull) {
    return {};
  }
  base::Result<yaml::Mapping> user = yaml::Mapping::of(node, kUserKeys);
  if (!user) {
    return std::move(user).error();
  }
  base::Result<void> refused = refuse(kUnsupportedOfUsers, *user);
  if (!refused) {
    return refused;
  }
  Reader reader(*user);
  KubeCredentials& credentials = access.credentials;
  credentials.client_certificate = reader.pem("client-certificate");
  credentials.client_key = reader.pem("client-key");
  credentials.token = reader.text("token");
  const std::string token_file = reader.text("tokenFile");
  if (!token_file.empty()) {
    credentials.token_file = reader.beside(token_file);
  }
  base::Result<void> read = reader.result();
  if (read) {
    read = check_user(reader, credentials);
  }
  const std::optional<yaml::Node> plugin_node = user->find("exec");
  if (!read || !plugin_node) {
    return read;
  }
  base::Result<std::shared_ptr<KubePlugin>> plugin = read_plugin(*plugin_node, environment, access);
  if (!plugin) {
    return std::move(plugin).error();
  }
  credentials.plugin = *std::move(plugin);
  return {};
}

}  // namespace harness
