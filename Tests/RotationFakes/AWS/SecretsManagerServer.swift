internal import HTTPClient
internal import HTTPServer
internal import Locking
internal import MomentoAuth
internal import TLSSession

/// ``SecretsManagerFake`` over HTTP, which also checks each signature: it derives it anew from the
/// bytes that it has received.
package final class SecretsManagerServer: Sendable {
  /// What it does, and what has been asked of it.
  package let fake: SecretsManagerFake
  private let server: HTTPServer

  package init(secretKey: String = "secret") {
    let fake = SecretsManagerFake()
    self.fake = fake
    server = HTTPServer { request in
      guard Signature(of: request, secretKey: secretKey)?.isRight == true else {
        return HTTPAnswer(
          403, Array(#"{"__type":"InvalidSignatureException","message":"no"}"#.utf8))
      }
      do {
        let answer = try await fake.send(
          HTTPRequest(
            .post, "http://localhost/",
            fields: request.fields.map { HTTPField($0.name, $0.value) }, body: request.body))
        return HTTPAnswer(answer.status, answer.body, type: "application/x-amz-json-1.1")
      } catch {
        return .droppedConnection
      }
    }
  }

  /// Begins to listen; the address.
  package func start() throws -> String {
    let (host, port) = try server.start()
    return "http://\(host):\(port)"
  }

  /// Ends.
  package func shutdown() async { await server.shutdown() }
}

/// A signature of version 4 in a request's `Authorization`.
private struct Signature {
  let isRight: Bool

  /// Nil where there is none.
  init?(of request: IncomingRequest, secretKey: String) {
    let words = (request.field("Authorization") ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0] == "AWS4-HMAC-SHA256" else { return nil }
    var parts: [Substring: Substring] = [:]
    for part in words[1].split(separator: ",") {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      parts[pair[0]] = pair[1]
    }
    let scope = (parts["Credential"] ?? "").split(separator: "/").dropFirst()
    guard let names = parts["SignedHeaders"]?.split(separator: ";"), scope.count == 4,
      let given = parts["Signature"], names.contains("host"), names.contains("x-amz-date"),
      names.contains("x-amz-target"), names == names.sorted(),
      let time = request.field("X-Amz-Date"), time.prefix(8) == scope.first
    else { return nil }
    let fields = names.map { "\($0):\(request.field(String($0)) ?? "")\n" }.joined()
    let canonical = [
      request.method, request.path, request.query, fields, names.joined(separator: ";"),
      Hexadecimal.encode(Crypto.sha256(request.body)),
    ].joined(separator: "\n")
    let text = [
      "AWS4-HMAC-SHA256", time, scope.joined(separator: "/"),
      Hexadecimal.encode(Crypto.sha256(Array(canonical.utf8))),
    ].joined(separator: "\n")
    var key = Array("AWS4\(secretKey)".utf8)
    for part in scope { key = Crypto.hmacSHA256(key: key, message: Array(part.utf8)) }
    isRight = Hexadecimal.encode(Crypto.hmacSHA256(key: key, message: Array(text.utf8))) == given
  }
}
