#include "engines/epcis/query.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/identifiers.hpp"
#include "engines/epcis/master_data.hpp"
#include "engines/epcis/units.hpp"
#include "engines/epcis/vocabulary.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

using Values = std::vector<std::string>;

std::string Text(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}
const json::object* ObjectIn(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}
template <class Each>
bool AnyOf(const json::object& object, std::string_view name, const Each& each) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return false;
  if (!value->is_array()) return each(*value);
  return std::any_of(value->get_array().begin(), value->get_array().end(), each);
}
bool In(const Values& values, const std::string& text) {
  return std::find(values.begin(), values.end(), text) != values.end();
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

enum class Compare { kEq, kGt, kGe, kLt, kLe, kExists };
bool Holds(Compare compare, double a, double b) {
  switch (compare) {
    case Compare::kEq: return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
    case Compare::kGt: return a > b;
    case Compare::kGe: return a >= b;
    case Compare::kLt: return a < b;
    case Compare::kLe: return a <= b;
    case Compare::kExists: return true;
  }
  return false;
}

// A condition on scalars: times compare as times, numbers as numbers, all else as text.
bool ScalarHolds(Compare compare, const json::value& value, const Values& wanted) {
  if (compare == Compare::kExists) return true;
  const std::string text = value.is_string()   ? std::string(value.get_string())
                           : value.is_bool()   ? (value.get_bool() ? "true" : "false")
                           : value.is_number() ? PlainNumber(value.to_number<double>())
                                               : "";
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& other) {
    if (compare == Compare::kEq && (text == other || CanonicalId(text) == CanonicalId(other))) return true;
    const auto a = base::ParseInstant(text), b = base::ParseInstant(other);
    if (a.ok() && b.ok()) return Holds(compare, static_cast<double>(a->ms), static_cast<double>(b->ms));
    const auto x = Number(text), y = Number(other);
    return x && y && Holds(compare, *x, *y);
  });
}

// MATCH: the identifier, or one that the pattern covers.
struct Match {
  Values exact, prefixes;
  bool Covers(const std::string& id) const {
    return In(exact, id) || std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
             return id.starts_with(prefix + "/") || (SerialFollowsAtOnce(prefix) && id.starts_with(prefix));
           });
  }
  // The serial number of a GRAI, GDTI or GCN stands in the value of the key itself.
  static bool SerialFollowsAtOnce(std::string_view link) {
    return std::any_of(std::begin(kJoined), std::end(kJoined),
                       [link](std::string_view key) { return link.find(key) != std::string_view::npos; });
  }
  static constexpr std::string_view kJoined[] = {"/8003/", "/253/", "/255/"};
};
Match MatchOf(const Values& values) {
  Match match;
  for (const std::string& value : values) {
    const std::string id = CanonicalId(value);
    if (value.starts_with("urn:epc:idpat:") || (value.find("/01/") != std::string::npos && id != value))
      match.prefixes.push_back(id);
    match.exact.push_back(id);
  }
  return match;
}

struct Parser {
  Query query;

  Error Bad(const std::string& name, Message message) {
    return NeedsMending(
        {{"/" + std::string(base::PrefixOf(name, 100)), "QueryParameterException", std::move(message)}});
  }

  Result<std::int64_t> Time(const std::string& name, const Values& values) {
    const auto at = values.size() == 1 ? base::ParseInstant(values.front())
                                       : Result<base::Instant>(MakeError(ErrorCode::kInvalid, ""));
    if (!at.ok()) return Bad(name, "时间写成 2026-11-24T09:30:00+08:00，须带时区");
    return at->ms;
  }
  void Add(std::function<bool(const StoredEvent&)> condition) { query.conditions.push_back(std::move(condition)); }
  void AddIndexed(Values fields, const Match& match) {
    query.index.push_back({std::move(fields), match.exact, match.prefixes});
  }

  static Values Bare(Vocabulary vocabulary, const Values& values) {
    Values out;
    for (const auto& value : values) out.push_back(BareWord(vocabulary, value));
    return out;
  }
  static Values Canonical(const Values& values) {
    Values out;
    for (const auto& value : values) out.push_back(CanonicalId(value));
    return out;
  }

  // Fields whose value is one word or identifier.
  bool Simple(const std::string& name, const Values& values) {
    const auto field = [&](const char* key, Values wanted, bool indexed) {
      Add([key, wanted](const StoredEvent& stored) {
        return In(wanted, CanonicalId(Text(stored.event.body.if_contains(key))));
      });
      if (indexed) query.index.push_back({{key}, wanted, {}});
      return true;
    };
    if (name == "eventType") return field("type", values, true);
    if (name == "EQ_action") return field("action", values, true);
    if (name == "EQ_bizStep") return field("bizStep", Bare(Vocabulary::kBizStep, values), true);
    if (name == "EQ_disposition") return field("disposition", Bare(Vocabulary::kDisposition, values), true);
    if (name == "EQ_transformationID") return field("transformationID", Canonical(values), true);
    if (name == "EQ_eventID") return field("eventID", values, false);
    for (const char* set : {"set", "unset"})
      if (name == std::string("EQ_persistentDisposition_") + set) {
        Add([set, wanted = Bare(Vocabulary::kDisposition, values)](const StoredEvent& stored) {
          const auto* sets = ObjectIn(stored.event.body, "persistentDisposition");
          return sets != nullptr && AnyOf(*sets, set, [&](const json::value& word) { return In(wanted, Text(&word)); });
        });
        return true;
      }
    for (const char* place : {"readPoint", "bizLocation"})
      if (name == std::string("WD_") + place) {
        query.look_ups.push_back({MasterLookUp::Kind::kWithin, place, Canonical(values), {}});
        return true;
      } else if (name == std::string("EQ_") + place) {
        const Values wanted = Canonical(values);
        Add([place, wanted](const StoredEvent& stored) {
          const auto* object = ObjectIn(stored.event.body, place);
          return object != nullptr && In(wanted, CanonicalId(Text(object->if_contains("id"))));
        });
        query.index.push_back({{place}, wanted, {}});
        return true;
      }
    return false;
  }

  bool Typed(const std::string& name, const Values& values) {
    struct List {
      const char *prefix, *list, *key;
      Vocabulary vocabulary;
    };
    static constexpr List kLists[] = {
        {"EQ_bizTransaction", "bizTransactionList", "bizTransaction", Vocabulary::kTransactionType},
        {"EQ_source", "sourceList", "source", Vocabulary::kSourceDestType},
        {"EQ_destination", "destinationList", "destination", Vocabulary::kSourceDestType}};
    for (const List& list : kLists) {
      const std::string prefix = list.prefix;
      if (name != prefix && !name.starts_with(prefix + "_")) continue;
      const std::string type =
          name == prefix ? std::string{} : BareWord(list.vocabulary, name.substr(prefix.size() + 1));
      const Values wanted = Canonical(values);
      Add([list, type, wanted](const StoredEvent& stored) {
        return AnyOf(stored.event.body, list.list, [&](const json::value& entry) {
          return entry.is_object() && (type.empty() || Text(entry.get_object().if_contains("type")) == type) &&
                 In(wanted, CanonicalId(Text(entry.get_object().if_contains(list.key))));
        });
      });
      if (!type.empty()) {
        IndexCondition index{{list.list}, {}, {}};
        for (const auto& value : wanted) index.values.push_back(type + " " + value);
        query.index.push_back(std::move(index));
      }
      return true;
    }
    return false;
  }

  bool Matching(const std::string& name, const Values& values) {
    struct Target {
      const char* name;
      Values fields;
      bool classes;
    };
    static const std::vector<Target> kTargets{
        {"MATCH_epc", {"epcList", "childEPCs"}, false},
        {"MATCH_parentID", {"parentID"}, false},
        {"MATCH_inputEPC", {"inputEPCList"}, false},
        {"MATCH_outputEPC", {"outputEPCList"}, false},
        {"MATCH_anyEPC", {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "parentID"}, false},
        {"MATCH_epcClass", {"quantityList", "childQuantityList"}, true},
        {"MATCH_inputEPCClass", {"inputQuantityList"}, true},
        {"MATCH_outputEPCClass", {"outputQuantityList"}, true},
        {"MATCH_anyEPCClass", {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}, true}};
    for (const Target& target : kTargets) {
      if (name != target.name) continue;
      const Match match = MatchOf(values);
      Add([&target, match](const StoredEvent& stored) {
        return std::any_of(target.fields.begin(), target.fields.end(), [&](const std::string& field) {
          return AnyOf(stored.event.body, field, [&](const json::value& entry) {
            const std::string id = entry.is_object() ? Text(entry.get_object().if_contains("epcClass")) : Text(&entry);
            return match.Covers(CanonicalId(id));
          });
        });
      });
      AddIndexed(target.fields, match);
      return true;
    }
    return false;
  }

  Result<bool> Errors(const std::string& name, const Values& values) {
    const auto of = [](const StoredEvent& stored) { return ObjectIn(stored.event.body, "errorDeclaration"); };
    if (name == "EXISTS_errorDeclaration") {
      const bool wanted = values.empty() || values.front() != "false";
      Add([of, wanted](const StoredEvent& stored) { return (of(stored) != nullptr) == wanted; });
    } else if (name == "GE_errorDeclarationTime" || name == "GE_errorDeclaration_Time" ||
               name == "LT_errorDeclarationTime" || name == "LT_errorDeclaration_Time") {
      ZHIAN_ASSIGN(const std::int64_t at, Time(name, values));
      Add([of, at, from = name[0] == 'G'](const StoredEvent& stored) {
        const auto* error = of(stored);
        const auto declared = base::ParseInstant(error == nullptr ? "" : Text(error->if_contains("declarationTime")));
        return declared.ok() && (from ? declared->ms >= at : declared->ms < at);
      });
    } else if (name == "EQ_errorReason") {
      Add([of, wanted = Bare(Vocabulary::kErrorReason, values)](const StoredEvent& stored) {
        return of(stored) != nullptr && In(wanted, Text(of(stored)->if_contains("reason")));
      });
    } else if (name == "EQ_correctiveEventID") {
      Add([of, values](const StoredEvent& stored) {
        return of(stored) != nullptr &&
               AnyOf(*of(stored), "correctiveEventIDs", [&](const json::value& id) { return In(values, Text(&id)); });
      });
    } else {
      return false;
    }
    return true;
  }

  // EQ_, GT_ … and what follows.
  static std::optional<Compare> SplitCompare(std::string_view& name) {
    for (const auto& [prefix, compare] : {std::pair{"EQ_", Compare::kEq},
                                          {"GT_", Compare::kGt},
                                          {"GE_", Compare::kGe},
                                          {"LT_", Compare::kLt},
                                          {"LE_", Compare::kLe},
                                          {"EXISTS_", Compare::kExists}})
      if (name.starts_with(prefix)) {
        name.remove_prefix(std::string_view(prefix).size());
        return compare;
      }
    return std::nullopt;
  }

  Result<std::vector<double>> Numbers(const std::string& name, const Values& values) {
    std::vector<double> out;
    for (const auto& value : values) {
      const auto number = Number(value);
      if (!number) return Bad(name, "须是数字");
      out.push_back(*number);
    }
    return out;
  }

  Result<bool> Quantities(const std::string& name, std::string_view rest, Compare compare, const Values& values) {
    if (rest != "quantity" && !rest.starts_with("quantity_")) return false;
    const std::string uom = rest == "quantity" ? std::string{} : std::string(rest.substr(9));
    ZHIAN_ASSIGN(const auto wanted, Numbers(name, values));
    Add([compare, uom, wanted](const StoredEvent& stored) {
      for (const char* list : {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
        if (AnyOf(stored.event.body, list, [&](const json::value& entry) {
              const auto* quantity = entry.is_object() ? entry.get_object().if_contains("quantity") : nullptr;
              if (quantity == nullptr || !quantity->is_number()) return false;
              const std::string own = Text(entry.get_object().if_contains("uom"));
              if (uom.empty() != own.empty()) return false;
              const auto value = uom.empty() ? std::optional(quantity->to_number<double>())
                                             : ConvertUnit(quantity->to_number<double>(), own, uom);
              return value && std::any_of(wanted.begin(), wanted.end(),
                                          [&](double other) { return Holds(compare, *value, other); });
            }))
          return true;
      return false;
    });
    return true;
  }

  template <class Each>
  static bool AnyReport(const StoredEvent& stored, const Each& each) {
    return AnyOf(stored.event.body, "sensorElementList", [&](const json::value& element) {
      if (!element.is_object()) return false;
      const auto* metadata = ObjectIn(element.get_object(), "sensorMetadata");
      return AnyOf(element.get_object(), "sensorReport", [&](const json::value& report) {
        return report.is_object() && each(metadata, report.get_object());
      });
    });
  }

  Result<bool> Sensors(const std::string& name, std::string_view rest, Compare compare, const Values& values) {
    if (name == "EXISTS_sensorElementList") {
      const bool wanted = values.empty() || values.front() != "false";
      Add([wanted](const StoredEvent& stored) { return stored.event.body.contains("sensorElementList") == wanted; });
      return true;
    }
    static constexpr std::string_view kPlain[] = {
        "type",        "deviceID",     "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules",
        "stringValue", "booleanValue", "hexBinaryValue",       "uriValue",      "percRank",          "time",
        "startTime",   "endTime"};
    static constexpr std::string_view kMeasured[] = {"value", "minValue", "maxValue", "meanValue", "sDev", "percValue"};
    if (std::find(std::begin(kPlain), std::end(kPlain), rest) != std::end(kPlain)) {
      const std::string field(rest);
      const Values wanted = field == "type" ? Bare(Vocabulary::kMeasurement, values) : values;
      Add([field, wanted, compare](const StoredEvent& stored) {
        return AnyReport(stored, [&](const json::object* metadata, const json::object& report) {
          const auto* value = report.if_contains(field);
          if (value == nullptr && metadata != nullptr) value = metadata->if_contains(field);
          return value != nullptr && ScalarHolds(compare, *value, wanted);
        });
      });
      return true;
    }
    const auto line = rest.find('_');
    const std::string field(rest.substr(0, line)),
        uom(line == std::string_view::npos ? std::string_view{} : rest.substr(line + 1));
    if (std::find(std::begin(kMeasured), std::end(kMeasured), field) == std::end(kMeasured)) return false;
    if (uom == "UOM") {  // EQ_value_UOM: the unit itself
      Add([field, values](const StoredEvent& stored) {
        return AnyReport(stored, [&](const json::object*, const json::object& report) {
          return report.contains(field) && In(values, Text(report.if_contains("uom")));
        });
      });
      return true;
    }
    ZHIAN_ASSIGN(const auto wanted, Numbers(name, values));
    Add([field, uom, wanted, compare](const StoredEvent& stored) {
      return AnyReport(stored, [&](const json::object*, const json::object& report) {
        const auto* value = report.if_contains(field);
        if (value == nullptr || !value->is_number()) return false;
        const auto converted = uom.empty()
                                   ? std::optional(value->to_number<double>())
                                   : ConvertUnit(value->to_number<double>(), Text(report.if_contains("uom")), uom);
        return converted && std::any_of(wanted.begin(), wanted.end(),
                                        [&](double other) { return Holds(compare, *converted, other); });
      });
    });
    return true;
  }

  // Names of extensions are compared as namespace and local name: "prefix:field" with the event's own prefix, or
  // "{ns}#field".
  static bool NameIs(std::string_view key, const Namespaces& namespaces, std::string_view wanted) {
    if (key == wanted) return true;
    const std::string full = ExpandName(key, namespaces);
    if (full.empty() || full[0] != '{') return false;
    const auto close = full.find('}');
    const std::string space = full.substr(1, close - 1), local = full.substr(close + 1);
    return wanted == space + local || wanted == space + "#" + local || wanted == full;
  }
  static bool Find(const json::value& value, const Namespaces& namespaces, const std::string& wanted, bool deep,
                   Compare compare, const Values& values, int depth = 0) {
    if (depth > 48) return false;
    if (value.is_array())
      return std::any_of(value.get_array().begin(), value.get_array().end(), [&](const json::value& item) {
        return Find(item, namespaces, wanted, deep, compare, values, depth + 1);
      });
    if (!value.is_object()) return false;
    for (const auto& [key, inner] : value.get_object()) {
      const std::string_view name(key.data(), key.size());
      if (NameIs(name, namespaces, wanted)) {
        if (compare == Compare::kExists) return true;
        if (inner.is_array() ? std::any_of(inner.get_array().begin(), inner.get_array().end(),
                                           [&](const json::value& item) { return ScalarHolds(compare, item, values); })
                             : !inner.is_object() && ScalarHolds(compare, inner, values))
          return true;
      }
      if (deep && (inner.is_object() || inner.is_array()) &&
          Find(inner, namespaces, wanted, true, compare, values, depth + 1))
        return true;
    }
    return false;
  }
  bool Extensions(std::string_view rest, Compare compare, const Values& values) {
    const bool deep = rest.starts_with("INNER_");
    if (deep) rest.remove_prefix(6);
    enum class Where { kTop, kIlmd, kError, kElement, kMetadata, kReport, kReadPoint, kBizLocation };
    Where where = Where::kTop;
    for (const auto& [prefix, place] : {std::pair{"ILMD_", Where::kIlmd},
                                        {"ERROR_DECLARATION_", Where::kError},
                                        {"SENSORELEMENT_", Where::kElement},
                                        {"SENSORMETADATA_", Where::kMetadata},
                                        {"SENSORREPORT_", Where::kReport},
                                        {"readPoint_", Where::kReadPoint},
                                        {"bizLocation_", Where::kBizLocation}})
      if (rest.starts_with(prefix)) {
        rest.remove_prefix(std::string_view(prefix).size());
        where = place;
        break;
      }
    if (rest.find(':') == std::string_view::npos) return false;
    Add([wanted = std::string(rest), where, deep, compare, values](const StoredEvent& stored) {
      const json::object& body = stored.event.body;
      const auto find = [&](const json::value* value) {
        return value != nullptr && Find(*value, stored.event.namespaces, wanted, deep, compare, values);
      };
      const auto in_elements = [&](const char* part) {
        return AnyOf(body, "sensorElementList", [&](const json::value& element) {
          return element.is_object() &&
                 (part == nullptr ? find(&element) : find(element.get_object().if_contains(part)));
        });
      };
      switch (where) {
        case Where::kTop: {
          for (const auto& [key, value] : body) {
            const std::string_view name(key.data(), key.size());
            if (IsEventField(name)) continue;
            if (Find(json::object{{name, value}}, stored.event.namespaces, wanted, deep, compare, values)) return true;
          }
          return false;
        }
        case Where::kIlmd: return find(body.if_contains("ilmd"));
        case Where::kError: return find(body.if_contains("errorDeclaration"));
        case Where::kElement: return in_elements(nullptr);
        case Where::kMetadata: return in_elements("sensorMetadata");
        case Where::kReport: return in_elements("sensorReport");
        case Where::kReadPoint: return find(body.if_contains("readPoint"));
        case Where::kBizLocation: return find(body.if_contains("bizLocation"));
      }
      return false;
    });
    return true;
  }

  // HASATTR_field=[attribute…], EQATTR_field_attribute=[value…]; the published schema writes EQ_ATTR_.
  bool Master(const std::string& name, const Values& values) {
    std::string_view rest = name;
    const auto cut = [&rest](std::string_view prefix) {
      return rest.starts_with(prefix) ? rest.remove_prefix(prefix.size()), true : false;
    };
    const bool has = cut("HASATTR_");
    if (!has && !cut("EQATTR_") && !cut("EQ_ATTR_")) return false;
    MasterLookUp look_up{has ? MasterLookUp::Kind::kHasAttribute : MasterLookUp::Kind::kAttributeIs, {}, {}, {}};
    const auto line = has ? rest.size() : rest.find('_');
    if (line == std::string_view::npos || line == 0 || (!has && line + 1 == rest.size())) return false;
    look_up.field = std::string(rest.substr(0, line));
    if (look_up.field.find(':') == std::string::npos &&
        std::find(std::begin(kMasterFields), std::end(kMasterFields), look_up.field) == std::end(kMasterFields))
      return false;
    if (!has) look_up.attribute = AttributeName(rest.substr(line + 1), {});
    for (const std::string& value : values)
      look_up.values.push_back(has ? AttributeName(value, {}) : CanonicalId(value));
    query.look_ups.push_back(std::move(look_up));
    return true;
  }
  static constexpr std::string_view kMasterFields[] = {"readPoint",        "bizLocation", "bizTransaction",
                                                       "source",           "destination", "epcClass",
                                                       "transformationID", "bizStep",     "disposition"};

  Status Take(const std::string& name, const Values& values) {
    const auto number = [&](std::optional<int>& to) -> Status {
      int value = 0;
      const auto [end, error] = values.size() == 1
                                    ? std::from_chars(values[0].data(), values[0].data() + values[0].size(), value)
                                    : std::from_chars_result{nullptr, std::errc::invalid_argument};
      if (error != std::errc{} || end != values[0].data() + values[0].size() || value < 1)
        return Bad(name, "须是大于 0 的整数");
      return to = value, Ok();
    };
    for (const auto& [wanted, at] : {std::pair{"GE_eventTime", &query.event_time_from},
                                     {"LT_eventTime", &query.event_time_before},
                                     {"GE_recordTime", &query.record_time_from},
                                     {"LT_recordTime", &query.record_time_before}})
      if (name == wanted) {
        ZHIAN_ASSIGN(*at, Time(name, values));
        return Ok();
      }
    if (name == "eventCountLimit") return number(query.count_limit);
    if (name == "maxEventCount") return number(query.count_max);
    if (name == "orderBy") {
      query.ordered = true;
      if (values.size() == 1 && values[0].find(':') != std::string::npos) return query.order_field = values[0], Ok();
      if (values.size() != 1 || (values[0] != "eventTime" && values[0] != "recordTime"))
        return Bad(name, "orderBy 须是 eventTime、recordTime 或带命名空间前缀的扩展字段");
      query.by_event_time = values[0] == "eventTime";
      return Ok();
    }
    if (name == "orderDirection") {
      if (values.size() != 1 || (values[0] != "ASC" && values[0] != "DESC"))
        return Bad(name, "orderDirection 须是 ASC 或 DESC");
      return query.descending = values[0] == "DESC", Ok();
    }
    const bool exists = name.starts_with("EXISTS_");
    if (values.empty() && !exists) return Bad(name, "填写查询的值");
    if (Simple(name, values) || Typed(name, values) || Matching(name, values) || Master(name, values)) return Ok();
    ZHIAN_ASSIGN(bool taken, Errors(name, values));
    if (taken) return Ok();
    std::string_view rest = name;
    const auto compare = SplitCompare(rest);
    if (!compare) return Bad(name, Say("没有查询参数 {}", base::Cut(name, 80)));
    ZHIAN_ASSIGN(taken, Quantities(name, rest, *compare, values));
    if (taken) return Ok();
    ZHIAN_ASSIGN(taken, Sensors(name, rest, *compare, values));
    if (taken || Extensions(rest, *compare, values)) return Ok();
    return Bad(name, Say("没有查询参数 {}", base::Cut(name, 80)));
  }
};

}  // namespace

bool Query::Matches(const StoredEvent& stored) const {
  return look_ups.empty() &&
         std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) { return condition(stored); });
}

OrderKey Query::OrderOf(const Event& event) const {
  const bool of_ilmd = order_field.starts_with("ILMD_");
  const std::string_view wanted = std::string_view(order_field).substr(of_ilmd ? 5 : 0);
  const json::object* holder = of_ilmd ? ObjectIn(event.body, "ilmd") : &event.body;
  if (holder == nullptr) return {};
  for (const auto& [key, value] : *holder) {
    if (!Parser::NameIs(std::string_view(key.data(), key.size()), event.namespaces, wanted)) continue;
    if (value.is_number()) return {OrderKey::Kind::kNumber, value.to_number<double>(), {}};
    if (value.is_bool()) return {OrderKey::Kind::kText, 0, value.get_bool() ? "true" : "false"};
    if (!value.is_string()) return {};
    const std::string_view text(value.get_string());
    if (const auto at = base::ParseInstant(text); at.ok())
      return {OrderKey::Kind::kNumber, static_cast<double>(at->ms), {}};
    if (const auto number = Number(text)) return {OrderKey::Kind::kNumber, *number, {}};
    return {OrderKey::Kind::kText, 0, std::string(base::PrefixOf(text, 500))};
  }
  return {};
}

void Query::Answer(const MasterLookUp& look_up, std::vector<std::string> ids) {
  const std::string field = look_up.field;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (field == "readPoint" || field == "bizLocation" || field == "transformationID")
    index.push_back({{field}, ids.empty() ? Values{""} : ids, {}});
  else if (field == "epcClass")
    index.push_back({{"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"},
                     ids.empty() ? Values{""} : ids,
                     {}});
  conditions.push_back([field, ids = std::move(ids)](const StoredEvent& stored) {
    const json::object& body = stored.event.body;
    const auto one_of = [&](const json::value* id) {
      return id != nullptr && id->is_string() &&
             std::binary_search(ids.begin(), ids.end(), CanonicalId(std::string_view(id->get_string())));
    };
    const auto in_list = [&](std::string_view list, const char* key) {
      return AnyOf(body, list, [&](const json::value& entry) {
        return entry.is_object() && one_of(entry.get_object().if_contains(key));
      });
    };
    if (field == "readPoint" || field == "bizLocation") {
      const auto* place = ObjectIn(body, field);
      return place != nullptr && one_of(place->if_contains("id"));
    }
    if (field == "bizTransaction") return in_list("bizTransactionList", "bizTransaction");
    if (field == "source") return in_list("sourceList", "source");
    if (field == "destination") return in_list("destinationList", "destination");
    if (field == "epcClass")
      return in_list("quantityList", "epcClass") || in_list("childQuantityList", "epcClass") ||
             in_list("inputQuantityList", "epcClass") || in_list("outputQuantityList", "epcClass");
    // Words of the CBV have master data under any of their names.
    for (const auto& [name, vocabulary] :
         {std::pair{"bizStep", Vocabulary::kBizStep}, {"disposition", Vocabulary::kDisposition}})
      if (field == name) {
        const std::string word = Text(body.if_contains(name));
        return !word.empty() && (std::binary_search(ids.begin(), ids.end(), word) ||
                                 std::binary_search(ids.begin(), ids.end(), Urn(vocabulary, word)) ||
                                 std::binary_search(ids.begin(), ids.end(), WebUri(vocabulary, word)));
      }
    if (field == "transformationID") return one_of(body.if_contains(field));
    for (const auto& [key, value] : body)
      if (const std::string_view name(key.data(), key.size());
          !IsEventField(name) && Parser::NameIs(name, stored.event.namespaces, field) &&
          (value.is_array() ? std::any_of(value.get_array().begin(), value.get_array().end(),
                                          [&](const json::value& id) { return one_of(&id); })
                            : one_of(&value)))
        return true;
    return false;
  });
}

Result<Query> ParseQuery(const QueryParameters& parameters) {
  Parser parser;
  bool directed = false;
  for (const auto& [name, values] : parameters) {
    if (values.size() > 1000) return parser.Bad(name, "一个参数不超过 1000 个值");
    ZHIAN_TRY(parser.Take(name, values));
    directed = directed || name == "orderDirection";
  }
  if (parser.query.count_limit && (!parser.query.ordered || parser.query.count_max))
    return parser.Bad("eventCountLimit", "eventCountLimit 须与 orderBy 同用，不能与 maxEventCount 同用");
  if (parser.query.ordered && !directed) parser.query.descending = true;
  return std::move(parser.query);
}

Result<QueryParameters> ReadQueryObject(const json::object& query) {
  QueryParameters out;
  for (const auto& [key, value] : query) {
    Values values;
    const auto add = [&](const json::value& one) {
      if (one.is_string())
        values.emplace_back(one.get_string());
      else if (one.is_bool())
        values.emplace_back(one.get_bool() ? "true" : "false");
      else if (one.is_number())
        values.push_back(PlainNumber(one.to_number<double>()));
    };
    if (value.is_array())
      for (const json::value& one : value.get_array()) add(one);
    else
      add(value);
    out.emplace_back(std::string(key), std::move(values));
  }
  return out;
}

}  // namespace zhian::epcis
