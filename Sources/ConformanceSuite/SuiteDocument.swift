/// A file of a suite: cases that belong together, as data that any program can read.
/// `Fixtures/README.md` says what each member means.
package struct SuiteDocument: Decodable, Sendable {
  /// The first part of each case's name.
  package var set: String
  package var title: String
  /// Expectations that several cases share, by the names by which they call them.
  var expectations: [String: Expectation]?
  /// What gets the credentials that cases need.
  package var prepare: [ConformanceCase]?
  package var cases: [ConformanceCase]
}

/// One rule tried at a server: requests, and what has to come of each.
package struct ConformanceCase: Decodable, Sendable {
  package enum Level: String, Decodable, Sendable { case required, recommended }

  /// Where the rule stands, and what it says in short.
  package struct Rule: Decodable, Sendable {
    package var source: String
    package var says: String
  }

  /// Of the form `set/what`.
  package var name: String
  package var title: String
  package var level: Level
  package var rule: Rule
  /// The values that its requests are made with.
  package var needs: [String]
  /// Of a preparation: the value that it gets.
  package var provides: String?
  package var steps: [Step]
}

/// A request and what has to come of it.
package struct Step: Decodable, Sendable {
  /// Seconds to let pass before the request.
  var wait: Double?
  var request: CaseRequest
  var expect: Expected
  /// Values for later steps: by name, the path of field numbers in the last message.
  var keep: [String: [UInt32]]?
}

/// What is sent: by default the header fields of a gRPC call, and END_STREAM behind the body.
struct CaseRequest: Decodable, Sendable {
  var method: String?
  var path: String
  /// Names of the default fields that are left out.
  var without: [String]?
  /// Fields that come behind the default ones, in order.
  var with: [Field]?
  var body: [BytePiece]
  var ends: Bool?

  struct Field: Decodable, Sendable {
    var name: String
    var value: String
    /// How often the value is repeated, without anything between.
    var times: Int?
  }
}

/// An expectation, or the name of one that the document shares.
enum Expected: Decodable, Sendable {
  case shared(String)
  case own(Expectation)

  init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self = .shared(name)
    } else {
      self = .own(try Expectation(from: decoder))
    }
  }
}

/// Why a suite cannot be used as it is.
package struct SuiteError: Error, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}
