/// A message type, all names resolved.
package final class MessageDescriptor: Sendable {
  package let fullName: String
  /// In the order in which they are declared.
  package let fields: [FieldDescriptor]
  package let oneofNames: [String]
  package let isMapEntry: Bool
  /// Whether it has the old wire format in which each extension is an item of a group.
  package let isMessageSet: Bool
  package let extensionRanges: [Range<Int64>]
  /// Names of fields that are no more, which the text format passes over.
  let reservedNames: Set<String>
  let extensionDeclarations: [ExtensionDeclarations]
  /// Which of the messages with a form of their own in JSON it is.
  let wellKnown: WellKnownType?
  /// Its index in the schema.
  package let index: Int
  /// The index of its file in the schema.
  package let file: Int
  /// The indices in `fields`, by number.
  private let numbers: [Int32: Int]
  private let names: [String: Int]
  private let jsonNames: [String: Int]
  /// Whether the fields' numbers count up from 1, as in the usual message.
  private let isDense: Bool

  init(
    fullName: String, fields: [FieldDescriptor], oneofNames: [String], isMapEntry: Bool,
    isMessageSet: Bool, extensionRanges: [Range<Int64>], reservedNames: Set<String>,
    extensionDeclarations: [ExtensionDeclarations], index: Int, file: Int
  ) {
    self.fullName = fullName
    self.fields = fields
    self.oneofNames = oneofNames
    self.isMapEntry = isMapEntry
    self.isMessageSet = isMessageSet
    self.extensionRanges = extensionRanges
    self.reservedNames = reservedNames
    self.extensionDeclarations = extensionDeclarations
    wellKnown = WellKnownType(fullName, fields)
    self.index = index
    self.file = file
    let indices = Array(fields.indices)
    numbers = Dictionary(zip(fields.map(\.number), indices)) { first, _ in first }
    names = Dictionary(zip(fields.map(\.name), indices)) { first, _ in first }
    // The original name is taken, too; where two fields meet, the name in JSON goes first.
    jsonNames = Dictionary(zip(fields.map(\.jsonName), indices)) { first, _ in first }
      .merging(names) { jsonName, _ in jsonName }
    isDense = fields.enumerated().allSatisfy { $1.number == $0 + 1 }
  }

  package func field(number: Int32) -> FieldDescriptor? {
    if isDense {
      return number >= 1 && number <= fields.count ? fields[Int(number) - 1] : nil
    }
    return numbers[number].map { fields[$0] }
  }

  package func field(named name: String) -> FieldDescriptor? { names[name].map { fields[$0] } }

  /// The field of that name in JSON, or of that original name.
  package func field(jsonName: String) -> FieldDescriptor? {
    jsonNames[jsonName].map { fields[$0] }
  }

  /// The real fields of a oneof.
  package func fields(ofOneof oneof: Int) -> [FieldDescriptor] {
    fields.filter { $0.oneof == oneof }
  }
}

/// An enum, all names resolved.
package final class EnumDescriptor: Sendable {
  package let fullName: String
  package let values: [(name: String, number: Int32)]
  /// Whether a number without a name is an unknown field rather than a value.
  package let isClosed: Bool
  private let names: [Int32: String]
  private let numbers: [String: Int32]

  init(fullName: String, values: [(name: String, number: Int32)], isClosed: Bool) {
    self.fullName = fullName
    self.values = values
    self.isClosed = isClosed
    names = Dictionary(values.map { ($0.number, $0.name) }) { first, _ in first }
    numbers = Dictionary(values.map { ($0.name, $0.number) }) { first, _ in first }
  }

  /// The first name of a number.
  package func name(of number: Int32) -> String? { names[number] }
  package func number(of name: String) -> Int32? { numbers[name] }
}
