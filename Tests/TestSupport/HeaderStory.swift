import Foundation

/// Header blocks of one sender that share one HPACK context, from Fixtures/hpack.
package struct HeaderStory: Decodable, Sendable {
  package struct Case: Decodable, Sendable {
    package var seqno: Int
    /// What the receiver allows from this block on.
    package var headerTableSize: Int
    package var stream: Int32
    /// Whether END_STREAM goes with it.
    package var ends: Bool
    /// Which fields are literals that are never indexed.
    package var neverIndexed: [Int]?
    package var wire: String
    private var headers: [[String: String]]

    enum CodingKeys: String, CodingKey {
      case seqno, stream, ends, wire, headers
      case headerTableSize = "header_table_size"
      case neverIndexed = "never_indexed"
    }

    /// The fields, as `name: value`.
    package var fields: [String] {
      headers.flatMap { $0.map { "\($0.key): \($0.value)" } }
    }
  }

  package var description: String
  /// `client` or `server`.
  package var sender: String
  package var cases: [Case]

  /// All stories, by the names of their files.
  package static let names: [String] = {
    let folder = fixture("hpack")
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.contains("/story_") && $0.hasSuffix(".json") }.sorted()
  }()

  package init(_ name: String) throws {
    self = try JSONDecoder().decode(
      HeaderStory.self, from: Data(contentsOf: fixture("hpack").appending(path: name)))
  }
}
