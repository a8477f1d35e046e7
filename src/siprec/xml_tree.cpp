#include "xml_tree.hpp"

#include "excerpt.hpp"

#include <srs/util/text.hpp>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <cstring>
#include <memory>

namespace srs::siprec {
namespace {

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
using Context = std::unique_ptr<xmlParserCtxt, FreeContext>;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// Where libxml2 substitutes no entities it leaves every `&` of an attribute's value as `&#38;`, for
// a second reading that a DOM would do.
std::string unescape(std::string_view value) {
  std::string result;
  for (auto at = value.find("&#38;"); at != std::string_view::npos; at = value.find("&#38;")) {
    result.append(value.substr(0, at)).append("&");
    value.remove_prefix(at + 5);
  }
  return result.append(value);
}

// libxml2 says what it reads, and this builds the tree from it. There is never a DOM of libxml2's
// own, so nothing is allocated that our limits don't count.
class Builder {
 public:
  explicit Builder(const MetadataLimits& limits) : limits_(limits) {}

  Result<XmlDocument> read(const std::string& utf8);

 private:
  static Builder& of(void* context) {
    return *static_cast<Builder*>(static_cast<xmlParserCtxt*>(context)->_private);
  }
  static void on_start(void* context, const xmlChar* name, const xmlChar* prefix,
                       const xmlChar* uri, int namespaces, const xmlChar** namespace_list,
                       int attributes, int defaulted, const xmlChar** attribute_list);
  static void on_end(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    of(context).end();
  }
  static void on_text(void* context, const xmlChar* text, int size) {
    of(context).text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
  }
  // Its parameter is const in newer libxml2: the template fits both.
  template <class XmlError>
  static void on_error(void* context, XmlError* error) {
    of(context).error(error->line, error->message);
  }

  void start(XmlElement element);
  void end();
  void text(std::string_view piece);
  void error(int line, const char* message);
  void stop(std::string reason);
  static xmlSAXHandler handler();

  const MetadataLimits& limits_;
  xmlParserCtxt* context_ = nullptr;
  XmlDocument document_;
  std::vector<XmlElement> open_;  // from the root to the element being read
  std::size_t elements_ = 0;
  std::string limit_passed_;
};

xmlSAXHandler Builder::handler() {
  xmlSAXHandler sax;
  std::memset(&sax, 0, sizeof sax);
  // Whatever is not set here is not done: entities are neither kept nor looked up, external
  // subsets are not loaded (XXE and "billion laughs" have nothing to work with).
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.ignorableWhitespace = on_text;
  sax.cdataBlock = on_text;
  sax.serror = on_error;
  return sax;
}

Result<XmlDocument> Builder::read(const std::string& utf8) {
  // Once, before any thread reads; a function's static is initialised under a lock.
  [[maybe_unused]] static const bool ready = (xmlInitParser(), true);
  const Context context(xmlNewParserCtxt());
  if (!context) throw std::bad_alloc();
  context_ = context.get();
  context->_private = this;
  *context->sax = handler();
  // The text is UTF-8 by now, whatever its declaration says (IGNORE_ENC).
  xmlFreeDoc(xmlCtxtReadMemory(context.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr,
                               "UTF-8",
                               XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC));
  if (!limit_passed_.empty()) return Error{limit_passed_};
  document_.well_formed = context->wellFormed != 0;
  while (!open_.empty()) end();  // what a cut-off document left open
  return std::move(document_);
}

void Builder::on_start(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar*,
                       int, const xmlChar**, int attributes, int, const xmlChar** list) {
  XmlElement element;
  element.prefix = view(prefix);
  element.name = view(name);
  // Five pointers an attribute: local name, prefix, URI, value, end of the value.
  for (int i = 0; i < attributes; ++i, list += 5) {
    const auto* begin = reinterpret_cast<const char*>(list[3]);
    const auto* end = reinterpret_cast<const char*>(list[4]);
    element.attributes.emplace_back(view(list[0]), unescape({begin, end}));
  }
  of(context).start(std::move(element));
}

void Builder::start(XmlElement element) {
  if (!limit_passed_.empty()) return;
  if (++elements_ > limits_.elements) {
    return stop("the metadata has more than " + std::to_string(limits_.elements) + " elements");
  }
  if (open_.size() >= limits_.depth) {
    return stop("the metadata's elements stand more than " + std::to_string(limits_.depth) +
                " deep in each other");
  }
  open_.push_back(std::move(element));
}

void Builder::end() {
  if (open_.empty()) return;
  XmlElement closed = std::move(open_.back());
  open_.pop_back();
  if (!open_.empty()) {
    open_.back().children.push_back(std::move(closed));
  } else if (!document_.root) {
    document_.root = std::move(closed);
  }
}

void Builder::text(std::string_view piece) {
  if (!open_.empty()) open_.back().text += piece;
}

void Builder::error(int line, const char* message) {
  if (!document_.first_error.empty()) return;
  document_.first_error = "line " + std::to_string(line) + ": " +
                          excerpt(to_utf8(trim(message == nullptr ? "?" : message)), 200);
}

void Builder::stop(std::string reason) {
  limit_passed_ = std::move(reason);
  xmlStopParser(context_);
}

}  // namespace

Result<XmlDocument> read_xml(const std::string& utf8, const MetadataLimits& limits) {
  return Builder(limits).read(utf8);
}

}  // namespace srs::siprec
