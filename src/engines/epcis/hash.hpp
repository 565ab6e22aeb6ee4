// The CBV 2.0 event hash (§8.9.2): the same event, however it is written, has the same identifier. eventID, recordTime,
// errorDeclaration and what senders ask to ignore stay outside. Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engines/epcis/event.hpp"

namespace zhian::epcis {

// The text that is hashed. `ignored`: expanded names of extensions that are left out.
std::string PreHash(const Event& event, const std::vector<std::string>& ignored = {});
// "ni:///sha-256;…?ver=CBV2.0"
std::string EventHash(const Event& event, const std::vector<std::string>& ignored = {});

// A whole or broken number as the standard writes it: no trailing zeros, no exponent.
std::string PlainNumber(double value);

}  // namespace zhian::epcis
