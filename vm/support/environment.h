// The one door through which anything not determined by the program itself enters a runtime: clocks, entropy, unique
// numbers, the operating system's variables and the number of processors. A runtime asks only here, so that another
// Environment (virtual time, a seeded source) makes a run repeatable.
//
// Threads: every member is safe from any thread. Numbers that many threads need often are handed out in blocks.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace phial {

/// Civil time, as the C library breaks it down.
struct CivilTime {
  int year, month, day, hour, minute, second;
};

class Environment {
 public:
  virtual ~Environment() = default;

  /// Nanoseconds of a clock that never goes back.
  virtual int64_t monotonic_ns() = 0;
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  virtual int64_t system_ns() = 0;
  /// Nanoseconds of processor time used by this operating system process, and by this thread of it.
  virtual int64_t cpu_ns() = 0;
  virtual uint64_t entropy() = 0;
  virtual unsigned processors() = 0;
  virtual CivilTime to_local(int64_t unix_seconds) = 0;
  /// Seconds since 1970 of a local civil time; [daylight] as in struct tm.
  virtual int64_t from_local(const CivilTime& civil, int daylight) = 0;
  virtual std::optional<std::string> variable(const std::string& name) = 0;
  virtual void set_variable(const std::string& name, const std::string& value) = 0;
  virtual void unset_variable(const std::string& name) = 0;
  /// All variables as "NAME=value".
  virtual std::vector<std::string> variables() = 0;

  /// A block of [n] numbers never handed out before: the first of them. One sequence for each purpose.
  uint64_t take_reference_block(uint64_t n) { return references_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t take_unique_block(uint64_t n) { return uniques_.fetch_add(n, std::memory_order_relaxed); }
  /// Strictly growing in the order of the calls, across threads.
  uint64_t take_monotonic_unique() { return monotonic_uniques_.fetch_add(1, std::memory_order_seq_cst); }

 private:
  std::atomic<uint64_t> references_{1};
  std::atomic<uint64_t> uniques_{1};
  std::atomic<uint64_t> monotonic_uniques_{1};
};

/// The machine as it is.
class SystemEnvironment final : public Environment {
 public:
  int64_t monotonic_ns() override;
  int64_t system_ns() override;
  int64_t cpu_ns() override;
  uint64_t entropy() override;
  unsigned processors() override;
  CivilTime to_local(int64_t unix_seconds) override;
  int64_t from_local(const CivilTime& civil, int daylight) override;
  std::optional<std::string> variable(const std::string& name) override;
  void set_variable(const std::string& name, const std::string& value) override;
  void unset_variable(const std::string& name) override;
  std::vector<std::string> variables() override;
};

}  // namespace phial
