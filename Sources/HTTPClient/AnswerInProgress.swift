/// What has come of an answer, within bounds.
struct AnswerInProgress {
  /// The longest body to take.
  var mostBytes = 0
  private(set) var status = 0
  private(set) var fields: [HTTPField] = []
  private(set) var body: [UInt8] = []
  /// Whether more came than the bounds allow.
  private(set) var isTooLong = false
  private var headerBytes = 0
  private var isHeaderComplete = false

  /// The longest header section to take.
  static let mostHeaderBytes = 65_536

  /// Takes a part of the body.
  ///
  /// - Returns: whether there was room for it.
  mutating func appendBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= mostBytes - body.count else {
      isTooLong = true
      return false
    }
    unsafe body.append(contentsOf: bytes)
    return true
  }

  /// Takes a line of the header section: the status line, a field, or the empty one at the end.
  ///
  /// - Returns: whether there was room for it.
  mutating func appendLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Self.mostHeaderBytes else {
      isTooLong = true
      return false
    }
    let line = unsafe String(decoding: bytes, as: UTF8.self)
    let text = HTTPRequestRules.trimmed(line)
    if line.hasPrefix("HTTP/") {
      // A new status line puts an end to an interim answer (RFC 9110 §15.2).
      status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      fields = []
      isHeaderComplete = false
    } else if text.isEmpty {
      isHeaderComplete = true
    } else if !isHeaderComplete, let colon = text.firstIndex(of: ":") {
      // What comes after the body (RFC 9112 §7.1.2) is not taken for a field.
      fields.append(
        HTTPField(
          String(text[..<colon]),
          HTTPRequestRules.trimmed(String(text[text.index(after: colon)...]))))
    }
    return true
  }
}
