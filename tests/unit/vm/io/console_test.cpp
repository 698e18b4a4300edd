#include "vm/io/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/unit/vm/process/fixture.h"
#include "vm/term/binary.h"

namespace phial {
namespace {

struct Pipe {
  int read_end, write_end;
  Pipe() {
    int fds[2];
    EXPECT_EQ(pipe(fds), 0);
    read_end = fds[0];
    write_end = fds[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  static void close_end(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  std::string read_available() {
    fcntl(read_end, F_SETFL, O_NONBLOCK);
    std::string all;
    char piece[4096];
    for (ssize_t n; (n = read(read_end, piece, sizeof piece)) > 0;) all.append(piece, static_cast<size_t>(n));
    return all;
  }
};

ConsoleOptions to_pipes(Pipe& out, Pipe& error, int in = -1) {
  ConsoleOptions o;
  o.in = in;
  o.out = out.write_end;
  o.error = error.write_end;
  return o;
}

TEST(Console, output_waits_for_a_flush_and_keeps_its_order) {
  World world(1);
  Pipe out, error;
  Console console(world.runtime(), to_pipes(out, error));
  EXPECT_TRUE(console.write(StreamId::Out, "one\n"));
  EXPECT_TRUE(console.write(StreamId::Out, "two\n"));
  EXPECT_EQ(out.read_available(), "");
  console.flush();
  EXPECT_EQ(out.read_available(), "one\ntwo\n");
}

TEST(Console, standard_error_flushes_standard_output_first) {
  World world(1);
  Pipe out, error;
  Console console(world.runtime(), to_pipes(out, error));
  console.write(StreamId::Out, "text");
  console.write(StreamId::Error, "oops");
  EXPECT_EQ(out.read_available(), "text");
  EXPECT_EQ(error.read_available(), "oops");
}

TEST(Console, a_full_pipe_makes_writers_wait_instead_of_blocking) {
  World world(1);
  Pipe out, error;
  Console console(world.runtime(), to_pipes(out, error));
  std::string piece(64 * 1024, 'x');
  size_t written = 0;
  bool wait = false;
  for (int i = 0; i < 64 && !wait; ++i) {
    wait = !console.write(StreamId::Out, piece);
    written += piece.size();
  }
  EXPECT_TRUE(wait);
  size_t read_bytes = 0;
  std::thread reader([&] {
    std::vector<char> buffer(1 << 16);
    while (read_bytes < written) {
      ssize_t n = read(out.read_end, buffer.data(), buffer.size());
      if (n <= 0) break;
      read_bytes += static_cast<size_t>(n);
    }
  });
  console.flush_blocking();
  reader.join();
  EXPECT_EQ(read_bytes, written);
}

TEST(Console, a_closed_pipe_halts_quietly) {
  std::signal(SIGPIPE, SIG_IGN);
  World world(1);
  Pipe out, error;
  Console console(world.runtime(), to_pipes(out, error));
  Pipe::close_end(out.read_end);
  RunOutcome outcome = world.run([&](Process& p) {
    console.write(StreamId::Out, "nobody reads this");
    console.flush();
    p.reductions = 0;
    return SliceResult::Yielded;
  });
  EXPECT_TRUE(outcome.halted);
}

TEST(Console, input_arrives_as_messages) {
  World world(1);
  Pipe out, error, in;
  Console console(world.runtime(), to_pipes(out, error, in.read_end));
  ASSERT_EQ(write(in.write_end, "a line\n", 7), 7);
  std::string got;
  bool end = false;
  world.run([&](Process& p) {
    Term m = receive_any(p);
    if (m.is_none()) {
      console.read_input(p.self);
      return SliceResult::Waiting;
    }
    Term data = tuple_at(m, 1);
    if (data == atoms::eof) {
      end = true;
      return exit_with(p, atoms::normal);
    }
    std::string scratch;
    got = binary_bytes(data, scratch);
    Pipe::close_end(in.write_end);
    console.read_input(p.self);
    return SliceResult::Waiting;
  });
  EXPECT_EQ(got, "a line\n");
  EXPECT_TRUE(end);
}

TEST(Console, a_read_under_way_does_not_hold_up_the_end) {
  World world(1);
  Pipe out, error, in;
  Console console(world.runtime(), to_pipes(out, error, in.read_end));
  world.run([&](Process& p) {
    console.read_input(p.self);
    return exit_with(p, atoms::normal);
  });
  console.on_stop();
  world.runtime().shut_down();
}

TEST(Console, a_host_sees_output_in_a_callback) {
  World world(1);
  std::string seen;
  ConsoleOptions o;
  o.output = [&](int stream, std::string_view bytes) {
    seen += std::to_string(stream) + ":";
    seen += bytes;
    seen += ";";
  };
  Console console(world.runtime(), o);
  console.write(StreamId::Out, "x");
  console.write(StreamId::Error, "y");
  EXPECT_EQ(seen, "1:x;2:y;");
}

}  // namespace
}  // namespace phial
