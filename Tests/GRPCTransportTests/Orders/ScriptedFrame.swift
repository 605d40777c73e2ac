import GRPCCall

/// A frame of HTTP/2 (RFC 9113 §4.1), read and written here by itself so that the tests do not take the
/// library's word for what it sends.
struct ScriptedFrame: Equatable {
  enum Kind {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let resetStream: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
  }

  /// END_STREAM, and ACK of SETTINGS and PING.
  static let endOrAck: UInt8 = 0x1
  static let endHeaders: UInt8 = 0x4

  var kind: UInt8
  var flags: UInt8 = 0
  var stream: Int32 = 0
  var payload: [UInt8] = []

  var endsStream: Bool { flags & Self.endOrAck != 0 }

  var bytes: [UInt8] {
    let size = payload.count
    return [UInt8(size >> 16 & 0xff), UInt8(size >> 8 & 0xff), UInt8(size & 0xff), kind, flags]
      + UInt32(bitPattern: stream).octets + payload
  }

  /// The big-endian number at a place of the payload.
  func number(at offset: Int) -> UInt32 {
    payload[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension UInt32 {
  fileprivate var octets: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

/// Cuts one direction of a connection into frames.
struct FrameScanner {
  private var bytes: ArraySlice<UInt8> = []
  private var skipped: Int

  /// - Parameter preface: how many bytes come before the first frame.
  init(preface: Int) { skipped = preface }

  mutating func scan(_ more: [UInt8]) -> [ScriptedFrame] {
    bytes += more
    let skip = min(skipped, bytes.count)
    bytes.removeFirst(skip)
    skipped -= skip
    var frames: [ScriptedFrame] = []
    while let frame = next() { frames.append(frame) }
    return frames
  }

  private mutating func next() -> ScriptedFrame? {
    guard bytes.count >= 9 else { return nil }
    let header = Array(bytes.prefix(9))
    let size = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
    guard bytes.count >= 9 + size else { return nil }
    var frame = ScriptedFrame(kind: header[3], flags: header[4], payload: header)
    frame.stream = Int32(frame.number(at: 5) & 0x7fff_ffff)
    frame.payload = Array(bytes.dropFirst(9).prefix(size))
    bytes.removeFirst(9 + size)
    return frame
  }
}

// MARK: What a server sends

extension ScriptedFrame {
  static func settings(maxConcurrentStreams: UInt32?, initialWindowSize: UInt32?) -> ScriptedFrame {
    var payload: [UInt8] = []
    if let maxConcurrentStreams { payload += [0, 3] + maxConcurrentStreams.octets }
    if let initialWindowSize { payload += [0, 4] + initialWindowSize.octets }
    return ScriptedFrame(kind: Kind.settings, payload: payload)
  }

  static let settingsAcknowledgement = ScriptedFrame(kind: Kind.settings, flags: endOrAck)

  static func reset(_ stream: Int32, _ code: UInt32) -> ScriptedFrame {
    ScriptedFrame(kind: Kind.resetStream, stream: stream, payload: code.octets)
  }

  static func goAway(_ lastStream: Int32, _ code: UInt32) -> ScriptedFrame {
    ScriptedFrame(kind: Kind.goAway, payload: UInt32(bitPattern: lastStream).octets + code.octets)
  }

  static func windowUpdate(_ stream: Int32, _ increment: UInt32) -> ScriptedFrame {
    ScriptedFrame(kind: Kind.windowUpdate, stream: stream, payload: increment.octets)
  }

  /// An empty message, with gRPC's prefix.
  static func message(_ stream: Int32, endsStream: Bool = false) -> ScriptedFrame {
    ScriptedFrame(
      kind: Kind.data, flags: endsStream ? endOrAck : 0, stream: stream, payload: [0, 0, 0, 0, 0])
  }

  static func responseHeaders(_ stream: Int32) -> ScriptedFrame {
    ScriptedFrame(kind: Kind.headers, flags: endHeaders, stream: stream, payload: response)
  }

  static func trailers(_ stream: Int32, _ code: StatusCode) -> ScriptedFrame {
    ScriptedFrame(
      kind: Kind.headers, flags: endHeaders | endOrAck, stream: stream, payload: status(code))
  }

  static func trailersOnly(_ stream: Int32, _ code: StatusCode) -> ScriptedFrame {
    ScriptedFrame(
      kind: Kind.headers, flags: endHeaders | endOrAck, stream: stream,
      payload: response + status(code))
  }

  /// A proxy's answer, which is none of gRPC.
  static func badGateway(_ stream: Int32) -> ScriptedFrame {
    ScriptedFrame(
      kind: Kind.headers, flags: endHeaders | endOrAck, stream: stream,
      payload: [0x08, 3] + Array("502".utf8))
  }

  /// `:status` 200 of HPACK's static table, and content-type as a literal that is not indexed.
  private static let response: [UInt8] =
    [0x88, 0x0f, 0x10, 16] + Array("application/grpc".utf8)

  private static func status(_ code: StatusCode) -> [UInt8] {
    let text = Array(String(code.rawValue).utf8)
    return [0x00, 11] + Array("grpc-status".utf8) + [UInt8(text.count)] + text
  }
}
