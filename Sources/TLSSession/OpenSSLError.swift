import COpenSSL

/// One entry of OpenSSL's error queue, copied out. The queue belongs to the thread: it is cleared
/// before each call whose failure matters, and taken whole after the failure.
struct OpenSSLError: Equatable, Sendable, CustomStringConvertible {
  let code: UInt
  let library: String
  let reasonText: String
  let detail: String?

  /// The number of the library, such as `ERR_LIB_SSL`.
  var libraryNumber: Int32 { ERR_GET_LIB(code) }

  /// The number of the reason within the library.
  var reason: Int32 { ERR_GET_REASON(code) }

  /// `SSL routines: certificate verify failed (0A000086)`.
  var description: String {
    let number = String(code, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 8 - number.count)) + number
    return "\(library): \(reasonText)\(detail.map { ": \($0)" } ?? "") (\(padded))"
  }

  func isSSL(_ reason: Int32) -> Bool {
    libraryNumber == ERR_LIB_SSL && self.reason == reason
  }

  static func clearQueue() {
    ERR_clear_error()
  }

  /// All entries, oldest first. The queue is empty afterwards.
  static func takeAll() -> [OpenSSLError] {
    var errors: [OpenSSLError] = []
    while let error = takeOldest() { errors.append(error) }
    return errors
  }

  /// Whether these say no more than that a PEM text has ended.
  static func isEndOfPEM(_ errors: [OpenSSLError]) -> Bool {
    guard let last = errors.last else { return true }
    return last.libraryNumber == ERR_LIB_PEM && last.reason == PEM_R_NO_START_LINE
  }

  private static func takeOldest() -> OpenSSLError? {
    var data: UnsafePointer<CChar>?
    var flags: Int32 = 0
    let code = unsafe ERR_get_error_all(nil, nil, nil, &data, &flags)
    guard code != 0 else { return nil }
    return unsafe OpenSSLError(
      code: code,
      library: text(ERR_lib_error_string(code)) ?? "library \(ERR_GET_LIB(code))",
      reasonText: text(ERR_reason_error_string(code)) ?? "reason \(ERR_GET_REASON(code))",
      detail: flags & ERR_TXT_STRING != 0 ? text(data) : nil)
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    let text = unsafe String(cString: pointer)
    return text.isEmpty ? nil : printable(text, limit: 200)
  }
}

/// `text` cut to `limit` characters, without those that could forge a line of a log or turn its
/// direction around: parts of it may come from the peer.
func printable(_ text: String, limit: Int) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      result += scalar.escaped(asASCII: true)
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? result + "…" : result
}
