import AWSSecretStore
import HTTPServer
import SecretStores

@testable import RotationService

/// What comes to the small HTTP server and to the function of AWS Lambda.
enum HTTPTargets {
  /// What is read of a connection.
  private struct Reading: Equatable {
    var requests: [[UInt8]] = []
    var refusal: RequestParser.Refusal?
    var owedContinue = 0
  }

  /// Requests are the same, however their bytes come.
  static func requests(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    // In one piece, what stands behind a request may owe "100 Continue" only later.
    let whole = read(bytes, step: max(1, bytes.count))
    let pieces = read(bytes, step: 1 + Int(first & 31))
    require(whole.requests == pieces.requests, "the same requests in pieces")
    require(whole.refusal == pieces.refusal, "the same refusal in pieces")
  }

  private static func read(_ bytes: [UInt8], step: Int) -> Reading {
    var parser = RequestParser(mostHeadBytes: 1 << 11, mostBodyBytes: 1 << 10)
    var reading = Reading()
    do {
      for start in stride(from: 0, to: bytes.count, by: step) {
        parser.receive(bytes[start..<min(start + step, bytes.count)])
        while let request = try parser.next() {
          require(request.body.count <= 1 << 10, "a body has a bound")
          require(request.path.hasPrefix("/"), "a path")
          reading.requests.append(
            Array("\(request.method) \(request.path) \(request.query) ".utf8) + request.body)
        }
        if parser.takeOwedContinue() { reading.owedContinue += 1 }
      }
    } catch {
      require(400...505 ~= error.status, "a status of an error")
      reading.refusal = error
    }
    return reading
  }

  /// Events of Lambda and notices of Pub/Sub.
  static func events(_ input: [UInt8]) {
    _ = try? LambdaRequest(parsing: input)
    if let event = RotationEvent(parsing: input) {
      require(32...64 ~= event.token.text.utf8.count, "a token's length")
    }
    guard let notice = SecretNotice(parsing: input) else { return }
    for url in urls { _ = notice.concerns(url) }
  }

  private static let urls = [
    "gcp-secretmanager:projects/p/secrets/s", "gcp-secretmanager:projects/1/secrets/s", "file:x",
  ].compactMap { try? StoreURL(parsing: $0) }
}
