import FoundationEssentials

/// The vectors of `Fixtures/credentials/token-vectors.json`; its README tells what the members mean.
struct CredentialVector: Decodable, Sendable, CustomStringConvertible {
  struct Expectation: Decodable, Sendable {
    let ok: Bool
    let auth_token: String?
    let endpoints: [String: String]?
    let error: String?
    let message_like: String?
  }

  let id: String
  let kind: String
  let token: String
  let endpoint: String?
  let override: [String: String]?
  let expect: Expectation

  var description: String { id }

  static func load() throws -> [CredentialVector] {
    struct File: Decodable { let vectors: [CredentialVector] }
    let url = Fixtures.url("credentials/token-vectors.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).vectors
  }
}

/// Finds fixtures from where this source file lies.
enum Fixtures {
  static func url(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures").appending(path: path)
  }
}
