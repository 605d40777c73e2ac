/// How edition 2024 wants names to be written.
enum NameForm {
  /// `TitleCase`
  case titleCase
  /// `lower_snake_case`
  case snakeCase
  /// `UPPER_SNAKE_CASE`
  case capitals

  /// Why a name is of another form; nil if it is of this one.
  func fault(of name: String) -> String? {
    let bytes = Array(name.utf8)
    switch self {
    case .titleCase:
      let isFit = bytes.first.map(Self.isCapital) == true && bytes.allSatisfy { $0 != 0x5F }
      return isFit ? nil : "TitleCase"
    case .snakeCase:
      let isFit = bytes.first.map(Self.isSmall) == true && !bytes.contains(where: Self.isCapital)
      return isFit && Self.hasFitUnderscores(bytes) ? nil : "lower_snake_case"
    case .capitals:
      let isFit = bytes.first.map(Self.isCapital) == true && !bytes.contains(where: Self.isSmall)
      return isFit && Self.hasFitUnderscores(bytes) ? nil : "UPPER_SNAKE_CASE"
    }
  }

  private static func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
  private static func isSmall(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

  /// Whether a letter stands behind each underscore, without which names meet in camel case.
  private static func hasFitUnderscores(_ bytes: [UInt8]) -> Bool {
    bytes.indices.allSatisfy { index in
      guard bytes[index] == 0x5F else { return true }
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0x5F
      return isCapital(next) || isSmall(next)
    }
  }
}

// What edition 2024 asks of names and of who can see them.
extension FileLinker {
  func checkStyle(
    _ form: NameForm, _ what: String, _ name: String?, _ features: Features,
    at site: DeclarationSite?
  ) throws(SchemaError) {
    guard features.namingStyle != .legacy, let name, let form = form.fault(of: name) else { return }
    throw error(
      "the name of the \(what) \"\(name)\" is not in \(form); "
        + "features.enforce_naming_style = STYLE_LEGACY permits it", at: site)
  }

  func checkStyle(ofPackage features: Features) throws(SchemaError) {
    guard !package.isEmpty else { return }
    try checkStyle(.snakeCase, "package", package, features, at: nil)
  }

  func checkStyle(
    of declaration: EnumDeclaration, _ features: Features, _ reader: OptionReader
  ) throws(SchemaError) {
    try checkStyle(.titleCase, "enum", declaration.name, features, at: declaration.site)
    for value in declaration.values {
      let own = features.overridden(by: reader.read(value.options, "EnumValueOptions"))
      try checkStyle(.capitals, "enum value", value.name, own, at: value.site)
    }
  }

  func checkStyle(
    of service: ServiceDeclaration, _ features: Features, _ reader: OptionReader
  ) throws(SchemaError) {
    let features = features.overridden(by: reader.read(service.options, "ServiceOptions"))
    try checkStyle(.titleCase, "service", service.name, features, at: service.site)
    for method in service.methods {
      let own = features.overridden(by: reader.read(method.options, "MethodOptions"))
      try checkStyle(.titleCase, "method", method.name, own, at: method.site)
    }
  }

  /// Notes whether other files can refer to a message or an enum.
  ///
  /// - Parameter parent: the message around it.
  mutating func noteVisibility(
    of name: String, _ visibility: Int32?, _ features: Features, in parent: MessageDeclaration?
  ) {
    let isLocal =
      switch visibility {
      case 1: true
      case 2: false
      default:
        switch features.symbolVisibility {
        case .exportAll: false
        case .exportTopLevel: parent != nil
        case .localAll, .strict: true
        }
      }
    tables.symbols[name]?.isLocal = isLocal
  }

  /// Refuses nested declarations that are exported where only those of the top level can be.
  func checkExport(
    _ visibility: Int32?, isEnum: Bool, _ features: Features, in parent: MessageDeclaration?,
    at site: DeclarationSite
  ) throws(SchemaError) {
    guard visibility == 2, features.symbolVisibility == .strict, let parent else { return }
    // A message that can have no field is but a scope for its enums.
    let isScope = parent.reservedRanges.contains {
      $0.start == 1 && $0.end ?? 0 > maximumFieldNumber
    }
    guard isEnum, isScope else {
      throw error("under STRICT visibility nothing nested is exported", at: site)
    }
  }
}
