#include "charset.hpp"
#include "metadata_reader.hpp"
#include "xml_repair.hpp"
#include "xml_tree.hpp"

#include <srs/siprec/metadata.hpp>

#include <algorithm>

namespace srs::siprec {
const Participant* Metadata::participant(std::string_view id) const {
  const auto found = std::find_if(participants.begin(), participants.end(),
                                  [&](const Participant& p) { return p.id == id; });
  return found == participants.end() ? nullptr : &*found;
}

const Stream* Metadata::stream_of_label(std::string_view label) const {
  const auto found = std::find_if(streams.begin(), streams.end(),
                                  [&](const Stream& s) { return s.label == label; });
  return label.empty() || found == streams.end() ? nullptr : &*found;
}

std::vector<const Participant*> Metadata::senders_of_label(std::string_view label) const {
  std::vector<const Participant*> senders;
  const Stream* const stream = stream_of_label(label);
  if (stream == nullptr || stream->id.empty()) return senders;
  for (const auto& p : participants) {
    if (std::find(p.sends.begin(), p.sends.end(), stream->id) != p.sends.end()) {
      senders.push_back(&p);
    }
  }
  return senders;
}

const Participant* Metadata::sender_of_label(std::string_view label) const {
  const auto senders = senders_of_label(label);
  return senders.size() == 1 ? senders.front() : nullptr;
}

Result<Metadata> parse_metadata(std::string_view xml, std::string_view charset,
                                const MetadataLimits& limits) {
  if (xml.size() > limits.bytes) {
    return Error{"the metadata has " + std::to_string(xml.size()) + " bytes, at most " +
                 std::to_string(limits.bytes) + " are read"};
  }
  Metadata metadata;
  auto text = decode_document(xml, charset, metadata.warnings);
  text.erase(text.find_last_not_of('\0') + 1);  // bodies padded by C programs
  const auto repaired = repair_xml(text);
  if (!repaired) return repaired.error();
  const auto document = read_xml(repaired->text, limits);
  if (!document) return document.error();
  const auto& fault = repaired->first_fault.empty() ? document->first_error : repaired->first_fault;
  if (!document->root) {
    return Error{"the metadata holds no XML element" + (fault.empty() ? "" : " (" + fault + ")")};
  }
  metadata.well_formed = document->well_formed && repaired->first_fault.empty();
  if (!fault.empty()) metadata.warnings.push_back("the metadata's XML is faulty, " + fault);
  if (auto error = MetadataReader(limits, metadata).read(*document->root); !error.empty()) {
    return Error{std::move(error)};
  }
  return metadata;
}

}  // namespace srs::siprec
