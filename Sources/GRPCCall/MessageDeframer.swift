/// What ``MessageDeframer/next(_:from:)`` found.
package enum DeframeResult: Sendable, Equatable {
  /// All bytes are taken, and the next message is not complete.
  case needsMoreData
  /// A message; there may be another one behind it.
  case message([UInt8])
  /// The peer broke a rule, or sent more than the limit allows. The same comes from here on.
  case failed(Status)
}

/// Cuts messages out of the body of one direction of a call.
package struct MessageDeframer: Sendable {
  /// Which side of the call reads: the specification has them answer differently.
  package enum Side: Sendable {
    case client
    case server
  }

  private let limit: Int
  private let side: Side
  private var troubles = Troubles.none

  /// What a usual call has none of, behind one word.
  private indirect enum Troubles: Sendable {
    case none
    case encoding(String)
    case failure(Status)
  }

  /// What the peer said in `grpc-encoding`, unless that was `identity`. To be set before the first
  /// message.
  package var encoding: String? {
    get { if case .encoding(let encoding) = troubles { encoding } else { nil } }
    set { troubles = newValue.map { .encoding($0) } ?? .none }
  }

  private var failure: Status? {
    if case .failure(let status) = troubles { status } else { nil }
  }

  private var prefix: UInt64 = 0
  private var prefixCount = 0
  private var body: [UInt8] = []
  private var missing = 0

  /// The size of the largest message that is taken unless another is asked for: 4 MiB, as in
  /// other implementations.
  package static let defaultMaxMessageSize = 4 << 20
  /// The most memory that is set aside on the word of a peer that has sent no byte of the message.
  private static let maxReservation = 1 << 20

  package init(maxMessageSize: Int = defaultMaxMessageSize, side: Side) {
    self.limit = max(0, maxMessageSize)
    self.side = side
  }

  /// Whether no message has begun.
  package var isAtMessageBoundary: Bool { prefixCount == 0 && failure == nil }

  /// Takes bytes from `offset` on, which moves behind what was taken. To be called until it needs
  /// more data.
  package mutating func next(_ bytes: Span<UInt8>, from offset: inout Int) -> DeframeResult {
    if let failure { return .failed(failure) }
    if prefixCount < MessageFraming.prefixSize {
      guard takePrefix(bytes, from: &offset) else { return .needsMoreData }
      if let status = checkPrefix() {
        troubles = .failure(status)
        return .failed(status)
      }
      beginBody(available: bytes.count - offset)
    }
    return takeBody(bytes, from: &offset)
  }

  private mutating func takePrefix(_ bytes: Span<UInt8>, from offset: inout Int) -> Bool {
    if prefixCount == 0, bytes.count - offset >= MessageFraming.prefixSize {
      // Nearly always it comes whole.
      let length = unsafe bytes.bytes.unsafeLoadUnaligned(
        fromByteOffset: offset + 1, as: UInt32.self)
      prefix = UInt64(bytes[offset]) << 32 | UInt64(UInt32(bigEndian: length))
      prefixCount = MessageFraming.prefixSize
      offset += MessageFraming.prefixSize
      return true
    }
    while prefixCount < MessageFraming.prefixSize, offset < bytes.count {
      prefix = prefix << 8 | UInt64(bytes[offset])
      prefixCount += 1
      offset += 1
    }
    return prefixCount == MessageFraming.prefixSize
  }

  private var length: Int { Int(UInt32(truncatingIfNeeded: prefix)) }

  private func checkPrefix() -> Status? {
    switch prefix >> 32 {
    case 0: break
    case 1: return refusalOfCompression
    case let flag:
      return Status(.internalError, "message has the compressed flag \(flag); only 0 and 1 exist")
    }
    guard length <= limit else {
      return Status(
        .resourceExhausted, "message of \(length) bytes is larger than the limit of \(limit) bytes")
    }
    return nil
  }

  /// No encoding is supported here, so that a compressed message is always refused; with which
  /// code depends on who broke the rule (gRPC `compression.md`).
  private var refusalOfCompression: Status {
    guard let encoding else {
      return Status(.internalError, "message is compressed, but grpc-encoding names no encoding")
    }
    return Status(
      side == .server ? .unimplemented : .internalError,
      "message is compressed with \"\(encoding)\"; only identity is supported")
  }

  private mutating func beginBody(available: Int) {
    missing = length
    // A message that has come whole is copied at once.
    guard available < length else { return }
    body.reserveCapacity(min(length, max(available, Self.maxReservation)))
  }

  private mutating func takeBody(
    _ bytes: Span<UInt8>, from offset: inout Int
  ) -> DeframeResult {
    let count = min(missing, bytes.count - offset)
    let part = bytes.extracting(offset..<(offset + count))
    offset += count
    missing -= count
    if missing == 0, body.capacity == 0 {
      reset()
      return .message([UInt8](span: part))
    }
    body.append(span: part)
    guard missing == 0 else { return .needsMoreData }
    defer { reset() }
    return .message(body)
  }

  private mutating func reset() {
    prefix = 0
    prefixCount = 0
    if !body.isEmpty { body = [] }
  }
}
