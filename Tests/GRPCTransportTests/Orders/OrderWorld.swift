import GRPCCall
import HTTP2Session
import TestSupport

@testable import GRPCTransport

/// A channel whose time, network and server are a script's. All of it is on one thread.
final class OrderWorld {
  struct Options {
    var seed: UInt64 = 0
    var addresses = 1
    var holdsLookUps = false
    var retryPolicy: RetryPolicy?
    var maxWaitingCalls = 100
    /// How many bytes a read brings at most.
    var mostBytesRead = Int.max
    /// Connections are made, and settings sent, without a script.
    var acceptsAtOnce = false
    var streams: UInt32?
  }

  static let connectTimeout = 20_000

  let options: Options
  let clock = ManualClock()
  let system: ScriptedSystem
  let loop: EventLoop
  let ledger = FrameLedger()
  private let tracer: OrderTracer
  private(set) var channel: Channel?
  var calls: [OrderCall] = []
  var peers: [OrderPeer] = []
  private(set) var failures: [String] = []
  private(set) var log: [OrderEvent] = []
  private(set) var isShutDown = false
  /// The channel has had time to notice.
  var isShutdownSettled = false
  let shutdownRecord = CallRecord()
  /// No connection has come about since one failed.
  var isFailing = false
  /// An attempt to connect may have taken too long, and is yet to be noticed.
  var hasTimedOut = false
  /// In milliseconds.
  private(set) var time = 0

  init(_ options: Options) throws {
    self.options = options
    tracer = OrderTracer(clock: clock)
    system = ScriptedSystem(seed: options.seed)
    system.holdsLookUps = options.holdsLookUps
    system.addresses = (0..<options.addresses).map {
      SocketAddress(.v4(address: 0x0100_007f + UInt32($0) << 24, port: 1))
    }
    loop = try EventLoop(system: system, clock: clock)
    var configuration = ChannelConfiguration()
    configuration.eventLoop = loop
    configuration.wireTap = ledger
    configuration.tracer = tracer
    configuration.defaultDeadline = nil
    configuration.maxWaitingCalls = options.maxWaitingCalls
    configuration.connectTimeout = .milliseconds(Self.connectTimeout)
    configuration.retryPolicy = options.retryPolicy
    channel = try Channel(target: .host("host", port: 1), configuration: configuration)
    system.began = { [unowned self] in began($0) }
  }

  private func began(_ connection: MemoryConnection) {
    connection.mostBytesRead = options.mostBytesRead
    guard let peer = try? OrderPeer(connection) else { return fail("no session for the server") }
    let index = peers.count
    connection.sent = { [unowned self] in sent($0, on: index) }
    peer.requested = { [unowned self] in requested($0) }
    peers.append(peer)
    guard options.acceptsAtOnce else { return }
    accept(peer)
    peer.sendSettings(streams: options.streams, window: nil)
  }

  private func sent(_ bytes: [UInt8], on index: Int) {
    let peer = peers[index]
    // The tap has just seen the same bytes.
    if peer.tapName == nil { peer.tapName = ledger.newest }
    peer.received(bytes)
  }

  /// A call comes to the server once, unless its earlier streams were refused or a policy repeats it.
  private func requested(_ call: Int) {
    if options.retryPolicy == nil, wasLookedAt(call) {
      fail("call \(call) came to the server again, which may have carried it out")
    }
    let count = peers.map { $0.streams.values.count { $0.call == call } }.reduce(0, +)
    if count > 5 { fail("call \(call) came to the server \(count + 1) times") }
  }

  /// What happened, without the names of types.
  var story: String {
    log.map { "\($0)" }.joined(separator: ", ").replacing("GRPCCall.", with: "")
      .replacing("GRPCTransportTests.OrderEvent.", with: "")
  }

  func fail(_ text: String) { failures.append(text) }

  func apply(_ event: OrderEvent) {
    log.append(event)
    perform(event)
  }

  // MARK: The caller

  func begin(_ kind: CallKind, deadline: Int?, waitForReady: Bool) {
    guard let channel else { return }
    let record = CallRecord()
    let index = calls.count
    tracer.add(record, call: index)
    let options = CallOptions(
      deadline: deadline.map { .milliseconds($0) }, waitForReady: waitForReady)
    let method = OrderPeer.method(of: index, kind: kind)
    let (task, writer) = start(method, options, channel, record)
    var call = OrderCall(
      record: record, kind: kind, waitForReady: waitForReady,
      timeout: deadline.map { UInt64($0) * 1_000_000 }, task: task, writer: writer)
    if isShutDown { call.explain(.unavailable, mustEnd: isShutdownSettled) }
    if isFailing && !waitForReady || isLosing { call.explain(.unavailable, mustEnd: false) }
    calls.append(call)
    guard calls.count(where: { !$0.isOver }) > self.options.maxWaitingCalls else { return }
    for index in calls.indices where !calls[index].isSettled {
      calls[index].explain(.resourceExhausted, mustEnd: false)
    }
  }

  /// A connection has ended and the client may not know, or takes no new call and cannot tell: what is
  /// sent on it now is lost.
  var isLosing: Bool {
    peers.contains { peer in
      let connection = peer.connection
      guard connection.progress == .established, !connection.isClosed else { return false }
      return !connection.isOpen || peer.goAway != nil && connection.isBlocked
    }
  }

  private func start(
    _ method: EchoMethods.Method, _ options: CallOptions, _ channel: Channel, _ record: CallRecord
  ) -> (Task<Void, Never>, RequestWriter<EchoMessage>?) {
    switch method.kind {
    case .unary, .clientStreaming:
      let task = run(record) { () throws(RPCError) in
        _ = try await channel.unary(method, EchoMessage(), options: options)
      }
      return (task, nil)
    case .serverStreaming:
      let task = run(record) { () throws(RPCError) in
        let stream = try channel.serverStreaming(method, EchoMessage(), options: options)
        for try await _ in stream {}
      }
      return (task, nil)
    case .bidirectionalStreaming:
      do {
        let (requests, responses) = try channel.bidirectionalStreaming(method, options: options)
        let task = run(record) { () throws(RPCError) in for try await _ in responses {} }
        return (task, requests)
      } catch {
        record.answered(error.status.code, error.delivery)
        return (Task(executorPreference: loop) {}, nil)
      }
    }
  }

  private func run(
    _ record: CallRecord, _ body: @escaping @Sendable () async throws(RPCError) -> Void
  ) -> Task<Void, Never> {
    Task(executorPreference: loop) {
      do throws(RPCError) {
        try await body()
        record.answered(.ok)
      } catch {
        record.answered(error.status.code, error.delivery)
      }
    }
  }

  func send(_ index: Int, size: Int) {
    guard let writer = calls[index].writer else { return }
    let record = calls[index].record
    record.beganSending()
    Task(executorPreference: loop) {
      _ = try? await writer.send(EchoMessage([UInt8](repeating: 7, count: size)))
      record.endedSending()
    }
  }

  func shutDown() {
    guard let channel, !isShutDown else { return }
    isShutDown = true
    let record = shutdownRecord
    Task(executorPreference: loop) {
      await channel.shutdown()
      record.answered(.ok)
    }
    for index in calls.indices where isWithoutStream(index) {
      // Unless it has been given a stream meanwhile.
      calls[index].explain(.unavailable, mustEnd: isQuiet)
    }
    for index in calls.indices where calls[index].isRefused {
      calls[index].explain(.unavailable, mustEnd: false)
    }
  }

  /// Lets go of the channel, which shuts it down.
  func dropChannel() { channel = nil }

  // MARK: Time and the network

  func pass(_ milliseconds: Int) {
    clock.advance(milliseconds: milliseconds)
    time += milliseconds
    for index in calls.indices {
      guard let deadline = calls[index].deadline, deadline <= clock.now.nanoseconds else {
        continue
      }
      calls[index].explain(.deadlineExceeded, mustEnd: true)
    }
    // Whatever has not been connected by now may have taken too long, and a policy's repetitions meet
    // what has failed meanwhile.
    guard time >= Self.connectTimeout || options.retryPolicy != nil else { return }
    if !peers.contains(where: { $0.connection.isOpen && $0.isProved && $0.goAway == nil }) {
      connectingFailed(isCertain: false)
      hasTimedOut = true
    }
    for peer in peers where !peer.isProved { lost(peer, isCertain: false) }
  }

  func accept(_ peer: OrderPeer) {
    peer.connection.establish()
    if !hasTimedOut { isFailing = false }
  }

  /// Calls that wait for a connection end with it, unless they say otherwise.
  func connectingFailed(isCertain: Bool) {
    isFailing = true
    for index in calls.indices where isWithoutStream(index) && !calls[index].waitForReady {
      calls[index].explain(
        .unavailable, mustEnd: isCertain && calls[index].isSettled && options.retryPolicy == nil)
    }
  }

  /// A connection is over: so are the calls on it.
  func lost(_ peer: OrderPeer, isCertain: Bool) {
    for stream in peer.streams.values where !stream.isOver {
      let mustEnd = isCertain && options.retryPolicy == nil
      calls[stream.call].explain(.unavailable, mustEnd: mustEnd)
    }
    // Those whose request has not come to the server yet, or is about to be sent.
    for index in calls.indices where mayBeOnItsWay(index, to: peer) {
      calls[index].explain(.unavailable, mustEnd: false)
    }
    if !peer.isProved { connectingFailed(isCertain: false) }
  }

  // MARK: What is known of a call

  /// Nothing has happened since everything was looked at but what happens now: no call has got the
  /// stream of another.
  private var isQuiet: Bool { log.dropLast().last == .settle }

  func liveStream(of call: Int) -> (peer: OrderPeer, stream: Int32)? {
    for peer in peers { if let stream = peer.liveStream(of: call) { return (peer, stream) } }
    return nil
  }

  /// Whether it surely waits for a connection or a stream.
  func isWithoutStream(_ index: Int) -> Bool {
    !calls[index].isOver && liveStream(of: index) == nil && !calls[index].record.isOnStream
  }

  /// Whether a call may have been sent to a server that has not seen it, or may be soon.
  func mayBeOnItsWay(_ index: Int, to peer: OrderPeer) -> Bool {
    let call = calls[index]
    guard !call.isOver, liveStream(of: index) == nil else { return false }
    return call.record.isOnStream || call.isRefused || call.mayBeRefused || !call.isSettled
      || !peer.isSettled || !isQuiet
  }

  /// The server has told that it did not look at a call's request.
  func refused(_ index: Int) {
    let isSecond = calls[index].isRefused || calls[index].record.failedAttempts > 0
    calls[index].isRefused = true
    if isShutDown {
      calls[index].explain(.unavailable, mustEnd: isShutdownSettled)
    } else if isSecond {
      calls[index].explain(.unavailable, mustEnd: options.retryPolicy == nil)
    } else if isFailing && !calls[index].waitForReady || isLosing || calls[index].mayBeRefused {
      calls[index].explain(.unavailable, mustEnd: false)
    }
  }

  // MARK: Turns

  /// Takes turns until nothing is left to do, and looks at everything.
  func settle() {
    var turns = 0
    repeat {
      turns += 1
      guard turns < 10_000 else { return fail("the loop finds no rest") }
    } while loop.takeTurn() || system.hasReadiness
    check()
  }
}
