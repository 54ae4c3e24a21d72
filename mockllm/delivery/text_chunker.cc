#include "mockllm/delivery/text_chunker.h"

#include <utf8proc.h>

namespace mockllm {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && byte != '\r';
}

// The bytes of the first `graphemes` graphemes.
std::size_t prefix_of(std::string_view text, std::size_t graphemes) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  utf8proc_int32_t before = -1;
  utf8proc_int32_t state = 0;
  std::size_t offset = 0;
  while (offset < text.size()) {
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t length = utf8proc_iterate(
        bytes + offset, static_cast<utf8proc_ssize_t>(text.size() - offset), &point);
    if (length <= 0) {  // A byte that is not UTF-8 stands for itself.
      length = 1;
      point = 0xFFFD;
    }
    const bool starts = before < 0 || utf8proc_grapheme_break_stateful(before, point, &state);
    if (starts && graphemes-- == 0) {
      return offset;
    }
    before = point;
    offset += static_cast<std::size_t>(length);
  }
  return text.size();
}

}  // namespace

std::size_t next_chunk(std::string_view text, base::SeededRandom& random) {
  const std::size_t wanted =
      kChunkGraphemesMin +
      static_cast<std::size_t>(random.below(kChunkGraphemesMax - kChunkGraphemesMin + 1));
  // Plain ASCII up to and behind the border is the usual case: a byte is a grapheme.
  std::size_t plain = 0;
  while (plain < text.size() && plain <= wanted && is_plain(text[plain])) {
    ++plain;
  }
  if (plain > wanted) {
    return wanted;
  }
  return plain == text.size() ? plain : prefix_of(text, wanted);
}

}  // namespace mockllm
