#include "vm/support/environment.h"

#include <sched.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

extern char** environ;

namespace phial {

namespace {

int64_t read_clock(clockid_t id) {
  timespec ts;
  clock_gettime(id, &ts);
  return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}

// getenv and setenv share one table in the C library; all runtimes of this host process meet there.
std::mutex& variables_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

int64_t SystemEnvironment::monotonic_ns() { return read_clock(CLOCK_MONOTONIC); }
int64_t SystemEnvironment::system_ns() { return read_clock(CLOCK_REALTIME); }
int64_t SystemEnvironment::cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

uint64_t SystemEnvironment::entropy() {
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) {
    value = static_cast<uint64_t>(read_clock(CLOCK_REALTIME)) * 0x9e3779b97f4a7c15u;
  }
  return value;
}

unsigned SystemEnvironment::processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
  return 1;
}

CivilTime SystemEnvironment::to_local(int64_t unix_seconds) {
  time_t t = static_cast<time_t>(unix_seconds);
  struct tm tm;
  localtime_r(&t, &tm);
  return {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
}

int64_t SystemEnvironment::from_local(const CivilTime& civil, int daylight) {
  struct tm tm = {};
  tm.tm_year = civil.year - 1900;
  tm.tm_mon = civil.month - 1;
  tm.tm_mday = civil.day;
  tm.tm_hour = civil.hour;
  tm.tm_min = civil.minute;
  tm.tm_sec = civil.second;
  tm.tm_isdst = daylight;
  return static_cast<int64_t>(mktime(&tm));
}

std::optional<std::string> SystemEnvironment::variable(const std::string& name) {
  std::lock_guard lock(variables_mutex());
  const char* value = getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

void SystemEnvironment::set_variable(const std::string& name, const std::string& value) {
  std::lock_guard lock(variables_mutex());
  setenv(name.c_str(), value.c_str(), 1);
}

void SystemEnvironment::unset_variable(const std::string& name) {
  std::lock_guard lock(variables_mutex());
  unsetenv(name.c_str());
}

std::vector<std::string> SystemEnvironment::variables() {
  std::lock_guard lock(variables_mutex());
  std::vector<std::string> all;
  for (char** v = environ; v != nullptr && *v != nullptr; ++v) all.emplace_back(*v);
  return all;
}

}  // namespace phial
