/// What a range of extension numbers says of the extensions that may be in it.
///
/// See "Extension Declarations" in the Protocol Buffers documentation.
struct ExtensionDeclarations: Sendable {
  struct Declaration: Sendable {
    var fullName = ""
    var type = ""
    var isReserved = false
    var isRepeated = false
  }

  /// Why the declarations themselves are wrong.
  struct Fault: Error {
    var reason: String
  }

  let numbers: Range<Int64>
  /// Whether an extension that is not declared is refused.
  let isComplete: Bool
  let declarations: [Int32: Declaration]

  /// Nil for a range without declarations, which takes any extension.
  init?(_ numbers: Range<Int64>, _ options: DynamicMessage?) throws(Fault) {
    guard let options else { return nil }
    var declarations: [Int32: Declaration] = [:]
    if case .repeated(let values)? = options.value(named: "declaration") {
      for case .message(let message) in values {
        guard case .int32(let number)? = message.value(named: "number") else { continue }
        guard declarations.updateValue(Declaration(message), forKey: number) == nil else {
          throw Fault(reason: "the extension \(number) is declared twice")
        }
      }
    }
    // The number 1 stands for UNVERIFIED.
    if options.value(named: "verification") == .enumeration(1), !declarations.isEmpty {
      throw Fault(reason: "a range with declarations is not UNVERIFIED")
    }
    // The number 0 stands for DECLARATION, which is the default where there are declarations.
    isComplete = options.value(named: "verification") == .enumeration(0) || !declarations.isEmpty
    guard isComplete else { return nil }
    self.numbers = numbers
    self.declarations = declarations
  }

  /// Refuses declarations that no extension could be one of.
  ///
  /// - Parameter names: those that the message has declared already.
  func check(names: inout Set<String>) throws(Fault) {
    for (number, declaration) in declarations.sorted(by: { $0.key < $1.key }) {
      if let reason = fault(of: declaration, number) { throw Fault(reason: reason) }
      guard declaration.fullName.isEmpty || names.insert(declaration.fullName).inserted else {
        throw Fault(reason: "the extension \"\(declaration.fullName)\" is declared twice")
      }
    }
  }

  private func fault(of declaration: Declaration, _ number: Int32) -> String? {
    guard numbers.contains(Int64(number)) else {
      return "the declared extension \(number) is not in the range"
    }
    let isNamed = !declaration.fullName.isEmpty
    guard isNamed == !declaration.type.isEmpty, isNamed || declaration.isReserved else {
      return "the declared extension \(number) has a full_name and a type"
    }
    guard declaration.fullName.isEmpty || declaration.fullName.hasPrefix(".") else {
      return "a point is missing before the name \"\(declaration.fullName)\""
    }
    let isScalar = FieldType.keywords[declaration.type] != nil
    guard declaration.type.isEmpty || isScalar || declaration.type.hasPrefix(".") else {
      return "a point is missing before the type \"\(declaration.type)\""
    }
    return nil
  }

  /// Why an extension is none of those that are declared; nil if it is one.
  func fault(of field: FieldDeclaration, named fullName: String) -> String? {
    guard let declaration = declarations[field.number ?? 0] else {
      return "the extended message declares its extensions, and none of this number"
    }
    if declaration.isReserved { return "the number is declared as reserved" }
    guard declaration.fullName == "." + fullName else {
      return "the extension of this number is declared as \"\(declaration.fullName)\""
    }
    let type = field.typeName ?? field.fieldType.flatMap { FieldType.names[$0] } ?? ""
    guard declaration.type == type else {
      return "the extension is declared with the type \"\(declaration.type)\""
    }
    guard declaration.isRepeated == (field.fieldLabel == .repeated) else {
      return "the extension is declared \(declaration.isRepeated ? "" : "not ")to be repeated"
    }
    return nil
  }
}

extension ExtensionDeclarations.Declaration {
  fileprivate init(_ message: DynamicMessage) {
    if case .string(let name)? = message.value(named: "full_name") { fullName = name }
    if case .string(let name)? = message.value(named: "type") { type = name }
    isReserved = message.flag("reserved") ?? false
    isRepeated = message.flag("repeated") ?? false
  }
}

extension FieldType {
  fileprivate static let names = Dictionary(
    keywords.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
}
