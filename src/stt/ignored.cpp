// Which options which provider can honour: the table of docs/transcription.md.
#include "stt/providers/azure.hpp"

#include <srs/stt/options.hpp>

#include <algorithm>

namespace srs::stt {
namespace {

struct Abilities {
  bool vocabulary = false;
  bool profanity_filter = false;
  bool pii = false;
};

Abilities abilities_of(std::string_view provider, const Options& options) {
  if (provider == "deepgram" || provider == "assemblyai") return {true, true, true};
  if (provider == "google") return {true, true, false};
  if (provider == "azure") return {azure::takes_phrases(options.azure), true, false};
  if (provider == "elevenlabs") return {true, false, true};
  // What was made there beforehand stands in for words of ours.
  if (provider == "aws")
    return {!options.aws.vocabulary_name.empty(), !options.aws.vocabulary_filter_name.empty(),
            true};
  const bool takes_words = provider != "webhook" && provider != "command";
  return {takes_words, false, false};
}

}  // namespace

std::vector<Ignored> ignored_options(const Options& options) {
  auto providers = options.providers;
  const auto& live = options.live.provider;
  if (!live.empty() && std::find(providers.begin(), providers.end(), live) == providers.end())
    providers.push_back(live);
  std::vector<Ignored> ignored;
  for (const auto& provider : providers) {
    const auto able = abilities_of(provider, options);
    if (!options.vocabulary.empty() && !able.vocabulary)
      ignored.push_back({provider, "stt.vocabulary"});
    if (options.profanity_filter && !able.profanity_filter)
      ignored.push_back({provider, "stt.profanity_filter"});
    if (!options.pii.empty() && !able.pii) ignored.push_back({provider, "stt.pii"});
  }
  return ignored;
}

}  // namespace srs::stt
