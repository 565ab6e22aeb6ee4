#include "engines/tracing/network_fcl.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace zhian::tracing {
namespace json = boost::json;

namespace {

constexpr std::size_t kRowsMax = 1'000'000, kLinksMax = 10'000'000, kJsonBytesMax = std::size_t{256} << 20;

Error At(std::string_view table, std::size_t row, std::string_view column, Message what) {
  return MakeError(ErrorCode::kInvalid, Say("{} 第 {} 行 {}：{}", table, row, column, what));
}
Error TooMany(std::string_view table, std::size_t most) {
  return MakeError(ErrorCode::kTooLarge, Say("{} 超过 {} 行；请分开", table, most));
}

// Stations and deliveries as they come, and the links between them once all are known.
class Network {
 public:
  Status AddStation(std::string_view table, std::size_t row, Station station) {
    if (network_.stations.size() == kRowsMax) return TooMany(table, kRowsMax);
    ZHIAN_TRY(Enter(table, row, station.id, network_.stations.size(), stations_));
    network_.stations.push_back(std::move(station));
    return Ok();
  }
  Status AddDelivery(std::string_view table, std::size_t row, Delivery delivery, const std::string& from,
                     const std::string& to, std::string_view from_column, std::string_view to_column) {
    if (network_.deliveries.size() == kRowsMax) return TooMany(table, kRowsMax);
    ZHIAN_TRY(Enter(table, row, delivery.id, network_.deliveries.size(), deliveries_));
    ZHIAN_ASSIGN(delivery.from, Find(table, row, from_column, from, stations_));
    ZHIAN_ASSIGN(delivery.to, Find(table, row, to_column, to, stations_));
    network_.deliveries.push_back(std::move(delivery));
    return Ok();
  }
  Status AddLink(std::string_view table, std::size_t row, const std::string& from, const std::string& to,
                 std::string_view from_column, std::string_view to_column) {
    if (network_.links.size() == kLinksMax) return TooMany(table, kLinksMax);
    ZHIAN_ASSIGN(const std::uint32_t a, Find(table, row, from_column, from, deliveries_));
    ZHIAN_ASSIGN(const std::uint32_t b, Find(table, row, to_column, to, deliveries_));
    network_.links.emplace_back(a, b);
    return Ok();
  }
  Station* FindStation(const std::string& id) {
    const auto at = stations_.find(id);
    return at == stations_.end() ? nullptr : &network_.stations[at->second];
  }
  Delivery* FindDelivery(const std::string& id) {
    const auto at = deliveries_.find(id);
    return at == deliveries_.end() ? nullptr : &network_.deliveries[at->second];
  }
  DeliveryNetwork Take() { return std::move(network_); }

 private:
  using Index = std::unordered_map<std::string, std::uint32_t>;
  static Status Enter(std::string_view table, std::size_t row, const std::string& id, std::size_t place, Index& index) {
    if (id.empty()) return At(table, row, "ID", "不能为空");
    if (!index.try_emplace(id, static_cast<std::uint32_t>(place)).second)
      return At(table, row, "ID", Say("{} 列了两次", id));
    return Ok();
  }
  static Result<std::uint32_t> Find(std::string_view table, std::size_t row, std::string_view column,
                                    const std::string& id, const Index& index) {
    const auto at = index.find(id);
    if (at == index.end())
      return id.empty() ? At(table, row, column, "不能为空") : At(table, row, column, Say("没有 {}；请先列出", id));
    return at->second;
  }
  DeliveryNetwork network_;
  Index stations_, deliveries_;
};

// ---- the sheets

// "Delivery Date_Departure" and "deliverydatedeparture" are one.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : base::Fold(name))
    if (std::string_view(" \t\r\n_-./").find(c) == std::string_view::npos) plain += c;
  return plain;
}

class Sheet {
 public:
  static Result<Sheet> Read(std::string_view name, std::string_view bytes, std::size_t rows_max,
                            std::initializer_list<std::string_view> id) {
    Sheet sheet;
    sheet.name_ = name;
    ZHIAN_ASSIGN(const std::string text, base::DecodeTable(bytes));
    base::CsvReader reader(text);
    std::vector<std::string> cells;
    constexpr std::size_t kTitlesMax = 20;  // rows above the header
    for (bool headed = false;;) {
      ZHIAN_ASSIGN(const bool more, reader.Next(cells));
      if (!more) break;
      for (std::string& cell : cells) cell = base::Trim(cell);
      if (!headed) {
        headed = std::any_of(cells.begin(), cells.end(), [&](const std::string& cell) { return IsOneOf(cell, id); });
        if (headed)
          sheet.header_ = cells;
        else if (reader.row() >= kTitlesMax)
          break;
        continue;
      }
      if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); })) continue;
      if (sheet.rows_.size() == rows_max) return TooMany(name, rows_max);
      sheet.rows_.push_back({reader.row(), cells});
    }
    if (sheet.header_.empty()) return sheet.Missing(*id.begin());
    return sheet;
  }

  // The place of the column; of an optional one that is not there: none that has cells.
  Result<std::size_t> Column(std::initializer_list<std::string_view> names, bool needed = true) const {
    std::size_t found = 0, place = kNowhere;
    for (std::size_t i = 0; i < header_.size(); ++i)
      if (IsOneOf(header_[i], names)) place = i, ++found;
    if (found > 1 || (found == 0 && needed)) return Missing(*names.begin());
    return place;
  }
  // Day, month and year below the name, in this order of the answer.
  Result<std::array<std::size_t, 3>> DateColumns(std::string_view name) const {
    ZHIAN_ASSIGN(const std::size_t begin, Column({name}));
    std::size_t end = begin + 1;
    while (end < header_.size() && header_[end].empty()) ++end;
    if (end == header_.size()) end = begin + 3;
    std::array<std::size_t, 3> found{kNowhere, kNowhere, kNowhere};
    static constexpr std::string_view kParts[] = {"day", "month", "year"};
    if (!rows_.empty())
      for (std::size_t i = begin; i < end && i < rows_.front().cells.size(); ++i)
        for (std::size_t part = 0; part < 3; ++part)
          if (Plain(rows_.front().cells[i]) == kParts[part]) found[part] = i;
    for (std::size_t part = 0; part < 3; ++part)
      if (found[part] == kNowhere) return Missing(std::string(name) + " " + std::string(kParts[part]));
    return found;
  }
  // The second row of the header is none of the table.
  void DropSubheader() { rows_.erase(rows_.begin()); }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::size_t line(std::size_t row) const { return rows_[row].line; }
  [[nodiscard]] const std::string& cell(std::size_t row, std::size_t column) const {
    static const std::string nothing;
    return column < rows_[row].cells.size() ? rows_[row].cells[column] : nothing;
  }
  [[nodiscard]] std::string_view title(std::size_t column) const {
    return column < header_.size() ? std::string_view(header_[column]) : std::string_view();
  }

  Result<double> Number(std::size_t row, std::size_t column) const {
    const std::string& text = cell(row, column);
    if (text.empty()) return 0.0;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::abs(value) > 1e18)
      return At(name_, line(row), title(column), "须是数字");
    return value;
  }
  Result<bool> Flag(std::size_t row, std::size_t column) const {
    const std::string text = base::Fold(cell(row, column));
    if (text.empty() || text == "0" || text == "false" || text == "no" || text == "否") return false;
    if (text == "1" || text == "true" || text == "yes" || text == "是") return true;
    return At(name_, line(row), title(column), "须是 1 或 0");
  }
  Result<PartialDate> Date(std::size_t row, const std::array<std::size_t, 3>& columns, std::string_view name) const {
    static constexpr int kMost[] = {31, 12, 9999};
    int parts[3] = {0, 0, 0};
    for (std::size_t part = 0; part < 3; ++part) {
      std::string_view text = cell(row, columns[part]);
      if (text.empty()) continue;
      if (text.ends_with(".0")) text.remove_suffix(2);  // a workbook may keep whole numbers so
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[part]);
      if (error != std::errc() || end != text.data() + text.size() || parts[part] < 1 || parts[part] > kMost[part])
        return At(name_, line(row), name, "日、月、年须是数字，不知道的留空");
    }
    const PartialDate date{parts[2], parts[1], parts[0]};
    if (date.year != 0 && date.month != 0 && date.day != 0 && !base::Date::IsCivil(date.year, date.month, date.day))
      return At(name_, line(row), name, "没有这一天；请更正日期");
    return date;
  }
  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  struct Row {
    std::size_t line;
    std::vector<std::string> cells;
  };
  static bool IsOneOf(const std::string& cell, std::initializer_list<std::string_view> names) {
    const std::string plain = Plain(cell);
    return !plain.empty() &&
           std::any_of(names.begin(), names.end(), [&](std::string_view name) { return Plain(name) == plain; });
  }
  [[nodiscard]] Error Missing(std::string_view column) const {
    return MakeError(ErrorCode::kInvalid, Say("{} 须有且只有一列 {}；请更正第一行的列名", name_, column));
  }
  std::string name_;
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

}  // namespace

Result<DeliveryNetwork> ReadFclSheets(std::string_view stations, std::string_view deliveries,
                                      std::string_view relations) {
  Network network;
  ZHIAN_ASSIGN(const Sheet of_stations,
               Sheet::Read("Stations", stations, kRowsMax, {"Company_ID", "Station ID", "ID"}));
  ZHIAN_ASSIGN(Sheet of_deliveries, Sheet::Read("Deliveries", deliveries, kRowsMax, {"DeliveryID", "ID"}));
  ZHIAN_ASSIGN(const Sheet of_relations,
               Sheet::Read("Deliveries2Deliveries", relations, kLinksMax, {"From DeliveryID", "From"}));
  struct Marks {
    std::size_t weight, mixes, kills;
  };
  const auto marks_of = [](const Sheet& sheet) -> Result<Marks> {
    Marks marks{};
    ZHIAN_ASSIGN(marks.weight, sheet.Column({"Weight"}, false));
    ZHIAN_ASSIGN(marks.mixes, sheet.Column({"CrossContamination"}, false));
    ZHIAN_ASSIGN(marks.kills, sheet.Column({"Kill Contamination"}, false));
    return marks;
  };
  const auto mark = [](const Sheet& sheet, std::size_t row, const Marks& marks, auto& thing) -> Status {
    ZHIAN_ASSIGN(thing.weight, sheet.Number(row, marks.weight));
    ZHIAN_ASSIGN(thing.cross_contamination, sheet.Flag(row, marks.mixes));
    ZHIAN_ASSIGN(thing.kill, sheet.Flag(row, marks.kills));
    return Ok();
  };
  ZHIAN_ASSIGN(const std::size_t station_id, of_stations.Column({"Company_ID", "Station ID", "ID"}));
  ZHIAN_ASSIGN(const Marks station_marks, marks_of(of_stations));
  for (std::size_t row = 0; row < of_stations.size(); ++row) {
    Station station{.id = of_stations.cell(row, station_id)};
    ZHIAN_TRY(mark(of_stations, row, station_marks, station));
    ZHIAN_TRY(network.AddStation(of_stations.name(), of_stations.line(row), std::move(station)));
  }
  ZHIAN_ASSIGN(const std::size_t delivery_id, of_deliveries.Column({"DeliveryID", "ID"}));
  ZHIAN_ASSIGN(const std::size_t from, of_deliveries.Column({"Station"}));
  ZHIAN_ASSIGN(const std::size_t to, of_deliveries.Column({"Recipient"}));
  ZHIAN_ASSIGN(const auto departure, of_deliveries.DateColumns("Delivery Date Departure"));
  ZHIAN_ASSIGN(const auto arrival, of_deliveries.DateColumns("Delivery Date Arrival"));
  ZHIAN_ASSIGN(const Marks delivery_marks, marks_of(of_deliveries));
  of_deliveries.DropSubheader();
  for (std::size_t row = 0; row < of_deliveries.size(); ++row) {
    Delivery delivery{.id = of_deliveries.cell(row, delivery_id)};
    ZHIAN_ASSIGN(delivery.departure, of_deliveries.Date(row, departure, "Delivery Date Departure"));
    ZHIAN_ASSIGN(delivery.arrival, of_deliveries.Date(row, arrival, "Delivery Date Arrival"));
    ZHIAN_TRY(mark(of_deliveries, row, delivery_marks, delivery));
    ZHIAN_TRY(network.AddDelivery(of_deliveries.name(), of_deliveries.line(row), std::move(delivery),
                                  of_deliveries.cell(row, from), of_deliveries.cell(row, to), "Station", "Recipient"));
  }
  ZHIAN_ASSIGN(const std::size_t link_from, of_relations.Column({"From DeliveryID", "From"}));
  ZHIAN_ASSIGN(const std::size_t link_to, of_relations.Column({"Into DeliveryID", "To"}));
  for (std::size_t row = 0; row < of_relations.size(); ++row)
    ZHIAN_TRY(network.AddLink(of_relations.name(), of_relations.line(row), of_relations.cell(row, link_from),
                              of_relations.cell(row, link_to), of_relations.title(link_from),
                              of_relations.title(link_to)));
  return network.Take();
}

// ---- the JSON

namespace {

Error Odd(std::string_view path, Message what) { return MakeError(ErrorCode::kInvalid, Say("{}：{}", path, what)); }

// A value as the text that stands for it in a table; none where it is no scalar.
std::optional<std::string> TextOf(const json::value& value) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return base::Trim(std::string_view(value.get_string()));
  if (value.is_bool()) return std::string(value.get_bool() ? "true" : "false");
  if (value.is_int64() || value.is_uint64() || value.is_double()) return base::CanonicalJson(value);
  return std::nullopt;
}

// see(row from 1, cells by the names asked for) for each row of data.NAME.
template <class See>
Status EachJsonRow(const json::object& data, std::string_view name, std::initializer_list<std::string_view> columns,
                   See&& see) {
  const std::string path = "data." + std::string(name);
  const auto* table = data.if_contains(name);
  const auto* rows = table != nullptr && table->is_object() ? table->get_object().if_contains("data") : nullptr;
  if (rows == nullptr || !rows->is_array()) return Odd(path, "须是有 data 的表");
  std::size_t number = 0;
  for (const json::value& row : rows->get_array()) {
    ++number;
    if (!row.is_array()) return At(path, number, "", "须是 id 与 value 成对的列表");
    std::vector<std::string> cells(columns.size());
    std::vector<bool> seen(columns.size(), false);
    for (const json::value& cell : row.get_array()) {
      const auto* id = cell.is_object() ? cell.get_object().if_contains("id") : nullptr;
      if (id == nullptr || !id->is_string()) return At(path, number, "", "须是 id 与 value 成对的列表");
      const auto* at = std::find(columns.begin(), columns.end(), std::string_view(id->get_string()));
      if (at == columns.end()) continue;
      const auto place = static_cast<std::size_t>(at - columns.begin());
      if (seen[place]) return At(path, number, *at, Say("{} 列了两次", *at));
      seen[place] = true;
      if (const auto* value = cell.get_object().if_contains("value"); value != nullptr) {
        auto text = TextOf(*value);
        if (!text) return At(path, number, *at, "须是文字或数字");
        cells[place] = std::move(*text);
      }
    }
    ZHIAN_TRY(see(number, cells));
  }
  return Ok();
}

struct Marks {
  double weight = 0;
  bool mixes = false, kills = false;
};
// see(row from 1, id, marks) for each row of tracing.NAME.
template <class See>
Status EachMark(const json::object& tracing, std::string_view name, See&& see) {
  const std::string path = "tracing." + std::string(name);
  const auto* rows = tracing.if_contains(name);
  if (rows == nullptr || rows->is_null()) return Ok();
  if (!rows->is_array()) return Odd(path, "须是列表");
  std::size_t number = 0;
  for (const json::value& row : rows->get_array()) {
    ++number;
    const auto* id = row.is_object() ? row.get_object().if_contains("id") : nullptr;
    const auto text = id == nullptr ? std::nullopt : TextOf(*id);
    if (!text || text->empty()) return At(path, number, "id", "不能为空");
    Marks marks;
    if (const auto* weight = row.get_object().if_contains("weight"); weight != nullptr && !weight->is_null()) {
      if (!weight->is_number()) return At(path, number, "weight", "须是数字");
      marks.weight = weight->to_number<double>();
      if (!std::isfinite(marks.weight) || std::abs(marks.weight) > 1e18) return At(path, number, "weight", "须是数字");
    }
    for (const auto& [key, flag] : {std::pair{"crossContamination", &marks.mixes}, {"killContamination", &marks.kills}})
      if (const auto* value = row.get_object().if_contains(key); value != nullptr && !value->is_null()) {
        if (!value->is_bool()) return At(path, number, key, "须是 true 或 false");
        *flag = value->get_bool();
      }
    ZHIAN_TRY(see(number, *text, marks));
  }
  return Ok();
}

std::unordered_set<std::string> GroupsOf(const json::object& root) {
  std::unordered_set<std::string> groups;
  const auto* settings = root.if_contains("settings");
  const auto* list =
      settings != nullptr && settings->is_object() ? settings->get_object().if_contains("metaNodes") : nullptr;
  if (list == nullptr || !list->is_array()) return groups;
  for (const json::value& group : list->get_array())
    if (const auto* id = group.is_object() ? group.get_object().if_contains("id") : nullptr; id != nullptr)
      if (const auto text = TextOf(*id)) groups.insert(*text);
  return groups;
}

}  // namespace

Result<DeliveryNetwork> ReadFclJson(std::string_view text) {
  ZHIAN_ASSIGN(const json::value value, base::ParseJson(text, {.bytes_max = kJsonBytesMax}));
  const json::object* root = value.if_object();
  const auto* data = root == nullptr ? nullptr : root->if_contains("data");
  if (data == nullptr || !data->is_object())
    return Odd("data", "须是有 stations、deliveries、deliveryRelations 的对象");
  Network network;
  ZHIAN_TRY(EachJsonRow(data->get_object(), "stations", {"ID"}, [&](std::size_t row, std::vector<std::string>& cells) {
    return network.AddStation("data.stations", row, Station{.id = std::move(cells[0])});
  }));
  ZHIAN_TRY(EachJsonRow(
      data->get_object(), "deliveries", {"ID", "from", "to", "Date Delivery", "Date Delivery Arrival"},
      [&](std::size_t row, std::vector<std::string>& cells) -> Status {
        Delivery delivery{.id = std::move(cells[0])};
        for (const auto& [at, column, date] : {std::tuple{std::size_t{3}, "Date Delivery", &delivery.departure},
                                               {std::size_t{4}, "Date Delivery Arrival", &delivery.arrival}}) {
          auto read = ParsePartialDate(cells[at]);
          if (!read.ok()) return At("data.deliveries", row, column, read.error().message);
          *date = *read;
        }
        return network.AddDelivery("data.deliveries", row, std::move(delivery), cells[1], cells[2], "from", "to");
      }));
  ZHIAN_TRY(EachJsonRow(data->get_object(), "deliveryRelations", {"from", "to"},
                        [&](std::size_t row, std::vector<std::string>& cells) {
                          return network.AddLink("data.deliveryRelations", row, cells[0], cells[1], "from", "to");
                        }));

  const auto* tracing = root->if_contains("tracing");
  if (tracing == nullptr || tracing->is_null()) return network.Take();
  if (!tracing->is_object()) return Odd("tracing", "须是对象");
  const auto groups = GroupsOf(*root);
  const auto take = [](auto& thing, const Marks& marks) {
    thing.weight = marks.weight;
    thing.cross_contamination = marks.mixes;
    thing.kill = marks.kills;
  };
  ZHIAN_TRY(EachMark(
      tracing->get_object(), "nodes", [&](std::size_t row, const std::string& id, const Marks& marks) -> Status {
        if (Station* const station = network.FindStation(id); station != nullptr) return take(*station, marks), Ok();
        if (!groups.contains(id)) return At("tracing.nodes", row, "id", Say("没有 {}；请先列出", id));
        if (marks.weight != 0 || marks.mixes || marks.kills)
          return At("tracing.nodes", row, "id", Say("分组 {} 设有权重、交叉污染或终止；请改设在其成员上", id));
        return Ok();
      }));
  ZHIAN_TRY(EachMark(tracing->get_object(), "deliveries",
                     [&](std::size_t row, const std::string& id, const Marks& marks) -> Status {
                       Delivery* const delivery = network.FindDelivery(id);
                       if (delivery == nullptr)
                         return At("tracing.deliveries", row, "id", Say("没有 {}；请先列出", id));
                       take(*delivery, marks);
                       return Ok();
                     }));
  return network.Take();
}

}  // namespace zhian::tracing
