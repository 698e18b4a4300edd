// A child process of the operating system with pipes to its standard input and from its standard output. Counted: the
// port that owns it and the blocking calls under way hold it.
// Threads: spawn by one, the rest by any; each read, write and wait is done by one thread at a time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace phial {

struct OsCommand {
  std::string path;
  std::vector<std::string> args;  // the first is what the program is told as its name
  std::string directory;          // empty: this one
  std::vector<std::string> environment;  // "NAME=value", all of it
  bool use_stdio = true;
  bool error_to_output = false;
};

class OsProcess {
 public:
  /// Null, and the error code, when it cannot be started.
  static OsProcess* start(const OsCommand& command, int& error);

  void retain() { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// Appends what is there, waiting for something. False at the end of the output or after cancel().
  bool read_some(std::string& out);
  /// Queues [bytes] for its input; true when the caller has to see to it that drain_input() runs.
  bool queue_input(std::string_view bytes);
  /// Writes what is queued until nothing is left.
  void drain_input();
  /// The exit status, 128 plus the signal if one ended it; -1 after cancel().
  int wait();
  /// Closes its input once nothing is queued.
  void close_input();
  /// Makes the calls under way give up.
  void cancel();
  pid_t pid() const { return pid_; }

 private:
  OsProcess() = default;
  ~OsProcess();
  /// Waits for [fd]; false after cancel().
  bool ready(int fd, short events);

  std::atomic<int> holders_{1};
  pid_t pid_ = -1;
  bool waited_ = false;
  int input_ = -1, output_ = -1;
  int cancel_[2] = {-1, -1};
  std::mutex mutex_;  // guards the next three
  std::string queued_;
  bool draining_ = false;
  bool close_wanted_ = false;
};

}  // namespace phial
