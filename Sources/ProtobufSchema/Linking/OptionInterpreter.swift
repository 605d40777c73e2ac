import ProtobufWire

/// Turns option statements into the bytes of their options message.
///
/// It runs twice over a file: first the options that `descriptor.proto` has, since these decide what the
/// file's own types are; then the custom ones, which are extensions and may be of those types.
struct OptionInterpreter {
  let file: String
  /// `descriptor.proto`.
  let optionTypes: Schema
  /// Where extensions are found.
  let pool: Schema
  let resolver: NameResolver
  let takesExtensions: Bool
  /// Where options were found to belong, by the indices of their locations.
  private(set) var paths: [Int: [Int32]] = [:]
  /// How many values of a repeated option each path has, in the options that are interpreted.
  private var repetitions: [[Int32]: Int32] = [:]

  init(
    file: String, optionTypes: Schema, pool: Schema, resolver: NameResolver, takesExtensions: Bool
  ) {
    self.file = file
    self.optionTypes = optionTypes
    self.pool = pool
    self.resolver = resolver
    self.takesExtensions = takesExtensions
  }

  mutating func interpret(
    _ options: inout OptionsDeclaration?, _ type: String, of element: String
  ) throws(SchemaError) {
    guard let given = options, !given.statements.isEmpty,
      let root = optionTypes.message(named: "google.protobuf." + type)
    else { return }
    repetitions = [:]
    var bytes: [UInt8] = given.bytes
    var left: [OptionStatement] = []
    var seen = OptionPaths(target: OptionTarget(options: type))
    for statement in given.statements {
      guard takesExtensions || !statement.name.contains(where: \.isExtension) else {
        left.append(statement)
        continue
      }
      try append(statement, root, of: element, to: &bytes, &seen)
    }
    options?.statements = left
    options?.set(bytes: try canonical(bytes, root, given.statements[0]))
  }

  /// As protobuf for C++ has them: the options that `descriptor.proto` has in their order, then the rest.
  private func canonical(
    _ bytes: [UInt8], _ root: MessageDescriptor, _ statement: OptionStatement
  ) throws(SchemaError) -> [UInt8] {
    do {
      return try DynamicMessage(decoding: bytes, root, of: optionTypes).encoded()
    } catch {
      throw self.error("\(error)", statement)
    }
  }

  func error(_ message: String, _ statement: OptionStatement) -> SchemaError {
    SchemaError(message, file: file, at: statement.position)
  }

  /// Adds one statement's bytes.
  private mutating func append(
    _ statement: OptionStatement, _ root: MessageDescriptor, of element: String,
    to bytes: inout [UInt8], _ seen: inout OptionPaths
  ) throws(SchemaError) {
    var message = root
    var schema = optionTypes
    var path: [FieldDescriptor] = []
    for part in statement.name {
      let field = try field(part, of: message, schema, element, statement)
      if part.isExtension { schema = pool }
      path.append(field)
      guard path.count < statement.name.count else { break }
      guard let inner = schema.message(of: field), !field.isRepeated else {
        throw error("\"\(part.name)\" is no message that one part could be set of", statement)
      }
      message = inner
    }
    guard let last = path.last else { return }
    if let place = statement.place { notePath(path, at: place) }
    let value = try OptionValue(interpreter: self, statement: statement, schema: schema)
      .value(of: last)
    if let fault = seen.fault(ofSetting: path, to: value) { throw error(fault, statement) }
    bytes += try encoded(value, at: path[...], statement)
  }

  private mutating func notePath(_ path: [FieldDescriptor], at place: Int) {
    var numbers = path.map(\.number)
    if path.last?.isRepeated == true {
      let index = repetitions[numbers, default: 0]
      repetitions[numbers] = index + 1
      numbers.append(index)
    }
    paths[place] = numbers
  }

  private func field(
    _ part: OptionStatement.NamePart, of message: MessageDescriptor, _ schema: Schema,
    _ element: String, _ statement: OptionStatement
  ) throws(SchemaError) -> FieldDescriptor {
    guard part.isExtension else {
      if part.name == "map_entry", message.fullName == "google.protobuf.MessageOptions" {
        throw error("only the compiler sets map_entry: write \"map<Key, Value>\"", statement)
      }
      guard let field = message.field(named: part.name), part.name != "uninterpreted_option" else {
        throw error("\"\(message.fullName)\" has no option \"\(part.name)\"", statement)
      }
      return field
    }
    guard
      case .found(let fullName, _) = resolver.resolve(part.name, in: element, wantsType: false),
      let field = pool.fieldExtension(named: fullName)
    else {
      throw error(
        "\"\(part.name)\" is no extension that this file declares or imports", statement)
    }
    guard pool.tables.messages[field.containing].fullName == message.fullName else {
      throw error("\"\(part.name)\" is no extension of \"\(message.fullName)\"", statement)
    }
    return field
  }

  /// A value inside of the messages on its path.
  private func encoded(
    _ value: DynamicValue, at path: ArraySlice<FieldDescriptor>, _ statement: OptionStatement
  ) throws(SchemaError) -> [UInt8] {
    guard let field = path.first else { return [] }
    guard path.count > 1 else { return try encoded(value, as: field, statement) }
    let content = try encoded(value, at: path.dropFirst(), statement)
    let tag = UInt64(UInt32(bitPattern: field.number)) << 3
    if field.type == .group { return varint(tag | 3) + content + varint(tag | 4) }
    return varint(tag | 2) + varint(UInt64(content.count)) + content
  }

  private func encoded(
    _ value: DynamicValue, as field: FieldDescriptor, _ statement: OptionStatement
  ) throws(SchemaError) -> [UInt8] {
    do {
      return try field.encoded(value)
    } catch {
      throw self.error("\(error)", statement)
    }
  }
}
