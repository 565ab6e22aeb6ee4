#include "engines/epcis/validate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "engines/epcis/vocabulary.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

constexpr double kQuantityMax = 1e12;

// Words that are looked up for every member of every event.
class Words {
 public:
  explicit Words(std::string_view between_spaces) {
    while (!between_spaces.empty()) {
      const auto end = std::min(between_spaces.find(' '), between_spaces.size());
      if (end > 0) words_.push_back(between_spaces.substr(0, end));
      between_spaces.remove_prefix(std::min(end + 1, between_spaces.size()));
    }
    std::sort(words_.begin(), words_.end());
  }
  [[nodiscard]] bool Has(std::string_view text) const { return std::binary_search(words_.begin(), words_.end(), text); }

 private:
  std::vector<std::string_view> words_;
};

// Where something stands, as text only where a fault is told.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::size_t index = kNone;  // in the list of that name
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  [[nodiscard]] std::string Text() const {
    std::string text = up == nullptr ? std::string{} : up->Text();
    if (up != nullptr) (text += '/') += name;
    if (index != kNone) (text += '/') += std::to_string(index);
    return text;
  }
  // REQUIRES: this outlives what is returned.
  Path operator/(std::string_view member) const { return {this, member}; }
};
constexpr Path kRoot;

bool IsUom(std::string_view text) {
  return (text.size() == 2 || text.size() == 3) &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool IsOffset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 99; };
  const int hours = digit(1) * 10 + digit(2), minutes = digit(4) * 10 + digit(5);
  return minutes <= 59 && (hours <= 13 || (hours == 14 && minutes == 0));
}

struct Check {
  const Event& event;
  const ValidateOptions& options;
  std::vector<Fault> faults;

  void Fail(const Path& path, Message message) {
    if (faults.size() < options.faults_max) faults.push_back({path.Text(), std::move(message)});
  }
  const json::value* Get(std::string_view name) const { return event.body.if_contains(name); }

  std::string_view Text(const json::value& value, const Path& path) {
    if (value.is_string() && !value.get_string().empty()) return value.get_string();
    Fail(path, "须是非空的文字");
    return {};
  }
  void Uri(const json::value& value, const Path& path) {
    const auto text = Text(value, path);
    if (!text.empty() && !IsUri(text)) Fail(path, Say("“{}”不是 URI，请写完整的标识", base::Cut(text, 80)));
    if (text.size() > 2000) Fail(path, "标识不超过 2000 个字符");
  }
  void Word(Vocabulary vocabulary, const json::value& value, const Path& path) {
    const auto text = Text(value, path);
    if (!text.empty() && !IsWordOrUri(vocabulary, text))
      Fail(path, Say("“{}”不是 CBV 的词，也不是完整的 URI", base::Cut(text, 80)));
  }
  void Time(const json::value* value, const Path& path, bool clock) {
    if (value == nullptr) return;
    const auto text = Text(*value, path);
    if (text.empty()) return;
    const auto at = base::ParseInstant(text);
    if (!at.ok()) return Fail(path, "时间写成 2026-11-24T09:30:00+08:00，须带时区");
    if (!clock || options.now.ms == 0) return;
    if (at->ms > options.now.ms + 86'400'000) Fail(path, "事件时间晚于明天，请核对时钟");
    if (at->ms < options.now.ms - std::int64_t{36'600} * 86'400'000) Fail(path, "事件时间早于一百年前，请核对时钟");
  }
  // Members of an object of the standard: known ones, or names with a namespace.
  void Members(const json::object& object, const Path& path, const Words& known, const Words* more = nullptr) {
    for (const auto& [key, value] : object) {
      const std::string_view name(key.data(), key.size());
      if (known.Has(name) || (more != nullptr && more->Has(name)) || name.starts_with('@')) continue;
      const auto colon = name.find(':');
      if (colon == std::string_view::npos) {
        // A term of the sender's own context is as good as a prefix.
        if (!event.namespaces.contains(name))
          Fail(path / name, Say("不认识 {}；扩展字段须带命名空间前缀", base::Cut(name, 80)));
      } else if (!event.namespaces.contains(name.substr(0, colon)) &&
                 !StandardNamespaces().contains(name.substr(0, colon)) && !name.substr(colon).starts_with("://")) {
        Fail(path / name, Say("前缀 {} 没有在 @context 中定义", base::Cut(name.substr(0, colon), 80)));
      }
    }
  }
  const json::array* List(std::string_view name) {
    const auto* value = Get(name);
    if (value == nullptr) return nullptr;
    if (value->is_array()) return &value->get_array();
    Fail(kRoot / name, "须是列表");
    return nullptr;
  }
  const json::object* Object(const json::value& value, const Path& path) {
    if (value.is_object()) return &value.get_object();
    Fail(path, "须是对象");
    return nullptr;
  }

  std::size_t Ids(std::string_view name) {
    const json::array* list = List(name);
    if (list == nullptr) return 0;
    for (std::size_t i = 0; i < list->size(); ++i) Uri((*list)[i], Path{&kRoot, name, i});
    return list->size();
  }
  std::size_t Quantities(std::string_view name) {
    const json::array* list = List(name);
    if (list == nullptr) return 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Path path{&kRoot, name, i};
      const json::object* entry = Object((*list)[i], path);
      if (entry == nullptr) continue;
      static const Words kQuantity("epcClass quantity uom");
      Members(*entry, path, kQuantity);
      if (const auto* item = entry->if_contains("epcClass"))
        Uri(*item, path / "epcClass");
      else
        Fail(path / "epcClass", "填写批次或商品标识 epcClass");
      const auto* quantity = entry->if_contains("quantity");
      if (quantity != nullptr) {
        const double value = quantity->is_number() ? quantity->to_number<double>() : -1;
        if (!quantity->is_number())
          Fail(path / "quantity", "填写数量，用数字");
        else if (!(value > 0) || value > kQuantityMax)
          Fail(path / "quantity", "数量须大于 0，不超过一万亿");
      }
      if (const auto* uom = entry->if_contains("uom")) {
        const auto text = Text(*uom, path / "uom");
        if (!text.empty() && !IsUom(text))
          Fail(path / "uom", "单位用两三位大写代码（UN/ECE 第 20 号建议书），例如 KGM");
        if (quantity == nullptr) Fail(path / "quantity", "有单位时须填写数量");
      }
    }
    return list->size();
  }
  void Typed(std::string_view name, const char* value_name, Vocabulary vocabulary, const Words& known,
             bool type_needed) {
    const json::array* list = List(name);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Path path{&kRoot, name, i};
      const json::object* entry = Object((*list)[i], path);
      if (entry == nullptr) continue;
      Members(*entry, path, known);
      if (const auto* type = entry->if_contains("type"))
        Word(vocabulary, *type, path / "type");
      else if (type_needed)
        Fail(path / "type", "填写类型 type");
      if (const auto* value = entry->if_contains(value_name))
        Uri(*value, path / value_name);
      else
        Fail(path / value_name, Say("填写 {}", std::string(value_name)));
    }
  }
  void Place(std::string_view name) {
    const auto* value = Get(name);
    if (value == nullptr) return;
    const Path path = kRoot / name;
    const json::object* place = Object(*value, path);
    if (place == nullptr) return;
    if (const auto* id = place->if_contains("id"))
      Uri(*id, path / "id");
    else
      Fail(path / "id", Say("填写 {}", "id"));
    static const Words kPlace("id");
    Members(*place, path, kPlace);
  }
  void SensorNumbers(const json::object& report, const Path& path) {
    for (const char* name : {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})
      if (const auto* value = report.if_contains(name); value != nullptr && !value->is_number())
        Fail(path / name, "须是数字");
    if (const auto* value = report.if_contains("booleanValue"); value != nullptr && !value->is_bool())
      Fail(path / "booleanValue", "须是 true 或 false");
    if (const auto* value = report.if_contains("hexBinaryValue")) {
      const auto text = Text(*value, path / "hexBinaryValue");
      if (text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
        Fail(path / "hexBinaryValue", "须是十六进制");
    }
    if (const auto* rank = report.if_contains("percRank"); rank != nullptr && rank->is_number())
      if (const double value = rank->to_number<double>(); value < 0 || value > 100)
        Fail(path / "percRank", "须在 0 到 100 之间");
  }
  // What the metadata says of the whole element must not be said again by a measurement. Published examples that show
  // every field at once repeat the whole of it, and are taken as they are.
  void SaidTwice(const json::object& metadata, const json::object& report, const Path& path) {
    static constexpr std::string_view kShared[] = {
        "time", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"};
    std::vector<std::string> twice;
    for (const std::string_view name : kShared)
      if (metadata.contains(name) && report.contains(name)) twice.emplace_back(name);
    if (twice.size() >= 5) return;
    for (const std::string& name : twice)
      Fail(path / name, Say("{} 不能同时写在 sensorMetadata 和 sensorReport 中", name));
  }
  void Sensors() {
    const json::array* list = List("sensorElementList");
    if (list == nullptr) return;
    static const Words kElement("sensorMetadata sensorReport"),
        kMetadata("time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules");
    static const Words kReport(
        " type exception deviceID deviceMetadata rawData dataProcessingMethod bizRules time microorganism chemicalSubstance coordinateReferenceSystem value component stringValue booleanValue "
        "hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue uom ");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Path path{&kRoot, "sensorElementList", i};
      const json::object* element = Object((*list)[i], path);
      if (element == nullptr) continue;
      Members(*element, path, kElement);
      const json::object* metadata = nullptr;
      if (const auto* value = element->if_contains("sensorMetadata"))
        metadata = Object(*value, path / "sensorMetadata");
      if (metadata != nullptr) {
        const Path metadata_path = path / "sensorMetadata";
        Members(*metadata, metadata_path, kMetadata);
        for (const char* name : {"time", "startTime", "endTime"})
          Time(metadata->if_contains(name), metadata_path / name, false);
      }
      const auto* reports = element->if_contains("sensorReport");
      if (reports == nullptr || !reports->is_array() || reports->get_array().empty()) {
        Fail(path / "sensorReport", "填写至少一项测量 sensorReport");
        continue;
      }
      for (std::size_t j = 0; j < reports->get_array().size(); ++j) {
        const Path here{&path, "sensorReport", j};
        const json::object* report = Object(reports->get_array()[j], here);
        if (report == nullptr) continue;
        Members(*report, here, kReport);
        if (const auto* type = report->if_contains("type")) Word(Vocabulary::kMeasurement, *type, here / "type");
        if (const auto* exception = report->if_contains("exception"))
          Word(Vocabulary::kAlert, *exception, here / "exception");
        if (const auto* component = report->if_contains("component"))
          Word(Vocabulary::kComponent, *component, here / "component");
        Time(report->if_contains("time"), here / "time", false);
        SensorNumbers(*report, here);
        if (metadata != nullptr) SaidTwice(*metadata, *report, here);
      }
    }
  }
  void Error() {
    const auto* value = Get("errorDeclaration");
    if (value == nullptr) return;
    const json::object* error = Object(*value, kRoot / "errorDeclaration");
    if (error == nullptr) return;
    static const Words kError("declarationTime reason correctiveEventIDs");
    Members(*error, kRoot / "errorDeclaration", kError);
    if (error->contains("declarationTime"))
      Time(error->if_contains("declarationTime"), kRoot / "errorDeclaration" / "declarationTime", true);
    else
      Fail(kRoot / "errorDeclaration" / "declarationTime", Say("填写 {}", "declarationTime"));
    if (const auto* reason = error->if_contains("reason"))
      Word(Vocabulary::kErrorReason, *reason, kRoot / "errorDeclaration" / "reason");
    if (const auto* ids = error->if_contains("correctiveEventIDs"); ids != nullptr && !ids->is_array())
      Fail(kRoot / "errorDeclaration" / "correctiveEventIDs", "须是列表");
  }
  void Ilmd() {
    const auto* value = Get("ilmd");
    if (value == nullptr) return;
    const json::object* ilmd = Object(*value, kRoot / "ilmd");
    static const Words kNone("");
    if (ilmd != nullptr) Members(*ilmd, kRoot / "ilmd", kNone);
  }

  void Common() {
    if (Get("eventTime") == nullptr) Fail(kRoot / "eventTime", "填写 eventTime，例如 2026-09-28T09:30:00+08:00");
    Time(Get("eventTime"), kRoot / "eventTime", true);
    Time(Get("recordTime"), kRoot / "recordTime", false);
    const auto* offset = Get("eventTimeZoneOffset");
    if (offset == nullptr || !offset->is_string() || !IsOffset(offset->get_string()))
      Fail(kRoot / "eventTimeZoneOffset", "填写时区，例如 +08:00");
    if (const auto* id = Get("eventID")) {
      const auto text = Text(*id, kRoot / "eventID");
      if (text.size() > 300)
        Fail(kRoot / "eventID", "eventID 不超过 300 个字符");
      else if (!text.empty() && !IsUri(text))
        Fail(kRoot / "eventID", "eventID 须是 URI，例如 urn:uuid:… 或 ni:///sha-256;…");
    }
    if (const auto* step = Get("bizStep")) Word(Vocabulary::kBizStep, *step, kRoot / "bizStep");
    if (const auto* disposition = Get("disposition"))
      Word(Vocabulary::kDisposition, *disposition, kRoot / "disposition");
    if (const auto* persistent = Get("persistentDisposition"))
      if (const json::object* sets = Object(*persistent, kRoot / "persistentDisposition")) {
        static const Words kSets(" set unset ");
        const Path sets_path = kRoot / "persistentDisposition";
        Members(*sets, sets_path, kSets);
        for (const auto& [name, list] : *sets)
          if (list.is_array())
            for (std::size_t i = 0; i < list.get_array().size(); ++i)
              Word(Vocabulary::kDisposition, list.get_array()[i],
                   Path{&sets_path, std::string_view(name.data(), name.size()), i});
      }
    Place("readPoint");
    Place("bizLocation");
    static const Words kTransaction("type bizTransaction"), kSource("type source"), kDestination("type destination");
    Typed("bizTransactionList", "bizTransaction", Vocabulary::kTransactionType, kTransaction, false);
    Typed("sourceList", "source", Vocabulary::kSourceDestType, kSource, true);
    Typed("destinationList", "destination", Vocabulary::kSourceDestType, kDestination, true);
    Sensors();
    Error();
    Ilmd();
  }

  void Run() {
    const auto* type_value = Get("type");
    const std::string type =
        type_value != nullptr && type_value->is_string() ? std::string(type_value->get_string()) : std::string{};
    static const Words kCommon(
        "type eventTime recordTime eventTimeZoneOffset eventID certificationInfo errorDeclaration bizStep disposition persistentDisposition readPoint bizLocation bizTransactionList sourceList "
        "destinationList sensorElementList");
    static const Words kObject("action epcList quantityList ilmd"),
        kPacking("action parentID childEPCs childQuantityList"), kTransaction("action parentID epcList quantityList"),
        kTransformation("inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID ilmd");
    const Words* own = nullptr;
    if (type == "ObjectEvent")
      own = &kObject;
    else if (type == "AggregationEvent" || type == "AssociationEvent")
      own = &kPacking;
    else if (type == "TransactionEvent")
      own = &kTransaction;
    else if (type == "TransformationEvent")
      own = &kTransformation;
    else
      return Fail(kRoot / "type", "事件类型须是 EPCIS 2.0 的五种之一");
    Members(event.body, kRoot, kCommon, own);
    Common();
    std::string_view action;
    if (own->Has("action")) {
      const auto* value = Get("action");
      action = value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
      if (action != "ADD" && action != "OBSERVE" && action != "DELETE")
        Fail(kRoot / "action", "action 须是 ADD、OBSERVE 或 DELETE");
    }
    std::size_t things = 0;
    for (const char* list : {"epcList", "childEPCs", "inputEPCList", "outputEPCList"}) things += Ids(list);
    for (const char* list : {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
      things += Quantities(list);
    if (const auto* parent = Get("parentID")) Uri(*parent, kRoot / "parentID");
    if (type == "AggregationEvent" || type == "AssociationEvent") {
      if ((action == "ADD" || action == "DELETE") && Get("parentID") == nullptr)
        Fail(kRoot / "parentID", "ADD 和 DELETE 须填写 parentID");
      if (action == "ADD" && things == 0) Fail(kRoot / "childEPCs", "ADD 须填写装入的 childEPCs 或 childQuantityList");
      if (things == 0 && Get("parentID") == nullptr && Get("sensorElementList") == nullptr)
        Fail(kRoot / "parentID", Say("填写 {}", "parentID"));
      if (const auto* parent = Get("parentID"); parent != nullptr && parent->is_string())
        if (const auto* children = Get("childEPCs"); children != nullptr && children->is_array())
          for (const auto& child : children->get_array())
            if (child == *parent) Fail(kRoot / "childEPCs", "一件物品不能装在它自己里面");
    } else if (type == "ObjectEvent") {
      if (things == 0 && Get("sensorElementList") == nullptr)
        Fail(kRoot / "epcList", "填写 epcList、quantityList 或 sensorElementList");
    } else if (type == "TransactionEvent") {
      const auto* list = Get("bizTransactionList");
      if (list == nullptr || (list->is_array() && list->get_array().empty()))
        Fail(kRoot / "bizTransactionList", Say("填写 {}", "bizTransactionList"));
    } else {
      const auto side = [&](const char* ids, const char* quantities) {
        return (Get(ids) != nullptr) || (Get(quantities) != nullptr);
      };
      const bool linked = Get("transformationID") != nullptr;
      if (!side("inputEPCList", "inputQuantityList") && !linked)
        Fail(kRoot / "inputQuantityList",
             "填写投入 inputEPCList 或 inputQuantityList；分次记录的须有 transformationID");
      if (!side("outputEPCList", "outputQuantityList") && !linked)
        Fail(kRoot / "outputQuantityList",
             "填写产出 outputEPCList 或 outputQuantityList；分次记录的须有 transformationID");
    }
  }
};

}  // namespace

std::vector<Fault> Validate(const Event& event, const ValidateOptions& options) {
  Check check{event, options, {}};
  check.Run();
  return std::move(check.faults);
}

std::vector<Fault> ValidateVocabularies(const json::array& vocabularies) {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < vocabularies.size() && faults.size() < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    const auto* vocabulary = vocabularies[i].is_object() ? &vocabularies[i].get_object() : nullptr;
    const auto* type = vocabulary == nullptr ? nullptr : vocabulary->if_contains("type");
    if (type == nullptr || !type->is_string() || !IsUri(type->get_string()))
      faults.push_back({path + "/type", Say("填写 {}", "type")});
    const auto* elements = vocabulary == nullptr ? nullptr : vocabulary->if_contains("vocabularyElementList");
    if (elements == nullptr || !elements->is_array()) continue;
    for (std::size_t j = 0; j < elements->get_array().size() && faults.size() < 50; ++j) {
      const json::value& element = elements->get_array()[j];
      const auto* id = element.is_object() ? element.get_object().if_contains("id") : nullptr;
      if (id == nullptr || !id->is_string() || !IsUri(id->get_string()))
        faults.push_back({path + "/vocabularyElementList/" + std::to_string(j) + "/id", Say("填写 {}", "id")});
    }
  }
  return faults;
}

}  // namespace zhian::epcis
