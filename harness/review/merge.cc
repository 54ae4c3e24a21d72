#include "harness/review/merge.h"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "harness/report/words.h"

namespace harness {
namespace {

constexpr std::size_t kNamesShownMax = 20;

std::string shard_name(const PastRun& run) {
  return "shard " + std::to_string(run.results.start.shard_index);
}

// "a, b and 3 more"
std::string some_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShownMax); ++i) {
    out += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() <= kNamesShownMax
             ? out
             : out + " and " + std::to_string(names.size() - kNamesShownMax) + " more";
}

// The shard's own tests and those that it left to others.
std::set<std::string> selection_of(const PastRun& run) {
  const std::vector<std::string>& elsewhere = run.results.list.elsewhere;
  std::set<std::string> ids(elsewhere.begin(), elsewhere.end());
  for (const TestResult& test : run.results.tests) {
    ids.insert(test.test.id());
  }
  return ids;
}

class Merger {
 public:
  Merger(const std::vector<PastRun>& shards, const std::vector<std::string>& unreadable)
      : shards_(shards) {
    for (const std::string& reason : unreadable) {
      mistake(reason);
    }
  }

  MergedRun merged() {
    for (const PastRun& shard : shards_) {
      earliest_ms_ = std::min(earliest_ms_, epoch_ms(shard.results.started_at));
    }
    check_numbers();
    check_lists();
    name_folders();
    collect_lists();
    add_start();
    add_middle();
    add_end();
    for (std::size_t i = 0; i < out_.records.size(); ++i) {
      out_.records[i].seq = i + 1;
    }
    return std::move(out_);
  }

 private:
  void mistake(std::string text) { out_.mistakes.push_back(std::move(text)); }

  // Each number of 0 to count-1 once.
  void check_numbers() {
    const int count = shards_.front().results.start.shard_count;
    std::map<int, int> seen;
    for (const PastRun& shard : shards_) {
      const RunStarted& start = shard.results.start;
      if (start.shard_count != count) {
        mistake(shard.directory + " is of " + std::to_string(start.shard_count) + " shards, " +
                shards_.front().directory + " of " + std::to_string(count));
      }
      if (++seen[start.shard_index] == 2) {
        mistake(shard_name(shard) + " is there more than once");
      }
    }
    for (int index = 0; index < count; ++index) {
      if (!seen.contains(index)) {
        mistake("shard " + std::to_string(index) + " of " + std::to_string(count) + " is missing");
      }
    }
  }

  // Every shard saw the same list and selected the same tests of it.
  void check_lists() {
    const PastRun* first = nullptr;
    for (const PastRun& shard : shards_) {
      if (!shard.results.listed) {
        mistake(shard_name(shard) + " has listed no tests");
        continue;
      }
      if (first == nullptr) {
        first = &shard;
      } else if (shard.results.list.list_sha256 != first->results.list.list_sha256) {
        mistake(shard_name(shard) + " has another list of tests than " + shard_name(*first));
      } else if (shard.results.list.durations_sha256 != first->results.list.durations_sha256) {
        mistake(shard_name(shard) + " was divided by other recorded durations than " +
                shard_name(*first) + ": give every shard the same --durations");
      } else if (selection_of(shard) != selection_of(*first)) {
        mistake(shard_name(shard) + " has selected other tests than " + shard_name(*first));
      }
    }
  }

  // One folder for each, also where two have the same number.
  void name_folders() {
    std::map<int, int> seen;
    for (const PastRun& shard : shards_) {
      const int index = shard.results.start.shard_index;
      const int times = ++seen[index];
      out_.folders.push_back("shards/" + std::to_string(index) +
                             (times > 1 ? "-" + std::to_string(times) : ""));
    }
  }

  // The tests of all shards, each once, then those that are in none.
  void collect_lists() {
    std::map<std::string, const PastRun*> owner;
    std::vector<std::string> twice;
    std::set<std::string> selected;
    std::set<std::string> empty_suites;
    for (const PastRun& shard : shards_) {
      selected.merge(selection_of(shard));
      list_.listed = std::max(list_.listed, shard.results.list.listed);
      list_.list_sha256 =
          list_.list_sha256.empty() ? shard.results.list.list_sha256 : list_.list_sha256;
      empty_suites.insert(shard.results.list.empty_suites.begin(),
                          shard.results.list.empty_suites.end());
      for (const TestResult& test : shard.results.tests) {
        if (owner.emplace(test.test.id(), &shard).second) {
          list_.tests.push_back(test.test);
        } else {
          twice.push_back(test.test.id());
        }
      }
    }
    list_.empty_suites.assign(empty_suites.begin(), empty_suites.end());
    std::vector<std::string> missing;
    for (const std::string& id : selected) {
      if (!owner.contains(id)) {
        missing.push_back(id);
        const std::size_t slash = id.find('/');
        list_.tests.push_back({id.substr(0, slash), id.substr(slash + 1)});
      }
    }
    missing_ = missing;
    if (!twice.empty()) {
      mistake("in more than one shard: " + some_of(twice));
    }
    if (!missing.empty()) {
      mistake("in no shard: " + some_of(missing));
    }
  }

  void add(std::string at, double mono_ms, Event event) {
    out_.records.push_back({0, std::move(at), mono_ms, std::move(event)});
  }

  void add_start() {
    const PastRun& first = shards_.front();
    RunStarted start = first.results.start;
    start.shard_index = 0;
    start.shard_count = 1;
    const auto earliest =
        std::min_element(shards_.begin(), shards_.end(), [](const PastRun& a, const PastRun& b) {
          return a.results.started_at < b.results.started_at;
        });
    at_ = earliest->results.started_at;
    add(at_, 0, std::move(start));
    add(at_, 0, list_);
    for (const std::string& id : missing_) {
      add(at_, 0, TestNotRun{id, "no shard has run it", false});
    }
  }

  // A shard's record as it stands in the merged journal; false where its place is taken.
  bool fit(Event& event, std::size_t shard) {
    const std::string suffix = " (" + shard_name(shards_[shard]) + ")";
    return std::visit(
        [&](auto& e) {
          using E = std::decay_t<decltype(e)>;
          if constexpr (std::is_same_v<E, AttemptFinished>) {
            for (std::string* path : {&e.log, &e.artifacts.folder}) {
              *path = path->empty() ? "" : out_.folders[shard] + "/" + *path;
            }
          } else if constexpr (std::is_same_v<E, PhaseFinished>) {
            e.phase += suffix;
          } else if constexpr (std::is_same_v<E, ServiceReady> ||
                               std::is_same_v<E, ServiceFailed>) {
            e.service += suffix;
          } else if constexpr (std::is_same_v<E, RunFailed> || std::is_same_v<E, RunInterrupted>) {
            e.reason += suffix;
          } else if constexpr (std::is_same_v<E, DiscoveryFailed>) {
            // Every shard lists everything, and so meets the same trouble.
            return troubles_.insert(e.suite + "\n" + e.path + "\n" + e.reason).second;
          }
          return !std::is_same_v<E, RunStarted> && !std::is_same_v<E, TestsListed> &&
                 !std::is_same_v<E, RunFinished>;
        },
        event);
  }

  void add_middle() {
    const std::size_t begin = out_.records.size();
    for (std::size_t i = 0; i < shards_.size(); ++i) {
      const auto offset_ms =
          static_cast<double>(epoch_ms(shards_[i].results.started_at) - earliest_ms_);
      for (const Record& record : shards_[i].records) {
        Event event = record.event;
        if (fit(event, i)) {
          add(record.at, record.mono_ms + offset_ms, std::move(event));
        }
      }
      end_ms_ = std::max(end_ms_, offset_ms + shards_[i].results.duration_ms);
    }
    std::stable_sort(out_.records.begin() + static_cast<std::ptrdiff_t>(begin), out_.records.end(),
                     [](const Record& a, const Record& b) { return a.mono_ms < b.mono_ms; });
  }

  void add_end() {
    RunFinished finished;
    finished.duration_ms = end_ms_;
    for (const PastRun& shard : shards_) {
      const RunResults& results = shard.results;
      finished.llm_calls += results.llm_calls;
      const bool told = !results.failures.empty() || !results.interruptions.empty() ||
                        !results.service_failures.empty();
      if (!results.finished && !told) {
        add(at_, end_ms_,
            RunFailed{
                30, shard_name(shard) + ": the journal has no end: the harness itself was ended"});
      }
    }
    for (const std::string& text : out_.mistakes) {
      add(at_, end_ms_, RunFailed{22, text});
    }
    add(at_, end_ms_, finished);
  }

  const std::vector<PastRun>& shards_;
  MergedRun out_;
  TestsListed list_;
  std::vector<std::string> missing_;
  std::set<std::string> troubles_;
  std::string at_;
  std::int64_t earliest_ms_ = INT64_MAX;
  double end_ms_ = 0;
};

}  // namespace

MergedRun merge(const std::vector<PastRun>& shards, const std::vector<std::string>& unreadable) {
  return Merger(shards, unreadable).merged();
}

}  // namespace harness
