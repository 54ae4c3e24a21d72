#include "harness/kube/credentials.h"

#include <algorithm>

#include "common/base/file.h"
#include "harness/kube/plugin.h"

namespace harness {
namespace {

constexpr std::size_t kTokenBytesMax = 1024 * 1024;

base::Result<std::string> read_token(const std::string& path) {
  base::Result<std::string> text = base::read_file(path, kTokenBytesMax);
  if (!text) {
    return text;
  }
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) {
    text->pop_back();
  }
  if (text->empty()) {
    return base::invalid_input(path + " holds no token");
  }
  return text;
}

}  // namespace

bool is_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

base::Result<Proof> current_proof(const KubeCredentials& credentials, const base::Clock& clock) {
  Proof proof{credentials.token, credentials.client_certificate, credentials.client_key};
  if (!credentials.token_file.empty()) {
    base::Result<std::string> token = read_token(credentials.token_file);
    if (!token) {
      return std::move(token).error();
    }
    proof.token = *std::move(token);
  } else if (credentials.plugin) {
    base::Result<KubePluginAnswer> answer = credentials.plugin->answer(clock);
    if (!answer) {
      return std::move(answer).error();
    }
    proof.token = answer->token;
    if (!answer->client_key.empty()) {
      proof.client_certificate = answer->client_certificate;
      proof.client_key = answer->client_key;
    }
  }
  if (!is_token(proof.token)) {
    return base::invalid_input(
        "the token holds a blank, a line end or another character that no token has");
  }
  return proof;
}

bool renew_proof(const KubeCredentials& credentials, const Proof& refused) {
  if (credentials.plugin) {
    credentials.plugin->forget(refused.token);
  }
  return credentials.plugin || !credentials.token_file.empty();
}

}  // namespace harness
