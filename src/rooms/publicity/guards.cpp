// Guards of publications 公開.
#include <algorithm>

#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/publicity.hpp"
#include "rooms/publicity/redaction.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
Result<std::vector<Matter>> SourceOf(const GuardContext& context) {
  if (context.origin != nullptr) return std::vector<Matter>{*context.origin};
  ZHIAN_ASSIGN(const auto publication, records::Publication::Read(context.matter));
  if (!publication.source_id.empty())
    if (auto source = LoadMatter(context.db, publication.source_id); source.ok())
      return std::vector<Matter>{std::move(*source)};
  std::vector<Matter> linked;
  for (Matter& matter : Linked(context, ""))
    if (matter.kind != "publication") linked.push_back(std::move(matter));
  return linked;
}
}  // namespace

GuardResult source_matter_allows_publication(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sources, SourceOf(context));
  if (sources.empty()) return GuardResult::Fails("没有来源事项");
  for (const Matter& source : sources)
    if (source.Has("training") || source.Has("voided") || source.Has("confidential"))
      return GuardResult::Fails("来源事项为演练、已作废或限定知悉，不能公开");
  return GuardResult::Holds();
}

GuardResult source_matter_is_not_disputed_or_law_requires(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sources, SourceOf(context));
  for (const Matter& source : sources)
    if (source.Has("disputed") && source.kind == "sample")
      return GuardResult::Fails("复检或异议尚在办理，结果不能公开");
  return GuardResult::Holds();
}

GuardResult no_sealed_identity_is_contained(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto publication, records::Publication::Read(context.matter));
  GuardResult result;
  for (const std::string& item : publicity::FindPersonalData(publication.public_text)) {
    result.holds = false;
    result.open_items.push_back(item);
  }
  return result;
}

GuardResult quoted_figures_are_consistent(const GuardContext& context) {
  // A text without percentages quotes no figure; one with them must say of how many ("n/m" or a count beside it).
  ZHIAN_ASSIGN(const auto quoting, guard_fields::QuotedFiguresAreConsistent::ReadFields(context.matter.fields));
  const std::string text = quoting.public_text + quoting.circular_body;
  for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1)) {
    const std::string around = text.substr(at > 120 ? at - 120 : 0, 240);
    if (around.find('/') == std::string::npos && around.find("批次") == std::string::npos &&
        around.find("家") == std::string::npos && around.find("件") == std::string::npos)
      return GuardResult::Fails("百分比须同时写出分子和分母，例如 3/20");
  }
  return GuardResult::Holds();
}

GuardResult source_decision_changed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sources, SourceOf(context));
  for (const Matter& source : sources) {
    if (source.state == "dropped" || source.state == "annulled" || source.state == "invalid")
      return GuardResult::Holds();
  }
  return GuardResult::Fails("来源事项的决定没有变更");
}

GuardResult display_period_is_over(const GuardContext& context) {
  const DutyRow* display = LastDuty(context, "end_display");
  return GuardResult::From(display != nullptr && display->limit_at && *display->limit_at < context.now.ms,
                           "公示期尚未届满");
}

}  // namespace zhian::guards
