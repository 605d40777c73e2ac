import FoundationEssentials
package import MomentoAuth
import TLSSession

/// An object that is known to be whole when it is read again:
/// `{"content":{…},"format":1,"sha256":"…"}`, the hash that of `content` as it is written. What was
/// torn or edited is not taken for what it was.
package enum ChecksummedJSON {
  /// Writes an object.
  package static func encode(_ members: [String: JSONValue]) -> [UInt8] {
    let content = JSONValue.object(members)
    let envelope = JSONValue.object([
      "format": .integer(1), "content": content, "sha256": .string(checksum(content)),
    ])
    return Array(envelope.description.utf8)
  }

  /// The members of the object.
  ///
  /// - Returns: nil for what is none, has another format, or is damaged.
  package static func decode(_ bytes: [UInt8]) -> [String: JSONValue]? {
    guard let envelope = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)),
      envelope["format"] == .integer(1), let content = envelope["content"],
      case .object(let members) = content, envelope["sha256"] == .string(checksum(content))
    else { return nil }
    return members
  }

  private static func checksum(_ content: JSONValue) -> String {
    Hexadecimal.encode(Crypto.sha256(Array(content.description.utf8)))
  }
}
