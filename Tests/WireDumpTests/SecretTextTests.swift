import GRPCCall
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

/// Credentials that stand within something else.
@Suite struct SecretTextTests {
  private static let signature = "c3ludGhldGljLXNpZ25hdHVyZQ"
  private static let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeW50aGV0aWMifQ." + signature

  /// Texts that hold the signature.
  private static let texts = [
    token, "no such token: \(token).", "tried <\(token)> twice", "Authorization: Bearer \(token)",
    "{\"api_key\":\"\(signature)\"}", "{\\\"refresh_token\\\": \\\"\(signature)\\\"}",
    "?a=b&token=\(signature)&c", "auth_token: \(signature)",
    "%7B%22api_key%22%3A%22\(signature)%22",
    "Bearer \(signature) is not known",
  ]

  private func outputs(_ bytes: [UInt8], _ direction: CaptureDirection) throws -> [String] {
    let schema = try DumpContext.testing().schema
    let context = DumpContext(
      schema: schema, redactor: Redactor { Array($0.reversed()).map { $0 ^ 0x55 } },
      showsTables: true)
    return [
      TextOutput(verbose: true).text(bytes, direction, context),
      TextOutput(oneLine: true).text(bytes, direction, context),
      HexOutput().text(bytes, direction, context), JSONOutput().text(bytes, direction, context),
      ProtoscopeOutput(schema: schema, verbose: true).text(bytes, direction, context),
      VerifyOutput(JSONOutput(), context, style: .json, listsAll: true)
        .text(bytes, direction, context),
      WaterfallOutput(.svg).text(bytes, direction, context),
      WaterfallOutput(.text(columns: 200)).text(bytes, direction, context),
    ]
  }

  private func shows(_ text: String) -> Bool {
    let dumped = shownBytes(text)?.sorted { $0.key < $1.key }.map(\.value) ?? []
    return text.contains(Self.signature) || text.contains(hex(Array(Self.signature.utf8)))
      || String(decoding: dumped, as: UTF8.self).contains(Self.signature)
  }

  private func expectHidden(
    _ bytes: [UInt8], _ direction: CaptureDirection, at location: SourceLocation = #_sourceLocation
  ) throws {
    for text in try outputs(bytes, direction) {
      #expect(!shows(text), "\(text)", sourceLocation: location)
    }
  }

  @Test(arguments: texts) func aPeersTextDoesNotShowACredentialInIt(text: String) throws {
    let server = Frames.settings
    let code: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0xb]
    try expectHidden(server + Frames.frame(7, code + Array(text.utf8)), .serverToClient)
    try expectHidden(server + Frames.frame(10, [0, 0] + Array(text.utf8)), .serverToClient)
    try expectHidden(server + Frames.frame(0xee, Array(text.utf8)), .serverToClient)
    try expectHidden(server + Frames.frame(6, Array(text.utf8)), .serverToClient)
    let message = Frames.response(Frames.field("grpc-message", text))
    try expectHidden(server + message, .serverToClient)
    // Base64 of it, as it is in grpc-status-details-bin.
    let details = Base64.encode(Frames.text(2, text))
    let trailers = Frames.response(Frames.field("grpc-status-details-bin", details))
    try expectHidden(server + trailers, .serverToClient)
  }

  @Test(arguments: texts) func aClientsTextDoesNotShowACredentialInIt(text: String) throws {
    let client = Frames.preface + Frames.settings
    try expectHidden(client + Frames.request("/a.B/C/" + text), .clientToServer)
    let body = Frames.frame(0, flags: 1, stream: 1, Frames.message(Frames.text(1, text)))
    try expectHidden(client + Frames.request("/a.B/C") + body, .clientToServer)
    let padding = Array(text.utf8)
    let padded = Frames.frame(
      0, flags: 9, stream: 1, [UInt8(padding.count)] + Frames.message([8, 1]) + padding)
    try expectHidden(client + Frames.request("/a.B/C") + padded, .clientToServer)
  }

  @Test(
    arguments: [
      "token: expired", "the api_key is not valid", "a=b", "Bearer is missing", "x: 1",
      "eyJ is how a token begins", "/auth.Auth/Login?page=1", "token=",
    ])
  func anOrdinaryTextIsShown(text: String) throws {
    #expect(!SecretText.holds(Array(text.utf8), Redactor { $0 }))
  }

  @Test func whatIsPercentEncodedIsFoundBesideBytesThatAreNoText() {
    let redactor = Redactor { $0 }
    let encoded = Array("x-api-key%3A%20abcdefghijklmnopqrst".utf8)
    #expect(SecretText.holds(encoded, redactor))
    #expect(SecretText.holds([0xff, 0x25, 0x00] + encoded + [0x00, 0xff], redactor))
    #expect(!SecretText.holds([0xff, 0x00] + Array("%41%42 and nothing else".utf8), redactor))
  }
}
