// SPDX-License-Identifier: MIT
// in_child_process: runs an action that ends the process in a child process, and returns how it ended. POSIX only.
#pragma once

#if __has_include(<sys/wait.h>)
#define QUOIT_TEST_CHILD_PROCESS 1

#include <cstdio>
#include <cstdlib>
#include <string>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

struct outcome {
  bool aborted = false;  ///< whether SIGABRT ended it
  int code = -1;         ///< the exit code if it exited
  std::string errors;    ///< its standard error
};

template <class Action>
outcome in_child_process(const Action& action) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // the test framework's handler would print its report a second time
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    action();
    _exit(0);
  }
  close(ends[1]);
  outcome result;
  char buffer[256];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    result.errors.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  return result;
}

}  // namespace test

#endif
