#include "vm/io/os_signals.h"

#include <signal.h>

namespace phial {

namespace {

// Signal handlers belong to the whole host process and take no argument: the one place where a global is unavoidable.
std::atomic<ProcessSystem*> receiver{nullptr};

void on_signal(int number) {
  if (ProcessSystem* system = receiver.load(std::memory_order_acquire)) system->interrupt(number);
}

}  // namespace

void route_os_signals(ProcessSystem* system) {
  receiver.store(system, std::memory_order_release);
  struct sigaction action = {};
  action.sa_handler = system != nullptr ? on_signal : SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = system != nullptr ? SIG_IGN : SIG_DFL;
  sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace phial
