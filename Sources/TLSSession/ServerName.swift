import COpenSSL

/// The name by which a server is known to its certificate: a DNS name or an IP address.
enum ServerName: Equatable, Sendable, CustomStringConvertible {
  case dns(String)
  case address(String)

  /// Checks the form, because OpenSSL gives some forms a meaning of their own: a leading dot
  /// would match every name below the domain. A final dot is dropped (RFC 6066 §3).
  init(_ text: String) throws(TLSError) {
    let withoutZone = String(text.prefix { $0 != "%" })
    if ServerName.isAddress(withoutZone) {
      self = .address(withoutZone)
      return
    }
    let name = text.hasSuffix(".") ? String(text.dropLast()) : text
    guard ServerName.isDNSName(name) else {
      throw TLSError(
        phase: .configuration,
        summary: """
          "\(printable(text, limit: 260))" is neither a DNS name nor an IP address; give the host \
          alone, without scheme, port or brackets (an international name in its xn-- form)
          """)
    }
    self = .dns(name)
  }

  var description: String {
    switch self {
    case .dns(let name): name
    case .address(let address): address
    }
  }

  static func isAddress(_ text: String) -> Bool {
    guard !text.utf8.contains(0) else { return false }
    let octets = unsafe a2i_IPADDRESS(text)
    unsafe ASN1_OCTET_STRING_free(octets)
    OpenSSLError.clearQueue()
    return unsafe octets != nil
  }

  static func isDNSName(_ name: String) -> Bool {
    name.utf8.count <= 253
      && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        .allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count) && label.allSatisfy(isLabelByte)
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
