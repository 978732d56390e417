// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first stage: what the files alone show, by the model of the loader. Many cells share one process (profiles whose
// hosts are not installed here are looked at with our own runner), so each process is made once. Each file is read once
// for all processes, by whichever thread asks first.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "base/error.h"
#include "base/installation.h"
#include "binding/crossings.h"
#include "binding/in_words.h"
#include "binding/modes.h"
#include "binding/ownership.h"
#include "binding/process.h"
#include "check/stages.h"
#include "elf/file.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

/// One process to predict.
struct Key {
  std::string host;
  std::string preload;
  std::string mode;
  auto operator<=>(const Key &) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0
};

struct Predicted {
  std::vector<Finding> findings;
  std::string refusal;
  std::string together_refused;  ///< the same of the plugin beside the others, which the loader opens alone
  ScopePicture picture;
  std::string failure;  ///< why nothing is predicted
};

std::string_view role_of(binding::Origin origin) {
  switch (origin) {
    case binding::Origin::Executable:
      return "executable";
    case binding::Origin::Preload:
      return "preload";
    case binding::Origin::StartUp:
      return "start-up";
    case binding::Origin::Opened:
      return "plugin";
    case binding::Origin::Dependency:
      return "dependency";
  }
  return "?";
}

bool came_with_plugin(const binding::Object &object) {
  return object.origin == binding::Origin::Opened || object.origin == binding::Origin::Dependency;
}

ScopePicture picture_of(const binding::Process &process, const binding::Ownership &ownership) {
  ScopePicture picture;
  const std::vector<binding::Object> &objects = process.objects();
  const auto heaps = [&](binding::ObjectIndex object, Role role) {
    std::vector<std::string> words;
    for (const binding::Instance &instance : ownership.instances_of(object, role))
      words.push_back(binding::in_words(objects, ownership, instance));
    return words;
  };
  for (binding::ObjectIndex index = 0; index < objects.size(); ++index) {
    const binding::Object &object = objects[index];
    if (object.real != binding::kNoObject) continue;
    picture.objects.push_back({binding::name_of(objects, index), object.path.string(),
                               std::string(role_of(object.origin)), object.link_namespace, heaps(index, Role::Allocate),
                               heaps(index, Role::Release)});
    if (!came_with_plugin(object)) continue;
    ScopePicture::Scopes scopes{binding::name_of(objects, index), {}};
    for (const binding::Scope &scope : object.scopes) {
      std::vector<std::string> names;
      if (scope.itself_only)
        names.push_back(binding::name_of(objects, scope.owner));
      else
        for (const binding::ObjectIndex searched : process.list_of(scope.owner))
          names.push_back(binding::name_of(objects, searched));
      scopes.order.push_back(std::move(names));
    }
    picture.scopes.push_back(std::move(scopes));
  }
  for (const binding::Binding &slot : process.snapshot().bindings) {
    if (!came_with_plugin(objects[slot.object])) continue;
    ScopePicture::Binding one{binding::name_of(objects, slot.object),
                              std::string(slot.symbol.name),
                              {},
                              {},
                              binding::reason_of(process, slot)};
    if (slot.definition) {
      one.provider = binding::name_of(objects, slot.definition->object);
      if (const auto behind = ownership.instance_behind(*slot.definition, slot.symbol.name))
        one.instance = binding::in_words(objects, ownership, *behind);
    }
    picture.bindings.push_back(std::move(one));
  }
  return picture;
}

/// Reads the code of these, several at a time: each file's is read once and kept.
void read_code(std::vector<const binding::ObjectFile *> files, unsigned jobs, const sandbox::Supervisor &supervisor) {
  // The largest first: what is left for the end keeps all workers busy.
  std::stable_sort(files.begin(), files.end(), [](const binding::ObjectFile *one, const binding::ObjectFile *other) {
    return one->elf_file.bytes().size() > other->elf_file.bytes().size();
  });
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t at = next++; at < files.size() && !supervisor.stopped(); at = next++) {
      try {
        files[at]->block_flow();
      } catch (const Error &) {  // whoever asks for it is told
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    try {
      for (unsigned i = 1; i < std::min<std::size_t>(jobs, files.size()); ++i) workers.emplace_back(work);
    } catch (const std::system_error &) {  // it only takes longer
    }
    work();
  }
}

/// Those that came with the plugin and have anything to do with blocks. Whether the program's own code is read is known
/// only when the bindings are: where the plugin is on no heap, nobody asks for it.
std::vector<const binding::ObjectFile *> files_of_plugin(const binding::Process &process) {
  std::vector<const binding::ObjectFile *> files;
  for (const binding::Object &object : process.objects())
    if (came_with_plugin(object) && !object.file->slots.empty() &&
        std::find(files.begin(), files.end(), object.file.get()) == files.end())
      files.push_back(object.file.get());
  return files;
}

/// The process in which these are opened, in this order. `predicted` is told what goes wrong.
void predict_order(binding::ObjectFiles &files, const Key &key, const Request &request,
                   const std::vector<std::string> &opened, const sandbox::Supervisor &supervisor,
                   Predicted &predicted) {
  const LoadMode &mode = *find_load_mode(key.mode);
  std::vector<std::string> preloads;
  if (!key.preload.empty()) preloads.push_back(key.preload);
  binding::Process process(files, key.host, binding::own_settings(), preloads);
  const auto predicted_mode = mode.lazy() && immediate_form(mode) != nullptr ? *immediate_form(mode) : mode;
  const binding::OpenMode how = binding::open_mode_of(predicted_mode);
  for (const std::string &one : opened) process.open(one, how);
  // Reading code is most of the work, and only where the plugin and its host are on two heaps is it done.
  if (mode.deepbind() && !key.preload.empty()) read_code(files_of_plugin(process), request.jobs, supervisor);
  if (supervisor.stopped()) throw Error(Blame::Work, "crossheap", "was interrupted");
  const binding::Ownership ownership(process.snapshot());
  const bool is_first = predicted.picture.host.empty();
  if (predicted.refusal.empty() && !process.problems().empty()) predicted.refusal = process.problems().front();
  if (predicted.refusal.empty() && !process.static_tls_problems().empty())
    predicted.refusal = process.static_tls_problems().front();
  if (process.problems().empty()) {
    std::vector<Finding> findings = binding::crossings_of(
        process, ownership, opened, binding::Among::Plugins,
        [&](const std::vector<const binding::ObjectFile *> &wanted) { read_code(wanted, request.jobs, supervisor); });
    std::move(findings.begin(), findings.end(), std::back_inserter(predicted.findings));
    if (is_first) predicted.picture = picture_of(process, ownership);
  }
  predicted.picture.host = key.host;
  predicted.picture.mode = key.mode;
  predicted.picture.preloads = preloads;
}

Predicted predict(binding::ObjectFiles &files, const Key &key, const Request &request,
                  const sandbox::Supervisor &supervisor) {
  Predicted predicted;
  try {
    std::vector<std::string> opened;
    for (const fs::path &other : request.with) opened.push_back(other.string());
    opened.push_back(request.plugin.string());
    predict_order(files, key, request, opened, supervisor, predicted);
    if (opened.size() > 1) {
      std::rotate(opened.begin(), opened.end() - 1, opened.end());
      predict_order(files, key, request, opened, supervisor, predicted);
      // What the files show of the others alone is not the plugin's.
      opened.erase(opened.begin());
      Predicted others;
      predict_order(files, key, request, opened, supervisor, others);
      std::erase_if(predicted.findings, [&](const Finding &one) {
        return std::any_of(others.findings.begin(), others.findings.end(), [&](const Finding &other) {
          return one.hazard == other.hazard && one.subject == other.subject && one.summary == other.summary;
        });
      });
    }
    if (!predicted.refusal.empty() && !request.with.empty()) {
      // The plugin itself may be nothing that the loader refuses.
      Predicted alone;
      predict_order(files, key, request, {request.plugin.string()}, supervisor, alone);
      if (alone.refusal.empty()) {
        alone.together_refused = std::move(predicted.refusal);
        predicted = std::move(alone);
      }
    }
  } catch (const Error &error) {
    predicted.failure = fmt::format("{} {}", error.object(), error.reason());
  }
  return predicted;
}

/// Makes the processes, several at a time.
std::map<Key, Predicted> predict_all(binding::ObjectFiles &files, const std::set<Key> &keys, const Request &request,
                                     const sandbox::Supervisor &supervisor, const Progress &progress) {
  const std::vector<Key> ordered(keys.begin(), keys.end());
  std::map<Key, Predicted> all;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t at = next++; at < ordered.size() && !supervisor.stopped(); at = next++) {
      Predicted predicted = predict(files, ordered[at], request, supervisor);
      const std::lock_guard lock(mutex);
      all.emplace(ordered[at], std::move(predicted));
      progress("predicting bindings", all.size(), keys.size());
    }
  };
  progress("predicting bindings", 0, keys.size());
  {
    std::vector<std::jthread> workers;
    try {
      for (unsigned i = 1; i < std::min<std::size_t>(request.jobs, ordered.size()); ++i) workers.emplace_back(work);
    } catch (const std::system_error &) {  // it only takes longer
    }
    work();
  }
  return all;
}

/// A program's own ELF file; nothing for a script, or for one of another machine or libc.
bool is_modelled(const std::string &executable) {
  try {
    const elf::File file = elf::File::open(executable);
    return !file.interpreter().empty();
  } catch (const Error &) {
    return false;
  }
}

}  // namespace

void look_at_files(Work &work, const sandbox::Supervisor &supervisor, const Progress &progress) {
  Check &result = work.result;
  binding::ObjectFiles files(binding::is_of_malloc_family);
  for (const Finding &finding : files.open(work.request.plugin)->inspection().findings) work.add_of_file(finding);

  const std::string stand_in = library_file("runners/system").string();
  std::vector<std::string> hosts;
  for (const HostSeen &seen : result.hosts)
    hosts.push_back(!seen.executable.empty() && is_modelled(seen.executable) ? seen.executable : stand_in);
  const auto key_of = [&](const Cell &cell) {
    return Key{hosts[cell.profile], result.allocators[cell.allocator].preload, std::string(cell.mode->name)};
  };
  std::set<Key> keys;
  for (std::size_t i = 0; i < result.cells.size(); ++i)
    if (work.states[i].not_available.empty()) keys.insert(key_of(result.cells[i]));
  const std::map<Key, Predicted> predicted = predict_all(files, keys, work.request, supervisor, progress);

  std::map<Key, std::size_t> pictures;
  for (std::size_t i = 0; i < result.cells.size(); ++i) {
    if (!work.states[i].not_available.empty()) continue;
    Cell &cell = result.cells[i];
    const Key key = key_of(cell);
    Evidence evidence{
        .stage = Stage::Files, .name = "bindings", .state = State::Held, .reason = {}, .took = {}, .output = {}};
    const auto found = predicted.find(key);
    if (found == predicted.end()) {
      evidence.state = State::NotTried;
      evidence.reason = "it was interrupted";
      cell.evidence.push_back(std::move(evidence));
      continue;
    }
    const Predicted &one = found->second;
    if (!one.failure.empty()) {
      evidence.state = State::NotTried;
      evidence.reason = one.failure;
    } else if (!one.refusal.empty()) {
      evidence.state = State::Failed;
      evidence.reason = "the loader would refuse it: " + one.refusal;
      work.states[i].loader_refuses = one.refusal;
    }
    if (!one.together_refused.empty())
      work.problem("--with",
                   fmt::format("the files of both plugins were not looked at together: {}", one.together_refused),
                   "check the other plugin alone");
    for (const Finding &finding : one.findings) {
      work.add(i, finding, Stage::Files);
      if (finding.level > Level::Note) evidence.state = State::Failed;
    }
    if (evidence.state == State::Failed && evidence.reason.empty()) evidence.reason = "the files show a crossing";
    if (key.host == stand_in && !result.hosts[cell.profile].program.empty() && evidence.reason.empty())
      evidence.reason = fmt::format("predicted with our own host, since {} cannot be read as a host",
                                    result.hosts[cell.profile].program);
    cell.evidence.push_back(std::move(evidence));
    const auto [known, is_new] = pictures.try_emplace(key, result.scopes.size());
    if (is_new) result.scopes.push_back(one.picture);
    cell.scopes = known->second;
  }
}

}  // namespace crossheap::check
