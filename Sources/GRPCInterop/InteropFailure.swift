/// What a test case found to be otherwise than it should.
package struct InteropFailure: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

func expect<Value: Equatable>(
  _ value: Value, _ expected: Value, _ what: String
) throws(InteropFailure) {
  guard value == expected else {
    throw InteropFailure("\(what): \(value), and not \(expected)")
  }
}
