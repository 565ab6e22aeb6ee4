// A fixed number of threads over a bounded queue. Full means refused at once, never waited.
// Thread-safety: TryPost from any thread; Stop from one, not from a worker.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace zhian::http {

class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t queue_max);
  ~WorkerPool();  // Stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: the queue is full or the pool has stopped; the job was not taken. REQUIRES: the job does not throw.
  [[nodiscard]] bool TryPost(std::function<void()> job);
  // Runs what was taken, then ends the threads. Idempotent.
  void Stop();
  [[nodiscard]] std::size_t queued() const;

 private:
  void Run();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zhian::http
