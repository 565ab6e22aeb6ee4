// Delivery of notices: rows of the outbox, written in the transaction of the move that they tell of, go to the channels
// of outbox.toml afterwards: leased, retried with a growing pause, marked once they were accepted and never sent again.
// A crash between sending and marking can repeat one: its delivery id is the same, so that the receiver can tell. One
// Outbox per data folder and thread; several processes may share a database, the lease keeps them apart.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/database.hpp"

namespace zhian::jobs {

struct Channel {
  std::string name, kind;                               // kind "webhook" or "smtp"
  std::string url, secret;                              // webhook
  std::string host, port = "25", from, user, password;  // smtp
  std::vector<std::string> to;
  bool start_tls = false;
  std::vector<std::string> roles, topics;  // empty: all
};
struct OutboxOptions {
  std::vector<Channel> channels;
  std::chrono::seconds first_pause{30}, longest_pause{6 * 3600};
  int attempts_max = 20;
  std::chrono::seconds lease{120};
  std::chrono::milliseconds timeout{10'000};
  int batch = 50;
  // Receivers of EPCIS subscriptions that need not have a public address ("host" or "host:port"): whoever subscribes
  // names a receiver, and the machine must not be made to call what stands behind its own wall.
  std::vector<std::string> subscription_hosts;
  std::chrono::hours oldest{7 * 24};  // what was written before a channel was set up is not sent late
};
// `folder`/outbox.toml; no channels where there is none. Errors name the channel and the field.
Result<OutboxOptions> LoadOutboxOptions(const std::string& folder);

struct Notice {
  std::string delivery_id, role, jurisdiction, operator_id, matter_id, topic, payload;
  std::int64_t at = 0;  // business time, ms
};
// Hands one notice to its receiver; Ok once it was accepted.
using Sender = std::function<Status(const Channel&, const Notice&)>;
Sender NetworkSender(const base::Clock& clock, std::chrono::milliseconds timeout);

struct Delivered {
  int sent = 0, failed = 0, given_up = 0;
};

class Outbox {
 public:
  // REQUIRES: database and clock (real time) outlive it.
  Outbox(storage::Database& database, const base::Clock& clock, OutboxOptions options, Sender sender);
  // One round: takes what is due, oldest due first, and sends it. Returns at once where no channel is set up.
  Result<Delivered> Deliver();

 private:
  Status FanOut();
  storage::Database& database_;
  const base::Clock& clock_;
  OutboxOptions options_;
  Sender sender_;
};

std::chrono::seconds PauseAfter(const OutboxOptions& options, int attempts);
std::span<const storage::Migration> Migrations();

}  // namespace zhian::jobs
