import ProtobufSchema

/// Messages behind their five bytes as items.
struct MessageItems {
  let protobuf: ProtobufExplainer

  /// The item of a message, which may be cut off.
  func item(
    _ bytes: Span<UInt8>, _ range: Range<Int>, number: Int, type: MessageDescriptor?,
    isWhole: Bool
  ) -> Item {
    var item = Item(.grpc, "message", range, "gRPC message \(number)")
    item.add("message", number)
    guard range.count >= MessageAssembler.prefix else {
      item.text += ", cut off in its prefix"
      return item
    }
    let flag = bytes[range.lowerBound]
    let length = Int(bytes.number(at: range.lowerBound + 1, 4))
    let body = (range.lowerBound + MessageAssembler.prefix)..<range.upperBound
    item.text +=
      ": \(length) bytes" + (flag == 1 ? ", compressed" : "")
      + (type.map { ", \($0.fullName)" } ?? "")
    item.add("size", length)
    item.add("compressed", .flag(flag == 1))
    if let type { item.add("type", type.fullName) }
    if body.count < length {
      item.text += isWhole ? "" : ", \(body.count) of them are there"
    }
    if flag > 1 {
      item.violations.append(
        Violation(
          range.lowerBound, "compressed flag \(flag)", "gRPC PROTOCOL-HTTP2 Compressed-Flag")
      )
    }
    item.children = flag == 0 ? protobuf.explain(bytes, body, type: type) : compressed(body)
    return item
  }

  private func compressed(_ body: Range<Int>) -> [Item] {
    guard !body.isEmpty else { return [] }
    return [hidden(body, "compressed message of \(body.count) bytes")]
  }

  /// Bytes that are not looked into, and may hold credentials.
  func hidden(_ range: Range<Int>, _ text: String) -> Item {
    var item = Item(.raw, "bytes", range, text)
    if !protobuf.redactor.reveals { item.secret = range }
    return item
  }
}
