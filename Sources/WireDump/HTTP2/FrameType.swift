/// The types of frames: RFC 9113 §6, RFC 7838 §4, RFC 8336 §2, RFC 9218 §7.1.
package enum FrameType: UInt8, Sendable, CaseIterable {
  case data, headers, priority, rstStream, settings, pushPromise, ping, goAway, windowUpdate
  case continuation
  case altsvc = 0xa
  case origin = 0xc
  case priorityUpdate = 0x10

  package var name: String {
    switch self {
    case .data: "DATA"
    case .headers: "HEADERS"
    case .priority: "PRIORITY"
    case .rstStream: "RST_STREAM"
    case .settings: "SETTINGS"
    case .pushPromise: "PUSH_PROMISE"
    case .ping: "PING"
    case .goAway: "GOAWAY"
    case .windowUpdate: "WINDOW_UPDATE"
    case .continuation: "CONTINUATION"
    case .altsvc: "ALTSVC"
    case .origin: "ORIGIN"
    case .priorityUpdate: "PRIORITY_UPDATE"
    }
  }

  package var section: String {
    switch self {
    case .altsvc: "RFC 7838 §4"
    case .origin: "RFC 8336 §2"
    case .priorityUpdate: "RFC 9218 §7.1"
    default: "RFC 9113 §6.\(rawValue + 1)"
    }
  }

  package var meaning: String {
    switch self {
    case .data: "a part of a message's body; counts against the flow-control windows"
    case .headers: "opens a stream, or carries a response's headers or trailers"
    case .priority: "a stream's priority; deprecated and without effect"
    case .rstStream: "ends a stream at once, with an error code"
    case .settings: "parameters of the sender, to be acknowledged"
    case .pushPromise: "announces a stream that the server opens; not used by gRPC"
    case .ping: "measures the path or asks whether the peer lives"
    case .goAway: "no new streams; those up to the last stream id may still end well"
    case .windowUpdate: "allows the peer to send more"
    case .continuation: "the rest of a header block"
    case .altsvc: "another place where the origin is served"
    case .origin: "the origins that the connection is good for"
    case .priorityUpdate: "a stream's priority, as a header field has it"
    }
  }

  private typealias Flag = (bit: UInt8, name: String)
  private static let ofData: [Flag] = [(0x1, "END_STREAM"), (0x8, "PADDED")]
  private static let ofHeaders: [Flag] = [
    (0x1, "END_STREAM"), (0x4, "END_HEADERS"), (0x8, "PADDED"), (0x20, "PRIORITY"),
  ]
  private static let acknowledgement: [Flag] = [(0x1, "ACK")]
  private static let ofPushPromise: [Flag] = [(0x4, "END_HEADERS"), (0x8, "PADDED")]
  private static let ofContinuation: [Flag] = [(0x4, "END_HEADERS")]

  /// The flags that the type defines, by bit.
  var flags: [(bit: UInt8, name: String)] {
    switch self {
    case .data: Self.ofData
    case .headers: Self.ofHeaders
    case .settings, .ping: Self.acknowledgement
    case .pushPromise: Self.ofPushPromise
    case .continuation: Self.ofContinuation
    default: []
    }
  }

  /// All of them at once.
  var flagMask: UInt8 { Self.masks[Int(rawValue)] }

  private static let masks: [UInt8] = (0...UInt8.max).map { number in
    FrameType(rawValue: number)?.flags.reduce(0) { $0 | $1.bit } ?? 0
  }

  static func name(_ number: UInt8) -> String {
    FrameType(rawValue: number)?.name ?? "UNKNOWN(0x\(Hex.short(UInt64(number))))"
  }
}

/// The parameters of SETTINGS: RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1, and grpc-core's own.
package enum SettingName {
  package static let all: [(number: UInt16, name: String, section: String)] = [
    (1, "HEADER_TABLE_SIZE", "RFC 9113 §6.5.2"),
    (2, "ENABLE_PUSH", "RFC 9113 §6.5.2"),
    (3, "MAX_CONCURRENT_STREAMS", "RFC 9113 §6.5.2"),
    (4, "INITIAL_WINDOW_SIZE", "RFC 9113 §6.5.2"),
    (5, "MAX_FRAME_SIZE", "RFC 9113 §6.5.2"),
    (6, "MAX_HEADER_LIST_SIZE", "RFC 9113 §6.5.2"),
    (8, "ENABLE_CONNECT_PROTOCOL", "RFC 8441 §3"),
    (9, "NO_RFC7540_PRIORITIES", "RFC 9218 §2.1"),
    (0xfe03, "GRPC_ALLOW_TRUE_BINARY_METADATA", "grpc-core"),
    (0xfe04, "GRPC_PREFERRED_RECEIVE_MESSAGE_SIZE", "grpc-core"),
  ]

  static func name(_ number: UInt16) -> String {
    all.first { $0.number == number }?.name ?? "UNKNOWN(0x\(Hex.short(UInt64(number))))"
  }
}
