import MomentoAuth

/// An AWS configuration file: sections of `name = value`, with `#` and `;` for comments.
struct ProfileFile: Sendable, Hashable {
  private(set) var sections: [String: [String: String]] = [:]

  /// Reads a file. What is no line of the format is passed over, as every AWS tool does.
  ///
  /// - Parameter prefixed: whether profiles are written `[profile NAME]`, as in `config`; sections of
  ///   other kinds are left out then.
  init(parsing text: String, prefixed: Bool) {
    var section: String?
    var isNested = false
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.trimmed
      if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
      if content.hasPrefix("[") {
        section = Self.profile(content.dropFirst().prefix { $0 != "]" }, prefixed: prefixed)
        if let section { sections[section, default: [:]] = sections[section] ?? [:] }
        isNested = false
        continue
      }
      // Indented lines below a name without a value belong to that name: none of them is ours.
      if line.first?.isWhitespace == true, isNested { continue }
      let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let section, parts.count == 2 else { continue }
      let value = Self.withoutComment(parts[1].trimmed)
      isNested = value.isEmpty
      sections[section]?[parts[0].trimmed.lowercased()] = value
    }
  }

  /// Puts what another file says over this one.
  mutating func merge(_ other: ProfileFile) {
    for (name, members) in other.sections {
      sections[name, default: [:]].merge(members) { _, new in new }
    }
  }

  private static func profile(_ name: some StringProtocol, prefixed: Bool) -> String? {
    let words = name.split(whereSeparator: \.isWhitespace)
    if !prefixed { return name.trimmed }
    if words == ["default"] { return "default" }
    guard words.count >= 2, words[0] == "profile" else { return nil }
    let rest = name.trimmed.dropFirst("profile".count).trimmed
    return rest.filter { $0 != "\"" && $0 != "'" }
  }

  private static func withoutComment(_ value: String) -> String {
    for mark in [" #", " ;", "\t#", "\t;"] {
      if let comment = value.firstRange(of: mark) {
        return String(value[..<comment.lowerBound]).trimmed
      }
    }
    return value
  }
}

extension AWSEnvironment {
  /// `~/.aws/credentials`, or what stands in its place; empty when there is none.
  func credentialsFile() -> ProfileFile {
    file("AWS_SHARED_CREDENTIALS_FILE", "credentials", prefixed: false)
  }

  /// `~/.aws/config`, or what stands in its place; empty when there is none.
  func configFile() -> ProfileFile {
    file("AWS_CONFIG_FILE", "config", prefixed: true)
  }

  private func file(_ variable: String, _ name: String, prefixed: Bool) -> ProfileFile {
    var path = self[variable] ?? "~/.aws/\(name)"
    if path.hasPrefix("~/") {
      guard let home = self["HOME"] else { return ProfileFile(parsing: "", prefixed: prefixed) }
      path = home + path.dropFirst()
    }
    let bytes = (try? readFile(path)) ?? []
    return ProfileFile(parsing: String(decoding: bytes, as: UTF8.self), prefixed: prefixed)
  }
}
