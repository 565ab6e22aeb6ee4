#include "rooms/traceability/store/read_ahead.hpp"

#include <utility>

namespace zhian::traceability {

ReadAhead::Step ReadAhead::Read() {
  epcis::Event event;
  const auto step = reader_.Next(event);
  if (!step.ok()) return {.kind = Kind::kBroken, .event = {}, .fault = step.error().message};
  switch (*step) {
    case epcis::DocumentReader::Step::kEnd: return {.kind = Kind::kEnd, .event = {}, .fault = {}};
    case epcis::DocumentReader::Step::kBadEvent:
      return {.kind = Kind::kBadEvent, .event = {}, .fault = reader_.fault()};
    case epcis::DocumentReader::Step::kEvent: break;
  }
  return {.kind = Kind::kEvent, .event = Prepare(std::move(event), reader_.document().ignored, now_), .fault = {}};
}

ReadAhead::Step ReadAhead::Next() {
  if (read_ < kAlone) {
    ++read_;
    return Read();
  }
  if (!worker_.joinable()) worker_ = std::thread([this] { Work(); });
  if (taken_ == batch_.size()) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !ready_.empty() || thrown_ != nullptr; });
    if (ready_.empty()) std::rethrow_exception(thrown_);
    batch_ = std::move(ready_.front());
    ready_.pop_front();
    taken_ = 0;
    emptied_.notify_one();
  }
  return std::move(batch_[taken_++]);
}

void ReadAhead::Work() {
  try {
    for (bool more = true; more;) {
      std::vector<Step> batch;
      batch.reserve(kBatch);
      while (more && batch.size() < kBatch) {
        batch.push_back(Read());
        more = batch.back().kind == Kind::kEvent || batch.back().kind == Kind::kBadEvent;
      }
      std::unique_lock lock(mutex_);
      emptied_.wait(lock, [this] { return ready_.size() < kBatches || stop_; });
      if (stop_) return;
      ready_.push_back(std::move(batch));
      filled_.notify_one();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    thrown_ = std::current_exception();
    filled_.notify_one();
  }
}

void ReadAhead::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    emptied_.notify_one();
  }
  if (worker_.joinable()) worker_.join();
}

}  // namespace zhian::traceability
