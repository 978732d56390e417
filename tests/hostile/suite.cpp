// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every misbehaviour of this folder, each beside two innocents, on one kind of kernel: is it contained, and is the
// verdict right?
//
//   hostile_suite FOLDER USER MISSING... [MISBEHAVIOUR...]   USER: root or ordinary; MISSING: landlock, seccomp,
//                                          namespaces; only those misbehaviours, or all
//   hostile_suite --table SOURCES          the table of docs/sandbox.md
//
// A kernel without a protection is played by an outer seccomp filter that answers ENOSYS to the calls that ask for it.
// What contains a misbehaviour is a claim of the table below. Where nothing of it is there, the run may succeed, and
// only that the innocents and the supervisor do not suffer is asked. An outer filter that refuses a call comes before
// ours, so a call that asks for a namespace is told so there.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/owned_fd.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "sandbox/sandbox.h"

namespace {

using namespace crossheap;           // NOLINT(google-build-using-namespace): a program of one file
using namespace crossheap::sandbox;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

enum By : unsigned {
  kProcess = 1U << 0,   // being a process of its own, with pipes that are read up to a bound and a deadline
  kLimits = 1U << 1,    // of the kernel, for one process or one user
  kCounting = 1U << 2,  // the supervisor counts memory and processes
  kRights = 1U << 3,    // having no capabilities
  kSeccomp = 1U << 4,
  kLandlock = 1U << 5,    // ABI 3
  kScopes = 1U << 6,      // Landlock, ABI 6
  kNamespaces = 1U << 7,  // of process ids and IPC
  kOwnUser = 1U << 8,     // root's runs only
  kLoans = 1U << 9,       // seccomp that asks and goes on
};
constexpr unsigned kAlways = kProcess | kLimits | kCounting | kRights;

struct Row {  // NOLINT(clang-analyzer-optin.performance.Padding): written by hand, in the order of reading
  std::string_view name;
  unsigned by;
  std::string_view verdict;  // in_words() of the ending, alternatives divided by '|'
  enum class Kind { Harmless, Ends, Deadly } kind = Kind::Harmless;
};
constexpr auto kEnds = Row::Kind::Ends;  // by seccomp; where something else contains it, it is told so and exits with 0
constexpr auto kDeadly = Row::Kind::Deadly;  // not to be tried where nothing contains it

constexpr std::string_view kTold = "exited 0";
constexpr std::string_view kRefused = "refused";

// clang-format off
constexpr Row kRows[] = {
    {"segfaults", kProcess, "killed 11"},
    {"aborts", kProcess, "killed 6"},
    {"raises_sigsys", kProcess, "killed 31"},
    {"installs_a_filter", kProcess, "killed 31"},
    {"kills_itself", kProcess, "killed 9"},
    {"hangs", kProcess, "timed out"},
    {"stops_itself", kProcess, "timed out"},
    {"burns_processor", kLimits, "killed 9"},
    {"exits_in_a_constructor", kProcess, "exited 9"},
    {"aborts_in_a_destructor", kProcess, "killed 6"},
    {"overflows_its_stack", kProcess, "killed 11"},
    {"executes_data", kProcess, "killed 11"},
    {"exits_with_127", kProcess, "exited 127"},
    {"closes_all_descriptors", kProcess, "exited 7"},
    {"floods_its_output", kProcess, "timed out"},
    {"floods_its_result", kProcess, "timed out"},
    {"prints_what_is_no_text", kProcess, kTold},
    {"takes_all_memory", kCounting, kRefused},
    {"takes_all_memory_shared", kCounting, "refused|exited 0"},
    {"takes_all_memory_by_children", kCounting, kRefused},
    {"takes_memory_without_a_name", kSeccomp | kCounting, "exited 0|refused"},
    {"reserves_all_addresses", kLimits, kTold},
    {"forks_without_end", kLimits | kCounting, "timed out|refused"},
    {"starts_threads_without_end", kLimits | kCounting, "exited 0|refused"},
    {"opens_without_end", kLimits, kTold},
    {"queues_signals_without_end", kLimits, kTold},
    {"locks_memory", kLimits, kTold},
    {"takes_all_asynchronous_io", kSeccomp, kTold},
    {"asks_to_run_before_all_others", kRights, kTold},
    {"leaves_children", kProcess, "exited 5"},
    {"becomes_a_daemon", kSeccomp | kNamespaces, "exited 5"},
    {"leaves_its_group", kSeccomp | kNamespaces, "exited 5"},
    {"adopts_its_orphans", kProcess, "exited 5"},
    {"makes_siblings", kProcess, "exited 5"},
    {"forgets_to_die", kSeccomp, kTold},
    {"signals_the_supervisor", kSeccomp | kNamespaces | kScopes | kOwnUser, kTold},
    {"signals_its_parent", kSeccomp | kNamespaces | kScopes | kOwnUser, kTold, kDeadly},
    {"signals_a_bystander", kNamespaces | kScopes | kOwnUser, kTold},
    {"signals_a_bystanders_thread", kNamespaces | kScopes | kOwnUser, kTold},
    {"queues_a_signal_for_a_bystander", kNamespaces | kScopes | kOwnUser, kTold},
    {"signals_everybody", kSeccomp | kNamespaces, kTold},
    {"signals_by_a_descriptor", kSeccomp | kNamespaces | kScopes | kOwnUser, kTold},
    {"has_the_kernel_signal", kSeccomp | kNamespaces, kTold},
    {"writes_a_file", kLandlock | kOwnUser, kTold},
    {"truncates_a_file", kLandlock | kOwnUser, kTold},
    {"removes_a_file", kLandlock | kOwnUser, kTold},
    {"renames_a_file", kLandlock | kOwnUser, kTold},
    {"makes_a_file", kLandlock | kOwnUser, kTold},
    {"makes_a_link", kLandlock | kOwnUser, kTold},
    {"makes_a_fifo", kLandlock | kOwnUser, kTold},
    {"changes_a_mode", kSeccomp | kOwnUser, kTold},
    {"changes_an_owner", kSeccomp | kOwnUser, kTold},
    {"changes_times", kSeccomp | kOwnUser, kTold},
    {"changes_an_attribute", kSeccomp | kOwnUser, kTold},
    {"changes_inode_flags", kSeccomp | kOwnUser, kTold},
    {"takes_a_lease", kSeccomp | kOwnUser, kTold},
    {"watches_a_folder", kSeccomp, kTold},
    {"reads_its_input", kProcess, kTold},
    {"reads_the_terminal", kLandlock, kTold},
    {"opens_its_terminal", kProcess, kTold},
    {"takes_a_terminal", kLandlock, kTold},
    {"makes_a_terminal", kLandlock, kTold},
    {"opens_a_socket", kSeccomp, kTold},
    {"sends_by_a_datagram_pair", kSeccomp | kOwnUser, kTold},
    {"sends_by_a_raw_pair", kSeccomp | kOwnUser, kTold},
    {"attaches_shared_memory", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"removes_shared_memory", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"sends_a_message", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"takes_a_message", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"changes_a_semaphore", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"opens_a_message_queue", kSeccomp, kTold},
    {"traces_the_supervisor", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"reads_the_supervisors_memory", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"opens_the_supervisors_memory", kRights, kTold},
    {"steals_a_descriptor", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"limits_the_supervisor", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"slows_the_supervisor", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"moves_the_supervisor", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"makes_a_namespace", kSeccomp, "refused|exited 0", kEnds},
    {"clones_into_a_namespace", kSeccomp, "refused|exited 0", kEnds},
    {"mounts", kSeccomp | kRights, kRefused, kEnds},
    {"changes_its_root", kSeccomp | kRights, kRefused, kEnds},
    {"loads_a_program_into_the_kernel", kSeccomp, kRefused, kEnds},
    {"measures_others", kSeccomp, kRefused, kEnds},
    {"handles_page_faults", kSeccomp, kRefused, kEnds},
    {"goes_round_the_filter", kSeccomp, kRefused, kEnds},
    {"watches_all_files", kSeccomp | kRights, kRefused, kEnds},
    {"opens_by_handle", kSeccomp, kRefused, kEnds},
    {"adds_a_key", kSeccomp, kRefused, kEnds},
    {"loads_a_module", kSeccomp | kRights, kRefused, kEnds},
    {"sets_the_clock", kSeccomp | kRights, kRefused, kEnds},
    {"names_the_machine", kSeccomp | kRights, kRefused, kEnds},
    {"calls_by_other_numbers", kSeccomp, kRefused, kEnds},
    {"takes_all_watches", kSeccomp, kTold},
    {"locks_a_file", kProcess, "exited 5"},
    {"opens_a_bystanders_memory", kLandlock | kNamespaces | kOwnUser, kTold},
    {"reads_a_bystanders_environment", kLandlock | kNamespaces | kOwnUser, kTold},
    {"leaves_shared_memory", kLandlock, kTold},
    {"makes_a_device", kRights, kTold},
    {"names_itself_like_a_status", kProcess, "exited 5"},
    {"fills_pipes_without_end", kLimits, kTold},
    {"sends_descriptors_without_end", kLimits, kTold},
    {"makes_timers_without_end", kLimits, kTold},
    {"leaves_zombies", kLimits | kCounting, "exited 0|refused"},
    {"executes_itself_without_end", kProcess, "timed out"},
    {"leaves_its_control_group", kLandlock | kOwnUser, kTold},
    {"protects_itself_when_memory_is_short", kRights, kTold},
    {"changes_a_setting_of_the_kernel", kLandlock | kOwnUser, kTold},
    {"ends_its_first_thread", kProcess, "timed out"},
    {"fills_its_folder", kCounting, kRefused},
    {"fills_its_folder_without_names", kCounting, kRefused},
    {"reserves_the_disk", kCounting, "refused|exited 0"},
    {"hides_files_in_a_folder", kCounting, kRefused},
    {"makes_folders_in_folders", kCounting, kRefused},
    {"makes_files_without_end", kCounting, "refused|timed out"},
    {"leaves_links_to_others", kProcess, "exited 5"},
    {"leaves_what_is_hard_to_remove", kProcess, "exited 5|refused"},
    {"swaps_folders_for_links", kProcess, "exited 5"},
    {"takes_a_file_into_its_folder", kLandlock | kOwnUser, kTold},
    {"dumps_its_memory", kLimits, kTold},
    {"hides_shared_memory", kLoans, kTold},
    {"shares_the_device_of_zeros", kLandlock, kTold},
    {"fills_sockets_without_end", kLoans, kTold},
    {"takes_tables_of_memory", kCounting, "refused|exited 0"},
    {"takes_huge_pages", kCounting, "refused|exited 0"},
    {"hides_from_the_supervisor", kCounting, kRefused},
    {"never_returns_from_vfork", kProcess, "timed out"},
    {"stops_its_group", kProcess, "timed out"},
    {"exits_in_a_destructor", kProcess, "exited 9"},
    {"forks_and_ends_without_end", kProcess, "exited 5"},
    {"writes_to_every_descriptor", kProcess, "exited 5"},
    {"writes_the_supervisors_memory", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"compares_itself_with_the_supervisor", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"changes_its_personality", kSeccomp, kRefused, kEnds},
    {"asks_for_a_key", kSeccomp, kRefused, kEnds},
    {"types_into_the_terminal", kSeccomp | kLandlock, kTold},
    {"opens_a_socket_to_the_kernel", kSeccomp, kTold},
    {"opens_a_socket_to_the_machine_below", kSeccomp, kTold},
    {"listens_for_others", kSeccomp, kTold},
    {"renices_all_of_its_user", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"schedules_a_bystander", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"reads_what_the_kernel_said", kSeccomp, kTold},
    {"reads_the_machines_memory", kRights, kTold},
    {"reads_a_disk", kLandlock, kTold},
    {"locks_bytes_without_end", kProcess, "timed out"},
    {"hides_huge_pages_in_pipes", kSeccomp, kTold},
    {"makes_rules_without_end", kSeccomp, kTold},
    {"opens_a_file_system", kSeccomp | kRights, kRefused, kEnds},
    {"exchanges_a_file", kLandlock | kOwnUser, kTold},
    {"takes_secret_memory", kSeccomp | kLimits, kTold},
    {"turns_its_calls_into_signals", kProcess, "killed 31"},
    {"changes_a_line_discipline", kSeccomp | kLandlock, kTold},
    {"traces_a_bystander", kSeccomp | kNamespaces | kOwnUser, kRefused, kEnds},
    {"pages_out_a_bystander", kSeccomp | kNamespaces | kOwnUser | kRights, kTold},
    {"resets_a_bystanders_marks", kLandlock | kOwnUser, kTold},
    {"waits_its_turn_for_others", kSeccomp | kNamespaces | kOwnUser, kTold},
    {"calls_by_numbers_of_x32", kSeccomp, kRefused, kEnds},
    {"nests_what_waits", kLimits, kTold},
};
// clang-format on
static_assert(std::size(kRows) >= 130);

constexpr uid_t kOrdinary = 54'321;  // nobody's

std::string in_words(const Ending &ending) {
  struct Words {
    std::string operator()(const Exited &exited) const { return fmt::format("exited {}", exited.status); }
    std::string operator()(const Killed &killed) const { return fmt::format("killed {}", killed.signal); }
    std::string operator()(const TimedOut &) const { return "timed out"; }
    std::string operator()(const Refused &) const { return "refused"; }
    std::string operator()(const NotStarted &failed) const {
      return fmt::format("not started: {}: {}", failed.doing, std::strerror(failed.errno_value));
    }
  };
  return std::visit(Words{}, ending);
}

// ENOSYS for each call in `calls`, and for clone with a flag in `clone_flags`.
void answer_enosys(const std::vector<long> &calls, std::uint32_t clone_flags) {
  std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  }
  if (clone_flags != 0) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, clone_flags, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) {
    std::perror("the outer filter");
    std::exit(3);
  }
}

void take_away(const std::set<std::string> &missing) {
  std::vector<long> calls;
  std::uint32_t clone_flags = 0;
  if (missing.contains("landlock"))
    calls.insert(calls.end(), {SYS_landlock_create_ruleset, SYS_landlock_add_rule, SYS_landlock_restrict_self});
  if (missing.contains("namespaces")) {
    clone_flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC;
    calls.insert(calls.end(), {SYS_unshare, SYS_setns, SYS_clone3});
  }
  // Last, since a filter that answers so cannot be followed by another.
  if (missing.contains("seccomp")) calls.push_back(SYS_seccomp);
  if (!calls.empty()) answer_enosys(calls, clone_flags);
}

// What there is to misbehave on, all of it of the supervisor's user.
class World {
public:
  World() {
    std::string name = "/tmp/crossheap-hostile-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) fail("mkdtemp");
    folder_ = name;
    ::chmod(name.c_str(), 0755);
    private_ = folder_ / "private";
    ::mkdir(private_.c_str(), 0777);
    ::chmod(private_.c_str(), 0777);  // for a run with a user of its own
    file_ = folder_ / "precious";
    std::ofstream(file_) << "kept";
    ::chmod(file_.c_str(), 0644);
    socket_ = OwnedFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (folder_ / "socket").string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    // SAFETY: every kind of address is given as the general one.
    if (::bind(socket_.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) fail("bind");
    terminal_ = OwnedFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal_ || ::grantpt(terminal_.get()) != 0 || ::unlockpt(terminal_.get()) != 0) fail("posix_openpt");
    terminal_name_ = ::ptsname(terminal_.get());
    memory_ = ::shmget(IPC_PRIVATE, 4096, 0600);
    queue_ = ::msgget(IPC_PRIVATE, 0600);
    semaphore_ = ::semget(IPC_PRIVATE, 1, 0600);
    const Message first{1, {'m'}};
    if (memory_ < 0 || queue_ < 0 || semaphore_ < 0 || ::msgsnd(queue_, &first, 1, IPC_NOWAIT) != 0) fail("IPC");
    bystander_ = ::fork();
    if (bystander_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) ::pause();
    }
    before_ = seen();
  }
  ~World() {
    ::kill(bystander_, SIGKILL);
    ::waitpid(bystander_, nullptr, 0);
    ::shmctl(memory_, IPC_RMID, nullptr);
    ::msgctl(queue_, IPC_RMID, nullptr);
    ::semctl(semaphore_, 0, IPC_RMID);
    remove_tree(folder_);
  }
  World(const World &) = delete;
  World &operator=(const World &) = delete;

  std::vector<std::string> words() const {
    static const long kSecret = 42;
    return {file_.string(),
            (folder_ / "socket").string(),
            terminal_name_,
            std::to_string(::getpid()),
            std::to_string(bystander_),
            std::to_string(memory_),
            std::to_string(queue_),
            std::to_string(semaphore_),
            fmt::format("{:x}", reinterpret_cast<std::uintptr_t>(&kSecret))};
  }

  // In which a run may write.
  const fs::path &private_folder() const { return private_; }

  // What has changed, in words; "" where nothing has.
  std::string harm() {
    remove_tree(private_);
    if (fs::exists(fs::symlink_status(private_))) return "what it has left cannot be removed";
    ::mkdir(private_.c_str(), 0777);
    const std::string now = seen();
    if (now != before_) return fmt::format("was [{}], is [{}]", before_, now);
    return {};
  }

  // Ends what a run that was not contained has left behind.
  void clean_up() const {
    for (const pid_t child : children())
      if (child != bystander_) ::kill(child, SIGKILL);
    while (::waitpid(-1, nullptr, WNOHANG | __WALL) > 0) {
    }
  }

private:
  struct Message {
    long type;
    char text[1];
  };

  [[noreturn]] static void fail(const char *doing) {
    std::perror(doing);
    std::exit(3);
  }

  static std::vector<pid_t> children() {
    std::vector<pid_t> all;
    std::ifstream list(fmt::format("/proc/self/task/{}/children", ::getpid()));
    for (pid_t child = 0; list >> child;) all.push_back(child);
    return all;
  }

  std::string seen() const {
    std::string text;
    std::getline(std::ifstream(file_), text);
    struct stat status {};
    ::stat(file_.c_str(), &status);
    const auto entries = std::distance(fs::directory_iterator(folder_), {});
    char byte = 0;
    const bool was_sent_to = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT) == 1;
    shmid_ds memory{};
    const bool has_memory = ::shmctl(memory_, IPC_STAT, &memory) == 0;
    msqid_ds queue{};
    ::msgctl(queue_, IPC_STAT, &queue);
    return fmt::format(
        "'{}' mode {:o} of {} changed {}; {} entries; received {}; memory {} of {}; {} messages; value {}; "
        "bystander alive {}; children {}; {} signals wait",
        text, status.st_mode, status.st_uid, status.st_mtim.tv_sec, entries, was_sent_to, has_memory,
        has_memory ? memory.shm_nattch : 0, queue.msg_qnum, ::semctl(semaphore_, 0, GETVAL), ::kill(bystander_, 0) == 0,
        children().size(), 0);
  }

  fs::path folder_;
  fs::path private_;
  fs::path file_;
  OwnedFd socket_;
  OwnedFd terminal_;
  std::string terminal_name_;
  int memory_ = -1;
  int queue_ = -1;
  int semaphore_ = -1;
  pid_t bystander_ = -1;
  std::string before_;
};

Job job_of(const fs::path &folder, std::string_view name, std::vector<std::string> words) {
  Job job;
  job.command.program = folder / name;
  job.command.arguments = std::move(words);
  job.limits.deadline = std::chrono::seconds(20);
  job.limits.cpu = std::chrono::seconds(10);
  job.limits.memory_bytes = std::uint64_t{256} << 20;
  job.limits.address_space_bytes = std::uint64_t{1} << 40;
  job.limits.processes = 64;
  return job;
}

unsigned protections_of(const Protections &has) {
  const std::pair<bool, By> all[] = {{has.seccomp, kSeccomp},          {has.landlock_abi >= 3, kLandlock},
                                     {has.landlock_abi >= 6, kScopes}, {has.namespaces, kNamespaces},
                                     {has.own_user, kOwnUser},         {has.counts_loans, kLoans}};
  unsigned protections = kAlways;
  for (const auto &[is_there, by] : all)
    if (is_there) protections |= by;
  return protections;
}

bool is_one_of(std::string_view word, std::string_view alternatives) {
  const std::vector<std::string_view> all = split(alternatives, '|');
  return std::find(all.begin(), all.end(), word) != all.end();
}

// Runs one misbehaviour beside two innocents. \return what is wrong, or ""
std::string wrong_with(const Row &row, const fs::path &folder, unsigned has) {
  World world;
  const bool is_contained = (row.by & has) != 0;
  if (!is_contained && row.kind == kDeadly) return {};
  std::vector<Job> jobs{job_of(folder, row.name, world.words()), job_of(folder, "does_nothing", {}),
                        job_of(folder, "does_nothing", {})};
  if (row.verdict.find("timed out") != std::string_view::npos) jobs[0].limits.deadline = std::chrono::milliseconds(500);
  jobs[0].command.writable = world.private_folder();
  jobs[0].command.directory = world.private_folder();
  jobs[0].limits.writable_bytes = std::uint64_t{16} << 20;
  if (row.name == "burns_processor") jobs[0].limits.cpu = std::chrono::seconds(1);
  std::vector<std::string> endings(jobs.size());
  std::size_t next = 0;
  Supervisor(2).run(
      [&]() -> std::optional<Job> {
        if (next == jobs.size()) return std::nullopt;
        jobs[next].id = next;
        return jobs[next++];
      },
      [&](const Job &job, const Observation &seen) { endings[job.id] = in_words(seen.ending); });
  for (std::size_t innocent = 1; innocent < endings.size(); ++innocent)
    if (endings[innocent] != kTold) return fmt::format("an innocent run beside it: {}", endings[innocent]);
  std::string verdict(row.verdict);
  if (row.kind == kEnds && (has & kSeccomp) == 0) verdict = kTold;
  const std::string harm = world.harm();
  if (!is_contained) {
    world.clean_up();
    // "killed 11": a kernel that does not know those numbers at all.
    return is_one_of(endings[0], verdict) || is_one_of(endings[0], "exited 1|killed 11")
               ? ""
               : fmt::format("not contained here, ends: {}", endings[0]);
  }
  if (!is_one_of(endings[0], verdict)) return fmt::format("ends: {}, not: {}", endings[0], verdict);
  if (!harm.empty()) return fmt::format("has done harm: {}", harm);
  return {};
}

// Messages that nobody receives, with more descriptors than a run may have open: what an earlier run may leave behind
// for a moment, since the kernel collects such messages late.
class DescriptorsOnTheirWay {
public:
  DescriptorsOnTheirWay() {
    constexpr std::size_t kAtOnce = 250;  // below SCM_MAX_FD
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
    receiver_ = OwnedFd(ends[0]);
    sender_ = OwnedFd(ends[1]);
    char byte = 0;
    iovec text{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kAtOnce * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(kAtOnce * sizeof(int));
    std::array<int, kAtOnce> descriptors{};
    descriptors.fill(STDERR_FILENO);
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
    if (::sendmsg(sender_.get(), &message, MSG_NOSIGNAL) < 0) fail("sendmsg");
  }

private:
  [[noreturn]] static void fail(const char *doing) {
    std::perror(doing);
    std::exit(3);
  }

  OwnedFd receiver_;
  OwnedFd sender_;
};

std::string wrong_while_descriptors_are_on_their_way(const fs::path &folder) {
  static_assert(Limits{}.open_files < 250);
  const DescriptorsOnTheirWay many;
  std::optional<Job> job = job_of(folder, "does_nothing", {});
  std::string ending;
  Supervisor(1).run([&] { return std::exchange(job, std::nullopt); },
                    [&](const Job &, const Observation &seen) { ending = in_words(seen.ending); });
  return ending == kTold ? "" : fmt::format("an innocent run while descriptors are on their way: {}", ending);
}

int play(const fs::path &folder, bool as_root, const std::set<std::string> &missing) {
  if (as_root && ::geteuid() != 0) return 77;
  if (!as_root && ::geteuid() == 0 && (::setgid(kOrdinary) != 0 || ::setuid(kOrdinary) != 0)) return 3;
  // Taking another user on has made this process one that its new user may not look into.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  take_away(missing);
  const Protections protections = Supervisor(1).protections();
  const unsigned has = protections_of(protections);
  fmt::print("seccomp {} ({}), Landlock {}, namespaces {}, a user of its own {}\n", protections.seccomp,
             protections.tells_calls ? "asks" : "ends", protections.landlock_abi, protections.namespaces,
             protections.own_user);
  for (const auto &[name, is_there] : {std::pair("seccomp", protections.seccomp),
                                       {"landlock", protections.landlock_abi > 0},
                                       {"namespaces", protections.namespaces}})
    if (missing.contains(name) && is_there) {
      fmt::print("{} is there, and should not be\n", name);
      return 3;
    }
  if (const std::string words = wrong_while_descriptors_are_on_their_way(folder); !words.empty()) {
    fmt::print("{}\n", words);
    return 1;
  }
  int wrong = 0;
  const bool plays_all = std::none_of(std::begin(kRows), std::end(kRows),
                                      [&](const Row &row) { return missing.contains(std::string(row.name)); });
  for (const Row &row : kRows) {
    if (!plays_all && !missing.contains(std::string(row.name))) continue;
    const std::string words = wrong_with(row, folder, has);
    if (words.empty()) continue;
    ++wrong;
    fmt::print("{}: {}\n", row.name, words);
    std::fflush(stdout);
  }
  fmt::print("{} of {} misbehaviours are judged wrongly or not contained\n", wrong, std::size(kRows));
  return wrong == 0 ? 0 : 1;
}

std::string names_of(unsigned by) {
  constexpr std::pair<unsigned, std::string_view> kNames[] = {{kProcess, "a process of its own"},
                                                              {kLimits, "limits"},
                                                              {kCounting, "counting"},
                                                              {kRights, "no capabilities"},
                                                              {kSeccomp, "seccomp"},
                                                              {kLandlock, "Landlock 3"},
                                                              {kScopes, "Landlock 6"},
                                                              {kNamespaces, "namespaces"},
                                                              {kOwnUser, "a user of its own"},
                                                              {kLoans, "seccomp that asks"}};
  std::vector<std::string> names;
  for (const auto &[bit, name] : kNames)
    if ((by & bit) != 0) names.emplace_back(name);
  return enumeration(names, "or");
}

int print_table(const fs::path &sources) {
  fmt::print("| misbehaviour | what it does | contained by | verdict |\n|---|---|---|---|\n");
  for (const Row &row : kRows) {
    std::ifstream source(sources / fmt::format("{}.c", row.name));
    std::string line;
    for (int i = 0; i < 3; ++i) std::getline(source, line);
    if (!line.starts_with("// ")) return 3;
    std::string verdict(row.verdict);
    for (std::size_t bar = 0; (bar = verdict.find('|')) != std::string::npos;) verdict.replace(bar, 1, " or ");
    fmt::print("| `{}` | {} | {} | {} |\n", row.name, line.substr(3), names_of(row.by), verdict);
  }
  return 0;
}

// As another user, who may not be able to enter the folder of the build.
int play_as_ordinary(const fs::path &folder, const std::set<std::string> &missing) {
  std::string copies = "/tmp/crossheap-hostile-programs-XXXXXX";
  if (::mkdtemp(copies.data()) == nullptr || ::chmod(copies.c_str(), 0755) != 0) return 3;
  fs::copy(folder, copies, fs::copy_options::recursive);
  const pid_t player = ::fork();
  if (player == 0) {
    const int status = play(copies, false, missing);
    std::fflush(stdout);
    ::_exit(status);
  }
  int status = 0;
  while (::waitpid(player, &status, 0) < 0 && errno == EINTR) {
  }
  fs::remove_all(copies);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

}  // namespace

int main(int count, char **words) {
  if (count == 3 && std::string_view(words[1]) == "--table") return print_table(words[2]);
  if (count < 3) return 2;
  const std::set<std::string> missing(words + 3, words + count);
  const bool as_root = std::string_view(words[2]) == "root";
  return !as_root && ::geteuid() == 0 ? play_as_ordinary(words[1], missing) : play(words[1], as_root, missing);
}
