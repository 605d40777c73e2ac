import Foundation
import HTTPClient
import MomentoAuth
import Testing

@testable import AWSSecretStore

/// The vectors of Fixtures/rotation/sigv4, made by two official implementations.
@Suite struct SigV4Tests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    var name, method, url, body, region, service: String
    var fields: [String: String]
    var token: String?
    var canonical, stringToSign, signature, querySignature: String
    var testDescription: String { name }

    var request: HTTPRequest {
      HTTPRequest(
        HTTPRequest.Method(rawValue: method) ?? .patch, url,
        fields: fields.map { HTTPField($0.key, $0.value) }, body: Array(body.utf8))
    }
  }

  private struct Document: Decodable {
    var accessKeyID, secretAccessKey: String
    var epochSeconds: UInt64
    var vectors: [Vector]
  }

  private static func document() throws -> Document {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/rotation/sigv4/vectors.json")
    return try JSONDecoder().decode(Document.self, from: Data(contentsOf: url))
  }

  private func signer(_ vector: Vector) throws -> SigV4 {
    let document = try Self.document()
    return SigV4(
      credentials: AWSCredentials(
        accessKeyID: document.accessKeyID, secretAccessKey: Secret(document.secretAccessKey),
        sessionToken: vector.token.map { Secret($0) }),
      region: vector.region, service: vector.service, time: document.epochSeconds)
  }

  @Test(
    "has no target where the URL names no host, or shows a password",
    arguments: ["https://:443", "http://:80/a", "https:///a", "https://u:p@h/", "ftp://h/", "h"])
  func noTarget(_ url: String) { #expect(RequestTarget(url) == nil) }

  @Test func aRequestIsSignedAsTheOfficialClientsSignIt() throws {
    let vectors = try Self.document().vectors
    #expect(vectors.count == 77)
    for vector in vectors {
      let signer = try signer(vector)
      let fields = try #require(signer.signedFields(of: vector.request))
      let authorization = try #require(fields.last?.value)
      #expect(authorization.hasSuffix("Signature=\(vector.signature)"), "\(vector.name)")
      let target = try #require(RequestTarget(vector.url))
      let canonical = signer.canonical(vector.request, target, fields.dropLast())
      #expect(canonical.text == vector.canonical, "\(vector.name)")
      #expect(signer.stringToSign(canonical) == vector.stringToSign, "\(vector.name)")
    }
  }

  @Test func aURLIsSignedAsTheOfficialClientSignsIt() throws {
    for vector in try Self.document().vectors {
      let url = try #require(signer(vector).signedURL(of: vector.request, lifetime: 3600))
      #expect(url.hasSuffix("&X-Amz-Signature=\(vector.querySignature)"), "\(vector.name)")
    }
  }

  @Test func thePublishedSignatureWithASessionTokenIsFound() throws {
    let signer = SigV4(
      credentials: AWSCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        sessionToken: Secret("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")),
      region: "us-east-1", service: "service", time: 1_440_938_160)
    let fields = try #require(
      signer.signedFields(of: HTTPRequest(.get, "https://example.amazonaws.com/")))
    #expect(
      fields.last?.value.hasSuffix(
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8") == true)
  }

  @Test func anEmptySessionTokenIsNotSent() throws {
    let signer = SigV4(
      credentials: AWSCredentials(
        accessKeyID: "A", secretAccessKey: Secret("s"), sessionToken: Secret("")),
      region: "us-east-1", service: "service", time: 0)
    let fields = try #require(signer.signedFields(of: HTTPRequest(.get, "https://host/")))
    #expect(!fields.contains { $0.name == "X-Amz-Security-Token" })
  }

  @Test func nothingOfACredentialIsPrinted() {
    let credentials = AWSCredentials(
      accessKeyID: "AKID", secretAccessKey: Secret("hidden"), sessionToken: Secret("hidden"))
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect(!"\(credentials) \(dumped)".contains("hidden"))
  }
}
