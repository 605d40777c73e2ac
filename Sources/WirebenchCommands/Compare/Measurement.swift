import FoundationEssentials
import MomentoAuth

/// A figure that a run of a system may give.
enum Figure: String, CaseIterable, Hashable, Comparable {
  case callsPerSecond
  case p50Microseconds
  case p99Microseconds
  case meanMicroseconds
  case cpuMicrosecondsPerCall
  case allocationsPerCall
  case peakMemoryKB
  case firstResponseMilliseconds
  case errors

  static func < (left: Figure, right: Figure) -> Bool { left.rawValue < right.rawValue }
}

/// What one run of one system gave.
typealias Measurement = [Figure: Double]

/// What programs print about a run, read as figures.
enum MeasurementText {
  /// The line of a peer: `sys=h2cli tls=0 … calls=154112 errs=0 cps=154124 p50us=379.0 …`. The
  /// peer's peak memory is left out: it counts the memory of the process that started it.
  static func peer(_ text: String) -> Measurement? {
    let names: [Substring: Figure] = [
      "cps": .callsPerSecond, "p50us": .p50Microseconds, "p99us": .p99Microseconds,
      "cpu": .cpuMicrosecondsPerCall, "first_ms": .firstResponseMilliseconds, "errs": .errors,
    ]
    var measurement: Measurement = [:]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let figure = names[parts[0]] else { continue }
      measurement[figure] = Double(parts[1])
    }
    // Where one call was all, there is nothing to divide by.
    if measurement[.callsPerSecond] == 0 {
      measurement = measurement.filter { $0.key == .firstResponseMilliseconds || $0.key == .errors }
    }
    return measurement[.firstResponseMilliseconds] == nil ? nil : measurement
  }

  /// What h2load prints. It knows no percentile, only a mean.
  static func h2load(_ text: String) -> Measurement? {
    var measurement: Measurement = [:]
    for line in text.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "," }
      if line.hasPrefix("finished in"), words.count > 3 {
        measurement[.callsPerSecond] = Double(words[3])
      } else if line.hasPrefix("requests:") {
        measurement[.errors] = count(before: "failed", in: words)
      } else if line.hasPrefix("time for request:"), words.count > 5 {
        measurement[.meanMicroseconds] = microseconds(words[5])
      }
    }
    return measurement[.callsPerSecond] == nil || measurement[.errors] == nil ? nil : measurement
  }

  /// What `wirebench call --json` prints.
  static func call(_ text: String) -> Measurement? {
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
    else { return nil }
    var measurement: Measurement = [:]
    for figure in Figure.allCases { measurement[figure] = members[figure.rawValue]?.double }
    return measurement[.firstResponseMilliseconds] == nil ? nil : measurement
  }

  private static func count(before word: Substring, in words: [Substring]) -> Double? {
    words.firstIndex(of: word).flatMap { $0 > 0 ? Double(words[$0 - 1]) : nil }
  }

  /// `708us`, `2.82ms`, `1.02s`.
  private static func microseconds(_ text: Substring) -> Double? {
    for (unit, factor) in [("us", 1.0), ("ms", 1e3), ("s", 1e6)] where text.hasSuffix(unit) {
      return Double(text.dropLast(unit.count)).map { $0 * factor }
    }
    return nil
  }
}

extension JSONValue {
  /// The number, if it is one.
  var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
