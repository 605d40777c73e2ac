import GRPCCall
import Glibc
import Synchronization
import TestSupport

@testable import GRPCTransport

/// A clock that stands still until it is told to go on.
final class ManualClock: LoopClock {
  private let nanoseconds = Atomic<UInt64>(1_000_000_000)

  var now: MonotonicTime { MonotonicTime(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

  func advance(milliseconds: Int) {
    nanoseconds.add(UInt64(milliseconds) * 1_000_000, ordering: .relaxed)
  }
}

/// In the system's place: names are looked up, connections made and bytes carried as a test says.
final class ScriptedSystem: LoopSystem {
  private struct Watch {
    let descriptor: Int32
    let token: UInt64
    var interest: Readiness
  }

  /// The token 0 is a descriptor's too, so what is watched is told apart by descriptors.
  private var watches: [Watch] = []
  private(set) var connections: [MemoryConnection] = []
  private var lookUps: [@Sendable (Resolver.Answer) -> Void] = []
  private var generator: SeededGenerator
  /// Told of each connection that the client begins to make.
  var began: ((MemoryConnection) -> Void)?
  /// Whether looking a name up takes until ``answerLookUp(_:)``.
  var holdsLookUps = false
  /// What a name's look-up comes to.
  var addresses = [SocketAddress(.v4(address: 0x0100_007f, port: 1))]

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  // MARK: LoopSystem

  func add(_ fd: Int32, token: UInt64, for readiness: Readiness) {
    watches.append(Watch(descriptor: fd, token: token, interest: readiness))
  }

  func modify(_ fd: Int32, token: UInt64, for readiness: Readiness) {
    for index in watches.indices where watches[index].descriptor == fd {
      watches[index].interest = readiness
    }
  }

  func remove(_ fd: Int32) { watches.removeAll { $0.descriptor == fd } }

  func wait(milliseconds: Int32, _ body: (UInt64, Readiness) -> Void) {
    for watch in watches {
      let ready = readiness(of: watch)
      if !ready.isEmpty { body(watch.token, ready) }
    }
  }

  func resolve(
    host: String, port: Int, completion: @escaping @Sendable (Resolver.Answer) -> Void
  ) {
    if holdsLookUps { lookUps.append(completion) } else { completion(.success(addresses)) }
  }

  func connect(to address: SocketAddress) -> Socket {
    let connection = MemoryConnection()
    connections.append(connection)
    began?(connection)
    // No descriptor of the system's is as great.
    return Socket(connection, number: 1 << 30 + Int32(connections.count - 1))
  }

  func random() -> UInt64 { generator.next() }

  // MARK: The script

  /// Whether a watched connection is ready.
  var hasReadiness: Bool { watches.contains { !readiness(of: $0).isEmpty } }

  var isLookingUp: Bool { !lookUps.isEmpty }

  /// The oldest look-up that waits comes to its end.
  func answerLookUp(_ isFound: Bool) {
    guard !lookUps.isEmpty else { return }
    let completion = lookUps.removeFirst()
    completion(
      isFound
        ? .success(addresses) : .failure(ResolveError(host: "host", reason: "no such host")))
  }

  private func readiness(of watch: Watch) -> Readiness {
    let index = Int(watch.descriptor - 1 << 30)
    guard connections.indices.contains(index) else { return [] }
    return connections[index].readiness.intersection(watch.interest)
  }
}

/// A connection in memory: the client's end is a socket's, the other one the test's.
final class MemoryConnection: SocketStandIn {
  enum Progress { case connecting, established, refused }

  private(set) var progress = Progress.connecting
  private var inbound: ArraySlice<UInt8> = []
  /// Nothing comes behind `inbound`: 0 for an end in order.
  private var inboundEnd: Int32?
  /// The client's end is closed.
  private(set) var isClosed = false
  /// The client can send nothing.
  var isBlocked = false
  /// How many bytes the client gets at a time at most.
  var mostBytesRead = Int.max
  /// Takes what the client sends.
  var sent: (([UInt8]) -> Void)?

  var readiness: Readiness {
    var readiness: Readiness = []
    if !inbound.isEmpty || inboundEnd != nil { readiness.insert(.readable) }
    if progress != .connecting, !isBlocked { readiness.insert(.writable) }
    return readiness
  }

  // MARK: The client's end

  var connectResult: Int32 { progress == .refused ? ECONNREFUSED : 0 }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.TransferResult {
    guard !inbound.isEmpty else {
      switch inboundEnd {
      case nil: return .wouldBlock
      case 0: return .endOfFile
      case let code?: return .failed(SocketError(operation: "recv", code: code))
      }
    }
    let part = inbound.prefix(min(buffer.count, mostBytesRead))
    inbound.removeFirst(part.count)
    unsafe buffer.copyBytes(from: part)
    return .bytes(part.count)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Socket.TransferResult {
    if let code = inboundEnd, code != 0 {
      return .failed(SocketError(operation: "send", code: code))
    }
    guard !isBlocked else { return .wouldBlock }
    unsafe sent?(Array(bytes))
    return .bytes(bytes.count)
  }

  func close() { isClosed = true }

  // MARK: The test's end

  /// Whether both sides may still send.
  var isOpen: Bool { progress == .established && !isClosed && inboundEnd == nil }

  func establish() { progress = .established }

  func refuse() { progress = .refused }

  func deliver(_ bytes: [UInt8]) { inbound += bytes }

  func end() { inboundEnd = 0 }

  /// - Parameter dropsUnread: what the client has not read yet is lost.
  func reset(dropsUnread: Bool) {
    if dropsUnread { inbound = [] }
    inboundEnd = ECONNRESET
  }
}
