import Foundation
import GRPCTransport
import MomentoAuth
import Testing

@testable import MomentoAuthService

@Suite struct KeptFilesTests {
  private let directory = FileManager.default.temporaryDirectory
    .appending(path: "kept-\(UUID().uuidString)")

  private func configuration() throws -> AuthServiceConfiguration {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var configuration = AuthServiceConfiguration()
    configuration.stateFile = directory.appending(path: "state.json").path
    return configuration
  }

  @Test func aServiceThatCannotBeMadeLeavesItsFilesToTheNext() async throws {
    let configuration = try configuration()
    #expect(throws: EmbeddedAuthServiceError.self) {
      _ = try EmbeddedAuthService(
        security: .certificate(chain: "none", privateKey: "none"), configuration: configuration)
    }
    let next = try EmbeddedAuthService(configuration: configuration)
    await next.shutdown()
  }

  @Test func aServiceThatWasClosedLeavesItsFilesToTheNext() async throws {
    let configuration = try configuration()
    for _ in 0..<20 {
      let service = try AuthService(configuration: configuration)
      await service.close()
    }
  }

  @Test func aDescriptionIsCutByItsBytes() throws {
    let claims = TokenClaims(
      sub: "a", jti: "1", iat: 1, exp: nil, kind: .apiKey, scope: .superUser, p: "")
    let text = "a" + String(repeating: "\u{301}", count: 1_000_000)
    let key = IssuedKey(claims, description: text)
    #expect((key.description?.utf8.count ?? 0) <= IssuedKeys.longestText + 6)
  }
}
