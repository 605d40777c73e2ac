/// Finds what a name means where it stands: the innermost scope first, as in C++.
struct NameResolver {
  let symbols: [String: Symbol]
  let packages: [String: Set<Int>]
  /// The files whose declarations can be seen.
  let visible: Set<Int>

  enum Outcome {
    case found(String, Symbol)
    case unknown
    /// The first part of the name is something further in than what was meant.
    case hidden(by: String)
  }

  /// - Parameters:
  ///   - element: the full name of the declaration that the name stands in.
  ///   - wantsType: whether only messages and enums are looked for.
  func resolve(_ name: String, in element: String, wantsType: Bool) -> Outcome {
    if name.hasPrefix(".") {
      let fullName = String(name.dropFirst())
      return visibleSymbol(fullName).map { .found(fullName, $0) } ?? .unknown
    }
    let first = name.prefix { $0 != "." }
    let isWhole = first.count == name.count
    var scope = element[...]
    while true {
      scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
      let prefix = scope.isEmpty ? "" : scope + "."
      let candidate = prefix + first
      if isWhole {
        if let symbol = visibleSymbol(candidate), symbol.isType || !wantsType {
          return .found(candidate, symbol)
        }
      } else if isVisibleScope(candidate) {
        let fullName = prefix + name
        return visibleSymbol(fullName).map { .found(fullName, $0) } ?? .hidden(by: candidate)
      }
      guard !scope.isEmpty else { return .unknown }
    }
  }

  private func visibleSymbol(_ fullName: String) -> Symbol? {
    guard let symbol = symbols[fullName], visible.contains(symbol.file) else { return nil }
    return symbol
  }

  private func isVisibleScope(_ name: String) -> Bool {
    if let symbol = visibleSymbol(name) { return symbol.isAggregate }
    return packages[name].map { !$0.isDisjoint(with: visible) } ?? false
  }
}
