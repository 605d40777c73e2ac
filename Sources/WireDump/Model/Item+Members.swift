extension Item {
  /// The value of a member; nil if there is none of the name.
  func member(_ name: String) -> ItemValue? { members.first { $0.name == name }?.value }

  /// A member that is text.
  func text(_ name: String) -> String? {
    guard case .text(let text)? = member(name) else { return nil }
    return text
  }

  /// A member that is a list of texts.
  func texts(_ name: String) -> [String]? {
    guard case .texts(let texts)? = member(name) else { return nil }
    return texts
  }

  /// A member that is a number.
  func number(_ name: String) -> Int? {
    guard case .number(let number)? = member(name) else { return nil }
    return Int(clamping: number)
  }

  /// Whether it is a frame that has a flag.
  func has(flag: String) -> Bool { texts("flags")?.contains(flag) ?? false }
}
