// From EPCIS events to lots, movements and holdings, one event at a time.
#include "rooms/traceability/store/capture.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rooms/traceability/store/event_rows.hpp"
#include "rooms/traceability/store/events.hpp"
#include "rooms/traceability/store/lots.hpp"
#include "rooms/traceability/store/master_data.hpp"
#include "rooms/traceability/store/movements.hpp"
#include "rooms/traceability/store/read_ahead.hpp"

namespace zhian::traceability {

namespace {

std::int64_t Micro(double value) { return static_cast<std::int64_t>(std::llround(value * 1e6)); }
Journal::Goods GoodsOf(const Quantity& q) { return {q.item, q.unit, Micro(q.value)}; }

enum class Taken { kStored, kDuplicate, kRefused };

class Capturer {
 public:
  Capturer(storage::Connection& db, base::Instant now, const Recorder& by, CaptureReport& report)
      : db_(db), by_(by), report_(report), rows_(db, now), lots_(db), journal_(db) {}

  Result<Taken> Take(PreparedEvent event, int index) {
    for (auto& fault : event.faults) Fail(index, std::move(fault.path), std::move(fault.message));
    if (!event.faults.empty()) return Taken::kRefused;
    ZHIAN_ASSIGN(const bool may, MayTell(event.place));
    if (!may) {
      Fail(index, "/readPoint", "只能登记自己场所的事件：readPoint 或 bizLocation 须是本单位在档的场所");
      return Taken::kRefused;
    }
    if (rows_.Waits(event.id)) ZHIAN_TRY(Flush());
    std::int64_t other =
        0;  // the event that this one declares wrong; or, where that declaration came before it, the declaration
    ZHIAN_ASSIGN(const auto known,
                 db_.Query("SELECT 1 FROM epcis_event WHERE district=$d AND event_id=$1 LIMIT 1", {event.id}));
    if (!known.empty()) {
      ZHIAN_ASSIGN(
          const auto same,
          db_.Query("SELECT hash FROM epcis_event WHERE district=$d AND event_id=$1 AND declared_at=$2 LIMIT 1",
                    {event.id, event.declared_at}));
      if (!same.empty()) {
        if (same.front().text(0).empty() || same.front().text(0) == event.hash) return Taken::kDuplicate;
        Fail(index, "/eventID", "这个 eventID 已用于内容不同的事件；更正须用 errorDeclaration");
        return Taken::kRefused;
      }
      ZHIAN_ASSIGN(
          const auto found,
          event.declared_at == 0
              ? db_.Query("SELECT seq FROM epcis_event WHERE district=$d AND event_id=$1 AND declared_at>0 LIMIT 1",
                          {event.id})
              : db_.Query("SELECT seq FROM epcis_event WHERE district=$d AND event_id=$1 AND declared_at=0 LIMIT 1",
                          {event.id}));
      if (!found.empty()) other = found.front().integer(0);
    }
    ZHIAN_ASSIGN(seq_, rows_.Add({event.id, event.hash, event.type, std::move(event.zone), std::move(event.raw),
                                  event.declared_at, event.event_time},
                                 std::move(event.values)));
    // An error declaration repeats the event that it declares wrong: it moves nothing, and takes back what that event
    // moved, whichever of the two comes first.
    if (event.declared_at == 0 && other == 0) ZHIAN_TRY(Enter(event));
    if (event.declared_at != 0 && other != 0) ZHIAN_TRY(TakeBack(event, other));
    if (rows_.size() >= kWaitingMax || lots_.size() >= kLotsMost) ZHIAN_TRY(Flush());
    return Taken::kStored;
  }

  void Fail(int index, std::string path, Message message) {
    if (report_.errors.size() < 1000) report_.errors.push_back({index, std::move(path), std::move(message)});
  }

  Status Flush() {
    ZHIAN_TRY(rows_.Flush());
    return lots_.Flush();
  }

 private:
  // Events and lots whose rows wait to be written together: a document is as long as it likes, what is held of it is
  // not.
  static constexpr std::size_t kWaitingMax = 5'000, kLotsMost = 20'000;

  // Of an event without a place nobody but the staff may tell.
  Result<bool> MayTell(const std::string& place) {
    if (by_.anywhere) return true;
    if (place.empty()) return false;
    ZHIAN_ASSIGN(const auto owners,
                 db_.Query("SELECT operator_id FROM premises WHERE district=$d AND gln=$1 LIMIT 20", {SiteOf(place)}));
    return std::any_of(owners.begin(), owners.end(), [&](const auto& owner) {
      return std::find(by_.operator_ids.begin(), by_.operator_ids.end(), owner.text(0)) != by_.operator_ids.end();
    });
  }

  Status Enter(const PreparedEvent& event) {
    if (event.place.empty()) return Ok();  // what happened nowhere moves nothing
    if (event.type == "TransformationEvent") return EnterTransformation(event);
    if (event.type == "AggregationEvent" || event.type == "AssociationEvent") return EnterPacking(event);
    return EnterGoods(event);
  }

  Status Touch(const PreparedEvent& event, const Quantity& q) {
    return lots_.Touch(q.item, q.unit, event.place, event.event_time);
  }
  // The lot as it stands in lists; what was made is a movement as well, which an error declaration can take back.
  Status Make(const PreparedEvent& event, const Quantity& q) {
    ZHIAN_TRY(lots_.Make(q.item, q.unit, event.place, event.event_time,
                         {event.lot_no.empty() ? LabelNumber(q.item) : event.lot_no, event.product, Micro(q.value)}));
    return journal_.Add(MovementKind::kMade, q.item, q.item, event.place, event.event_time, GoodsOf(q), seq_);
  }

  // Objects and transactions: goods that are made, moved, sold or destroyed.
  Status EnterGoods(const PreparedEvent& event) {
    const std::string& step = event.step;
    const bool produces =
        step == "commissioning" || step == "creating_class_instance" ||
        (event.type == "ObjectEvent" && event.action == "ADD" && step != "shipping" && step != "receiving");
    for (const Quantity& q : event.inputs) {
      ZHIAN_TRY(produces ? Make(event, q) : Touch(event, q));
      if (step == "shipping" && !event.to.empty())
        ZHIAN_TRY(journal_.Ship(event.place, event.to, event.event_time, GoodsOf(q), seq_));
      if (step == "receiving" && !event.from.empty())
        ZHIAN_TRY(journal_.Receive(event.from, event.place, event.event_time, GoodsOf(q), seq_));
      if (step == "retail_selling")
        ZHIAN_TRY(journal_.Settle(q.item, event.place, "sold_to_consumer_evidenced", event.id, Micro(q.value)));
      if (step == "destroying") ZHIAN_TRY(journal_.Settle(q.item, event.place, "destroyed", event.id, Micro(q.value)));
    }
    return Ok();
  }

  Status EnterTransformation(const PreparedEvent& event) {
    for (const Quantity& out : event.outputs) ZHIAN_TRY(Make(event, out));
    for (const Quantity& in : event.inputs) {
      ZHIAN_TRY(Touch(event, in));
      const Journal::Goods share{in.item, in.unit, Micro(in.value / static_cast<double>(event.outputs.size()))};
      for (const Quantity& out : event.outputs)
        ZHIAN_TRY(
            journal_.Add(MovementKind::kTransformed, in.item, out.item, event.place, event.event_time, share, seq_));
    }
    return Ok();
  }

  // Packing moves the content into its container, unpacking out of it; both at the place of the event.
  Status EnterPacking(const PreparedEvent& event) {
    if (event.parent.empty() || event.action == "OBSERVE") return Ok();
    ZHIAN_TRY(Touch(event, {event.parent, "piece", 1}));
    const bool in = event.action == "ADD";
    for (const Quantity& child : event.inputs) {
      ZHIAN_TRY(Touch(event, child));
      ZHIAN_TRY(journal_.Add(in ? MovementKind::kPacked : MovementKind::kUnpacked, in ? child.item : event.parent,
                             in ? event.parent : child.item, event.place, event.event_time, GoodsOf(child), seq_));
    }
    return Ok();
  }

  // All that the goods of an event were said to be is taken back: movements, what was made, what became of holdings.
  Status TakeBack(const PreparedEvent& event, std::int64_t taken) {
    ZHIAN_TRY(Flush());
    ZHIAN_ASSIGN(
        auto made,
        db_.Query(
            "SELECT h.item FROM movement m CROSS JOIN holding h WHERE h.district=$d AND h.id=m.to_holding AND m.district=$d AND m.shipped_by=$1 AND m.kind='made'",
            {taken}));
    ZHIAN_TRY(journal_.TakeBack(taken));
    for (const auto& row : made) {
      // Two sums, of whole units and of what is beyond them: one of absurd quantities would not fit.
      ZHIAN_ASSIGN(
          auto left,
          db_.Query(
              "SELECT SUM(m.quantity_micro / 1000000), SUM(m.quantity_micro % 1000000), m.unit, h.place, MAX(m.arrived_at) FROM holding h CROSS JOIN movement m WHERE m.district=$d AND m.from_holding=h.id "
              "AND m.to_holding=h.id AND m.kind='made' AND h.district=$d AND h.item=$1 GROUP BY m.unit, h.place ORDER BY MAX(m.seq) DESC LIMIT 1",
              {row.text(0)}));
      std::int64_t whole = 0;
      if (!left.empty() && __builtin_mul_overflow(left.front().integer(0), 1'000'000, &whole)) whole = INT64_MAX;
      ZHIAN_TRY(
          left.empty()
              ? db_.Execute("UPDATE lot SET quantity_micro=0, place='', produced_at=0 WHERE district=$d AND item=$1",
                            {row.text(0)})
              : db_.Execute(
                    "UPDATE lot SET quantity_micro=$2, unit=$3, place=$4, produced_at=$5 WHERE district=$d AND item=$1",
                    {row.text(0), Plus(whole, left.front().integer(1)), left.front().value(2), left.front().value(3),
                     left.front().value(4)}));
    }
    if (event.type == "ObjectEvent" || event.type == "TransactionEvent")
      for (const Quantity& q : event.inputs)
        ZHIAN_TRY(db_.Execute(
            "UPDATE holding SET status='unknown', evidence='', quantity_micro=0 WHERE district=$d AND item=$1 AND place=$2 AND evidence=$3",
            {q.item, event.place, event.id}));
    return Ok();
  }

  storage::Connection& db_;
  const Recorder& by_;
  CaptureReport& report_;
  EventRows rows_;
  LotBook lots_;
  Journal journal_;
  std::int64_t seq_ = 0;  // of the event that is entered
};

}  // namespace

Recorder RecorderOf(const procedure::Actor& actor) {
  Recorder by{.anywhere = actor.system, .operator_ids = {}};
  for (const auto& held : actor.roles) {
    if (held.operator_id.empty())
      by.anywhere = true;
    else
      by.operator_ids.push_back(held.operator_id);
  }
  return by;
}

Result<CaptureReport> Capture(storage::Connection& db, epcis::Source& source, OnError on_error, base::Instant now,
                              const Recorder& by) {
  CaptureReport report;
  const auto refuse = [&](Message message, std::string path = {}) {
    report.errors.push_back({-1, std::move(path), std::move(message)});
    ++report.rejected;
  };
  Capturer capturer(db, now, by, report);
  auto reader = epcis::DocumentReader::Open(source);
  if (!reader.ok()) refuse(reader.error().message);
  std::optional<ReadAhead> ahead;
  if (reader.ok()) ahead.emplace(**reader, now);
  while (ahead) {
    ReadAhead::Step step = ahead->Next();
    if (step.kind == ReadAhead::Kind::kBroken) {
      // The rest of the document is lost; what proceeded before it stays.
      refuse(std::move(step.fault));
      break;
    }
    if (step.kind == ReadAhead::Kind::kEnd) {
      ahead->Stop();
      if (report.events == 0 && (*reader)->document().vocabularies.empty())
        refuse("文档中没有事件 epcisBody.eventList", "/epcisBody/eventList");
      ZHIAN_TRY(capturer.Flush());
      ZHIAN_TRY(TakeMasterData(db, (*reader)->document(), now, by, report));
      break;
    }
    const int index = report.events++;
    if (step.kind == ReadAhead::Kind::kBadEvent) {
      capturer.Fail(index, "", std::move(step.fault));
      ++report.rejected;
      continue;
    }
    ZHIAN_ASSIGN(const Taken taken, capturer.Take(std::move(step.event), index));
    if (taken == Taken::kRefused)
      ++report.rejected;
    else if (taken == Taken::kStored)
      ++report.captured;
    else
      ++report.duplicates;
  }
  ZHIAN_TRY(capturer.Flush());
  if (on_error == OnError::kRollback && report.rejected > 0) {
    // The caller's transaction is rolled back by this error; the report travels in its fields.
    std::vector<FieldError> fields;
    for (const CaptureError& error : report.errors)
      fields.push_back({"/" + std::to_string(error.event) + error.path, "capture", error.message});
    return MakeError(ErrorCode::kInvalid, Say("{} 个事件不合格，全部未入库", std::to_string(report.rejected)),
                     std::move(fields));
  }
  return report;
}

Result<CaptureReport> Capture(storage::Connection& db, std::string_view document, OnError on_error, base::Instant now,
                              const Recorder& by) {
  epcis::TextSource source(document);
  return Capture(db, source, on_error, now, by);
}

}  // namespace zhian::traceability
