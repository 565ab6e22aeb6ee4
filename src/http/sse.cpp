#include "http/sse.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

namespace zhian::http {
namespace {

std::string RandomEpoch() {
  std::random_device device;
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string epoch;
  for (int i = 0; i < 10; ++i) epoch += kDigits[device() % kDigits.size()];
  return epoch;
}

std::string SafeTopic(std::string_view topic) {
  std::string safe(topic.empty() ? std::string_view("message") : topic);
  for (char& c : safe) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!fine) c = '_';
  }
  return safe;
}

}  // namespace

bool Subscription::Offer(const Event& event, const std::shared_ptr<const std::string>& wire) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  if (filter_ && !filter_(event)) return true;
  if (queue_.size() >= queue_max_) {
    // The client comes back with Last-Event-ID; what waits here would only delay that.
    queue_.clear();
    closed_ = true;
    dropped_ = true;
  } else {
    queue_.push_back(wire);
    if (queue_.size() > 1) return true;  // a wake is under way already
  }
  // Called while the lock is held: once SetWaker(nullptr) has returned, no waker is running any more. A waker only
  // posts to its executor, so the lock is held for a moment.
  if (waker_) waker_();
  return !closed_;
}

bool Subscription::Drain(std::string& wire) {
  const std::lock_guard lock(mutex_);
  for (const auto& piece : queue_) wire += *piece;
  const bool had = !queue_.empty();
  queue_.clear();
  return had || !closed_;
}

void Subscription::SetWaker(std::function<void()> waker) {
  const std::lock_guard lock(mutex_);
  waker_ = std::move(waker);
  if (waker_ && (closed_ || !queue_.empty())) waker_();
}

void Subscription::Close() {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = true;
  if (waker_) waker_();
}

bool Subscription::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

EventHub::EventHub(EventHubOptions options) : options_(std::move(options)) {
  if (options_.epoch.empty()) options_.epoch = RandomEpoch();
}

EventHub::~EventHub() { Close(); }

std::string EventHub::WireOf(const Event& event) const {
  std::string wire = "id: " + options_.epoch + '-' + std::to_string(event.sequence) + "\nevent: " + event.topic + '\n';
  // A line end inside the data would end the field: each line gets a field of its own.
  std::string_view rest = event.json;
  while (true) {
    const auto end = rest.find_first_of("\r\n");
    wire += "data: ";
    wire += rest.substr(0, end);
    wire += '\n';
    if (end == std::string_view::npos) break;
    const bool pair = rest[end] == '\r' && end + 1 < rest.size() && rest[end + 1] == '\n';
    rest.remove_prefix(end + (pair ? 2 : 1));
  }
  wire += '\n';
  return wire;
}

std::uint64_t EventHub::Publish(std::string_view topic, std::string json) {
  const std::lock_guard lock(mutex_);
  if (closed_) return sequence_;
  Event event{++sequence_, SafeTopic(topic), std::move(json)};
  auto wire = std::make_shared<const std::string>(WireOf(event));
  // The hub's lock is held so that every client sees the events in one order, and replay misses none.
  std::erase_if(subscriptions_, [&](const std::weak_ptr<Subscription>& weak) {
    const auto subscription = weak.lock();
    return !subscription || !subscription->Offer(event, wire);
  });
  ring_.emplace_back(std::move(event), std::move(wire));
  while (ring_.size() > options_.ring_events) ring_.pop_front();
  return sequence_;
}

std::shared_ptr<Subscription> EventHub::Subscribe(EventFilter filter, std::string_view last_event_id) {
  const std::lock_guard lock(mutex_);
  if (closed_) return nullptr;
  std::erase_if(subscriptions_, [](const auto& weak) { return weak.expired(); });
  if (subscriptions_.size() >= options_.subscriptions_max) return nullptr;
  auto subscription = std::make_shared<Subscription>();
  subscription->filter_ = std::move(filter);
  subscription->queue_max_ = options_.queue_events_max;
  if (!last_event_id.empty()) {
    const std::string prefix = options_.epoch + '-';
    std::uint64_t last = 0;
    bool known = last_event_id.starts_with(prefix);
    if (known) {
      const auto digits = last_event_id.substr(prefix.size());
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), last);
      known = error == std::errc{} && end == digits.data() + digits.size() && last <= sequence_ &&
              last + ring_.size() >= sequence_;
    }
    std::vector<std::shared_ptr<const std::string>> missed;
    for (const auto& [event, wire] : ring_) {
      if (known && event.sequence > last && (!subscription->filter_ || subscription->filter_(event)))
        missed.push_back(wire);
    }
    if (known && missed.size() < options_.queue_events_max) {
      subscription->queue_.assign(missed.begin(), missed.end());
    } else {
      subscription->queue_.push_back(std::make_shared<const std::string>("id: " + prefix + std::to_string(sequence_) +
                                                                         "\nevent: resync\ndata: {}\n\n"));
    }
  }
  subscriptions_.push_back(subscription);
  return subscription;
}

void EventHub::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : subscriptions_) {
    if (const auto subscription = weak.lock()) subscription->Close();
  }
  subscriptions_.clear();
}

std::size_t EventHub::subscriptions() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(subscriptions_, [](const auto& weak) { return !weak.expired(); }));
}

}  // namespace zhian::http
