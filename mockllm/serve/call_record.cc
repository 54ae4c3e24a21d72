#include "mockllm/serve/call_record.h"

#include <utility>

namespace mockllm {

CallRecord::CallRecord(Journal& journal, Metrics& metrics, Call&& call, OpenCall&& open)
    : journal_(&journal),
      metrics_(&metrics),
      seq_(0),
      open_(std::move(open)) {
  metrics.count_call(call.outcome);
  if (call.usage) {
    metrics.count_tokens(*call.usage);
  }
  seq_ = journal.add(std::move(call));
}

CallRecord::CallRecord(CallRecord&& other) noexcept
    : journal_(std::exchange(other.journal_, nullptr)),
      metrics_(other.metrics_),
      seq_(other.seq_),
      open_(std::move(other.open_)) {}

CallRecord::~CallRecord() {
  if (journal_ != nullptr) {
    finish({base::Nanoseconds(0), base::Nanoseconds(0), true});
  }
}

Call* CallRecord::call() const {
  return journal_ == nullptr ? nullptr : journal_->find(seq_);
}

void CallRecord::finish(const http::Delivered& delivered) {
  if (journal_ == nullptr) {
    return;
  }
  metrics_->observe_first_byte(delivered.first_byte);
  std::exchange(journal_, nullptr)->finish(seq_, [&](Call& call) {
    call.first_byte_ms = base::to_ms(delivered.first_byte);
    call.total_ms = base::to_ms(delivered.total);
    call.client_gone = delivered.client_gone;
  });
  open_.end();
}

}  // namespace mockllm
