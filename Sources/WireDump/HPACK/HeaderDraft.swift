import GRPCCall

/// What is told of a header field, while it is found out.
struct HeaderDraft {
  let name: String
  let line: [UInt8]
  var isSecret = false
  var members: [(name: StaticString, value: ItemValue)] = []
  var notes: [String] = []
  var faults: [HeaderText.Fault] = []

  /// - Parameter value: as it is shown.
  init(_ name: String, _ value: String) {
    self.name = name
    line = Array("\(name.visible): \(value)".utf8)
  }

  private mutating func add(_ name: StaticString, _ text: String) {
    members.append((name, .text(text)))
  }

  mutating func checkName() {
    if name.utf8.contains(where: { 0x41...0x5a ~= $0 }) {
      faults.append(
        ("field name \"\(name.visible)\" has capitals", "RFC 9113 §8.2.1", .protocolError))
    }
    if ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
      .contains(name)
    {
      faults.append(("\(name) is a field of HTTP/1.1", "RFC 9113 §8.2.2", .protocolError))
    }
  }

  /// What gRPC puts into a field.
  mutating func explain(_ value: [UInt8]) {
    switch name {
    case "grpc-status":
      guard let number = Int(String(decoding: value, as: UTF8.self)) else { return }
      let code = StatusCode(rawValue: number)?.name ?? "not defined: UNKNOWN"
      notes.append(code)
      add("status", code)
    case "grpc-message":
      let message = PercentEncoding.decode(value.span)
      guard !message.utf8.elementsEqual(value) else { return }
      notes.append("decoded: \(message.quoted())")
      add("decoded", message)
    case "grpc-timeout":
      if let timeout = GRPCTimeout.parse(value.span) {
        notes.append("\(timeout)")
        add("timeout", "\(timeout)")
      } else {
        faults.append(
          ("grpc-timeout is not 1 to 8 digits and a unit", "gRPC PROTOCOL-HTTP2 Timeout", nil))
      }
    default:
      if name.hasSuffix("-bin") { explainBinary(value) }
    }
  }

  /// Binary metadata: Base64, or after a zero byte as it is between peers of grpc-core.
  private mutating func explainBinary(_ value: [UInt8]) {
    let isRaw = value.first == 0
    let decoded = isRaw ? [Array(value.dropFirst())] : Base64.decodeList(value.span)
    guard let decoded else {
      faults.append(("the value is not Base64", "gRPC PROTOCOL-HTTP2 Binary-Header", nil))
      return
    }
    add("encoding", isRaw ? "true binary" : "base64")
    for bytes in decoded {
      let text =
        TextProbe.isText(bytes.span, bytes.indices) && !bytes.isEmpty
        ? " = \(String(decoding: bytes, as: UTF8.self).quoted())" : ""
      notes.append("\(isRaw ? "true binary" : "base64"): `\(Hex.text(bytes))`\(text)")
      add("bytes", Hex.text(bytes))
    }
  }
}
