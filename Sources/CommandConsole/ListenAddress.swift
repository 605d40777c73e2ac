/// An address of this machine to listen on.
package struct ListenAddress: Equatable {
  /// As it was written, without brackets.
  package var name: String
  /// Numeric, without brackets.
  package var host: String
  /// 0 lets the system choose.
  package var port: Int

  /// Reads `127.0.0.1:8080`, `[::1]:0`, `localhost:8080`; nil for anything else.
  package init?(parsing text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let port = UInt16(digits)
    else { return nil }
    self.port = Int(port)
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    name = String(host)
    self.host = host == "localhost" ? "127.0.0.1" : String(host)
  }
}
