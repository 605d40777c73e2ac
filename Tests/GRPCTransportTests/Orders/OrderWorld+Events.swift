import GRPCCall

@testable import GRPCTransport

extension OrderWorld {
  /// Lets an event happen; one that means nothing now does nothing.
  func perform(_ event: OrderEvent) {
    switch event {
    case .call(let kind, let deadline, let waitForReady):
      begin(kind, deadline: deadline, waitForReady: waitForReady)
    case .turn: _ = loop.takeTurn()
    case .settle: settle()
    case .pass(let milliseconds): pass(milliseconds)
    case .shutDown: shutDown()
    case .lookUp(let isFound): lookUp(isFound)
    case .accept: if let peer = connectingPeer { accept(peer) }
    case .refuse: refuse()
    case .unblock: for peer in peers { peer.connection.isBlocked = false }
    case .send(let call, let size): if calls.indices.contains(call) { send(call, size: size) }
    case .halfClose(let call): if calls.indices.contains(call) { calls[call].writer?.finish() }
    case .cancel(let call): cancel(call)
    case .deadline(let call): passDeadline(of: call)
    default: performOnConnection(event)
    }
  }

  private var connectingPeer: OrderPeer? {
    peers.first { $0.connection.progress == .connecting && !$0.connection.isClosed }
  }

  private func lookUp(_ isFound: Bool) {
    guard system.isLookingUp else { return }
    system.answerLookUp(isFound)
    if !isFound { connectingFailed(isCertain: false) }
  }

  private func refuse() {
    guard let peer = connectingPeer else { return }
    peer.connection.refuse()
    connectingFailed(isCertain: options.addresses == 1)
  }

  private func cancel(_ call: Int) {
    guard calls.indices.contains(call) else { return }
    calls[call].task.cancel()
    calls[call].explain(.cancelled, mustEnd: true)
  }

  private func passDeadline(of call: Int) {
    guard calls.indices.contains(call), let deadline = calls[call].deadline else { return }
    let now = clock.now.nanoseconds
    pass(deadline > now ? Int((deadline - now) / 1_000_000) : 0)
  }

  // MARK: Connections

  private func performOnConnection(_ event: OrderEvent) {
    switch event {
    case .close(let index):
      end(index) { $0.connection.end() }
    case .reset(let index, let dropsUnread):
      end(index) { peer in
        lostUnread(peer)
        peer.connection.reset(dropsUnread: dropsUnread)
      }
    case .block(let index):
      guard let peer = openPeer(index) else { return }
      peer.connection.isBlocked = true
      ledger.networkIsBlocked()
    case .settings(let index, let streams, let window):
      openPeer(index)?.sendSettings(streams: streams, window: window)
    case .violation(let index):
      end(index) { peer in
        peer.sendViolation()
        peer.connection.end()
      }
    case .goAway(let index, let place, let code): goAway(index, place, code)
    default: performOnStream(event)
    }
  }

  func openPeer(_ index: Int) -> OrderPeer? {
    peers.indices.contains(index) && peers[index].connection.isOpen ? peers[index] : nil
  }

  private func end(_ index: Int, _ body: (OrderPeer) -> Void) {
    guard let peer = openPeer(index) else { return }
    lost(peer, isCertain: true)
    body(peer)
  }

  /// What the server has just said may never be read, because it is dropped, or because the client
  /// notices the reset when it sends: answers are lost, and so are refusals.
  private func lostUnread(_ peer: OrderPeer) {
    for stream in peer.streams.values {
      calls[stream.call].explain(.unavailable, mustEnd: false)
      if options.retryPolicy != nil { calls[stream.call].mustEnd = false }
    }
    connectingFailed(isCertain: false)
  }

  private func goAway(_ index: Int, _ place: OrderEvent.Place, _ code: UInt32) {
    guard let peer = openPeer(index) else { return }
    let last = peer.lastStream(place)
    for call in peer.sendGoAway(last: last, code) { refused(call) }
    // Requests that are on their way come too late, or not at all.
    for call in calls.indices where mayBeOnItsWay(call, to: peer) {
      let isSecond =
        calls[call].isRefused || calls[call].mayBeRefused || calls[call].record.failedAttempts > 0
      calls[call].mayBeRefused = true
      if isSecond || isShutDown || isFailing { calls[call].explain(.unavailable, mustEnd: false) }
    }
  }

  // MARK: Streams

  private func performOnStream(_ event: OrderEvent) {
    switch event {
    case .headers(let call):
      onStream(call) { peer, stream in
        if peer.streams[stream]?.hasHeaders == false { peer.sendHeaders(on: stream) }
      }
    case .message(let call): message(call)
    case .trailers(let call, let code): trailers(call, code)
    case .endWithoutTrailers(let call):
      onStream(call) { peer, stream in
        guard peer.streams[stream]?.hasHeaders == true else { return }
        peer.sendMessage(on: stream, endsStream: true)
        calls[call].explain(.internalError, mustEnd: true)
      }
    case .badGateway(let call):
      onStream(call) { peer, stream in
        guard peer.streams[stream]?.hasHeaders == false else { return }
        peer.sendLast(.badGateway(stream))
        calls[call].explain(.unavailable, mustEnd: options.retryPolicy == nil)
      }
    case .resetStream(let call, let code): resetStream(call, code)
    case .grantWindow(let call):
      onStream(call) { peer, stream in
        peer.send(.windowUpdate(stream, 100_000))
        peer.send(.windowUpdate(0, 100_000))
      }
    default: break
    }
  }

  private func onStream(_ call: Int, _ body: (OrderPeer, Int32) -> Void) {
    guard calls.indices.contains(call), let (peer, stream) = liveStream(of: call) else { return }
    body(peer, stream)
  }

  private func message(_ call: Int) {
    onStream(call) { peer, stream in
      guard let state = peer.streams[stream], state.hasHeaders else { return }
      peer.sendMessage(on: stream)
      // One message is all that answers a request (gRPC over HTTP/2, Responses).
      if calls[call].kind.hasSingleResponse, state.messages > 0 {
        calls[call].explain(.internalError, mustEnd: true)
      }
    }
  }

  private func trailers(_ call: Int, _ code: StatusCode) {
    onStream(call) { peer, stream in
      guard let state = peer.streams[stream] else { return }
      let isIncomplete = code == .ok && calls[call].kind.hasSingleResponse && state.messages == 0
      peer.sendLast(
        state.hasHeaders ? .trailers(stream, code) : .trailersOnly(stream, code))
      let isRepeated = options.retryPolicy != nil && code == .unavailable && !state.hasHeaders
      calls[call].explain(isIncomplete ? .internalError : code, mustEnd: !isRepeated)
    }
  }

  private func resetStream(_ call: Int, _ code: UInt32) {
    onStream(call) { peer, stream in
      let isCommitted = peer.streams[stream]?.hasHeaders ?? false
      let isRefusal = code == ResetCode.refusedStream && !isCommitted
      peer.sendLast(.reset(stream, code), isRefusal: isRefusal)
      guard !isRefusal else { return refused(call) }
      calls[call].explain(ResetCode.status(of: code), mustEnd: true)
    }
  }
}
