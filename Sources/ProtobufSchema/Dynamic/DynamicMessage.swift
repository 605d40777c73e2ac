/// A message of a type that is known at run time only.
///
/// Fields that the schema does not know are kept byte for byte, and written again.
package struct DynamicMessage: Sendable {
  package let schema: Schema
  package let descriptor: MessageDescriptor
  /// In the order of the fields' numbers, each number once.
  private(set) var entries: [Entry] = []
  /// Unknown fields as they came, each with its tag.
  package var unknownFields: [UInt8] = []

  struct Entry: Sendable {
    let field: FieldDescriptor
    var value: DynamicValue
  }

  /// A message without any field.
  package init(_ descriptor: MessageDescriptor, of schema: Schema) {
    self.descriptor = descriptor
    self.schema = schema
  }

  /// A message without any field of the type that a field holds.
  init?(inside field: FieldDescriptor, of schema: Schema) {
    guard let descriptor = schema.message(of: field) else { return nil }
    self.init(descriptor, of: schema)
  }
}

extension DynamicMessage: Equatable {
  package static func == (first: DynamicMessage, second: DynamicMessage) -> Bool {
    first.descriptor.fullName == second.descriptor.fullName
      && first.unknownFields == second.unknownFields
      && first.entries.elementsEqual(second.entries) {
        $0.field.number == $1.field.number && $0.value == $1.value
      }
  }
}

extension DynamicMessage {
  /// The index of a field's entry, or where it would be.
  private func position(of number: Int32) -> (index: Int, isThere: Bool) {
    // Fields mostly come in their order.
    guard let last = entries.last, last.field.number >= number else {
      return (entries.count, false)
    }
    var low = 0
    var high = entries.count - 1
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].field.number < number { low = middle + 1 } else { high = middle }
    }
    return (low, entries[low].field.number == number)
  }

  /// The value of a field that is there.
  package func value(of field: FieldDescriptor) -> DynamicValue? {
    let (index, isThere) = position(of: field.number)
    return isThere ? entries[index].value : nil
  }

  package func value(named name: String) -> DynamicValue? {
    descriptor.field(named: name).flatMap { value(of: $0) }
  }

  /// Sets a field, or clears it; of a oneof, the other members are cleared.
  package mutating func set(_ field: FieldDescriptor, _ value: DynamicValue?) {
    let (index, isThere) = position(of: field.number)
    guard let value else {
      if isThere { entries.remove(at: index) }
      return
    }
    guard !isThere else { return entries[index].value = value }
    insert(Entry(field: field, value: value), at: index)
    if let oneof = field.oneof { clear(oneof: oneof, except: field) }
  }

  /// Lets `body` change a field's value in its place, so that a long one is not copied each time.
  mutating func update<Failure: Error>(
    _ field: FieldDescriptor, orInsert initial: @autoclosure () -> DynamicValue,
    _ body: (inout DynamicValue) throws(Failure) -> Void
  ) throws(Failure) {
    let (index, isThere) = position(of: field.number)
    if !isThere { insert(Entry(field: field, value: initial()), at: index) }
    try body(&entries[index].value)
    if !isThere, let oneof = field.oneof { clear(oneof: oneof, except: field) }
  }

  private mutating func insert(_ entry: Entry, at index: Int) {
    // At the end mostly, which takes no moving.
    if index == entries.count { entries.append(entry) } else { entries.insert(entry, at: index) }
  }

  private mutating func clear(oneof: Int, except field: FieldDescriptor) {
    entries.removeAll {
      $0.field.oneof == oneof && $0.field.number != field.number && !$0.field.isExtension
    }
  }

  /// The member of a oneof that is set.
  package func member(ofOneof oneof: Int) -> FieldDescriptor? {
    entries.first { $0.field.oneof == oneof && !$0.field.isExtension }?.field
  }
}

extension DynamicValue {
  mutating func append(_ value: DynamicValue) {
    guard case .repeated(var values) = self else { return }
    // Let go of first, so that the array has one owner and is not copied.
    self = .repeated([])
    values.append(value)
    self = .repeated(values)
  }

  mutating func insert(_ value: DynamicValue, for key: MapKey) {
    guard case .map(var entries) = self else { return }
    self = .map([:])
    entries[key] = value
    self = .map(entries)
  }
}

extension DynamicMessage {
  /// The full names of required fields that are missing, at any depth.
  package var missingRequiredFields: [String] {
    var missing: [String] = []
    for field in descriptor.fields where field.presence == .required && value(of: field) == nil {
      missing.append(field.fullName)
    }
    for entry in entries { entry.value.forEachMessage { missing += $0.missingRequiredFields } }
    return missing
  }
}

extension DynamicValue {
  func forEachMessage(_ body: (DynamicMessage) -> Void) {
    switch self {
    case .message(let message): body(message)
    case .repeated(let values): for value in values { value.forEachMessage(body) }
    case .map(let entries): for value in entries.values { value.forEachMessage(body) }
    default: break
    }
  }
}
