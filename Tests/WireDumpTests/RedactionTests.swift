import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct RedactionTests {
  private static let secrets = ["synthetic-session", "synthetic-key"]

  private func outputs(_ bytes: [UInt8], _ direction: CaptureDirection) throws -> [String] {
    let context = try DumpContext.testing()
    return [
      TextOutput(verbose: true).text(bytes, direction, context),
      TextOutput(oneLine: true).text(bytes, direction, context),
      HexOutput().text(bytes, direction, context), JSONOutput().text(bytes, direction, context),
      ProtoscopeOutput(schema: context.schema, verbose: true).text(bytes, direction, context),
      VerifyOutput(JSONOutput(), context, style: .json).text(bytes, direction, context),
    ]
  }

  /// Whether a secret stands in a text, as it is or in hexadecimal digits, with or without spaces.
  private func shows(_ text: String, _ secret: String) -> Bool {
    let digits = hex(Array(secret.utf8))
    let dumped = shownBytes(text)?.sorted { $0.key < $1.key }.map(\.value) ?? []
    return text.contains(secret) || text.contains(digits)
      || String(decoding: dumped, as: UTF8.self).contains(secret)
  }

  @Test(arguments: [CaptureDirection.clientToServer, .serverToClient])
  func noFormOfOutputShowsASecret(direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes("generate-api-token", direction)
    for text in try outputs(bytes, direction) {
      for secret in Self.secrets { #expect(!shows(text, secret)) }
    }
  }

  @Test func noOutputOfACutRecordingShowsASecretOrItsBeginning() throws {
    let bytes = try Recordings.bytes("generate-api-token", .clientToServer)
    for count in stride(from: 1, to: bytes.count, by: 3) {
      for text in try outputs(Array(bytes.prefix(count)), .clientToServer) {
        #expect(!shows(text, "synthetic-s"))
      }
    }
  }

  @Test func revealingShowsTheSecret() throws {
    let bytes = try Recordings.bytes("generate-api-token", .clientToServer)
    let text = TextOutput().text(bytes, .clientToServer, try .testing(reveals: true))
    #expect(text.contains("authorization: synthetic-session"))
  }

  @Test func theSameSecretHasTheSameTag() throws {
    let bytes = try Recordings.bytes("generate-api-token", .clientToServer)
    let text = TextOutput().text(bytes, .clientToServer, try .testing())
    #expect(text.split(separator: "<redacted len=17 sha256:c8462315>").count == 2 + 1)
  }
}
