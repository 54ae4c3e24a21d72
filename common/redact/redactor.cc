#include "common/redact/redactor.h"

#include <utility>

#include "common/redact/encodings.h"
#include "common/redact/scanner.h"

namespace redact {
namespace {

base::Result<void> check(const Secret& secret) {
  const std::size_t size = secret.value.size();
  if (size < kSecretBytesMin) {
    return base::invalid_input("secret " + secret.name + " has " + std::to_string(size) +
                               " bytes; under " + std::to_string(kSecretBytesMin) +
                               " it would mask ordinary words");
  }
  if (size > kSecretBytesMax) {
    return base::invalid_input("secret " + secret.name + " has " + std::to_string(size) +
                               " bytes; at most " + std::to_string(kSecretBytesMax) +
                               " can be masked");
  }
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const Redactor>> Redactor::make(const std::vector<Secret>& secrets,
                                                             bool shapes, ShapeMark mark) {
  if (secrets.size() > kSecretsMax) {
    return base::invalid_input(std::to_string(secrets.size()) + " secrets; at most " +
                               std::to_string(kSecretsMax) + " can be masked");
  }
  std::vector<std::string> patterns;
  std::vector<std::string> placeholders;
  for (const Secret& secret : secrets) {
    base::Result<void> checked = check(secret);
    if (!checked) {
      return std::move(checked).error();
    }
    for (std::string& form : forms_of(secret.value)) {
      patterns.push_back(std::move(form));
      placeholders.push_back(secret.placeholder);
    }
  }
  const std::size_t values = patterns.size();
  if (shapes) {
    for (const Shape& shape : all_shapes()) {
      patterns.emplace_back(shape.prefix);
    }
  }
  std::shared_ptr<Redactor> redactor(new Redactor);
  redactor->impl_ = std::make_unique<Impl>(patterns, std::move(placeholders), values, mark);
  return std::shared_ptr<const Redactor>(std::move(redactor));
}

Redactor::Redactor() = default;

Redactor::~Redactor() = default;

std::string Redactor::apply(std::string_view text) const {
  Scanner scanner(*impl_);
  std::string out;
  out.reserve(text.size());
  scanner.write(text, out);
  scanner.finish(out);
  return out;
}

std::size_t Redactor::bytes_held_max() const {
  return impl_->bytes_held_max;
}

Stream::Stream(std::shared_ptr<const Redactor> redactor)
    : redactor_(std::move(redactor)),
      scanner_(std::make_unique<Scanner>(*redactor_->impl_)) {}

Stream::Stream(Stream&& other) noexcept = default;

Stream& Stream::operator=(Stream&& other) noexcept = default;

Stream::~Stream() = default;

std::string Stream::write(std::string_view piece) {
  std::string out;
  scanner_->write(piece, out);
  return out;
}

std::string Stream::finish() {
  std::string out;
  scanner_->finish(out);
  return out;
}

}  // namespace redact
