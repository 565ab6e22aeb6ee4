// Server-sent events: EventHub fans events out to subscriptions; each connection drains its own bounded queue.
// Invariants: a publisher never waits for a client; a client whose queue is full is dropped, and comes back with
// Last-Event-ID; if what it missed has left the ring, its first event is "resync", and it must load anew.
// Thread-safety: all methods may be called from any thread. Filters run on the publisher's thread, without the lock of
// another subscription, and must be quick; they must not call the hub.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zhian::http {

struct Event {
  std::uint64_t sequence = 0;
  std::string topic;  // the event's name on the wire; letters, digits, '.', '_', '-'; others are replaced by '_'
  std::string json;
};

using EventFilter = std::function<bool(const Event&)>;

// The reading end. The server polls it; handlers only hand it on (Response::Stream).
class Subscription {
 public:
  // Appends what is due, in wire form, and returns true; false: ended (dropped as too slow, or closed by the hub) and
  // nothing is left.
  [[nodiscard]] bool Drain(std::string& wire);
  // Called, once per change, when there is something to drain or the end has come. Runs on the publisher's thread.
  void SetWaker(std::function<void()> waker);
  void Close();
  [[nodiscard]] bool dropped() const;

 private:
  friend class EventHub;
  bool Offer(const Event& event, const std::shared_ptr<const std::string>& wire);

  mutable std::mutex mutex_;
  EventFilter filter_;
  std::size_t queue_max_ = 0;
  std::deque<std::shared_ptr<const std::string>> queue_;
  std::function<void()> waker_;
  bool closed_ = false;
  bool dropped_ = false;
};

struct EventHubOptions {
  std::size_t ring_events = 512;       // kept for clients that come back
  std::size_t queue_events_max = 256;  // a connection with more waiting is dropped
  std::size_t subscriptions_max = 2000;
  std::string epoch;  // tells ids of this process from those of an earlier one; empty: random
};

class EventHub {
 public:
  explicit EventHub(EventHubOptions options = {});
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // Returns the event's sequence.
  std::uint64_t Publish(std::string_view topic, std::string json);
  // Null: too many subscriptions (answer 503), or closed. `last_event_id` is the header Last-Event-ID, or empty.
  // The filter decides for each event, replayed or new, whether this client may and wants to see it.
  [[nodiscard]] std::shared_ptr<Subscription> Subscribe(EventFilter filter, std::string_view last_event_id = {});
  // Ends every subscription whose stream the predicate of the caller no longer wants: all of them.
  void Close();
  [[nodiscard]] std::size_t subscriptions() const;

 private:
  std::string WireOf(const Event& event) const;

  EventHubOptions options_;
  mutable std::mutex mutex_;
  std::uint64_t sequence_ = 0;
  bool closed_ = false;
  std::deque<std::pair<Event, std::shared_ptr<const std::string>>> ring_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace zhian::http
