#include "harness/handover/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileModes = 0644;

struct CloseWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};

struct CloseReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

struct File {
  std::string path;  // below the directory
  std::size_t bytes = 0;
};

std::vector<File> files_below(const std::string& directory) {
  std::vector<File> files;
  for (const char* part : {"logs", "artifacts"}) {
    std::error_code code;
    fs::recursive_directory_iterator entry(fs::path(directory) / part, code);
    while (!code && entry != fs::recursive_directory_iterator()) {
      const bool regular = entry->is_regular_file(code) && !entry->is_symlink(code);
      if (!code && regular && files.size() < kArchiveFilesMax) {
        files.push_back({fs::relative(entry->path(), directory, code).string(),
                         static_cast<std::size_t>(entry->file_size(code))});
      }
      entry.increment(code);
    }
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const File& a, const File& b) { return a.bytes < b.bytes; });
  return files;
}

base::Error error_of(archive* of, std::string_view what) {
  const char* why = archive_error_string(of);
  return base::unavailable(std::string(what) + ": " + (why == nullptr ? "unknown" : why));
}

bool stays_inside(std::string_view path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return !path.empty() && normal.is_relative() && *normal.begin() != "..";
}

}  // namespace

base::Result<void> write_archive(const std::string& directory, int out) {
  const std::unique_ptr<archive, CloseWriter> writer(archive_write_new());
  archive_write_set_format_pax_restricted(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  if (archive_write_open_fd(writer.get(), out) != ARCHIVE_OK) {
    return error_of(writer.get(), "cannot write an archive");
  }
  std::size_t total = 0;
  std::string left_out;
  for (const File& file : files_below(directory)) {
    const base::Result<std::string> bytes =
        total + file.bytes > kArchiveBytesMax
            ? base::unavailable("too large")
            : base::read_file(directory + "/" + file.path, kArchiveBytesMax);
    if (!bytes) {
      left_out += left_out.empty() ? file.path : ", " + file.path;
      continue;
    }
    total += bytes->size();
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes->size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), kFileModes);
    if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK ||
        archive_write_data(writer.get(), bytes->data(), bytes->size()) !=
            static_cast<la_ssize_t>(bytes->size())) {
      return error_of(writer.get(), "cannot write " + file.path);
    }
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) {
    return error_of(writer.get(), "cannot write an archive");
  }
  return left_out.empty() ? base::Result<void>()
                          : base::unavailable("left out, for their size: " + left_out);
}

base::Result<void> extract_archive(std::string_view bytes, const std::string& directory) {
  const std::unique_ptr<archive, CloseReader> reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return error_of(reader.get(), "cannot read the files that came");
  }
  archive_entry* entry = nullptr;
  std::size_t count = 0;
  for (;;) {
    const int next = archive_read_next_header(reader.get(), &entry);
    if (next == ARCHIVE_EOF) {
      return {};
    }
    if (next != ARCHIVE_OK) {
      return error_of(reader.get(), "cannot read the files that came");
    }
    const char* path = archive_entry_pathname(entry);
    const la_int64_t size = archive_entry_size(entry);
    if (path == nullptr || !stays_inside(path) || archive_entry_filetype(entry) != AE_IFREG ||
        size < 0 || static_cast<std::size_t>(size) > bytes.size() || ++count > kArchiveFilesMax) {
      return base::invalid_input("the files that came hold what no report has: " +
                                 std::string(path == nullptr ? "a nameless one" : path));
    }
    std::string content(static_cast<std::size_t>(size), '\0');
    if (archive_read_data(reader.get(), content.data(), content.size()) != size) {
      return error_of(reader.get(), std::string("cannot read ") + path);
    }
    const fs::path target = fs::path(directory) / path;
    if (base::Result<void> made = base::make_directories(target.parent_path()); !made) {
      return made;
    }
    if (base::Result<void> written = base::write_file(target, content); !written) {
      return written;
    }
  }
}

}  // namespace harness
