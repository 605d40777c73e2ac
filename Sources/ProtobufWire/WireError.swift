/// Why a message could not be decoded or encoded, and where.
///
/// The description reads
/// `GenerateApiTokenRequest.permissions.explicit.permissions[3]: varint longer than 10 bytes at offset 47`.
/// It shows names and numbers only, never a value of the message.
public struct WireError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Kind: Equatable, Sendable {
    /// The bytes end inside a varint.
    case truncatedVarint
    /// A varint goes on after its tenth byte.
    case varintTooLong
    /// A tag is longer than five bytes or larger than 32 bits.
    case tagTooLarge
    /// A length is longer than five bytes or larger than 2 GiB - 1.
    case lengthTooLarge
    /// A field claims more bytes than there are.
    case lengthBeyondEnd(length: Int, available: Int)
    /// A four-byte or eight-byte value is cut off.
    case truncatedValue(size: Int, available: Int)
    /// A tag has field number 0.
    case zeroFieldNumber
    /// A tag has wire type 6 or 7.
    case reservedWireType(UInt8)
    /// A group ends that was not begun, or whose start has another number.
    case unmatchedEndGroup(number: UInt32)
    /// The bytes end inside a group.
    case unterminatedGroup(number: UInt32)
    /// A string field is not well-formed UTF-8.
    case invalidUTF8
    /// Messages and groups are nested deeper than the limit.
    case tooDeep(limit: Int)
    /// The message is larger than the limit, in bytes.
    case tooLarge(size: Int, limit: Int)
    /// A message wrote another number of bytes than it had measured: a fault in its encoder.
    case inconsistentEncoder
  }

  /// One step from a message to what it holds.
  public enum PathElement: Equatable, Sendable {
    /// A field, by its `.proto` name; by its number if it is unknown.
    case field(String)
    /// An element of a repeated field, counted from 0.
    case index(Int)
  }

  /// What is wrong.
  public let kind: Kind
  /// Where it is, in bytes from the start of the outermost message; nil when encoding.
  public let offset: Int?
  /// The outermost message, without its package and its leading underscore.
  public private(set) var root = ""
  // From the inside to the outside, since that is how it grows.
  private var reversedPath: [PathElement] = []

  /// An error whose path is added while it passes through the levels of the message.
  public init(_ kind: Kind, at offset: Int?) {
    self.kind = kind
    self.offset = offset
  }

  /// The way from the outermost message to the fault.
  public var path: [PathElement] { reversedPath.reversed() }

  /// The same error, seen from one level further out.
  public func inside(_ element: PathElement) -> WireError {
    var copy = self
    copy.reversedPath.append(element)
    return copy
  }

  /// The same error, with the outermost message named by its full protobuf name.
  public func inMessage(_ fullName: String) -> WireError {
    var copy = self
    copy.root = Self.shortName(fullName)
    return copy
  }

  private static func shortName(_ fullName: String) -> String {
    let parts = fullName.split(separator: ".")
    let withoutPackage = parts.drop { $0.first?.isLowercase ?? false }
    let name = withoutPackage.joined(separator: ".")
    return name.first == "_" ? String(name.dropFirst()) : name
  }
}

extension WireError: CustomStringConvertible {
  /// The path, what is wrong, and the offset.
  public var description: String {
    var text = root
    for element in path {
      switch element {
      case .field(let name): text += text.isEmpty ? name : ".\(name)"
      case .index(let index): text += "[\(index)]"
      }
    }
    text += text.isEmpty ? "\(kind)" : ": \(kind)"
    if let offset { text += " at offset \(offset)" }
    return text
  }
}

extension WireError.Kind: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .truncatedVarint: "the bytes end inside a varint"
    case .varintTooLong: "varint longer than 10 bytes"
    case .tagTooLarge: "tag larger than 32 bits"
    case .lengthTooLarge: "length larger than 2147483647 or longer than 5 bytes"
    case .lengthBeyondEnd(let length, let available):
      "length \(length) but only \(available) bytes left"
    case .truncatedValue(let size, let available):
      "\(size)-byte value but only \(available) bytes left"
    case .zeroFieldNumber: "field number 0"
    case .reservedWireType(let type): "wire type \(type) does not exist"
    case .unmatchedEndGroup(let number): "end of group \(number) without its start"
    case .unterminatedGroup(let number): "group \(number) does not end"
    case .invalidUTF8: "string is not valid UTF-8"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .tooLarge(let size, let limit): "message of \(size) bytes is larger than \(limit)"
    case .inconsistentEncoder: "the encoder wrote another size than it had measured"
    }
  }
}
