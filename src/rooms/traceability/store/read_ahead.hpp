// Reads the events of a document and prepares them (events.hpp) while those before them are written: short documents on
// the caller's thread, the rest of a long one on a thread of its own, a bounded number ahead. The order is the
// document's. For one caller; the reader is not to be touched between the first Next and the last step or Stop.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engines/epcis/event.hpp"
#include "rooms/traceability/store/events.hpp"

namespace zhian::traceability {

class ReadAhead {
 public:
  enum class Kind { kEvent, kBadEvent, kEnd, kBroken };
  struct Step {
    Kind kind = Kind::kEnd;
    PreparedEvent event;  // kEvent
    Message fault;        // kBadEvent: of this event; kBroken: the rest of the document is lost
  };
  ReadAhead(epcis::DocumentReader& reader, base::Instant now) : reader_(reader), now_(now) {}
  ~ReadAhead() { Stop(); }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // REQUIRES: no kEnd or kBroken before. What reading throws is thrown here.
  Step Next();
  // The reader belongs to the caller again.
  void Stop();

 private:
  static constexpr std::size_t kAlone = 500, kBatch = 64, kBatches = 8;
  Step Read();
  void Work();

  epcis::DocumentReader& reader_;
  base::Instant now_;
  std::size_t read_ = 0;     // by the caller's own thread
  std::vector<Step> batch_;  // being taken
  std::size_t taken_ = 0;
  std::thread worker_;
  std::mutex mutex_;  // of what follows
  std::condition_variable filled_, emptied_;
  std::deque<std::vector<Step>> ready_;
  std::exception_ptr thrown_;
  bool stop_ = false;
};

}  // namespace zhian::traceability
