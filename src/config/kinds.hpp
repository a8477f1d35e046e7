// The kinds of value that a setting can have. A kind reads the texts that were given (several for
// a list, else one) and writes the value back as a text.
#pragma once

#include "config/values.hpp"

#include <srs/util/result.hpp>
#include <srs/util/text.hpp>

#include <chrono>
#include <concepts>
#include <filesystem>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::config {

using Texts = std::vector<std::string>;

// One value. `hint` says for documentation what may be written and what a plain number counts.
template <class T>
struct Kind {
  static constexpr bool kList = false;
  std::function<Result<T>(std::string_view)> read;
  std::function<std::string(const T&)> write;
  std::string hint;
};

// Several values.
template <class T>
struct ListKind {
  static constexpr bool kList = true;
  Kind<T> item;
  std::string hint;
};

// What `return value;` can't say where an Error could be made of the value as well.
template <class T>
Result<T> value_of(T value) {
  return Result<T>(boost::system::in_place_value, std::move(value));
}

// A text as it stands; `check` returns what is wrong with it, empty: nothing.
using Check = std::function<std::string(std::string_view)>;
inline Kind<std::string> text(std::string hint, Check check) {
  return {[check = std::move(check)](std::string_view given) -> Result<std::string> {
            if (std::string wrong = check(given); !wrong.empty()) return Error{std::move(wrong)};
            return value_of(std::string(given));
          },
          [](const std::string& value) { return value; }, std::move(hint)};
}

inline Kind<std::filesystem::path> path(std::string hint, bool may_be_empty) {
  return {[may_be_empty](std::string_view given) -> Result<std::filesystem::path> {
            if (given.empty() && !may_be_empty) return Error{"is empty: name a path"};
            if (given.find('\0') != std::string_view::npos) return Error{"contains a NUL byte"};
            return value_of(std::filesystem::path(given));
          },
          [](const std::filesystem::path& value) { return value.string(); }, std::move(hint)};
}

template <std::integral T>
Kind<T> number(T min, T max) {
  const std::string range = std::to_string(min) + " to " + std::to_string(max);
  return {[min, max, range](std::string_view given) -> Result<T> {
            const auto value = to_number<T>(given);
            if (value && *value >= min && *value <= max) return *value;
            return Error{in_quotes(given) + " is no whole number from " + range};
          },
          [](const T& value) { return std::to_string(value); }, range};
}

inline Kind<double> fraction(double min, double max) {
  const auto shown = [](double value) {
    std::ostringstream out;
    out << value;
    return out.str();
  };
  const std::string range = shown(min) + " to " + shown(max);
  return {[min, max, range](std::string_view given) -> Result<double> {
            const auto value = to_number<double>(given);
            if (value && *value >= min && *value <= max) return *value;
            return Error{in_quotes(given) + " is no number from " + range};
          },
          shown, range};
}

// A size in bytes.
template <std::integral T>
Kind<T> size(std::uint64_t min, std::uint64_t max) {
  const std::string range = write_size(min) + " to " + write_size(max);
  return {[min, max, range](std::string_view given) -> Result<T> {
            const auto value = read_size(given);
            if (!value) return value.error();
            if (*value >= min && *value <= max) return static_cast<T>(*value);
            return Error{in_quotes(given) + " is out of range: " + range};
          },
          [](const T& value) { return write_size(static_cast<std::uint64_t>(value)); },
          "bytes, " + range};
}

// A duration in whole Ts (std::chrono::seconds, milliseconds); a plain number counts them.
template <class T>
Kind<T> duration(std::type_identity_t<T> min, std::type_identity_t<T> max) {
  const std::string range = write_duration(min) + " to " + write_duration(max);
  constexpr bool kSeconds = std::is_same_v<T, std::chrono::seconds>;
  return {[min, max, range](std::string_view given) -> Result<T> {
            const auto value = read_duration(given, T(1));
            if (!value) return value.error();
            const T whole = std::chrono::duration_cast<T>(*value);
            if (whole != *value) {
              return Error{in_quotes(given) + " is too fine: only whole " +
                           (kSeconds ? "seconds" : "milliseconds") + " are told apart here"};
            }
            if (whole >= min && whole <= max) return whole;
            return Error{in_quotes(given) + " is out of range: " + range};
          },
          [](const T& value) { return write_duration(value); },
          std::string(kSeconds ? "seconds" : "milliseconds") + ", " + range};
}

inline Kind<bool> yes_or_no() {
  return {[](std::string_view given) { return read_switch(given); },
          [](const bool& value) { return std::string(value ? "true" : "false"); }, "true or false"};
}

// One of the words, each of which stands for a value.
template <class T>
Kind<T> one_of(std::vector<std::pair<std::string, T>> words) {
  std::string all;
  for (const auto& [word, value] : words) all += (all.empty() ? "" : ", ") + word;
  return {[words, all](std::string_view given) -> Result<T> {
            for (const auto& [word, value] : words) {
              if (iequals(word, given)) return value_of(value);
            }
            return Error{in_quotes(given) + " is none of: " + all};
          },
          [words](const T& value) {
            for (const auto& [word, known] : words) {
              if (known == value) return word;
            }
            return std::string();
          },
          all};
}

template <class T>
ListKind<T> list_of(Kind<T> item, std::string hint) {
  return {std::move(item), std::move(hint)};
}

}  // namespace srs::config
