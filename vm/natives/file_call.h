// Calls of the operating system about files: what goes in, what comes out, and the step between the two that runs on the
// blocking pool. A native written with file_call() is entered once to start the call and again to read its result.
#pragma once

#include <sys/stat.h>

#include <mutex>
#include <string>
#include <vector>

#include "vm/term/off_heap.h"
#include "vm/process/blocking.h"

namespace phial::natives {

/// An open file. Closed with the last term that refers to it. One operation at a time.
///
/// Reading may run ahead: [ahead] holds bytes already read from the descriptor, from [used] on. Where the program stands in
/// the file is therefore the descriptor's position less what is left over.
class FileHandle final : public Resource {
 public:
  FileHandle(int fd, bool append) : fd(fd), append(append) {}
  ~FileHandle() override;
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "file"; }

  // The rest is for pool threads, under the mutex. All answer 0 or an errno.
  std::mutex mutex;
  int fd;  // -1: closed
  const bool append;
  std::string ahead;
  size_t used = 0;

  size_t left() const { return ahead.size() - used; }
  /// Reads at least one byte more, unless at the end.
  int fill(size_t wanted, bool& end);
  /// Gives up what was read ahead: the descriptor stands where the program does.
  int settle();
};

struct FileCall final : BlockingCall {
  using Body = void (*)(FileCall& call);
  explicit FileCall(Body body) : body(body) {}
  ~FileCall() override {
    if (handle != nullptr) handle->release();
  }
  void work() override { body(*this); }
  /// Sets the error of the system call that just failed, when [failed].
  bool check(bool failed);

  Body body;
  // In.
  std::string path, other, data;
  FileHandle* handle = nullptr;  // a count of it
  int64_t a = 0, b = 0;
  // Out.
  int error = 0;
  std::string bytes;
  std::vector<std::string> names;
  int64_t number = 0;
  struct stat info = {};
  bool readable = false, writable = false, end = false;
};

/// Writes all of [data]; an errno or 0. At [offset], or where the descriptor stands when negative.
int write_all(int fd, const std::string& data, int64_t offset);
/// Copies up to [limit] bytes (all when negative) between descriptors; the bytes copied in [copied].
int copy_bytes(int from, int to, int64_t limit, int64_t& copied);

}  // namespace phial::natives
