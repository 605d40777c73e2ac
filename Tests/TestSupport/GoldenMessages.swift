package import FoundationEssentials

/// Finds fixtures from where this source file lies.
package func fixture(_ path: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures").appending(path: path)
}

/// A message of Fixtures/messages that must be read.
package struct GoldenMessage: Decodable, Sendable {
  package var name: String
  package var message: String
  package var size: Int
  package var sha256: String
  /// What is written after reading, in hexadecimal digits; nil if it is the file itself.
  package var canonical: String?
  /// The lengths at which the message, cut off, is still a message.
  package var acceptedPrefixes: [Int]
  package var json: JSONValue
  package var note: String

  private enum CodingKeys: String, CodingKey {
    case name, message, size, sha256, canonical, json, note
    case acceptedPrefixes = "accepted_prefixes"
  }

  /// The content of the file.
  package func bytes(in folder: String = "messages") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: fixture("\(folder)/\(name).bin")))
  }
}

/// A message of Fixtures/messages/bad that must be refused.
package struct BadMessage: Decodable, Sendable {
  package var name: String
  package var message: String
  package var size: Int
  package var sha256: String
  package var error: String

  /// The content of the file.
  package func bytes(in folder: String = "messages") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: fixture("\(folder)/bad/\(name).bin")))
  }
}

/// What Fixtures/messages/manifest.json lists.
package struct GoldenManifest: Decodable, Sendable {
  package var golden: [GoldenMessage]
  package var bad: [BadMessage]

  /// The manifest; without entries if it cannot be read, which a test notices by their number.
  package static let shared = GoldenManifest(of: "messages")

  /// The manifest of a folder of Fixtures; without entries if it cannot be read.
  package init(of folder: String) {
    guard let data = try? Data(contentsOf: fixture("\(folder)/manifest.json")),
      let manifest = try? JSONDecoder().decode(GoldenManifest.self, from: data)
    else {
      (golden, bad) = ([], [])
      return
    }
    self = manifest
  }
}
