// SPDX-License-Identifier: MIT
// A shared mutex that lets waiting writers in before new readers.
//
// std::shared_mutex does not specify the order of readers and writers. glibc's lets readers in as long as one reader is
// inside, so a few threads that read without a pause keep a writer out forever. Here, a reader that meets a waiting
// writer waits until the writer is done. A reader pays one load for this while no writer waits. Not recursive: a reader
// that locks it a second time could wait for itself.
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class writer_first_mutex {
 public:
  void lock() {
    turn_.lock();
    writer_.store(true, std::memory_order_relaxed);  // only sends readers to turn_; shared_ excludes them
    shared_.lock();
  }
  void unlock() {
    writer_.store(false, std::memory_order_relaxed);
    shared_.unlock();
    turn_.unlock();
  }
  void lock_shared() {
    if (writer_.load(std::memory_order_relaxed)) {
      const std::lock_guard<std::mutex> behind(turn_);
    }
    shared_.lock_shared();
  }
  void unlock_shared() { shared_.unlock_shared(); }

 private:
  std::mutex turn_;
  std::atomic<bool> writer_{false};
  std::shared_mutex shared_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
