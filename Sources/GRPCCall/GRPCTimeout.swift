/// The value of `grpc-timeout`: one to eight digits and a unit (gRPC over HTTP/2, Timeout).
package enum GRPCTimeout {
  /// Encodes a duration in the largest unit that keeps it exact; one that no unit keeps within
  /// eight digits is rounded up, so that the server does not give up before the client.
  ///
  /// What has passed already becomes one nanosecond: the specification has no zero.
  package static func encode(_ duration: Duration) -> String {
    var value = max(duration.wholeNanoseconds, 1)
    var unit = 0
    while unit < units.count - 1 {
      let factor = units[unit].toNext
      if value > maximum {
        value = value / factor + (value % factor == 0 ? 0 : 1)
      } else if value % factor == 0 {
        value /= factor
      } else {
        break
      }
      unit += 1
    }
    return String(value) + units[unit].letter
  }

  /// Parses strictly; nil for anything but one to eight digits and a unit.
  package static func parse(_ text: Span<UInt8>) -> Duration? {
    guard 2...9 ~= text.count, let value = text.extracting(0..<(text.count - 1)).decimal else {
      return nil
    }
    switch text[text.count - 1] {
    case UInt8(ascii: "H"): return .seconds(value * 3600)
    case UInt8(ascii: "M"): return .seconds(value * 60)
    case UInt8(ascii: "S"): return .seconds(value)
    case UInt8(ascii: "m"): return .milliseconds(value)
    case UInt8(ascii: "u"): return .microseconds(value)
    case UInt8(ascii: "n"): return .nanoseconds(value)
    default: return nil
    }
  }

  private static let maximum: UInt64 = 99_999_999
  private static let units: [(letter: String, toNext: UInt64)] = [
    ("n", 1000), ("u", 1000), ("m", 1000), ("S", 60), ("M", 60), ("H", 1),
  ]
}
