#include "vm/io/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "vm/heap/arena_space.h"
#include "vm/process/blocking.h"
#include "vm/term/binary.h"
#include "vm/term/tuple.h"

namespace phial {

Console::Console(ProcessSystem& system, ConsoleOptions options)
    : system_(system), options_(std::move(options)), streams_{{options_.out, {}}, {options_.error, {}}} {}

Console::~Console() {
  cancel_input();
  for (int fd : cancel_pipe_) {
    if (fd >= 0) close(fd);
  }
}

void Console::give_up(Stream& stream) {
  stream.broken = true;
  // Nobody reads what the program prints: like a shell's pipeline, it ends without a word.
  if (errno == EPIPE && &stream == &streams_[0]) system_.halt(0);
}

void Console::drain(Stream& stream) {
  if (stream.busy) return;
  while (stream.size() > 0) {
    std::string_view rest = std::string_view(stream.pending).substr(stream.start);
    if (options_.output) {
      options_.output(&stream == &streams_[0] ? 1 : 2, rest);
      break;
    }
    if (stream.fd < 0 || stream.broken) break;
    pollfd ready{stream.fd, POLLOUT, 0};
    if (poll(&ready, 1, 0) <= 0) return;
    // A pipe that says it is writable takes this much without blocking.
    constexpr size_t kAtomicPipeWrite = 4096;
    ssize_t n = ::write(stream.fd, rest.data(), std::min(rest.size(), kAtomicPipeWrite));
    if (n > 0) stream.start += static_cast<size_t>(n);
    else if (n < 0 && errno == EAGAIN) return;
    else if (n < 0 && errno != EINTR) give_up(stream);
  }
  stream.pending.clear();
  stream.start = 0;
}

bool Console::write_out(const Stream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(stream.fd, bytes.data(), bytes.size());
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      pollfd ready{stream.fd, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (n < 0 && errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool Console::write(StreamId id, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  Stream& out = streams_[0];
  Stream& stream = streams_[static_cast<size_t>(id)];
  stream.pending.append(bytes);
  if (id == StreamId::Error) {
    drain(out);
    drain(stream);
  } else if (stream.size() >= kFlushAt) {
    drain(stream);
  }
  if (stream.size() > 0 && !dirty_.load(std::memory_order_relaxed)) {
    dirty_since_.store(0, std::memory_order_relaxed);
    dirty_.store(true, std::memory_order_relaxed);
  }
  return stream.size() < kTooLong;
}

void Console::flush() {
  if (!dirty_.load(std::memory_order_relaxed)) return;
  // Another thread that writes or flushes does what is needed.
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  for (Stream& stream : streams_) drain(stream);
  if (streams_[0].size() == 0 && streams_[1].size() == 0) dirty_.store(false, std::memory_order_relaxed);
}

void Console::flush_blocking() {
  std::unique_lock lock(mutex_);
  for (Stream& stream : streams_) {
    while (stream.busy || stream.size() > 0) {
      if (stream.busy) {
        no_longer_busy_.wait(lock);
        continue;
      }
      if (options_.output || stream.fd < 0 || stream.broken) {
        drain(stream);
        continue;
      }
      // The lock is not held over a write that may take long: schedulers take it.
      std::string bytes = std::move(stream.pending);
      size_t start = stream.start;
      stream.pending.clear();
      stream.start = 0;
      stream.busy = true;
      lock.unlock();
      bool written = write_out(stream, std::string_view(bytes).substr(start));
      lock.lock();
      stream.busy = false;
      if (!written) give_up(stream);
      no_longer_busy_.notify_all();
    }
  }
  dirty_.store(false, std::memory_order_relaxed);
}

namespace {

/// Empties the buffers of a console whose descriptor takes no more for now.
class FlushCall final : public BlockingCall {
 public:
  explicit FlushCall(Console& console) : console_(console) {}
  void work() override { console_.flush_blocking(); }

 private:
  Console& console_;
};

}  // namespace

void Console::on_idle() {
  if (!dirty_.load(std::memory_order_relaxed)) return;
  flush();
  if (dirty_.load(std::memory_order_relaxed)) {
    // The other end is slow: leave it to a thread that may wait.
    auto* call = new FlushCall(*this);
    call->release();  // nobody looks at its result
    system_.run_blocking(call);
  }
}

void Console::on_tick(int64_t now_ns) {
  if (!dirty_.load(std::memory_order_relaxed)) return;
  int64_t since = dirty_since_.load(std::memory_order_relaxed);
  if (since == 0) {
    dirty_since_.store(now_ns, std::memory_order_relaxed);
  } else if (now_ns - since > kMaxAgeNs) {
    dirty_since_.store(now_ns, std::memory_order_relaxed);
    flush();
  }
}

void Console::on_stop() {
  cancel_input();
  flush_blocking();
}

// Input.

class InputCall final : public BlockingCall {
 public:
  InputCall(Console& console, Term pid, int fd, int cancel_fd)
      : console_(console), pid_(pid), fd_(fd), cancel_fd_(cancel_fd) {}

  void work() override {
    constexpr size_t kPiece = 16 * 1024;
    char piece[kPiece];
    ssize_t n = -1;
    for (;;) {
      pollfd fds[2] = {{fd_, POLLIN, 0}, {cancel_fd_, POLLIN, 0}};
      if (poll(fds, cancel_fd_ >= 0 ? 2 : 1, -1) < 0 && errno == EINTR) continue;
      if (cancel_fd_ >= 0 && fds[1].revents != 0) return;
      n = read(fd_, piece, sizeof piece);
      if (n >= 0 || (errno != EINTR && errno != EAGAIN)) break;
    }
    ArenaSpace space;
    Term data = n > 0    ? make_binary(space, {piece, static_cast<size_t>(n)})
                : n == 0 ? atoms::eof
                         : make_tuple(space, {atoms::error, Term::fixnum(errno)});
    Term message = make_tuple(space, {atoms::phial_input, data});
    console_.system_.deliver_from_outside(pid_, new_message(console_.system_, message));
  }

 private:
  Console& console_;
  Term pid_;
  int fd_, cancel_fd_;
};

void Console::read_input(Term pid) {
  flush();
  {
    std::lock_guard lock(mutex_);
    if (cancel_pipe_[0] < 0 && pipe2(cancel_pipe_, O_CLOEXEC) != 0) cancel_pipe_[0] = cancel_pipe_[1] = -1;
  }
  auto* call = new InputCall(*this, pid, options_.in, cancel_pipe_[0]);
  call->release();
  system_.run_blocking(call);
}

void Console::cancel_input() {
  std::lock_guard lock(mutex_);
  if (cancel_pipe_[1] >= 0) {
    char byte = 0;
    [[maybe_unused]] ssize_t n = ::write(cancel_pipe_[1], &byte, 1);
  }
}

bool Console::out_is_terminal() const { return !options_.output && isatty(options_.out) == 1; }
bool Console::in_is_terminal() const { return isatty(options_.in) == 1; }

bool Console::terminal_size(int& columns, int& rows) const {
  winsize size;
  if (options_.output || ioctl(options_.out, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return false;
  columns = size.ws_col;
  rows = size.ws_row;
  return true;
}

}  // namespace phial
