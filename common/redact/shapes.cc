#include "common/redact/shapes.h"

#include <array>

namespace redact {
namespace {

constexpr std::string_view kBase64Url = "-_";
constexpr std::size_t kJwtPartMin = 10;
constexpr std::size_t kUrlUserMax = 256;
constexpr std::size_t kPemLabelMax = 64;
constexpr std::string_view kPrivateKey = "PRIVATE KEY";
constexpr int kPemDashes = 5;

// clang-format off
constexpr std::array kShapes = {
    Shape{"openai_key", "sk-", ShapeKind::kRun, 20, 0, true, true, kBase64Url},
    Shape{"bearer", "Bearer ", ShapeKind::kRun, 16, 7, true, true, "-._~+/="},
    Shape{"bearer", "bearer ", ShapeKind::kRun, 16, 7, true, true, "-._~+/="},
    Shape{"basic", "uthorization: Basic ", ShapeKind::kRun, 8, 20, false, false, "+/="},
    Shape{"basic", "uthorization: basic ", ShapeKind::kRun, 8, 20, false, false, "+/="},
    Shape{"aws_key", "AKIA", ShapeKind::kRun, 16, 0, true, false, {}},
    Shape{"aws_key", "ASIA", ShapeKind::kRun, 16, 0, true, false, {}},
    Shape{"google_key", "AIza", ShapeKind::kRun, 30, 0, true, false, kBase64Url},
    Shape{"github_token", "ghp_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"github_token", "gho_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"github_token", "ghu_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"github_token", "ghs_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"github_token", "ghr_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"github_token", "github_pat_", ShapeKind::kRun, 22, 0, true, false, "_"},
    Shape{"gitlab_token", "glpat-", ShapeKind::kRun, 16, 0, true, false, kBase64Url},
    Shape{"slack_token", "xoxb-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"slack_token", "xoxa-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"slack_token", "xoxp-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"slack_token", "xoxr-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"slack_token", "xoxs-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"slack_token", "xoxe-", ShapeKind::kRun, 10, 0, true, false, "-"},
    Shape{"stripe_key", "sk_live_", ShapeKind::kRun, 16, 0, true, false, {}},
    Shape{"stripe_key", "rk_live_", ShapeKind::kRun, 16, 0, true, false, {}},
    Shape{"stripe_key", "sk_test_", ShapeKind::kRun, 16, 0, true, false, {}},
    Shape{"huggingface_token", "hf_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"npm_token", "npm_", ShapeKind::kRun, 30, 0, true, false, {}},
    Shape{"jwt", "eyJ", ShapeKind::kJwt, 0, 0, true, false, kBase64Url},
    Shape{"private_key", "-----BEGIN ", ShapeKind::kPrivateKey, 0, 0, false, false, {}},
    Shape{"url_password", "://", ShapeKind::kUrl, 0, 0, false, false, {}},
};

// clang-format on

bool is_digit(unsigned char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_alphanumeric(unsigned char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_among(unsigned char byte, std::string_view chars) {
  return chars.find(static_cast<char>(byte)) != std::string_view::npos;
}

// What stands between the lines of a PEM block: base64, its headers, and line ends also as JSON
// writes them.
bool is_pem_body(unsigned char byte) {
  return is_alphanumeric(byte) || is_among(byte, "+/=-_.,:()\\ \t\r\n");
}

bool is_user_info(unsigned char byte) {
  return byte > ' ' && byte != 0x7F && !is_among(byte, "/?#[]\"'<>\\`{}|^,;");
}

}  // namespace

std::span<const Shape> all_shapes() {
  return kShapes;
}

Candidate::Candidate(const Shape& shape, std::uint64_t start)
    : shape_(&shape),
      start_(start),
      secret_start_(start + shape.kept) {}

Candidate::Verdict Candidate::confirm() {
  confirmed_ = true;
  return Verdict::kSecret;
}

Candidate::Verdict Candidate::next(unsigned char byte, std::uint64_t position) {
  const Verdict verdict = next_of_kind(byte, position);
  if (verdict != Verdict::kOpen) {
    return verdict;
  }
  if (confirmed_) {
    return Verdict::kSecret;
  }
  return position - start_ >= kCandidateBytesMax ? decided() : Verdict::kOpen;
}

// Thousands of characters of one word: base64 of some JSON is no token, unless one starts inside of
// it.
Candidate::Verdict Candidate::decided() {
  if (shape_->kind == ShapeKind::kJwt) {
    if (again_ <= start_) {
      return Verdict::kNothing;
    }
    secret_start_ = again_;
    part_ = 1;
  }
  return confirm();
}

Candidate::Verdict Candidate::next_of_kind(unsigned char byte, std::uint64_t position) {
  switch (shape_->kind) {
    case ShapeKind::kRun:
      return next_of_run(byte);
    case ShapeKind::kJwt:
      return next_of_jwt(byte);
    case ShapeKind::kPrivateKey:
      return next_of_private_key(byte, position);
    case ShapeKind::kUrl:
      return next_of_url(byte, position);
  }
  return Verdict::kNothing;
}

Candidate::Verdict Candidate::next_of_run(unsigned char byte) {
  if (!is_alphanumeric(byte) && !is_among(byte, shape_->class_chars)) {
    return Verdict::kNothing;
  }
  ++count_;
  digit_seen_ = digit_seen_ || is_digit(byte);
  const bool enough = count_ >= shape_->least && (digit_seen_ || !shape_->needs_digit);
  return confirmed_ || enough ? confirm() : Verdict::kOpen;
}

Candidate::Verdict Candidate::next_of_jwt(unsigned char byte) {
  if (byte == '.' && (part_ > 0 || count_ >= kJwtPartMin)) {
    ++part_;
    count_ = 0;
    return Verdict::kOpen;
  }
  if (!is_alphanumeric(byte) && !is_among(byte, shape_->class_chars)) {
    return Verdict::kNothing;
  }
  ++count_;
  return confirmed_ || (part_ > 0 && count_ >= kJwtPartMin) ? confirm() : Verdict::kOpen;
}

Candidate::Verdict Candidate::next_of_private_key(unsigned char byte, std::uint64_t position) {
  if (part_ == 0 && byte != '-') {
    label_ += static_cast<char>(byte);
    const bool fits = label_.size() <= kPemLabelMax && (is_alphanumeric(byte) || byte == ' ');
    return fits ? Verdict::kOpen : Verdict::kNothing;
  }
  if (part_ == 0 && label_.find(kPrivateKey) == std::string::npos) {
    return Verdict::kNothing;  // A certificate or a public key.
  }
  if (!is_pem_body(byte)) {
    return Verdict::kNothing;
  }
  dashes_ = byte == '-' ? dashes_ + 1 : 0;
  part_ = part_ == 0 ? 1 : part_;
  if (dashes_ == kPemDashes) {
    // Three groups of dashes are left after the first: of BEGIN's end, and around END.
    dashes_ = 0;
    if (part_++ == 3) {
      secret_end_ = position + 1;
      return Verdict::kClosed;
    }
  }
  return confirm();
}

Candidate::Verdict Candidate::next_of_url(unsigned char byte, std::uint64_t position) {
  if (byte == '@' && part_ == 1 && count_ > 0) {
    secret_end_ = position;
    return Verdict::kClosed;
  }
  if (!is_user_info(byte) || byte == '@') {
    return Verdict::kNothing;
  }
  if (part_ == 0 && byte == ':') {
    part_ = 1;
    count_ = 0;
    secret_start_ = position + 1;
    return Verdict::kOpen;
  }
  ++count_;
  return part_ == 0 && count_ > kUrlUserMax ? Verdict::kNothing : Verdict::kOpen;
}

}  // namespace redact
