import FoundationEssentials
import GRPCCall
import Testing

/// What a server says to a client, right or wrong, and what has to come of the client's call: an entry
/// of a table in Tests/Interop/answers, which grpcio's client is tried with too.
struct AnswerCase: Decodable, Sendable, CustomTestStringConvertible {
  enum Connection: String, Decodable, Sendable {
    /// The next call goes over the same connection.
    case kept
    /// The next call takes another.
    case replaced
  }

  var name: String
  /// What the server does on its first connection; on others it is a good server.
  var steps: [String]
  /// The name of the status that the call ends with.
  var ends: String
  /// Words that the status's message has to have.
  var says: String?
  var then: Connection
  /// How often the server has seen the call's request; 1 unless said otherwise.
  var requests: Int?
  /// How many messages a streamed answer has given; the answer is unary without it.
  var messages: Int?
  /// The call's deadline, in milliseconds; none that matters without it.
  var deadline: Int?
  /// False where the first connection can serve no other call, and the client cannot know.
  var next: Bool?
  /// Whether the channel asks a silent server with PING.
  var keepalive: Bool?

  var testDescription: String { name }

  var code: StatusCode? { StatusCode(name: ends) }
}

/// A file of cases about one subject.
struct AnswerTable: Decodable, Sendable, CustomTestStringConvertible {
  var title: String
  var cases: [AnswerCase]

  var testDescription: String { title }

  /// Every table there is.
  static let all: [AnswerTable] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Interop/answers")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { $0.hasSuffix(".json") }.map { name in
      do {
        let data = try Data(contentsOf: folder.appending(path: name))
        return try JSONDecoder().decode(AnswerTable.self, from: data)
      } catch {
        // A table without a case fails.
        return AnswerTable(title: "\(name): \(error)", cases: [])
      }
    }
  }()
}
