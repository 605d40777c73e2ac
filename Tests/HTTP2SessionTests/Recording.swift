import FoundationEssentials
import TestSupport
import Testing

/// One of the connections in Fixtures/calls, recorded between a grpcio client and a grpcio server.
struct Recording: Decodable, Sendable, CustomTestStringConvertible {
  struct File: Decodable, Sendable {
    var file: String
    var size: Int
  }

  struct Message: Decodable, Sendable {
    struct Repeated: Decodable, Sendable {
      var hex: String
      var count: Int
    }

    var hex: String
    var repeated: Repeated?

    var bytes: [UInt8] {
      var bytes = TestSupport.hex(hex)
      if let repeated {
        let piece = TestSupport.hex(repeated.hex)
        for _ in 0..<repeated.count { bytes += piece }
      }
      return bytes
    }
  }

  struct Entry: Decodable, Sendable {
    var name: String
    var value: String?
    var base64: String?
  }

  struct Status: Decodable, Sendable {
    var code: Int
    var message: String
    var from: String
  }

  struct Call: Decodable, Sendable {
    var stream: Int32
    var path: String
    var kind: String
    var timeout: String?
    var requestMetadata: [Entry]
    var requestMessages: [Message]
    var initialMetadata: [Entry]
    var responseMessages: [Message]
    var trailers: [Entry]
    var status: Status
  }

  var name: String
  var client: File
  var server: File
  var calls: [Call]

  var testDescription: String { name }

  /// C-core peers may agree on `-bin` values behind a zero byte, which RFC 9113 §8.2.1 forbids. We
  /// never offer it, so a peer of ours never sends it; here it must be refused as malformed.
  var hasRawBinaryRequest: Bool { name == "binary-metadata-raw" }
  var hasRawBinaryResponse: Bool { hasRawBinaryRequest || name == "permission-denied" }

  static let all: [Recording] = {
    struct Manifest: Decodable { var recordings: [Recording] }
    guard let data = try? Data(contentsOf: fixtures("calls/manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.recordings
  }()

  func bytes(of file: File) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Self.fixtures("calls/\(file.file)")))
  }

  private static func fixtures(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures").appending(path: path)
  }
}
