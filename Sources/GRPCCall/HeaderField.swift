/// A header field to send.
package struct HeaderField: Sendable, Equatable {
  package var name: String
  package var value: String
  /// Whether no hop may put the value into a compression table (RFC 7541 §6.2.3).
  package var isNeverIndexed: Bool

  package init(_ name: String, _ value: String, isNeverIndexed: Bool = false) {
    self.name = name
    self.value = value
    self.isNeverIndexed = isNeverIndexed
  }
}

extension HeaderField: CustomStringConvertible, CustomReflectable {
  /// The name and the value, unless the value is one to hide.
  package var description: String {
    "\(name): \(isNeverIndexed ? "<redacted>" : value)"
  }

  /// A reflection that shows what the description shows.
  package var customMirror: Mirror {
    Mirror(self, children: ["field": description], displayStyle: .struct)
  }
}

extension [HeaderField] {
  /// Appends custom metadata. An entry of a reserved name can only have come from a peer, with
  /// metadata that is passed on: it described the other call, and stays behind.
  mutating func append(_ metadata: Metadata) {
    for entry in metadata where !MetadataRules.isReserved(entry.key) {
      let value =
        switch entry.value {
        case .ascii(let text): text
        case .binary(let bytes): Base64.encode(bytes)
        }
      append(
        HeaderField(entry.key, value, isNeverIndexed: MetadataRules.isSensitive(entry.key)))
    }
  }

  mutating func append(_ status: Status) {
    append(HeaderField("grpc-status", String(status.code.rawValue)))
    if !status.message.isEmpty {
      append(HeaderField("grpc-message", PercentEncoding.encode(status.message)))
    }
    if !status.details.isEmpty {
      append(HeaderField("grpc-status-details-bin", Base64.encode(status.details)))
    }
  }
}
