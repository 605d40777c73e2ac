import CNGHTTP2

/// A header list, flat in memory: one buffer of bytes, and where each field lies in it.
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

extension HeaderBlock: CustomStringConvertible, CustomReflectable {
  /// How many fields it has: a value may be secret.
  package var description: String { "\(fields.count) header fields" }
  /// A mirror without children.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A header list in the form that nghttp2 reads, made once and sent any number of times without a
/// copy.
///
/// `@unchecked Sendable`: its memory is filled in the initialiser, never changed after it, and
/// freed when no reference is left.
@safe package final class SubmittableHeaders: @unchecked Sendable {
  /// Invariant: as many bytes as the block had, at least one allocated.
  private let bytes: UnsafeMutablePointer<UInt8>
  /// Invariant: every pointer in it points into `bytes`.
  let fields: UnsafeMutableBufferPointer<nghttp2_nv>

  package init(_ block: HeaderBlock) {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(block.bytes.count, 1))
    unsafe block.bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        unsafe bytes.initialize(from: start, count: source.count)
      }
    }
    unsafe self.bytes = unsafe bytes
    unsafe fields = .allocate(capacity: block.fields.count)
    for (index, field) in block.fields.enumerated() {
      unsafe fields.initializeElement(at: index, to: nghttp2_nv(field, in: bytes))
    }
  }

  deinit {
    unsafe fields.deallocate()
    unsafe bytes.deallocate()
  }
}

extension nghttp2_nv {
  /// nghttp2 keeps the pointers and copies nothing: whoever submits the field sees to it that the
  /// bytes outlive the stream.
  fileprivate init(_ field: HeaderBlock.Field, in bytes: UnsafeMutablePointer<UInt8>) {
    var flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
    if field.isNeverIndexed { flags |= NGHTTP2_NV_FLAG_NO_INDEX.rawValue }
    unsafe self.init(
      name: bytes + field.name.offset, value: bytes + field.value.offset,
      namelen: field.name.count, valuelen: field.value.count, flags: UInt8(flags))
  }
}
