/// What a declaration can be that has options, with the numbers in
/// `google.protobuf.FieldOptions.OptionTargetType`.
enum OptionTarget: Int32, Sendable {
  case file = 1
  case extensionRange, message, field, oneof, enumeration, enumValue, service, method

  /// - Parameter type: the name of the options message.
  init?(options type: String) {
    switch type {
    case "FileOptions": self = .file
    case "ExtensionRangeOptions": self = .extensionRange
    case "MessageOptions": self = .message
    case "FieldOptions": self = .field
    case "OneofOptions": self = .oneof
    case "EnumOptions": self = .enumeration
    case "EnumValueOptions": self = .enumValue
    case "ServiceOptions": self = .service
    case "MethodOptions": self = .method
    default: return nil
    }
  }

  /// What the features of `descriptor.proto` may be set of. It says so by an option, which it cannot have
  /// while options are not known yet.
  static let ofFeatures: [String: [Int32]] = {
    func targets(_ list: OptionTarget...) -> [Int32] { list.map(\.rawValue) }
    let scope = "google.protobuf.FeatureSet."
    return [
      scope + "field_presence": targets(.file, .field),
      scope + "enum_type": targets(.file, .enumeration),
      scope + "repeated_field_encoding": targets(.file, .field),
      scope + "utf8_validation": targets(.file, .field),
      scope + "message_encoding": targets(.file, .field),
      scope + "json_format": targets(.file, .message, .enumeration),
      scope + "default_symbol_visibility": targets(.file),
    ]
  }()
}

/// Which options of one declaration are set, by the numbers of the fields that lead to each.
struct OptionPaths {
  let target: OptionTarget?
  private var paths: [[Int32]] = []

  init(target: OptionTarget?) { self.target = target }

  /// Notes that an option is set.
  ///
  /// - Returns: why it cannot be; nil if it can.
  mutating func fault(ofSetting fields: [FieldDescriptor], to value: DynamicValue) -> String? {
    for field in fields {
      if let fault = fault(ofTarget: field) { return fault }
    }
    guard let last = fields.last else { return nil }
    let path = fields.map(\.number)
    if !last.isRepeated, paths.contains(where: { $0.starts(with: path) }) {
      return "the option \"\(last.fullName)\" is set already"
    }
    // Nothing is set inside of one element of a repeated option, so that these are not looked for.
    return note(value, at: last.isRepeated ? nil : path)
  }

  private mutating func note(_ value: DynamicValue, at path: [Int32]?) -> String? {
    if let path { paths.append(path) }
    guard case .message(let message) = value else { return nil }
    for entry in message.entries {
      if let fault = fault(ofTarget: entry.field) { return fault }
      let inner = path.map { $0 + [entry.field.number] }
      if let fault = note(entry.value, at: inner) { return fault }
    }
    return nil
  }

  private func fault(ofTarget field: FieldDescriptor) -> String? {
    let targets = OptionTarget.ofFeatures[field.fullName] ?? field.targets
    guard let target, !targets.isEmpty, !targets.contains(target.rawValue) else { return nil }
    return "\"\(field.fullName)\" is no option of what this is: \(target)"
  }
}
