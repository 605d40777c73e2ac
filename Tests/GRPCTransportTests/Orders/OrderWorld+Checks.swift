import GRPCCall

@testable import GRPCTransport

extension OrderWorld {
  /// Looks at everything, once nothing is left to do.
  func check() {
    for index in calls.indices { check(index) }
    for violation in ledger.violations { fail("the client sent \(violation)") }
    for (index, peer) in peers.enumerated() {
      for violation in peer.violations {
        fail("on connection \(index), the client broke \(violation)")
      }
    }
    for peer in peers {
      let isNoticed = peer.connection.progress == .established && !peer.connection.isBlocked
      peer.isSettled = peer.isSettled || isNoticed
      peer.isProved = peer.isProved || peer.hasSentSettings
    }
    hasTimedOut = false
    isShutdownSettled = isShutDown
    // What is lost without the client's knowledge yet still is.
    for index in calls.indices where isLosing { calls[index].explain(.unavailable, mustEnd: false) }
    checkTables()
    checkProgress()
  }

  private func check(_ index: Int) {
    let call = calls[index]
    if let disorder = call.record.disorder { fail("call \(index) \(disorder)") }
    defer { calls[index].settle() }
    guard let answer = call.record.answer else {
      if call.mustEnd { fail("call \(index) goes on after what ends it with \(call.explained)") }
      if let deadline = call.deadline, deadline <= clock.now.nanoseconds {
        fail("call \(index) goes on after its deadline")
      }
      return
    }
    guard !call.isOver else { return }
    calls[index].isOver = true
    if !call.explained.contains(answer) {
      fail("call \(index) ended with \(answer), explained is \(call.explained)")
    }
    if call.record.isSaidUnprocessed, wasLookedAt(index) {
      fail("call \(index) came to the server, and its caller is told that it did not")
    }
    // One that ends in the queue keeps its place there for a while.
    if call.record.hasTrace, call.writer == nil, call.record.hadStream {
      fail("call \(index) is over, and is still kept")
    }
    if call.record.writers > 0 { fail("call \(index) is over, and a writer of its still waits") }
  }

  /// Whether a server took a call's request.
  func wasLookedAt(_ call: Int) -> Bool {
    peers.contains { peer in
      peer.streams.values.contains { $0.call == call && !$0.isRefused }
    }
  }

  var liveCalls: [OrderCall] { calls.filter { !$0.isOver } }

  /// What the channel keeps is what lives.
  private func checkTables() {
    let inFlight = loop.withCore { $0.callsInFlight } ?? 0
    if inFlight != liveCalls.count {
      fail("\(inFlight) calls are counted as in flight, and \(liveCalls.count) are")
    }
    guard !peers.contains(where: { $0.connection.isBlocked }) else { return }
    let onStreams = liveCalls.count { $0.record.isOnStream }
    let streams = peers.filter { !$0.connection.isClosed }
      .compactMap { $0.tapName.map { ledger.openStreams(of: $0) } }.reduce(0, +)
    // What is sent as a lower limit comes waits with the library, and has a stream of the client's only.
    if options.acceptsAtOnce ? streams != onStreams : streams > onStreams {
      fail("\(streams) streams are open, and \(onStreams) calls have one")
    }
  }

  /// A call that can go on does.
  private func checkProgress() {
    guard options.retryPolicy == nil, !isShutDown, !isFailing,
      !peers.contains(where: { $0.connection.isBlocked })
    else { return }
    guard liveCalls.contains(where: { !$0.record.isOnStream }) else { return }
    let isConnecting = peers.contains {
      $0.connection.progress == .connecting && !$0.connection.isClosed
    }
    guard !isConnecting, !system.isLookingUp else { return }
    let usable = peers.filter { $0.connection.isOpen && $0.goAway == nil }
    if usable.isEmpty { fail("calls wait, and nothing connects") }
    guard options.acceptsAtOnce else { return }
    let limit = options.streams.map { Int($0) } ?? 100
    for peer in usable {
      let open = peer.tapName.map { ledger.openStreams(of: $0) } ?? 0
      if open < limit { fail("calls wait beside \(open) streams of \(limit)") }
    }
  }

  // MARK: The end

  /// Every call's deadline comes, and the channel is shut down: nothing is left of either.
  func finish() {
    apply(.settle)
    apply(.unblock)
    for index in calls.indices where calls[index].timeout == nil { apply(.cancel(call: index)) }
    apply(.settle)
    let last = liveCalls.compactMap(\.deadline).max() ?? 0
    if last > clock.now.nanoseconds {
      apply(.pass(Int((last - clock.now.nanoseconds) / 1_000_000)))
    }
    apply(.settle)
    for (index, call) in calls.enumerated() where !call.isOver {
      fail("call \(index) has not ended")
    }
    apply(.shutDown)
    apply(.settle)
    if shutdownRecord.answer == nil { fail("the shutdown has not ended") }
    checkNothingIsLeft()
  }

  private func checkNothingIsLeft() {
    let metrics = channel?.metrics ?? ChannelMetrics()
    if metrics.callsInFlight != 0 {
      fail("the channel counts \(metrics.callsInFlight) calls still")
    }
    let finished = metrics.callsFinished.values.reduce(0, +)
    if finished != UInt64(calls.count) {
      fail("the channel counts \(finished) calls that have ended, and \(calls.count) have")
    }
    for (index, peer) in peers.enumerated()
    where peer.connection.progress != .refused && !peer.connection.isClosed {
      fail("connection \(index) is still open")
    }
    loop.withCore { core in
      if core.timerCount != 0 { fail("\(core.timerCount) timers are still set") }
      if core.watchCount != 0 { fail("\(core.watchCount) connections are still watched") }
    }
    let records = calls.map(\.record)
    weak let kept = channel
    calls.removeAll()
    dropChannel()
    for _ in 0..<4 { _ = loop.takeTurn() }
    if kept != nil { fail("the channel is still kept") }
    for (index, record) in records.enumerated() where record.hasTrace {
      fail("call \(index) is still kept")
    }
  }
}
