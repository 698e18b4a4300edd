// The console of a runtime: standard output and error, buffered; standard input, read in the blocking pool.
//
// Output is kept in a buffer and written when a scheduler is idle, when 32 KiB have gathered, when it is 2 ms old, before
// a read, and at the end: so a line costs a copy instead of a system call and still appears at once to a human. Order
// within a stream is kept; standard error is never held back, and flushes standard output first, so that both look right
// on one terminal. A scheduler never blocks in a write: it writes only what the descriptor takes without waiting, and
// whoever makes the buffer too long waits for the blocking pool to empty it.
//
// A closed pipe at the other end of standard output ends the runtime quietly.
//
// Threads: every member is safe from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "vm/process/system.h"

namespace phial {

struct ConsoleOptions {
  int in = 0, out = 1, error = 2;  // file descriptors; -1: none
  /// Instead of writing to descriptors, when set: what a host program wants to see. Called under a lock.
  std::function<void(int stream, std::string_view bytes)> output;
};

enum class StreamId : uint8_t { Out, Error };

class Console final : public IdleWork {
 public:
  Console(ProcessSystem& system, ConsoleOptions options);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Takes [bytes]. False when the buffer is now so long that the writer should wait in flush_blocking().
  bool write(StreamId stream, std::string_view bytes);
  /// Writes what can be written without waiting.
  void flush();
  /// Writes everything, waiting as long as it takes. Not on a scheduler.
  void flush_blocking();

  /// Reads the next piece of standard input in the blocking pool, then sends {:phial_input, binary | :eof | {:error, code}}
  /// to [pid].
  void read_input(Term pid);
  /// Makes a read under way give up.
  void cancel_input();

  bool out_is_terminal() const;
  bool in_is_terminal() const;
  /// Columns and rows of the terminal; false when there is none.
  bool terminal_size(int& columns, int& rows) const;

  // IdleWork.
  void on_idle() override;
  void on_tick(int64_t now_ns) override;
  void on_stop() override;

 private:
  friend class InputCall;
  static constexpr size_t kFlushAt = 32 * 1024;
  static constexpr size_t kTooLong = 1024 * 1024;
  static constexpr int64_t kMaxAgeNs = 2'000'000;

  struct Stream {
    int fd;
    std::string pending;
    size_t start = 0;  // written up to here
    bool broken = false;
    bool busy = false;  // a thread writes without holding the lock: others only append
    size_t size() const { return pending.size() - start; }
  };
  /// Under the lock. Stops at the first write that would wait.
  void drain(Stream& stream);
  /// Writes all of [bytes], waiting; without the lock. False when the descriptor is broken.
  bool write_out(const Stream& stream, std::string_view bytes);
  void give_up(Stream& stream);

  ProcessSystem& system_;
  ConsoleOptions options_;
  std::mutex mutex_;
  std::condition_variable no_longer_busy_;
  Stream streams_[2];
  std::atomic<bool> dirty_{false};
  std::atomic<int64_t> dirty_since_{0};  // 0: not yet looked at
  int cancel_pipe_[2] = {-1, -1};
};

}  // namespace phial
