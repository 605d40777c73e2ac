import GRPCCall
import Testing

@Suite("Status codes")
struct StatusCodeTests {
  /// The table of statuscodes.md.
  static let table: [(Int, String)] = [
    (0, "OK"), (1, "CANCELLED"), (2, "UNKNOWN"), (3, "INVALID_ARGUMENT"), (4, "DEADLINE_EXCEEDED"),
    (5, "NOT_FOUND"), (6, "ALREADY_EXISTS"), (7, "PERMISSION_DENIED"), (8, "RESOURCE_EXHAUSTED"),
    (9, "FAILED_PRECONDITION"), (10, "ABORTED"), (11, "OUT_OF_RANGE"), (12, "UNIMPLEMENTED"),
    (13, "INTERNAL"), (14, "UNAVAILABLE"), (15, "DATA_LOSS"), (16, "UNAUTHENTICATED"),
  ]

  @Test("numbers and names are those of the specification", arguments: table)
  func names(number: Int, name: String) {
    #expect(StatusCode(wire: number).name == name)
    #expect(StatusCode(wire: number).rawValue == number)
    #expect(StatusCode(name: name) == StatusCode(rawValue: number))
  }

  @Test("a number that nobody defined is UNKNOWN", arguments: [-1, 17, 99, Int.max])
  func undefined(number: Int) {
    #expect(StatusCode(wire: number) == .unknown)
  }

  @Test("a name that nobody defined is none")
  func undefinedName() {
    #expect(StatusCode(name: "ok") == nil)
    #expect(StatusCode.allCases.count == Self.table.count)
  }

  @Test("a status shows its code, and its message if there is one")
  func description() {
    #expect("\(Status(.notFound, "no such cache"))" == "NOT_FOUND: no such cache")
    #expect("\(Status.ok)" == "OK")
  }

  @Test("a method's path is made of its service and its name")
  func path() {
    let method = MethodDescriptor<Int, Int>(service: "auth.Auth", method: "Login", kind: .unary)
    #expect(method.path == "/auth.Auth/Login")
    #expect(!method.isIdempotent)
  }
}
