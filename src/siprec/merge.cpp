#include <srs/siprec/metadata.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace srs::siprec {
namespace {

constexpr std::size_t kWarnings = 64;

void take(std::string& value, const std::string& update) {
  if (!update.empty()) value = update;
}

void take(Instant& value, const Instant& update) {
  if (!update.text.empty()) value = update;
}

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void apply(CommunicationSession& session, const CommunicationSession& update) {
  take(session.sip_session_id, update.sip_session_id);
  take(session.group_id, update.group_id);
  take(session.reason, update.reason);
  take(session.started, update.started);
  take(session.stopped, update.stopped);
}

void apply(Group& group, const Group& update) {
  take(group.associated, update.associated);
  take(group.disassociated, update.disassociated);
}

void apply(Stream& stream, const Stream& update) {
  take(stream.session_id, update.session_id);
  take(stream.label, update.label);
  take(stream.mode, update.mode);
}

// RFC 7865 §6.6.1: a participant may join and leave several times. An update that names no time of
// joining, or the known one, is about the presence that we know; another one is another presence.
void apply(std::vector<Participant::Presence>& known, const Participant::Presence& update,
           std::size_t most) {
  const auto same = std::find_if(known.rbegin(), known.rend(), [&](const auto& presence) {
    return presence.session_id == update.session_id &&
           (update.joined.text.empty() || presence.joined.text.empty() ||
            presence.joined.text == update.joined.text);
  });
  if (same != known.rend()) {
    take(same->joined, update.joined);
    take(same->left, update.left);
  } else if (known.size() < most) {
    known.push_back(update);
  }
}

class Merge {
 public:
  Merge(const Metadata& current, const Metadata& update, const MetadataLimits& limits)
      : current_(current), update_(update), limits_(limits) {
    for (const auto& p : update.participants) sent_.insert(p.sends.begin(), p.sends.end());
    for (const auto& s : update.streams) {
      if (!s.label.empty()) labels_.emplace(s.label, s.id);
      if (s.mode == "mixed") mixed_.insert(s.id);
    }
    for (const auto& s : current.streams) {
      if (s.mode == "mixed") mixed_.insert(s.id);
    }
  }

  Metadata run();

 private:
  bool complete() const { return update_.mode == DataMode::Complete; }
  template <class Entity, class Apply>
  std::vector<Entity> merged(const std::vector<Entity>& current, const std::vector<Entity>& update,
                             const char* what, Apply apply_update);
  void apply_participant(Participant& participant, const Participant& update);
  void release_streams(std::vector<Participant>& participants);
  void release_labels(std::vector<Stream>& streams);
  std::vector<Extension> extensions();
  void warn(std::string text);

  const Metadata& current_;
  const Metadata& update_;
  const MetadataLimits& limits_;
  Metadata result_;
  std::set<std::string> sent_;   // streams that somebody sends in the update
  std::set<std::string> mixed_;  // streams that several may send at once
  std::set<std::pair<std::string, std::string>> labels_;  // label and stream id in the update
};

void Merge::warn(std::string text) {
  if (result_.warnings.size() < kWarnings && !contains(result_.warnings, text)) {
    result_.warnings.push_back(std::move(text));
  }
}

template <class Entity>
Entity* find(std::vector<Entity>& list, const std::string& id) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Entity& e) { return !id.empty() && e.id == id; });
  return found == list.end() ? nullptr : &*found;
}

// Entities without an id can't be told from each other: an update's stand for the current ones.
template <class Entity, class Apply>
std::vector<Entity> Merge::merged(const std::vector<Entity>& current,
                                  const std::vector<Entity>& update, const char* what,
                                  Apply apply_update) {
  std::vector<Entity> result;
  const auto add = [&](const Entity& entity) {
    if (result.size() < limits_.entities) {
      result.push_back(entity);
    } else {
      warn("more than " + std::to_string(limits_.entities) + " " + what +
           " in the course of the recording; the others are not kept");
    }
  };
  std::vector<Entity> known = current;
  if (complete()) {
    // Those that are there first, in the document's order; behind them those that have ended.
    for (const auto& u : update) {
      Entity* const old = find(known, u.id);
      Entity entity = old == nullptr ? u : *old;
      if (old != nullptr) apply_update(entity, u);
      add(entity);
    }
    for (const auto& k : known) {
      if (!k.id.empty() && find(result, k.id) == nullptr) add(k);
    }
    return result;
  }
  const bool nameless =
      std::any_of(update.begin(), update.end(), [](const Entity& e) { return e.id.empty(); });
  for (const auto& k : known) {
    if (!(nameless && k.id.empty())) add(k);
  }
  for (const auto& u : update) {
    Entity* const old = find(result, u.id);
    old == nullptr ? add(u) : apply_update(*old, u);
  }
  return result;
}

void Merge::apply_participant(Participant& participant, const Participant& update) {
  take(participant.aor, update.aor);
  if (!update.names.empty()) participant.names = update.names;
  for (const auto& presence : update.presence) {
    apply(participant.presence, presence, limits_.entities);
  }
  if (update.sends.empty() && update.receives.empty()) return;  // no association in the update
  auto sends = update.sends;
  for (const auto& id : participant.sends) {
    // Nobody else sends it now: a hold took the association back.
    const bool orphan = sent_.find(id) == sent_.end();
    if (orphan && sends.size() < limits_.entities) sends.push_back(id);
  }
  participant.sends = std::move(sends);
  participant.receives = update.receives;
}

// A stream that somebody else sends now was handed over, as in a transfer, unless it is a mix that
// a partial update says one more voice of.
void Merge::release_streams(std::vector<Participant>& participants) {
  for (auto& p : participants) {
    const auto stated = std::find_if(update_.participants.begin(), update_.participants.end(),
                                     [&](const Participant& u) { return u.id == p.id; });
    std::erase_if(p.sends, [&](const std::string& id) {
      const bool says_so = stated != update_.participants.end() && contains(stated->sends, id);
      const bool one_more = !complete() && mixed_.find(id) != mixed_.end();
      return sent_.find(id) != sent_.end() && !says_so && !one_more;
    });
  }
}

void Merge::release_labels(std::vector<Stream>& streams) {
  for (auto& stream : streams) {
    const auto given = labels_.lower_bound({stream.label, ""});
    const bool taken =
        !stream.label.empty() && given != labels_.end() && given->first == stream.label;
    if (taken && labels_.find({stream.label, stream.id}) == labels_.end()) stream.label.clear();
  }
}

std::vector<Extension> Merge::extensions() {
  std::vector<Extension> result = update_.extensions;
  std::set<std::pair<std::string, std::string>> said;
  for (const auto& e : result) said.emplace(e.owner, e.key);
  for (const auto& e : current_.extensions) {
    if (said.find({e.owner, e.key}) == said.end()) result.push_back(e);
  }
  if (result.size() > limits_.extensions) {
    result.resize(limits_.extensions);
    warn("more than " + std::to_string(limits_.extensions) +
         " vendor values in the course of the recording; the others are not kept");
  }
  return result;
}

Metadata Merge::run() {
  result_.mode = update_.mode;
  result_.well_formed = update_.well_formed;
  for (const auto& w : current_.warnings) warn(w);
  for (const auto& w : update_.warnings) warn(w);
  const auto field_by_field = [](auto& entity, const auto& update) { apply(entity, update); };
  result_.sessions = merged(current_.sessions, update_.sessions, "sessions", field_by_field);
  result_.groups = merged(current_.groups, update_.groups, "groups", field_by_field);
  result_.streams = merged(current_.streams, update_.streams, "streams", field_by_field);
  result_.participants =
      merged(current_.participants, update_.participants, "participants",
             [&](Participant& p, const Participant& u) { apply_participant(p, u); });
  release_streams(result_.participants);
  release_labels(result_.streams);
  result_.extensions = extensions();
  return std::move(result_);
}

}  // namespace

Metadata merge(const Metadata& current, const Metadata& update, const MetadataLimits& limits) {
  return Merge(current, update, limits).run();
}

}  // namespace srs::siprec
