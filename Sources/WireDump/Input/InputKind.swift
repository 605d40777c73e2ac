package import WireCaptureModel

/// What a file of bytes is, told by its first bytes.
package enum InputKind: Sendable, Equatable {
  /// One direction of an HTTP/2 connection.
  case http2(CaptureDirection)
  /// gRPC messages behind their prefixes.
  case framed
  /// One protobuf message.
  case protobuf

  /// - Parameter isWhole: whether the bytes are all there are, and not only the first of them.
  package static func detect(_ bytes: Span<UInt8>, isWhole: Bool = true) -> InputKind {
    if isPreface(bytes) { return .http2(.clientToServer) }
    guard isWhole else { return detect(beginning: bytes) }
    if isFramed(bytes) { return .framed }
    if FrameScanner.isChain(bytes, at: 0) { return .http2(direction(bytes)) }
    if MessageProbe(bytes, 0..<bytes.count).isMessage { return .protobuf }
    return searched(bytes)
  }

  /// Whether the bytes begin as a client's do, or are the beginning of that.
  package static func isPreface(_ bytes: Span<UInt8>) -> Bool {
    let preface = FrameScanner.preface
    let count = min(preface.count, bytes.count)
    return count >= 3 && bytes.bytes(0..<count).elementsEqual(preface.prefix(count))
  }

  /// Of a large input, many frames in a row are more telling than many prefixes: these begin alike.
  private static func detect(beginning bytes: Span<UInt8>) -> InputKind {
    var position = 0
    var frames = 0
    while frames < 8, FrameScanner.isChain(bytes, at: position) {
      position += FrameHeader.size + FrameHeader(bytes, at: position).length
      frames += 1
    }
    if frames == 8 { return .http2(direction(bytes)) }
    if isFramed(bytes, isWhole: false) { return .framed }
    return frames > 0 ? .http2(direction(bytes)) : searched(bytes)
  }

  private static func searched(_ bytes: Span<UInt8>) -> InputKind {
    if let start = FrameScanner.resynchronise(bytes, from: 0), bytes.count - start > 64 {
      return .http2(direction(bytes))
    }
    return .protobuf
  }

  /// Whether prefixes and messages fill all of the bytes; the last message may go on if more follow.
  private static func isFramed(_ bytes: Span<UInt8>, isWhole: Bool = true) -> Bool {
    var position = 0
    while bytes.count - position >= MessageAssembler.prefix, bytes[position] <= 1 {
      position += MessageAssembler.prefix + Int(bytes.number(at: position + 1, 4))
      if position == bytes.count { return true }
    }
    return !isWhole && position > 0 && bytes.count - position < MessageAssembler.prefix
  }

  /// Who sent frames: a server begins with SETTINGS; in the middle of a connection, a client's header
  /// blocks have a method in them.
  private static func direction(_ bytes: Span<UInt8>) -> CaptureDirection {
    var position = FrameScanner.resynchronise(bytes, from: 0) ?? 0
    while position + FrameHeader.size < bytes.count {
      let header = FrameHeader(bytes, at: position)
      let start = position + FrameHeader.size
      let end = min(bytes.count, start + header.length)
      if header.type == .headers {
        let block = bytes.bytes(start..<end)
        if block.contains(0x83) || block.contains(0x82) { return .clientToServer }
        return .serverToClient
      }
      position = end
    }
    return .serverToClient
  }
}

extension InputKind {
  /// Whether bytes begin with HTTP/2's preface, which only clients send.
  package static func isClientStart(_ bytes: Span<UInt8>) -> Bool {
    let preface = FrameScanner.preface
    return bytes.count >= preface.count
      && bytes.bytes(0..<preface.count).elementsEqual(preface)
  }
}
