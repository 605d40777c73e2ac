/// An address and a port.
struct FlowEnd: Hashable, Comparable {
  /// The upper and the lower half of the address; an IPv4 address is in the lower one.
  var high: UInt64
  var low: UInt64
  var port: UInt16

  static func < (left: FlowEnd, right: FlowEnd) -> Bool {
    (left.port, left.high, left.low) < (right.port, right.high, right.low)
  }
}

/// The two ends of a connection, whichever of them sends: the one with the lower port is first.
struct FlowKey: Hashable {
  var first: FlowEnd
  var second: FlowEnd
}

/// What a packet says about a connection.
struct TCPSegment {
  var key: FlowKey
  /// Whether the first end of the key sent it.
  var isFromFirst: Bool
  var sequence: UInt32
  /// What the sender has received; nil without ACK.
  var acknowledged: UInt32?
  var flags: Flags
  /// Where the payload is in the buffer.
  var payload: Range<Int>
  /// How many bytes of payload follow that the capture did not keep.
  var cut: Int
  var time: UInt64?

  struct Flags: OptionSet {
    let rawValue: UInt8
    static let fin = Flags(rawValue: 0x01)
    static let syn = Flags(rawValue: 0x02)
    static let rst = Flags(rawValue: 0x04)
    static let ack = Flags(rawValue: 0x10)
  }
}
