#include "harness/kube/kubeconfig.h"

#include <algorithm>
#include <filesystem>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kFilesMax = 64;
constexpr std::size_t kShownBytesMax = 1000;

const yaml::Node* value_of(const std::vector<yaml::Node::Entry>& entries, std::string_view key) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const yaml::Node::Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

// One "- name: x, cluster: {...}" of a list.
base::Result<void> add_entry(const yaml::Node& item, std::string_view kind,
                             std::vector<std::string>& names_here, KubeconfigEntries& entries) {
  base::Result<std::vector<yaml::Node::Entry>> parts = item.entries();
  if (!parts) {
    return std::move(parts).error();
  }
  const yaml::Node* name_node = value_of(*parts, "name");
  if (name_node == nullptr) {
    return item.error("a " + std::string(kind) + " without a name");
  }
  base::Result<std::string> name = name_node->text();
  if (!name) {
    return std::move(name).error();
  }
  if (std::find(names_here.begin(), names_here.end(), *name) != names_here.end()) {
    return name_node->error("a second " + std::string(kind) + " '" + base::printable(*name) + "'");
  }
  names_here.push_back(*name);
  if (entries.find(*name) == nullptr) {
    const yaml::Node* value = value_of(*parts, kind);
    entries.all.push_back({*name, value == nullptr ? item : *value});
  }
  return {};
}

base::Result<void> add_list(const std::vector<yaml::Node::Entry>& root, const std::string& key,
                            KubeconfigEntries& entries) {
  const yaml::Node* list = value_of(root, key);
  if (list == nullptr || list->kind() == yaml::Node::Kind::kNull) {
    return {};
  }
  base::Result<std::vector<yaml::Node>> items = list->items();
  if (!items) {
    return std::move(items).error();
  }
  std::vector<std::string> names_here;
  for (const yaml::Node& item : *items) {
    base::Result<void> added =
        add_entry(item, std::string_view(key).substr(0, key.size() - 1), names_here, entries);
    if (!added) {
      return added;
    }
  }
  return {};
}

base::Result<void> add_file(const std::string& path, Kubeconfig& config) {
  base::Result<std::unique_ptr<yaml::Document>> document = yaml::Document::load(path);
  if (!document) {
    return std::move(document).error();
  }
  config.documents.push_back(*std::move(document));
  const yaml::Node root = config.documents.back()->root();
  if (root.kind() == yaml::Node::Kind::kNull) {
    return {};
  }
  base::Result<std::vector<yaml::Node::Entry>> entries = root.entries();
  if (!entries) {
    return std::move(entries).error();
  }
  base::Result<void> added = add_list(*entries, "clusters", config.clusters);
  if (added) {
    added = add_list(*entries, "users", config.users);
  }
  if (added) {
    added = add_list(*entries, "contexts", config.contexts);
  }
  return added;
}

base::Error no_such(const yaml::Node& place, std::string_view kind, const std::string& name,
                    const KubeconfigEntries& entries) {
  return place.error("no " + std::string(kind) + " '" + base::printable(name) +
                     "' is defined; there are: " + entries.names());
}

base::Error no_such_context(const Kubeconfig& config, const std::string& name) {
  std::vector<std::string> names;
  for (const KubeconfigEntries::Entry& entry : config.contexts.all) {
    names.push_back(entry.name);
  }
  const std::optional<std::string> nearest = base::nearest_name(name, names);
  const std::string shown = base::printable(base::shortened(name, kShownBytesMax));
  return base::invalid_input(
      "no context '" + shown + "' in the kubeconfig" +
      (nearest ? ", did you mean '" + *nearest + "'?" : "; there are: " + config.contexts.names()));
}

// What a context names, where it is there.
base::Result<std::optional<yaml::Node>> named_by(const yaml::Mapping& context,
                                                 const std::string& kind,
                                                 const KubeconfigEntries& entries) {
  const std::optional<yaml::Node> name_node = context.find(kind);
  if (!name_node) {
    return std::optional<yaml::Node>();
  }
  base::Result<std::string> name = name_node->text();
  if (!name) {
    return std::move(name).error();
  }
  if (name->empty()) {
    return std::optional<yaml::Node>();
  }
  const KubeconfigEntries::Entry* entry = entries.find(*name);
  if (entry == nullptr) {
    return no_such(*name_node, kind, *name, entries);
  }
  return std::optional(entry->value);
}

base::Result<void> read_context(const Kubeconfig& config, const yaml::Node& node,
                                const base::Environment& environment, KubeAccess& access) {
  base::Result<yaml::Mapping> context =
      yaml::Mapping::of(node, {"cluster", "user", "namespace", "extensions"});
  if (!context) {
    return std::move(context).error();
  }
  base::Result<std::optional<yaml::Node>> cluster = named_by(*context, "cluster", config.clusters);
  if (!cluster) {
    return std::move(cluster).error();
  }
  if (!*cluster) {
    return node.error("the context names no cluster");
  }
  base::Result<std::optional<yaml::Node>> user = named_by(*context, "user", config.users);
  if (!user) {
    return std::move(user).error();
  }
  base::Result<std::string> namespace_name = context->text_or("namespace", "default");
  if (!namespace_name) {
    return std::move(namespace_name).error();
  }
  access.namespace_name = *std::move(namespace_name);
  base::Result<void> read = read_cluster(**cluster, access);
  if (read && *user) {
    read = read_user(**user, environment, access);
  }
  return read;
}

}  // namespace

const KubeconfigEntries::Entry* KubeconfigEntries::find(std::string_view name) const {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string KubeconfigEntries::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : all) {
    names.push_back(base::printable(entry.name));
  }
  return names.empty() ? "none" : base::shortened(base::join(names, ", "), kShownBytesMax);
}

KubeconfigPaths kubeconfig_paths(const std::string& flag, const base::Environment& environment) {
  if (!flag.empty()) {
    return {{flag}, true};
  }
  KubeconfigPaths found;
  if (environment.has("KUBECONFIG")) {
    const std::string list = *environment.get("KUBECONFIG");
    for (const std::string_view path : base::split(list, ':')) {
      if (!path.empty()) {
        found.paths.emplace_back(path);
      }
    }
  } else if (environment.has("HOME")) {
    found.paths.push_back(*environment.get("HOME") + "/.kube/config");
  }
  return found;
}

base::Result<Kubeconfig> load_kubeconfig(const KubeconfigPaths& paths) {
  if (paths.paths.size() > kFilesMax) {
    return base::invalid_input("KUBECONFIG names more than " + std::to_string(kFilesMax) +
                               " files");
  }
  Kubeconfig config;
  for (const std::string& path : paths.paths) {
    std::error_code error;
    if (!paths.named && !std::filesystem::exists(path, error)) {
      continue;
    }
    base::Result<void> added = add_file(path, config);
    if (!added) {
      return std::move(added).error();
    }
  }
  return config;
}

base::Result<KubeAccess> access_of_context(const Kubeconfig& config, const std::string& name,
                                           const base::Environment& environment) {
  const KubeconfigEntries::Entry* entry = config.contexts.find(name);
  if (entry == nullptr) {
    return no_such_context(config, name);
  }
  KubeAccess access;
  access.source = "context " + base::printable(name) + " of " + entry->value.place().file;
  base::Result<void> read = read_context(config, entry->value, environment, access);
  if (!read) {
    return std::move(read).error();
  }
  return access;
}

}  // namespace harness
