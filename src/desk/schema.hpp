// The shape of an answer or of what a route takes, declared beside the code that makes it: a JSON Schema (2020-12) as a
// value, put together from a few words. An object lists all of its members and takes no others; a member always stands
// unless it is declared with Maybe. A part with a name (Named) is said once in the document and referred to from
// wherever it is used; the parts travel within the value, so that no list of them is kept anywhere.
// Pure values; safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zhian::desk {

class Schema {
 public:
  // By name; the same name always means the same body (OpenApi says where it does not).
  using Parts = std::map<std::string, std::shared_ptr<const boost::json::object>, std::less<>>;

  Schema() = default;  // nothing declared
  explicit Schema(boost::json::object body) : body_(std::move(body)) {}

  [[nodiscard]] bool declared() const { return !body_.empty(); }
  // What stands where the schema is used: the schema itself, or a reference to its name.
  [[nodiscard]] const boost::json::object& body() const { return body_; }
  // The schema itself, also of a part with a name.
  [[nodiscard]] const boost::json::object& definition() const;
  [[nodiscard]] const Parts& parts() const { return parts_; }
  // Names that were declared twice with different bodies; must be empty.
  [[nodiscard]] const std::vector<std::string>& clashes() const { return clashes_; }

  // The same with a sentence for readers of the document.
  [[nodiscard]] Schema Says(std::string_view description) const;
  // Takes the parts of another schema that this one uses.
  void Adopt(const Schema& used);

 private:
  friend Schema Named(std::string_view name, const Schema& schema);
  void Adopt(const std::string& name, const std::shared_ptr<const boost::json::object>& part);

  boost::json::object body_;
  Parts parts_;
  std::vector<std::string> clashes_;
};

struct Member {
  std::string name;
  Schema schema;
  bool always = true;
};
// A member that is left out where there is nothing to say.
Member Maybe(std::string name, Schema schema);

Schema Text();
Schema Day();      // 2026-11-24
Schema Instant();  // 2026-11-24T09:30:00.000+08:00
Schema Digest();   // SHA-256 in lower-case hex
Schema Decimal();  // an exact decimal as text: money, quantities
Schema Integer();  // a whole number
Schema Number();   // a measure that is no money and no quantity: a share, a score, a coordinate
Schema Truth();    // true, false
Schema Always(const boost::json::value& value);  // this value and no other
// One of a closed set of words.
Schema OneOf(std::initializer_list<std::string_view> words);
Schema OneOf(const std::vector<std::string>& words);
Schema ListOf(const Schema& item);
Schema MapOf(const Schema& value);  // an object whose names are data
Schema Object(std::initializer_list<Member> members);
Schema Object(const std::vector<Member>& members);
// The object with more members; a member of the same name takes the place of the old one. REQUIRES: `object` is made by
// Object or With, or is a Named one of these.
Schema With(const Schema& object, std::initializer_list<Member> more);
Schema With(const Schema& object, const std::vector<Member>& more);
Schema Nullable(const Schema& schema);
// One of several shapes.
Schema AnyOf(std::initializer_list<Schema> shapes);
// Any JSON: only for what is data to the desk itself, such as the value of a field, whose type stands beside it.
Schema AnyJson();
Schema Named(std::string_view name, const Schema& schema);
// A part that is declared elsewhere in the same document; for what contains itself.
Schema Refer(std::string_view name);

// Shapes that are everywhere.
Schema NamedThing();                  // {id, name}
Schema Page(const Schema& item);      // {items, next, total}
Schema NextPage(const Schema& item);  // {items, next}
Schema ItemsOf(const Schema& item);   // {items}
Schema LabelledChoice();              // {value, label}
Schema DoneSchema();                  // {done: true}

}  // namespace zhian::desk
