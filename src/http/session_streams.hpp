// The connections of Session that stay and are event streams (WebSockets: websocket_session.cpp). Internal to
// session.hpp, which includes it at its end. Invariants: one read and one write at a time; what a reader leaves behind
// lives in its StreamSignal, which outlives the wait for its end. Everything happens on the session's I/O thread.
#pragma once

#include "http/session.hpp"

namespace zhian::http::detail {

// Until the read that is under way has ended.
template <class Stream>
Task<void> Session<Stream>::AwaitReader(StreamSignal& signal) {
  Cancel();
  while (!signal.reader_done) {
    AsioError error;
    signal.timer.expires_after(kLinger);
    co_await signal.timer.async_wait(asio::redirect_error(kAwait, error));
    Cancel();
  }
}

template <class Stream>
Task<void> Session<Stream>::SendStream(const Request& request, Response& response) {
  const auto subscription = response.stream;
  const std::uint64_t sent_before = sent_;
  auto signal = std::make_shared<StreamSignal>(io_.context.get_executor());
  end_of_stream_ = [signal] {
    signal->ended = true;
    signal->timer.cancel();
  };
  streaming = true;
  // Ends with the connection: there is no length.
  bool alive = co_await Write(MakeHead(request, response, 0, true, false)) && co_await Write(": open\n\n");
  deadline = Steady::time_point::max();
  // A client sends nothing more: what comes in is its end. This is how a closed page is noticed at once.
  if (alive) {
    stream_.async_read_some(asio::buffer(signal->scratch), [signal](const AsioError&, std::size_t) {
      signal->reader_done = true;
      signal->ended = true;
      signal->timer.cancel();
    });
  } else {
    signal->reader_done = true;
  }
  subscription->SetWaker(
      [signal, executor = io_.context.get_executor()] { asio::post(executor, [signal] { signal->timer.cancel(); }); });
  while (alive && !signal->ended && !server_.draining) {
    // Armed before the queue is looked at: a wake between the two cancels this very timer.
    signal->timer.expires_after(server_.options.stream_keep_alive);
    std::string wire;
    const bool open = subscription->Drain(wire);
    if (!wire.empty()) {
      alive = co_await Write(wire);
      deadline = Steady::time_point::max();
      if (!open) break;
      continue;
    }
    if (!open) break;
    AsioError error;
    co_await signal->timer.async_wait(asio::redirect_error(kAwait, error));
    if (!error) {
      alive = co_await Write(": \n\n");
      deadline = Steady::time_point::max();
    }
  }
  subscription->SetWaker(nullptr);
  subscription->Close();
  co_await AwaitReader(*signal);
  streaming = false;
  end_of_stream_ = nullptr;
  Account(request, response, sent_ - sent_before);
}

}  // namespace zhian::http::detail
