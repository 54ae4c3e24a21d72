// What must hold for every text, shown on many: cut anywhere, the result is the same; no secret is
// left; and where there is none, nothing changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/base/random.h"
#include "common/redact/redactor.h"

namespace redact {
namespace {

std::string in_pieces(const std::shared_ptr<const Redactor>& redactor,
                      const std::vector<std::string_view>& pieces) {
  Stream stream(redactor);
  std::string out;
  for (const std::string_view piece : pieces) {
    out += stream.write(piece);
  }
  return out + stream.finish();
}

std::shared_ptr<const Redactor> redactor_of_everything() {
  return *Redactor::make({{"A", "abcabcabd", "[A]"},
                          {"B", "cabdabca", "[B]"},
                          {"URL", "postgres://u:s3cretpass@db/x", "[URL]"},
                          {"LINES", "first-line\nsecond-line", "[LINES]"}},
                         true, ShapeMark::kKeyed);
}

constexpr std::string_view kText =
    "abcabcabcabdabca|abcabcabd cabdabca sk-proj-abcdefghij0123456789-sk-klmnop, "
    "task-0123456789012345678901234\n"
    "Authorization: Bearer abcdefghij.0123456789 postgres://u:s3cretpass@db/x https://u:p@h/ "
    "http://h:80/x "
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln eyJ.eyJ second-line AKIAIOSFODNN7EXAMPLE ghp_"
    "0123456789012345678901234567890123456789 -----BEGIN RSA PRIVATE "
    "KEY-----\nMIIE\nabcd==\n-----END RSA "
    "PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE----- "
    "://://u:sk-abcdefghij0123456789@x";

TEST(ATextCutInTwo, GivesTheSameAtEveryCut) {
  const auto redactor = redactor_of_everything();
  const std::string whole = redactor->apply(kText);
  for (std::size_t cut = 0; cut <= kText.size(); ++cut) {
    ASSERT_EQ(in_pieces(redactor, {kText.substr(0, cut), kText.substr(cut)}), whole)
        << "cut at " << cut;
  }
}

TEST(ATextCutInThree, GivesTheSameAtEveryCut) {
  const auto redactor = redactor_of_everything();
  const std::string_view text = kText.substr(0, 170);
  const std::string whole = redactor->apply(text);
  for (std::size_t a = 0; a <= text.size(); ++a) {
    for (std::size_t b = a; b <= text.size(); ++b) {
      ASSERT_EQ(in_pieces(redactor, {text.substr(0, a), text.substr(a, b - a), text.substr(b)}),
                whole)
          << "cut at " << a << " and " << b;
    }
  }
}

TEST(ATextInSingleBytes, GivesTheSame) {
  const auto redactor = redactor_of_everything();
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < kText.size(); ++i) {
    bytes.push_back(kText.substr(i, 1));
  }
  EXPECT_EQ(in_pieces(redactor, bytes), redactor->apply(kText));
}

// Of the secrets' own letters, so that nearly everything nearly matches.
std::string random_text(base::SeededRandom& random, std::string_view alphabet, std::size_t size) {
  std::string text;
  random.append(text, size, alphabet);
  return text;
}

// Marks every byte of every secret, one position at a time.
std::string masked_naively(const std::string& text, const std::vector<std::string>& secrets) {
  std::vector<bool> hidden(text.size() + 1, false);
  std::vector<bool> starts(text.size() + 1, false);
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const std::string& secret : secrets) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + 1)) {
      found.emplace_back(at, at + secret.size());
    }
  }
  std::sort(found.begin(), found.end());
  std::string out;
  std::size_t head = 0;
  for (std::size_t i = 0; i < found.size();) {
    std::size_t end = found[i].second;
    const std::size_t start = found[i].first;
    for (++i; i < found.size() && found[i].first < end; ++i) {
      end = std::max(end, found[i].second);
    }
    out += text.substr(head, start - head) + "***";
    head = end;
  }
  return out + text.substr(head);
}

TEST(RandomTexts, AreMaskedAsByTheNaiveWay) {
  const std::vector<std::string> secrets = {"abababab", "babababbb", "aabbaabbaabb", "bbbbbbbba",
                                            "cabababcc"};
  std::vector<Secret> named;
  for (const std::string& secret : secrets) {
    named.push_back({"S", secret});
  }
  const auto redactor = *Redactor::make(named, false);
  base::SeededRandom random(1);
  for (int round = 0; round < 3'000; ++round) {
    const std::string text = random_text(random, round % 3 == 0 ? "abc" : "ab", random.below(120));
    ASSERT_EQ(redactor->apply(text), masked_naively(text, secrets)) << text;
  }
}

TEST(RandomTexts, GiveTheSameInRandomPieces) {
  const auto redactor = redactor_of_everything();
  base::SeededRandom random(2);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (int part = 0; part < 6; ++part) {
      const std::size_t from = random.below(kText.size());
      text += kText.substr(from, random.below(60));
      text += random_text(random, "ab:/@.-sky0J ", random.below(12));
    }
    std::vector<std::string_view> pieces;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random.below(40));
      pieces.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    ASSERT_EQ(in_pieces(redactor, pieces), redactor->apply(text)) << text;
  }
}

TEST(ARedactedText, HasNothingLeftToRedact) {
  const auto redactor = redactor_of_everything();
  const std::string once = redactor->apply(kText);
  EXPECT_EQ(redactor->apply(once), once);
}

TEST(TextWithoutSecrets, StaysAsItIsWhateverItsSize) {
  const auto redactor = redactor_of_everything();
  base::SeededRandom random(3);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text = random_text(random, "xyz \n\x01\xFF", size);
    ASSERT_EQ(redactor->apply(text), text);
  }
}

}  // namespace
}  // namespace redact
