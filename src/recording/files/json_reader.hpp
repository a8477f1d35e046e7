// Reading JSON of a known shape with errors that name the place.
#pragma once

#include <srs/util/time.hpp>

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace srs::recording {

// A value of the wrong type; caught where reading began and turned into an Error.
struct WrongType : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One object and its place in the document (`streams[0]`). A missing key or null leaves the target
// as it is; unknown keys are never looked at.
class ObjectReader {
 public:
  ObjectReader(const nlohmann::json& json, std::string place)
      : json_(json), place_(std::move(place)) {
    if (!json_.is_object()) wrong("an object");
  }

  void read(const char* key, std::string& target) const {
    if (const auto* value = find(key)) {
      if (!value->is_string()) wrong("a text", key);
      target = value->get<std::string>();
    }
  }

  template <std::integral Number>
  void read(const char* key, Number& target) const {
    if (const auto* value = find(key)) target = integer<Number>(*value, key);
  }

  void read(const char* key, double& target) const {
    if (const auto* value = find(key)) {
      if (!value->is_number()) wrong("a number", key);
      target = value->get<double>();
    }
  }

  void read(const char* key, WallTime& target) const {
    std::string text;
    read(key, text);
    if (text.empty()) return;
    const auto time = from_rfc3339(text);
    if (!time) wrong("a date (RFC 3339)", key);
    target = *time;
  }

  template <class Value>
  void read(const char* key, std::optional<Value>& target) const {
    if (find(key) == nullptr) return;
    Value value{};
    read(key, value);
    target = value;
  }

  void read(const char* key, std::vector<std::string>& target) const {
    for_each(key, [&](const nlohmann::json& value, const std::string& place) {
      if (!value.is_string()) throw WrongType(place + " is not a text");
      target.push_back(value.get<std::string>());
    });
  }

  void read(const char* key, std::vector<std::uint32_t>& target) const {
    for_each(key, [&](const nlohmann::json& value, const std::string&) {
      target.push_back(integer<std::uint32_t>(value, key));
    });
  }

  // Every object of the array under `key`, read by `make(ObjectReader)`.
  template <class Entry, class Make>
  void read(const char* key, std::vector<Entry>& target, Make make) const {
    for_each(key, [&](const nlohmann::json& value, const std::string& place) {
      target.push_back(make(ObjectReader(value, place)));
    });
  }

  std::optional<ObjectReader> object(const char* key) const {
    if (const auto* value = find(key)) return ObjectReader(*value, path(key));
    return std::nullopt;
  }

  [[noreturn]] void wrong(std::string_view wanted, std::string_view key = {}) const {
    throw WrongType(path(key) + " is not " + std::string(wanted));
  }

 private:
  const nlohmann::json* find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }

  std::string path(std::string_view key) const {
    if (key.empty()) return place_.empty() ? "the document" : place_;
    return place_.empty() ? std::string(key) : place_ + "." + std::string(key);
  }

  template <class Number>
  Number integer(const nlohmann::json& value, const char* key) const {
    if (value.is_number_unsigned()) {
      const auto number = value.get<std::uint64_t>();
      if (std::in_range<Number>(number)) return static_cast<Number>(number);
    } else if (value.is_number_integer()) {
      const auto number = value.get<std::int64_t>();
      if (std::in_range<Number>(number)) return static_cast<Number>(number);
    }
    wrong("a whole number from " + std::to_string(std::numeric_limits<Number>::min()) + " to " +
              std::to_string(std::numeric_limits<Number>::max()),
          key);
  }

  template <class Visit>
  void for_each(const char* key, Visit visit) const {
    const auto* array = find(key);
    if (array == nullptr) return;
    if (!array->is_array()) wrong("an array", key);
    for (std::size_t i = 0; i < array->size(); ++i) {
      visit((*array)[i], path(key) + "[" + std::to_string(i) + "]");
    }
  }

  const nlohmann::json& json_;
  std::string place_;
};

}  // namespace srs::recording
