#include "engines/epcis/vocabulary.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>

namespace zhian::epcis {
namespace {

struct Words {
  std::string_view urn;   // after "urn:epcglobal:cbv:"
  std::string_view web;   // after the base
  std::string_view base;  // of the web URI
  std::string_view list;  // words between spaces, with one before and after
};

constexpr std::string_view kCbv = "https://ref.gs1.org/cbv/", kVoc = "https://gs1.org/voc/";

const Words& Of(Vocabulary vocabulary) {
  static constexpr Words kWords[] = {
      {"bizstep:", "BizStep-", kCbv,
       " accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting decommissioning departing destroying disassembling dispensing encoding entering_exiting "
       "holding inspecting installing killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting shipping staging_outbound "
       "stock_taking stocking storing transporting unloading unpacking void_shipping "},
      {"disp:", "Disp-", kCbv,
       " active available completeness_inferred completeness_verified conformant container_closed container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive "
       "mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned "
       "sellable_accessible sellable_not_accessible stolen unavailable unknown "},
      {"btt:", "BTT-", kCbv, " bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt "},
      {"sdt:", "SDT-", kCbv, " location owning_party possessing_party "},
      {"er:", "ER-", kCbv, " did_not_occur incorrect_data "},
      {"", "", kVoc,
       " AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance "
       "Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity EffectiveDose EffectiveDoseRate ElectricCharge ElectricCurrent ElectricCurrentDensity "
       "ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity MagneticFlux "
       "MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux "
       "RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate "
       "VolumeFraction VolumetricFlux Wavenumber "},
      {"", "", kVoc, " ALARM_CONDITION ERROR_CONDITION "},
      {"", "Comp-", kCbv,
       " altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle spherical_radius x y z "},
  };
  return kWords[static_cast<int>(vocabulary)];
}

bool Strip(std::string_view& text, std::initializer_list<std::string_view> prefixes) {
  for (const auto prefix : prefixes)
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      return true;
    }
  return false;
}

// What follows the space of names that the vocabulary owns; false where the text lies outside of it.
bool Within(const Words& words, std::string_view& text) {
  if (!words.urn.empty()) {
    std::string_view rest = text;
    if (Strip(rest, {"urn:epcglobal:cbv:"}) && Strip(rest, {words.urn})) return text = rest, true;
  }
  std::string_view rest = text;
  if (words.base == kCbv) {
    if (Strip(rest, {"https://ref.gs1.org/cbv/", "http://ref.gs1.org/cbv/", "https://ns.gs1.org/cbv/",
                     "http://ns.gs1.org/cbv/", "cbv:"}) &&
        Strip(rest, {words.web}))
      return text = rest, true;
  } else if (Strip(rest, {"https://gs1.org/voc/", "http://gs1.org/voc/", "https://www.gs1.org/voc/",
                          "http://www.gs1.org/voc/", "https://ref.gs1.org/voc/", "gs1:"})) {
    return text = rest, true;
  }
  return false;
}

}  // namespace

bool IsUri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !std::isalpha(static_cast<unsigned char>(text[0])) ||
      colon + 1 == text.size())
    return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) {
                       return static_cast<unsigned char>(c) > 0x20 && c != '<' && c != '>' && c != '"' && c != 0x7F;
                     }) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.' || c == '_';
         });
}

bool IsWord(Vocabulary vocabulary, std::string_view bare) {
  if (bare.empty() || bare.find(' ') != std::string_view::npos || bare.size() > 64) return false;
  // Between spaces: never at the beginning or the end of the list.
  const std::string_view list = Of(vocabulary).list;
  for (std::size_t at = list.find(bare); at != std::string_view::npos; at = list.find(bare, at + 1))
    if (list[at - 1] == ' ' && list[at + bare.size()] == ' ') return true;
  return false;
}

std::string BareWord(Vocabulary vocabulary, std::string_view text) {
  std::string_view rest = text;
  return Within(Of(vocabulary), rest) && IsWord(vocabulary, rest) ? std::string(rest) : std::string(text);
}

bool IsWordOrUri(Vocabulary vocabulary, std::string_view text) {
  if (IsWord(vocabulary, text)) return true;
  std::string_view rest = text;
  // The web vocabulary of measurements grows by itself: its names were MT-… before 2.0 was final.
  if (Within(Of(vocabulary), rest))
    return IsWord(vocabulary, rest) ||
           (vocabulary == Vocabulary::kMeasurement || vocabulary == Vocabulary::kAlert ? !rest.empty() : false);
  return IsUri(text);
}

std::string WebUri(Vocabulary vocabulary, std::string_view text) {
  const std::string bare = BareWord(vocabulary, text);
  const Words& words = Of(vocabulary);
  if (IsWord(vocabulary, bare)) return std::string(words.base) + std::string(words.web) + bare;
  std::string_view rest = text;
  if (Within(words, rest)) return std::string(words.base) + std::string(words.web) + std::string(rest);
  return std::string(text);
}

std::string Urn(Vocabulary vocabulary, std::string_view text) {
  const std::string bare = BareWord(vocabulary, text);
  const Words& words = Of(vocabulary);
  if (words.urn.empty() || !IsWord(vocabulary, bare)) return WebUri(vocabulary, text);
  return "urn:epcglobal:cbv:" + std::string(words.urn) + bare;
}

}  // namespace zhian::epcis
