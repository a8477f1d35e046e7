// The YAML file.
#include "config/sources.hpp"
#include "config/suggest.hpp"

#include <srs/util/text.hpp>

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

namespace srs::config {
namespace {

// Far more than all settings with pages of comment; a wrong path may lead to anything.
constexpr std::size_t kLargestFile = 1 << 20;

class FileReader {
 public:
  explicit FileReader(std::string file) : file_(std::move(file)) {}

  Source read() {
    const auto content = load();
    if (!content) return std::move(result_);
    try {
      const auto documents = YAML::LoadAll(*content);
      if (documents.size() > 1)
        fault(documents[1].Mark(), "", "a second YAML document: put all into one");
      if (!documents.empty()) section(documents.front(), "");
    } catch (const YAML::ParserException& error) {
      fault(error.mark, "", "no YAML: " + error.msg);
    } catch (const YAML::Exception& error) {
      result_.faults.push_back({file_, "", std::string("can't be read as YAML: ") + error.what()});
    }
    return std::move(result_);
  }

 private:
  std::optional<std::string> load() {
    std::error_code error;
    if (std::filesystem::is_directory(file_, error)) return unreadable("is a directory");
    errno = 0;
    std::ifstream stream(file_, std::ios::binary);
    if (!stream) return unreadable(std::strerror(errno));
    std::string content(kLargestFile + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (stream.bad()) return unreadable(std::strerror(errno));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > kLargestFile) return unreadable("is larger than 1 MiB");
    return content;
  }

  std::optional<std::string> unreadable(const std::string& why) {
    result_.faults.push_back({file_, "", "the configuration can't be read: " + why});
    return std::nullopt;
  }

  void section(const YAML::Node& node, const std::string& path) {
    if (node.IsNull()) return;  // everything in it is commented out
    if (!node.IsMap()) {
      return fault(node.Mark(), path,
                   "must be a section: settings of the form `name: value`" +
                       std::string(path.empty() ? "" : ", indented below it"));
    }
    for (const auto& pair : node) {
      const YAML::Node& name = pair.first;
      if (!name.IsScalar()) {
        fault(name.Mark(), path, "has a name that is no plain word");
      } else {
        entry(name, pair.second, path.empty() ? name.Scalar() : path + "." + name.Scalar());
      }
    }
  }

  void entry(const YAML::Node& name, const YAML::Node& value, const std::string& path) {
    const int line = name.Mark().line + 1;
    if (const auto [first, fresh] = lines_.emplace(path, line); !fresh) {
      return fault(name.Mark(), path,
                   "is given twice, first in line " + std::to_string(first->second));
    }
    if (const Key* key = find(path)) return setting(*key, name, value);
    if (is_section(path)) return section(value, path);
    fault(name.Mark(), quoted_name(path), "unknown key" + did_you_mean(path, known_names()));
  }

  void setting(const Key& key, const YAML::Node& name, const YAML::Node& value) {
    if (value.IsScalar()) {
      give(key, name, texts_of(key, value.Scalar()));
    } else if (value.IsSequence() && key.list) {
      sequence(key, name, value);
    } else if (value.IsNull()) {
      fault(name.Mark(), key.name,
            "has no value: leave the line out for the default" +
                std::string(key.list ? ", or write []" : ", or write \"\""));
    } else {
      fault(name.Mark(), key.name,
            std::string("must be ") + (key.list ? "a list" : "one value") + ", not a " +
                (value.IsMap() ? "section" : "list"));
    }
  }

  void sequence(const Key& key, const YAML::Node& name, const YAML::Node& value) {
    Texts texts;
    for (const auto& item : value) {
      if (!item.IsScalar()) return fault(item.Mark(), key.name, "must be a list of plain values");
      texts.push_back(item.Scalar());
    }
    give(key, name, std::move(texts));
  }

  void give(const Key& key, const YAML::Node& name, Texts texts) {
    result_.given.push_back({&key, std::move(texts), where(name.Mark())});
  }

  static bool is_section(const std::string& path) {
    const auto& all = table();
    return std::any_of(all.begin(), all.end(),
                       [&](const Key& key) { return key.name.starts_with(path + "."); });
  }

  static std::string quoted_name(const std::string& path) {
    const std::string shown = in_quotes(path);
    return shown.substr(1, shown.size() - 2);
  }

  std::string where(const YAML::Mark& mark) const {
    return mark.is_null() ? file_ : file_ + ":" + std::to_string(mark.line + 1);
  }

  void fault(const YAML::Mark& mark, std::string key, std::string text) {
    result_.faults.push_back({where(mark), std::move(key), std::move(text)});
  }

  std::string file_;
  std::map<std::string, int> lines_;  // of every key seen
  Source result_;
};

}  // namespace

Source read_file(const std::filesystem::path& file) {
  return FileReader(file.string()).read();
}

Texts texts_of(const Key& key, const std::string& text) {
  if (!key.list) return {text};
  Texts texts;
  for (const auto part : split(text, ',')) {
    if (!part.empty()) texts.emplace_back(part);
  }
  return texts;
}

}  // namespace srs::config
