// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a command of the shell run to its end, or stopped?

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"

namespace voxstitch::models::detail {

/// How a command ended, and the last that it said on its standard output and error.
struct shell_outcome {
  int status = 0;        ///< as waitpid() gives it
  bool stopped = false;  ///< it was told to stop
  std::string tail;

  [[nodiscard]] bool succeeded() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

/// "signal 9 (Killed)".
[[nodiscard]] inline std::string signal_text(int number) {
  char const* const meaning = ::sigdescr_np(number);
  return "signal " + std::to_string(number) +
         (meaning == nullptr ? "" : " (" + std::string(meaning) + ")");
}

/// "ended with exit code 2", "was killed by signal 9 (Killed)".
[[nodiscard]] inline std::string ending_text(shell_outcome const& o) {
  if (WIFSIGNALED(o.status)) return "was killed by " + signal_text(WTERMSIG(o.status));
  int const code = WEXITSTATUS(o.status);
  std::string const text = "ended with exit code " + std::to_string(code);
  if (code == 126) return text + ": the shell may not execute it";
  if (code == 127) return text + ": the shell did not find it";
  if (code > 128 && code < 128 + NSIG) return text + ", which may be " + signal_text(code - 128);
  return text;
}

/// The last bytes of what is written to it; printable.
class text_tail {
 public:
  void append(char const* bytes, std::size_t count) {
    text_.append(bytes, count);
    if (text_.size() > 2 * most_bytes) shorten();
  }

  /// Whole lines where there are several; without control characters.
  [[nodiscard]] std::string text() {
    if (text_.size() > most_bytes) shorten();
    std::string result = text_;
    auto const line = result.find('\n');
    if (cut_ && line != std::string::npos && line + 1 < result.size()) result.erase(0, line + 1);
    std::replace(result.begin(), result.end(), '\r', '\n');
    std::erase_if(result, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
    result.erase(result.find_last_not_of(" \t\n") + 1);
    return result;
  }

 private:
  void shorten() {
    text_.erase(0, text_.size() - most_bytes);
    cut_ = true;
  }

  static constexpr std::size_t most_bytes = 2000;
  std::string text_;
  bool cut_ = false;
};

/// What posix_spawn() is told.
class spawn_settings {
 public:
  /// @param output descriptor that becomes the child's standard output and error
  explicit spawn_settings(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    // An HDF5 file that another thread has open would stay locked as long as the child lives.
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    set_signals();
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                 POSIX_SPAWN_SETPGROUP);
  }
  spawn_settings(spawn_settings const&) = delete;
  spawn_settings& operator=(spawn_settings const&) = delete;
  ~spawn_settings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  /// @return 0, or an errno
  [[nodiscard]] int start(char const* shell, char* const* arguments, pid_t& child) const {
    return ::posix_spawn(&child, shell, &actions_, &attributes_, arguments, environ);
  }

 private:
  /// Nothing blocked, and no signal that this process ignores or handles.
  void set_signals() {
    sigset_t set;
    sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&attributes_, &set);
    for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGCHLD, SIGXFSZ})
      sigaddset(&set, number);
    ::posix_spawnattr_setsigdefault(&attributes_, &set);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A command that `/bin/sh -c` runs, with an empty standard input.
///
/// It gets a process group of its own: what Ctrl-C does is told to it by the stop token alone, so
/// that whoever waits knows whether a command died or was stopped, and the whole group hears it.
class shell_command {
 public:
  /// Starts it.
  /// @throws io_error when the system refuses.
  explicit shell_command(std::string command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno);
    output_ = ends[0];
    ::fcntl(output_, F_SETFL, O_NONBLOCK);
    std::array<char, 3> shell{"sh"};
    std::array<char, 3> option{"-c"};
    std::array<char*, 4> const arguments{shell.data(), option.data(), command.data(), nullptr};
    int const refused = spawn_settings(ends[1]).start("/bin/sh", arguments.data(), child_);
    ::close(ends[1]);
    if (refused == 0) return;
    ::close(output_);
    fail(refused);
  }
  shell_command(shell_command const&) = delete;
  shell_command& operator=(shell_command const&) = delete;
  ~shell_command() {
    if (child_ > 0) {
      ::kill(-child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    ::close(output_);
  }

  /// Waits for its end. A stop becomes SIGTERM, and SIGKILL for who does not listen.
  /// @pre called once
  [[nodiscard]] shell_outcome wait(std::stop_token const& stop) {
    shell_outcome outcome;
    while (!has_ended(outcome.status)) {
      drain();
      if (stop.stop_requested()) end_it();
      pause();
    }
    drain();
    outcome.stopped = told_at_.has_value();
    outcome.tail = tail_.text();
    return outcome;
  }

 private:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds patience{5};

  [[noreturn]] static void fail(int code) {
    throw io_error("exec: no process can be started: " + std::generic_category().message(code));
  }

  [[nodiscard]] bool has_ended(int& status) {
    pid_t const ended = ::waitpid(child_, &status, WNOHANG);
    if (ended < 0 && errno == ECHILD) {
      child_ = 0;  // its number may be another's by now
      throw io_error(
          "exec: whether the program succeeded is not known, because this process ignores "
          "SIGCHLD or somebody else waits for its children; let SIGCHLD have its default");
    }
    if (ended < 0 && errno != EINTR) fail(errno);
    if (ended != child_) return false;
    child_ = 0;
    return true;
  }

  /// Takes what it has said; whoever else holds its output open is not waited for.
  void drain() {
    std::array<char, 4096> bytes;
    for (ssize_t got = 1; open_ && got > 0;) {
      got = ::read(output_, bytes.data(), bytes.size());
      if (got > 0) tail_.append(bytes.data(), static_cast<std::size_t>(got));
      if (got == 0) open_ = false;
    }
  }

  void end_it() {
    if (!told_at_) {
      told_at_ = clock::now();
      ::kill(-child_, SIGTERM);
    } else if (clock::now() - *told_at_ > patience) {
      ::kill(-child_, SIGKILL);
    }
  }

  /// Until it says something or, mostly, ends; a tenth of a second at most, for the stop token.
  void pause() {
    pollfd what{output_, POLLIN, 0};
    ::poll(&what, open_ ? 1 : 0, open_ ? longest_pause : pause_);
    if (!open_) pause_ = std::min(2 * pause_, longest_pause);
  }

  static constexpr int longest_pause = 100;  // milliseconds
  pid_t child_ = 0;
  int output_ = -1;
  bool open_ = true;
  int pause_ = 1;
  std::optional<clock::time_point> told_at_;
  text_tail tail_;
};

}  // namespace voxstitch::models::detail
