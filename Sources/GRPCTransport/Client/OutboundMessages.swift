/// What a call has been given to send; kept until the answer begins, so that it can be sent again.
struct OutboundMessages {
  /// Above this many bytes of requests, a call gives up being repeatable.
  private static let replayLimit = 1 << 20

  private var first: [UInt8]
  private var others: [[UInt8]] = []
  private var size: Int
  /// Nothing will be added.
  var isEnded: Bool
  /// Whether all of it is still here.
  private(set) var canReplay = true

  /// - Parameter first: the one message of a request that has no other.
  init(first: [UInt8]?) {
    self.first = first ?? []
    size = self.first.count
    isEnded = first != nil
  }

  /// All of it, to begin a request with.
  var body: [UInt8] { others.reduce(into: first) { $0 += $1 } }

  /// - Parameter isOnItsWay: the message is sent at once, so it is kept for a repetition only.
  mutating func append(_ message: [UInt8], isOnItsWay: Bool) {
    size += message.count
    if size > Self.replayLimit, canReplay {
      canReplay = false
      if isOnItsWay { drop() }
    }
    if canReplay || !isOnItsWay { others.append(message) }
  }

  /// The request has begun with ``body``.
  mutating func wereSent() {
    if !canReplay { drop() }
  }

  /// The call will not be repeated.
  mutating func forget() {
    canReplay = false
    drop()
  }

  private mutating func drop() {
    if !first.isEmpty { first = [] }
    if !others.isEmpty { others = [] }
  }
}
