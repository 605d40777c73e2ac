import Foundation
import MomentoAuth
import TLSSession
import Testing

@Suite("Secrets are compared")
struct ConstantTimeTests {
  @Test("by one function, which OpenSSL has for it")
  func oneFunction() throws {
    let users = try sources().filter { $0.text.contains("constantTimeEqual(") }.map(\.name)
    #expect(users.sorted() == ["Crypto.swift", "Secret.swift", "TokenMint.swift"])
    let makers = try sources().filter { $0.text.contains("CRYPTO_memcmp") }.map(\.name)
    #expect(makers == ["Crypto.swift"])
  }

  /// What a service is shown: elsewhere, a name such as these is compared with nothing, or is no secret.
  @Test("nowhere with an operator, where a stranger's text is one of the two")
  func noOperator() throws {
    let compares =
      /(?i)(token|secret|password|signature|apiKey|credential|mac|hash)\)? (==|!=) (?!nil)/
    let found = try sources().filter {
      $0.folder == "MomentoAuthService" || $0.folder == "HTTPServer"
    }
    .flatMap { source in
      source.text.split(separator: "\n").filter { $0.contains(compares) }
        .map { "\(source.name): \($0)" }
    }
    #expect(found == [])
  }

  @Test(
    "and are equal when every byte is",
    arguments: [("", "", true), ("a", "", false), ("abc", "abd", false), ("abc", "abc", true)])
  func equality(_ left: String, _ right: String, _ isEqual: Bool) {
    #expect(Crypto.constantTimeEqual(Array(left.utf8), Array(right.utf8)) == isEqual)
    #expect((Secret(left) == Secret(right)) == isEqual)
  }

  private struct Source {
    var folder: String
    var name: String
    var text: String
  }

  private func sources() throws -> [Source] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
      .map { file in
        let path = file.pathComponents.dropFirst(root.pathComponents.count)
        return Source(
          folder: path.first ?? "", name: file.lastPathComponent,
          text: try String(contentsOf: file, encoding: .utf8))
      }
  }
}
