#include "rooms/inspection/orders.hpp"

#include "records/inspection.hpp"

namespace zhian::inspection {

void AddQuestions(procedure::Services& services) {
  services.questions["start.rectification"] = [](const procedure::GuardContext& context,
                                                 const boost::json::object&) -> Result<boost::json::value> {
    using Names = records::Rectification::Names;
    boost::json::object fields;
    for (const auto name : {Names::findings, Names::deadline, Names::served_on, Names::service_way})
      if (const auto* value = context.matter.fields.if_contains(name); value != nullptr) fields[name] = *value;
    boost::json::array orders;
    orders.push_back(boost::json::object{{"fields", std::move(fields)}});
    return boost::json::value(std::move(orders));
  };
}

}  // namespace zhian::inspection
