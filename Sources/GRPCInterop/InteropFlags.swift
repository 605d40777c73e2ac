/// Flags as gRPC's own test programs take them: `--name=value`, `--name value`, or a name alone for
/// true.
package struct InteropFlags: Sendable {
  private var values: [String: String] = [:]

  /// Reads a command line without the program's name.
  ///
  /// - Throws: ``InteropFailure`` for a flag that is not among `known`, or what is no flag.
  package init(_ arguments: [String], known: Set<String>) throws(InteropFailure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let flag = argument.drop { $0 == "-" }
      guard argument.hasPrefix("-"), !flag.isEmpty else {
        throw InteropFailure("'\(argument)' is no flag")
      }
      let name = String(flag.prefix { $0 != "=" })
      guard known.contains(name) else {
        throw InteropFailure(
          "unknown flag '--\(name)'; known: \(known.sorted().joined(separator: ", "))")
      }
      if name.count < flag.count {
        values[name] = String(flag.dropFirst(name.count + 1))
      } else if let next = rest.first, !next.hasPrefix("--") {
        values[name] = next
        rest.removeFirst()
      } else {
        values[name] = "true"
      }
    }
  }

  package func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  package func flag(_ name: String) throws(InteropFailure) -> Bool {
    switch values[name] {
    case nil, "false", "False", "0": return false
    case "true", "True", "1": return true
    case let other?: throw InteropFailure("--\(name) takes true or false, not '\(other)'")
    }
  }

  package func number(_ name: String) throws(InteropFailure) -> Int? {
    guard let text = text(name) else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw InteropFailure("--\(name) takes a number, not '\(text)'")
    }
    return number
  }
}
