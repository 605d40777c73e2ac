package import MomentoAuth

/// A JSON object whose members keep their order.
package struct JSONObject: CustomStringConvertible {
  private var members: [String] = []

  package init() {}

  package mutating func add(_ name: String, _ value: JSONValue) {
    members.append("\(JSONValue.string(name)):\(value)")
  }

  package mutating func add(_ name: String, _ text: String) { add(name, .string(text)) }

  package mutating func add(_ name: String, _ flag: Bool) { add(name, .bool(flag)) }

  /// Numbers beyond 2^63 are no times and no sizes; they are written as the largest there is.
  package mutating func add(_ name: String, _ number: UInt64) {
    add(name, .integer(Int64(clamping: number)))
  }

  package mutating func add(_ name: String, _ object: JSONObject) {
    members.append("\(JSONValue.string(name)):\(object)")
  }

  /// One line.
  package var description: String { "{\(members.joined(separator: ","))}" }
}
