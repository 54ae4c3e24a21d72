// kubeconfig files, merged as kubectl merges them, and what one context of them says.
#pragma once

#include <string>
#include <vector>

#include "common/base/env.h"
#include "common/yaml/reader.h"
#include "harness/kube/access.h"

namespace harness {

// Named entries of one kind, over all files; the first of a name wins.
struct KubeconfigEntries {
  struct Entry {
    std::string name;
    yaml::Node value;  // null where the file has none
  };

  std::vector<Entry> all;

  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] std::string names() const;  // "a, b"; "none"
};

struct Kubeconfig {
  std::vector<std::unique_ptr<yaml::Document>> documents;  // what the nodes below point into
  KubeconfigEntries clusters, users, contexts;
};

// The files that kubectl would read: the flag's, else those of KUBECONFIG, else ~/.kube/config.
struct KubeconfigPaths {
  std::vector<std::string> paths;
  bool named = false;  // by the flag: then it must be there
};

KubeconfigPaths kubeconfig_paths(const std::string& flag, const base::Environment& environment);

// Files that are missing are left out where nobody named them.
base::Result<Kubeconfig> load_kubeconfig(const KubeconfigPaths& paths);

base::Result<KubeAccess> access_of_context(const Kubeconfig& config, const std::string& name,
                                           const base::Environment& environment);

// Of kubeconfig_entry.cc: the parts of a KubeAccess, from one entry each.
base::Result<void> read_cluster(const yaml::Node& node, KubeAccess& access);
base::Result<void> read_user(const yaml::Node& node, const base::Environment& environment,
                             KubeAccess& access);

}  // namespace harness
