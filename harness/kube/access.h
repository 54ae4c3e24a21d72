// kube: the Kubernetes API, spoken by the harness itself, so that no image needs kubectl.
//
// Doors: access.h says which cluster and who we are; api.h asks and changes; watch.h follows a
// list or a log; exec.h runs a program in a container. Objects are JSON as the API has them.
// Below the doors: client.h (requests, retries) over http.h (one answer) over connection.h (bytes,
// TLS, limits). Asio, Beast and OpenSSL stay in the room, and what they throw ends here.
// May include: common/base, common/yaml, harness/process. Knows no Job of ours.
#pragma once

#include <memory>
#include <string>

#include "common/base/env.h"
#include "common/base/error.h"

namespace harness {

class KubePlugin;

// What a kubeconfig's user or a pod's service account proves itself with. Secret: never printed.
struct KubeCredentials {
  std::string client_certificate;  // PEM, with client_key
  std::string client_key;
  std::string token;       // sent as it is
  std::string token_file;  // read again before it is used: the kubelet renews it
  // A program that gives a token or a certificate (client.authentication.k8s.io); nullptr: none.
  // The copies of an access share it, so that it runs once for all of them until its answer
  // expires.
  std::shared_ptr<KubePlugin> plugin;
};

struct KubeAccess {
  std::string server;           // "https://10.96.0.1:443", perhaps with a path
  std::string authority;        // PEM of the CA; empty: the system's
  std::string tls_server_name;  // for the certificate, where it is not the server's host
  bool insecure = false;        // insecure-skip-tls-verify, when the file says so
  std::string namespace_name = "default";
  std::string source;  // "context kind-ci of ~/.kube/config", "the pod's service account"
  KubeCredentials credentials;
};

struct KubeAccessSource {
  std::string kubeconfig;  // empty: KUBECONFIG, else ~/.kube/config
  std::string context;     // empty: in a pod its service account; outside an error that lists the
                           // contexts, because a current context is never taken silently
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

// kInvalidInput with file:line:column, or with what to do. A KUBECONFIG of several files is merged
// as kubectl does: the first that has a name wins. An unknown key counts only in what is used: the
// other entries of a file may be for other programs.
base::Result<KubeAccess> find_access(const KubeAccessSource& source,
                                     const base::Environment& environment);

}  // namespace harness
