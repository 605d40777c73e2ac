package import Glibc
import LocalFiles
import MomentoAuth

/// A log of one JSON object a line, as log collectors read it:
///
/// ```json
/// {"time":"2026-11-24T07:31:30.482Z","level":"info","message":"rotated","secret":"file:/k","ms":84}
/// ```
///
/// What is logged is chosen field by field, and no field holds a secret.
package struct JSONLog: Sendable {
  /// How much a line matters. Lines below the log's own level are left out.
  package enum Level: Int, Sendable, Comparable {
    case debug, info, warning, error

    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    var name: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  /// A value of a field.
  package enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
  {
    case text(String)
    case number(Int64)
    case flag(Bool)
    /// Whole milliseconds.
    case milliseconds(Duration)

    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral number: Int64) { self = .number(number) }
    package init(booleanLiteral flag: Bool) { self = .flag(flag) }

    var json: JSONValue {
      switch self {
      case .text(let text): .string(text)
      case .number(let number): .integer(number)
      case .flag(let flag): .bool(flag)
      case .milliseconds(let duration): .integer(duration.wholeMilliseconds)
      }
    }
  }

  private let level: Level
  private let now: @Sendable () -> timespec
  private let write: @Sendable ([UInt8]) -> Void

  /// A log that goes to standard error.
  package init(level: Level = .info) {
    self.init(level: level, now: { Self.systemTime() }) { line in
      // There is nobody to tell where even the log cannot be written.
      try? FileText.write(line, to: STDERR_FILENO)
    }
  }

  /// A log that goes wherever lines can be written, each with its line break in one piece.
  package init(
    level: Level = .info, now: @escaping @Sendable () -> timespec,
    write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.level = level
    self.now = now
    self.write = write
  }

  /// Writes a line.
  ///
  /// - Parameter fields: in the order in which they are written; of two of one name the first is
  ///   written, and none of them can stand for `time`, `level` or `message`.
  package func log(
    _ level: Level, _ message: String, _ fields: KeyValuePairs<String, Value?> = [:]
  ) {
    guard level >= self.level else { return }
    var line = LineWriter()
    line.put("time", .string(Self.text(now())))
    line.put("level", .string(level.name))
    line.put("message", .string(message))
    for (name, value) in fields { if let value { line.put(name, value.json) } }
    write(line.bytes)
  }

  private struct LineWriter {
    private var names: Set<String> = []
    private var members: [String] = []

    mutating func put(_ name: String, _ value: JSONValue) {
      guard names.insert(name).inserted else { return }
      members.append("\(JSONValue.string(name)):\(value)")
    }

    var bytes: [UInt8] { Array("{\(members.joined(separator: ","))}\n".utf8) }
  }

  /// This machine's clock.
  package static func systemTime() -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time
  }

  /// `2026-11-24T07:31:30.482Z` (RFC 3339).
  private static func text(_ time: timespec) -> String {
    let seconds = ExpiresAt(epochSeconds: UInt64(max(1, time.tv_sec))).description
    let milliseconds = String(max(0, time.tv_nsec) / 1_000_000 % 1_000)
    let padding = String(repeating: "0", count: 3 - milliseconds.count)
    return "\(seconds.dropLast()).\(padding)\(milliseconds)Z"
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    let (sum, overflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflow || overflows ? (seconds < 0 ? .min : .max) : sum
  }
}
