import GRPCCall

/// The five bytes before each gRPC message (gRPC over HTTP/2, Length-Prefixed-Message).
package enum GRPCPrefix {
  /// A message behind its prefix, not compressed; nil if it is too long for one.
  package static func add(_ message: [UInt8]) -> [UInt8]? {
    var framed = [UInt8](repeating: 0, count: MessageFraming.prefixSize) + message
    return MessageFraming.writePrefix(into: &framed) ? framed : nil
  }

  /// Messages without their prefixes, one after the other; nil if the bytes are anything else.
  package static func remove(_ bytes: [UInt8]) -> [UInt8]? {
    var messages: [UInt8] = []
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= MessageAssembler.prefix, bytes[position] <= 1 else {
        return nil
      }
      let start = position + MessageAssembler.prefix
      let length = Int(bytes.span.number(at: position + 1, 4))
      guard length <= bytes.count - start else { return nil }
      messages += bytes[start..<(start + length)]
      position = start + length
    }
    return messages
  }
}
