package import ProtobufWire

/// The options of a declaration: any of the `google.protobuf.*Options` messages, as bytes.
///
/// Which message it is depends on the declaration. The options that a parser has read wait in
/// `statements` until names are resolved, because a custom option is an extension of another file.
package struct OptionsDeclaration: WireMessage, Sendable {
  package typealias Field = NoFields

  package static let messageName = "google.protobuf.Options"
  package var unknownFields = UnknownFields()
  var statements: [OptionStatement] = []

  package init() {}

  package init(bytes: [UInt8]) { unknownFields = UnknownFields(bytes: bytes) }

  package var bytes: [UInt8] { unknownFields.bytes }

  mutating func set(bytes: [UInt8]) { unknownFields = UnknownFields(bytes: bytes) }
}

/// One option as it is written: `(my.option).part = value`.
struct OptionStatement: Sendable, Equatable {
  struct NamePart: Sendable, Equatable {
    var name: String
    var isExtension: Bool
  }

  enum Value: Sendable, Equatable {
    /// A name, such as an enum value's.
    case identifier(String)
    /// A number without its sign; nil if larger than 64 bits.
    case integer(UInt64?, isNegative: Bool)
    case float(Double)
    case string([UInt8])
    /// What stands between braces, in the text format, without them; the last token is an end.
    case aggregate([Token])
  }

  var name: [NamePart]
  var value: Value
  var position: SourcePosition
  /// The index of its location, if the file keeps them.
  var place: Int?

  /// As the file writes it.
  var text: String {
    name.map { $0.isExtension ? "(\($0.name))" : $0.name }.joined(separator: ".")
  }
}
