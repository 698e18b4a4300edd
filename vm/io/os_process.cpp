#include "vm/io/os_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace phial {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (const std::string& s : strings) all.push_back(const_cast<char*>(s.c_str()));
  all.push_back(nullptr);
  return all;
}

void close_fd(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

/// Writing to a child that is gone must not end this process: the thread learns it from the result.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

OsProcess* OsProcess::start(const OsCommand& command, int& error) {
  auto* self = new OsProcess;
  int to_child[2] = {-1, -1}, from_child[2] = {-1, -1};
  bool piped = pipe2(self->cancel_, O_CLOEXEC) == 0;
  if (command.use_stdio) piped = piped && pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (command.use_stdio) {
    posix_spawn_file_actions_adddup2(&actions, to_child[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from_child[1], 1);
  }
  if (command.error_to_output) posix_spawn_file_actions_adddup2(&actions, 1, 2);
  if (!command.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  std::vector<char*> args = pointers(command.args), environment = pointers(command.environment);
  error = piped ? posix_spawn(&self->pid_, command.path.c_str(), &actions, &attributes, args.data(), environment.data())
                : errno;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close_fd(to_child[0]);
  close_fd(from_child[1]);
  self->input_ = to_child[1];
  self->output_ = from_child[0];
  if (error == 0) return self;
  self->pid_ = -1;
  self->release();
  return nullptr;
}

OsProcess::~OsProcess() {
  close_fd(input_);
  close_fd(output_);
  close_fd(cancel_[0]);
  close_fd(cancel_[1]);
  // Nobody asked how it ended: do not leave a zombie if it has ended already.
  if (pid_ > 0 && !waited_) waitpid(pid_, nullptr, WNOHANG);
}

bool OsProcess::ready(int fd, short events) {
  for (;;) {
    pollfd fds[2] = {{fd, events, 0}, {cancel_[0], POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    return fds[1].revents == 0;
  }
}

bool OsProcess::read_some(std::string& out) {
  if (output_ < 0) return false;
  char piece[16 * 1024];
  for (;;) {
    if (!ready(output_, POLLIN)) return false;
    ssize_t n = read(output_, piece, sizeof piece);
    if (n > 0) {
      out.append(piece, static_cast<size_t>(n));
      return true;
    }
    if (n == 0 || (errno != EINTR && errno != EAGAIN)) return false;
  }
}

bool OsProcess::queue_input(std::string_view bytes) {
  std::lock_guard lock(mutex_);
  queued_.append(bytes);
  if (draining_) return false;
  draining_ = true;
  return true;
}

void OsProcess::drain_input() {
  block_sigpipe();
  std::string bytes;
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      bytes.swap(queued_);
      queued_.clear();
      if (bytes.empty()) {
        draining_ = false;
        if (close_wanted_) close_fd(input_);
        return;
      }
    }
    std::string_view rest = bytes;
    while (!rest.empty() && input_ >= 0) {
      if (!ready(input_, POLLOUT)) break;
      ssize_t n = write(input_, rest.data(), rest.size() < 4096 ? rest.size() : 4096);
      if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
      else if (errno != EINTR && errno != EAGAIN) break;
    }
    bytes.clear();
  }
}

void OsProcess::close_input() {
  std::lock_guard lock(mutex_);
  close_wanted_ = true;
  if (!draining_) close_fd(input_);
}

int OsProcess::wait() {
  int status = 0;
  for (int pause_ms = 1;; pause_ms = pause_ms < 32 ? pause_ms * 2 : 32) {
    pid_t done = waitpid(pid_, &status, WNOHANG);
    if (done == pid_) break;
    if (done < 0 && errno != EINTR) {
      waited_ = true;
      return 0;
    }
    pollfd cancelled{cancel_[0], POLLIN, 0};
    if (poll(&cancelled, 1, pause_ms) > 0) return -1;
  }
  waited_ = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void OsProcess::cancel() {
  char byte = 0;
  [[maybe_unused]] ssize_t n = write(cancel_[1], &byte, 1);
}

}  // namespace phial
