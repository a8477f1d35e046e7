// Rows of the table.
#pragma once

#include "config/table.hpp"

#include <string>
#include <utility>
#include <vector>

namespace srs::config {

template <class Member, class T>
auto setter(Member member, Kind<T> kind) {
  return [member, kind](Settings& settings, const Texts& texts) -> Texts {
    if (texts.size() != 1)
      return {"takes one value, not a list of " + std::to_string(texts.size())};
    auto value = kind.read(texts.front());
    if (!value) return {value.error().text};
    member(settings) = std::move(*value);
    return {};
  };
}

template <class Member, class T>
auto getter(Member member, Kind<T> kind) {
  return [member, kind](const Settings& settings) { return Texts{kind.write(member(settings))}; };
}

template <class Member, class T>
auto setter(Member member, ListKind<T> kind) {
  return [member, kind](Settings& settings, const Texts& texts) -> Texts {
    Texts wrong;
    std::vector<T> values;
    for (const auto& text : texts) {
      auto value = kind.item.read(text);
      if (value)
        values.push_back(std::move(*value));
      else
        wrong.push_back(value.error().text);
    }
    if (wrong.empty()) member(settings) = std::move(values);
    return wrong;
  };
}

template <class Member, class T>
auto getter(Member member, ListKind<T> kind) {
  return [member, kind](const Settings& settings) {
    Texts texts;
    for (const auto& value : member(settings)) texts.push_back(kind.item.write(value));
    return texts;
  };
}

template <class Member, class K>
Key make_key(std::string name, Member member, K kind, std::string comment) {
  return {std::move(name), std::move(comment),   kind.hint,           K::kList,
          false,           setter(member, kind), getter(member, kind)};
}

// The name of a key is the path of its member: they cannot drift apart.
#define SRS_KEY(path, kind, comment) \
  make_key(                          \
      #path, [](auto& settings) -> auto& { return settings.path; }, kind, comment)

// The rows of a module that has a file of its own for them.
std::vector<Key> stt_keys();
std::vector<Key> tracing_keys();

}  // namespace srs::config
