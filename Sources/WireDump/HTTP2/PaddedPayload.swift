/// The padding of DATA, HEADERS and PUSH_PROMISE (RFC 9113 §6.1).
enum PaddedPayload {
  /// Adds the items of the padding and of a priority to a frame.
  ///
  /// - Returns: what is left of the payload for the content.
  static func strip(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, reveals: Bool
  ) -> (content: Range<Int>, padding: Item?) {
    var start = FrameHeader.size
    var end = bytes.count
    var padding: Item?
    if header.has(8), header.type != .continuation, start < end {
      let count = Int(bytes[start])
      var length = FramePayload.part(
        "pad length", start..<(start + 1), "pad length \(count)")
      length.add("value", count)
      item.children.append(length)
      start += 1
      if count > end - start {
        item.violate(
          start - 1, "\(item.kind) padding \(count) ≥ payload \(header.length)",
          header.type?.section ?? "", .protocolError)
      } else if count > 0 {
        end -= count
        padding = FramePayload.part("padding", end..<(end + count), "\(count) bytes of padding")
        if bytes.bytes(end..<(end + count)).contains(where: { $0 != 0 }) {
          // Whatever it is that a sender has left there.
          if !reveals { padding?.secret = end..<(end + count) }
          padding?.violate(end, "padding is not zero", "RFC 9113 §6.1", .protocolError)
        }
      }
    } else if header.has(8), header.type != .continuation {
      item.violate(0, "PADDED and no payload", header.type?.section ?? "", .frameSizeError)
    }
    if header.type == .headers, header.has(0x20) {
      if end - start >= 5 {
        FramePayload.priority(&item, header, bytes, start..<(start + 5))
        start += 5
      } else {
        item.violate(start, "PRIORITY and no room for it", "RFC 9113 §6.2", .frameSizeError)
      }
    }
    return (start..<end, padding)
  }
}
