#include "vm/natives/file_call.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>

namespace phial::natives {

const char FileHandle::kType = 0;

FileHandle::~FileHandle() {
  if (fd >= 0) ::close(fd);
}

int FileHandle::fill(size_t wanted, bool& end) {
  constexpr size_t kPiece = 64 * 1024;
  if (used > 0) {
    ahead.erase(0, used);
    used = 0;
  }
  size_t had = ahead.size();
  ahead.resize(had + std::max(wanted, kPiece));
  ssize_t n;
  do n = ::read(fd, ahead.data() + had, ahead.size() - had);
  while (n < 0 && errno == EINTR);
  int error = n < 0 ? errno : 0;
  ahead.resize(had + (n > 0 ? static_cast<size_t>(n) : 0));
  end = n == 0;
  return error;
}

int FileHandle::settle() {
  size_t over = left();
  ahead.clear();
  used = 0;
  if (over == 0) return 0;
  return ::lseek(fd, -static_cast<off_t>(over), SEEK_CUR) < 0 ? errno : 0;
}

bool FileCall::check(bool failed) {
  if (failed) error = errno;
  return !failed;
}

int write_all(int fd, const std::string& data, int64_t offset) {
  for (size_t done = 0; done < data.size();) {
    const char* from = data.data() + done;
    size_t size = data.size() - done;
    ssize_t n = offset < 0 ? ::write(fd, from, size) : ::pwrite(fd, from, size, offset + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    done += static_cast<size_t>(n);
  }
  return 0;
}

int copy_bytes(int from, int to, int64_t limit, int64_t& copied) {
  std::string piece(256 * 1024, '\0');
  copied = 0;
  while (limit < 0 || copied < limit) {
    size_t want = piece.size();
    if (limit >= 0) want = static_cast<size_t>(std::min<int64_t>(limit - copied, static_cast<int64_t>(want)));
    ssize_t n = ::read(from, piece.data(), want);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return 0;
    if (int error = write_all(to, piece.substr(0, static_cast<size_t>(n)), -1)) return error;
    copied += n;
  }
  return 0;
}

}  // namespace phial::natives
