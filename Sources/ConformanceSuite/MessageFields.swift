import ProtobufWire

/// The fields of a message of which only numbers are known.
struct MessageFields {
  enum Value: Equatable {
    case number(UInt64)
    case bytes([UInt8])
    case group
  }

  private(set) var fields: [(number: UInt32, value: Value)] = []

  /// - Throws: when the bytes are no message.
  init(decoding bytes: [UInt8]) throws(WireError) {
    var reader = WireReader(count: bytes.count)
    while reader.available > 0 {
      try reader.readTag(bytes.span)
      let number = reader.tag.number
      fields.append((number, try Self.value(&reader, bytes)))
    }
  }

  private static func value(_ reader: inout WireReader, _ bytes: [UInt8]) throws(WireError) -> Value
  {
    switch reader.tag.type {
    case .varint: return .number(try reader.readVarint(bytes.span))
    case .i32: return .number(UInt64(try reader.readFixed32(bytes.span)))
    case .i64: return .number(try reader.readFixed64(bytes.span))
    case .len:
      let range = try reader.readLength(bytes.span)
      reader.position = range.upperBound
      return .bytes(Array(bytes[range]))
    case .startGroup, .endGroup:
      try reader.skipValue(bytes.span)
      return .group
    }
  }

  /// The value of a field: of several the last counts.
  func value(at path: some Collection<UInt32>) -> Value? {
    guard let number = path.first, let value = fields.last(where: { $0.number == number })?.value
    else { return nil }
    guard path.count > 1 else { return value }
    guard case .bytes(let bytes) = value, let inner = try? MessageFields(decoding: bytes) else {
      return nil
    }
    return inner.value(at: path.dropFirst())
  }
}

extension FieldRule {
  /// What is wrong with the field; nil when nothing is. Its value is never part of it: it may be secret.
  func fault(in message: MessageFields, _ values: NamedValues, now: UInt64) -> String? {
    let value = message.value(at: field)
    guard absent != true else { return isDefault(value) ? nil : "\(name) is there, and should not" }
    guard let value else { return optional == true ? nil : "\(name) is missing" }
    switch (type, value) {
    case (.number, .number(let number)): return fault(of: number, now)
    case (.string, .bytes(let bytes)): return fault(of: bytes, values)
    case (.message, .bytes(let bytes)):
      return (try? MessageFields(decoding: bytes)) == nil ? "\(name) is no message" : nil
    default: return "\(name) is not a \(type.rawValue) on the wire"
    }
  }

  private func isDefault(_ value: MessageFields.Value?) -> Bool {
    switch value {
    case nil, .number(0): true
    case .bytes(let bytes): bytes.isEmpty
    case .number, .group: false
    }
  }

  private func fault(of number: UInt64, _ now: UInt64) -> String? {
    if let min, number < min { return "\(name) is \(number), less than \(min)" }
    if let max, number > max { return "\(name) is \(number), more than \(max)" }
    guard let near else { return nil }
    let (wanted, overflows) = Int64(clamping: now).addingReportingOverflow(near.now)
    let (distance, isFar) = Int64(clamping: number).subtractingReportingOverflow(wanted)
    guard !overflows, !isFar, distance.magnitude <= near.within.magnitude else {
      return "\(name) is \(number), which is not within \(near.within) s of \(wanted)"
    }
    return nil
  }

  private func fault(of bytes: [UInt8], _ values: NamedValues) -> String? {
    if bytes.isEmpty { return "\(name) is empty" }
    if String(validating: bytes, as: UTF8.self) == nil { return "\(name) is not UTF-8" }
    for other in differs ?? [] where (try? values.bytes(of: other)) == bytes {
      return "\(name) is the same as \(other)"
    }
    return nil
  }
}
