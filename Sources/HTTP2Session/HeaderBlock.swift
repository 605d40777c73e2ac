/// A header list to send, flat in memory: one buffer of bytes, and where each field lies in it.
///
/// It is built once for what is the same in every call, and sent any number of times.
package struct HeaderBlock: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    package var name: ByteRange
    package var value: ByteRange
    /// Literal never indexed (RFC 7541 §6.2.3): no hop may put the value into a table.
    package var isNeverIndexed: Bool
  }

  package private(set) var bytes: [UInt8] = []
  package private(set) var fields: [Field] = []

  package init() {}

  package init(_ pairs: KeyValuePairs<String, String>) {
    for (name, value) in pairs { append(name: name, value: value) }
  }

  /// Adds a field. The name must be in lower case (RFC 9113 §8.2.1).
  package mutating func append(name: String, value: String, isNeverIndexed: Bool = false) {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    let middle = bytes.count
    bytes.append(contentsOf: value.utf8)
    fields.append(
      Field(
        name: ByteRange(offset: start, count: middle - start),
        value: ByteRange(offset: middle, count: bytes.count - middle),
        isNeverIndexed: isNeverIndexed))
  }

  /// The fields as text, for tests and traces.
  package var pairs: [(name: String, value: String)] {
    fields.map {
      (
        String(decoding: bytes[$0.name.indices], as: UTF8.self),
        String(decoding: bytes[$0.value.indices], as: UTF8.self)
      )
    }
  }
}
