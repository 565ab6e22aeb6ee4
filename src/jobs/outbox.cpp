#include "jobs/outbox.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "jobs/wire.hpp"

namespace zhian::jobs {
namespace json = boost::json;

namespace {

constexpr storage::Migration kMigrations[] = {{"jobs/001", R"sql(
CREATE TABLE delivery (
  district TEXT NOT NULL, id TEXT NOT NULL, outbox_id TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL, leased_until BIGINT NOT NULL, lease TEXT NOT NULL, fault TEXT NOT NULL, done_at BIGINT NOT NULL,
  PRIMARY KEY (district, id), UNIQUE (district, outbox_id, channel));
CREATE INDEX delivery_due ON delivery (district, state, next_at);
)sql"}};

bool Wants(const std::vector<std::string>& list, const std::string& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

std::vector<std::string> TextList(const toml::table& table, const char* name) {
  std::vector<std::string> list;
  if (const toml::array* array = table[name].as_array(); array != nullptr)
    for (const toml::node& node : *array)
      if (const auto text = node.value<std::string>()) list.push_back(*text);
  return list;
}

std::string TextOf(const json::object& payload, const char* name) {
  const auto* value = payload.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

Result<OutboxOptions> LoadOutboxOptions(const std::string& folder) {
  OutboxOptions options;
  const std::filesystem::path file = std::filesystem::path(folder) / "outbox.toml";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return options;
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& fault) {
    return MakeError(ErrorCode::kInvalid, file.string() + ": " + std::string(fault.description()));
  }
  options.first_pause = std::chrono::seconds(table["first_pause_seconds"].value_or(std::int64_t{30}));
  options.attempts_max = static_cast<int>(table["attempts_max"].value_or(std::int64_t{20}));
  options.subscription_hosts = TextList(table, "subscription_hosts");
  const toml::array* rows = table["channel"].as_array();
  for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i) {
    const toml::table* row = (*rows)[i].as_table();
    const auto fault = [&](const std::string& what) {
      return MakeError(ErrorCode::kInvalid, file.string() + ": channel " + std::to_string(i + 1) + ": " + what);
    };
    if (row == nullptr) return fault("is no table");
    const auto text = [&](const char* name) { return (*row)[name].value_or(std::string()); };
    Channel channel;
    channel.name = text("name");
    channel.kind = text("kind");
    channel.url = text("url");
    channel.secret = text("secret");
    channel.host = text("host");
    channel.port = std::to_string((*row)["port"].value_or(std::int64_t{25}));
    channel.from = text("from");
    channel.user = text("user");
    channel.password = text("password");
    channel.to = TextList(*row, "to");
    channel.start_tls = (*row)["start_tls"].value_or(false);
    channel.roles = TextList(*row, "roles");
    channel.topics = TextList(*row, "topics");
    if (channel.name.empty() || std::any_of(options.channels.begin(), options.channels.end(),
                                            [&](const Channel& other) { return other.name == channel.name; }))
      return fault("needs a name of its own");
    if (channel.kind == "webhook") {
      if (!ParseEndpoint(channel.url).ok()) return fault("needs `url`, http://… or https://…");
      if (channel.secret.size() < 16) return fault("needs a `secret` of at least 16 characters");
    } else if (channel.kind == "smtp") {
      const auto address = [](const std::string& value) {
        return value.find('@') != std::string::npos && value.find_first_of(" <>\r\n") == std::string::npos;
      };
      if (channel.host.empty() || !address(channel.from) || channel.to.empty() ||
          !std::all_of(channel.to.begin(), channel.to.end(), address))
        return fault("needs `host`, `from` and `to`, addresses without names");
    } else {
      return fault("`kind` is webhook or smtp");
    }
    options.channels.push_back(std::move(channel));
  }
  return options;
}

Sender NetworkSender(const base::Clock& clock, std::chrono::milliseconds timeout) {
  return [&clock, timeout](const Channel& channel, const Notice& notice) -> Status {
    ZHIAN_ASSIGN(const json::object payload, base::ParseStoredObject(notice.payload, "outbox", notice.delivery_id));
    if (channel.kind == "webhook") {
      const std::string body = json::serialize(json::object{{"id", notice.delivery_id},
                                                            {"topic", notice.topic},
                                                            {"role", notice.role},
                                                            {"jurisdiction", notice.jurisdiction},
                                                            {"operator", notice.operator_id},
                                                            {"matter", notice.matter_id},
                                                            {"at", base::FormatInstant(base::Instant{notice.at})},
                                                            {"notice", payload}});
      return SendPost({channel.url, body, notice.delivery_id, Sign(channel.secret, clock.Now().ms / 1000, body)},
                      timeout);
    }
    const json::object& said = payload;
    Mail mail{channel.host,
              channel.port,
              channel.from,
              notice.delivery_id,
              TextOf(said, "title"),
              TextOf(said, "number") + " " + TextOf(said, "title") + "\n" + TextOf(said, "action") + "\n",
              channel.to,
              channel.start_tls,
              channel.user,
              channel.password,
              base::Instant{notice.at}};
    return SendMail(mail, timeout);
  };
}

std::chrono::seconds PauseAfter(const OutboxOptions& options, int attempts) {
  std::chrono::seconds pause = options.first_pause;
  for (int i = 1; i < attempts && pause < options.longest_pause; ++i) pause *= 2;
  return std::min(pause, options.longest_pause);
}

Outbox::Outbox(storage::Database& database, const base::Clock& clock, OutboxOptions options, Sender sender)
    : database_(database), clock_(clock), options_(std::move(options)), sender_(std::move(sender)) {}

// One delivery for each channel that wants the notice, in the transaction that marks the notice as handed over.
Status Outbox::FanOut() {
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query("SELECT id, role, topic, at FROM outbox WHERE district=$d AND sent_at=0 ORDER BY at, id LIMIT $1",
                 {std::int64_t{options_.batch}}));
    const base::Instant now = clock_.Now();
    for (const auto& row : rows) {
      const bool fresh = row.integer(3) >= now.ms - std::chrono::milliseconds(options_.oldest).count();
      for (const Channel& channel : options_.channels)
        if (fresh && Wants(channel.roles, row.text(1)) && Wants(channel.topics, row.text(2)))
          ZHIAN_TRY(db.Execute(
              "INSERT INTO delivery (district, id, outbox_id, channel, state, attempts, next_at, leased_until, lease, fault, done_at) VALUES ($d,$1,$2,$3,'waiting',0,$4,0,'','',0) ON CONFLICT DO NOTHING",
              {base::NewUuid7(now), row.text(0), channel.name, now.ms}));
      ZHIAN_TRY(db.Execute("UPDATE outbox SET sent_at=$2 WHERE district=$d AND id=$1", {row.text(0), now.ms}));
    }
    return Ok();
  });
}

Result<Delivered> Outbox::Deliver() {
  Delivered done;
  if (options_.channels.empty()) return done;
  ZHIAN_TRY(FanOut());
  const std::string lease = base::RandomCode(16);
  struct Due {
    Notice notice;
    std::string channel;
    int attempts = 0;
  };
  std::vector<Due> due;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    const std::int64_t now = clock_.Now().ms;
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT d.id, d.channel, d.attempts, o.role, o.jurisdiction, o.operator_id, o.matter_id, o.topic, o.payload, o.at FROM delivery d JOIN outbox o ON o.district=$d AND o.id=d.outbox_id "
            "WHERE d.district=$d AND d.state='waiting' AND d.next_at <= $1 AND d.leased_until <= $1 ORDER BY d.next_at, o.at, d.id LIMIT $2",
            {now, std::int64_t{options_.batch}}));
    for (const auto& row : rows) {
      due.push_back(
          {{row.text(0), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8), row.integer(9)},
           row.text(1),
           static_cast<int>(row.integer(2)) + 1});
      ZHIAN_TRY(
          db.Execute("UPDATE delivery SET lease=$2, leased_until=$3, attempts=attempts+1 WHERE district=$d AND id=$1",
                     {row.text(0), lease, now + std::chrono::milliseconds(options_.lease).count()}));
    }
    return Ok();
  }));
  const std::int64_t lease_ends =
      clock_.Now().ms + std::chrono::milliseconds(options_.lease).count() - options_.timeout.count();
  for (const Due& each : due) {
    // What the lease does not reach any more is left to the next round: nobody else may have it at the same time.
    if (clock_.Now().ms > lease_ends) break;
    const auto channel = std::find_if(options_.channels.begin(), options_.channels.end(),
                                      [&](const Channel& c) { return c.name == each.channel; });
    const Status sent = channel == options_.channels.end()
                            ? Status(MakeError(ErrorCode::kNotFound, "the channel was removed"))
                            : sender_(*channel, each.notice);
    const bool give_up = !sent.ok() && each.attempts >= options_.attempts_max;
    sent.ok() ? ++done.sent : give_up ? ++done.given_up : ++done.failed;
    ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
      const std::int64_t now = clock_.Now().ms;
      ZHIAN_TRY(db.Execute(
          "UPDATE delivery SET state=$3, next_at=$4, leased_until=0, fault=$5, done_at=$6 WHERE district=$d AND id=$1 AND lease=$2",
          {each.notice.delivery_id, lease,
           std::string(sent.ok() ? "sent"
                       : give_up ? "given_up"
                                 : "waiting"),
           now + std::chrono::milliseconds(PauseAfter(options_, each.attempts)).count(),
           sent.ok() ? std::string() : base::Cut(sent.error().message.Text(), 300),
           sent.ok() || give_up ? now : std::int64_t{0}}));
      return Ok();
    }));
  }
  return done;
}

}  // namespace zhian::jobs
