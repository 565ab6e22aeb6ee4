// Query strings of SimpleEventQuery, as they come from outside: what is taken can be asked of an event, a refusal names
// its field, and a second reading agrees. First line: parameters as in a URL; the rest: an event to ask of.
#include <algorithm>
#include <cstdlib>

#include "engines/epcis/query.hpp"
#include "fuzz.hpp"

namespace {

std::string Decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return at < text.size() && std::string_view("0123456789ABCDEF").find(text[at]) != std::string_view::npos
                 ? static_cast<int>(std::string_view("0123456789ABCDEF").find(text[at]))
                 : -1;
    };
    if (text[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0)
      out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2)), i += 2;
    else
      out += text[i];
  }
  return out;
}

zhian::epcis::QueryParameters Parameters(std::string_view line) {
  zhian::epcis::QueryParameters out;
  while (!line.empty() && out.size() < 64) {
    const std::string_view one = line.substr(0, line.find('&'));
    line.remove_prefix(std::min(line.size(), one.size() + 1));
    std::string_view values =
        one.find('=') == std::string_view::npos ? std::string_view{} : one.substr(one.find('=') + 1);
    out.emplace_back(Decoded(one.substr(0, one.find('='))), std::vector<std::string>{});
    while (!values.empty()) {
      const std::string_view value = values.substr(0, values.find('|'));
      values.remove_prefix(std::min(values.size(), value.size() + 1));
      out.back().second.push_back(Decoded(value));
    }
  }
  return out;
}

constexpr std::string_view kEvent =
    R"({"@context":{"tea":"https://tea.example/ns/"},"type":"ObjectEvent","eventTime":"2026-09-08T14:00:00+08:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"shipping","disposition":"in_transit",
 "persistentDisposition":{"set":["recalled"]},"eventID":"urn:uuid:1","readPoint":{"id":"urn:epc:id:sgln:6909912.34567.0","tea:side":"left"},"bizLocation":{"id":"urn:x:hall"},"epcList":["urn:epc:id:sgtin:6909912.034567.7"],"errorDeclaration":{"declarationTime":"2026-09-09T00:00:00Z","reason":"incorrect_data"},
 "quantityList":[{"epcClass":"urn:epc:class:lgtin:6909912.034567.L1","quantity":60,"uom":"KGM"}],"bizTransactionList":[{"type":"po","bizTransaction":"urn:x:po:1"}],"ilmd":{"tea:grade":"A","tea:inner":{"tea:height":1200}},"tea:pickedAt":"2026-09-01T08:00:00Z",
 "sensorElementList":[{"sensorMetadata":{"deviceID":"urn:x:device:1"},"sensorReport":[{"type":"Temperature","value":4,"uom":"CEL"}]}]})";

}  // namespace

void Fuzz(std::string_view bytes) {
  using namespace zhian::epcis;
  const auto line = bytes.substr(0, bytes.find('\n'));
  const QueryParameters parameters = Parameters(line);
  auto query = ParseQuery(parameters);
  if (ParseQuery(parameters).ok() != query.ok()) std::abort();
  if (!query.ok()) {
    if (query.error().fields.empty() || query.error().fields.front().key != "QueryParameterException") std::abort();
    return;
  }
  // A store answers look-ups with identifiers of any kind.
  const auto look_ups = std::move(query->look_ups);
  query->look_ups.clear();
  for (const auto& look_up : look_ups) query->Answer(look_up, look_up.values);
  static const auto read = ReadAll(kEvent);
  const bool found = query->Matches({read->events.front(), 1});
  if (found != query->Matches({read->events.front(), 1})) std::abort();
  // Parameters can only narrow.
  if (found && parameters.size() > 1) {
    const auto first = ParseQuery({parameters.front()});
    if (first.ok() && first->look_ups.empty() && !first->Matches({read->events.front(), 1})) std::abort();
  }
  if (line.size() == bytes.size()) return;
  const auto other = ReadAll(bytes.substr(line.size() + 1),
                             {.event_bytes_max = 16 * 1024, .header_bytes_max = 16 * 1024, .depth_max = 24});
  if (other.ok())
    for (const Event& event : other->events) (void)query->Matches({event, 1});
}
