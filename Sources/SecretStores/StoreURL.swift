import GRPCCall
import MomentoAuth

/// The name of a secret in a store: `scheme:name?parameter=value&…`, such as
/// `aws-secretsmanager:momento/authentication-token?region=eu-west-1` or `file:./key.json`.
///
/// Name and values may be percent-encoded (RFC 3986 §2.1). A secret has no place in it.
public struct StoreURL: Sendable, Hashable, CustomStringConvertible {
  /// The kind of store, in lower case.
  public let scheme: String
  /// The secret's name, decoded.
  public let name: String
  /// The parameters, decoded.
  public let parameters: [String: String]

  /// Where it leads, without the parameters.
  public var location: StoreLocation { StoreLocation(scheme: scheme, name: name) }

  /// Takes a URL apart.
  ///
  /// - Throws: `misconfigured` that says what is wrong.
  public init(parsing text: String) throws(SecretStoreError) {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      throw Self.malformed(
        "it has no scheme", advice: "Write it like file:./key.json or etcd:momento/key.")
    }
    let scheme = text[..<colon].lowercased()
    guard scheme.utf8.allSatisfy(Self.isSchemeCharacter) else {
      throw Self.malformed("its scheme has a character that schemes do not have")
    }
    let rest = text[text.index(after: colon)...]
    guard !rest.contains("#") else {
      throw Self.malformed("it has a '#'", advice: "Write %23 for one that belongs to the name.")
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let name = try Self.decoded(parts.first ?? "", "the name")
    guard !name.isEmpty else { throw Self.malformed("it names no secret") }
    self.scheme = scheme
    self.name = scheme == "file" ? Self.filePath(name) : name
    parameters = try Self.parameters(parts.count > 1 ? parts[1] : "")
  }

  /// The value of a parameter that the store cannot do without.
  ///
  /// - Throws: `misconfigured` when it is not there.
  public func require(_ parameter: String) throws(SecretStoreError) -> String {
    if let value = parameters[parameter], !value.isEmpty { return value }
    throw Self.malformed("it has no parameter '\(parameter)'", at: location)
  }

  /// Whether a parameter is `true`.
  ///
  /// - Throws: `misconfigured` when it is neither `true` nor `false`.
  public func flag(_ parameter: String) throws(SecretStoreError) -> Bool {
    switch parameters[parameter] {
    case nil, "false": return false
    case "true", "": return true
    default:
      throw Self.malformed("its parameter '\(parameter)' is neither true nor false", at: location)
    }
  }

  /// The parameter `timeout`: how many seconds the store may take for one answer.
  ///
  /// - Returns: nil where it is not given.
  /// - Throws: `misconfigured` when it is no whole number from 1 to 3600.
  public func timeout() throws(SecretStoreError) -> Duration? {
    guard let text = parameters["timeout"] else { return nil }
    guard let seconds = Int(text), 1...3_600 ~= seconds else {
      throw Self.malformed(
        "its parameter 'timeout' is no number of seconds from 1 to 3600", at: location)
    }
    return .seconds(seconds)
  }

  /// Makes sure that no parameter was misspelt.
  ///
  /// - Throws: `misconfigured` that names the first unknown one, and those that there are.
  public func refuseUnknown(_ known: Set<String>) throws(SecretStoreError) {
    guard let unknown = parameters.keys.sorted().first(where: { !known.contains($0) }) else {
      return
    }
    let names = known.sorted().joined(separator: ", ")
    throw Self.malformed(
      "it has an unknown parameter '\(Self.shortened(unknown))'",
      advice: known.isEmpty
        ? "Such a store has no parameters." : "The parameters are \(names).", at: location)
  }

  /// A word that was not understood, for a message: one that is no name, or longer than any, may be a
  /// secret that went astray.
  package static func shortened(_ word: String) -> String {
    let isName = word.utf8.allSatisfy { 0x61...0x7a ~= $0 || $0 == 0x2d }
    return word.count > (isName ? 20 : 11) ? word.prefix(8) + "..." : word
  }

  /// The scheme and the name, without the parameters.
  public var description: String { location.description }

  private static func parameters(
    _ query: Substring
  ) throws(SecretStoreError) -> [String: String] {
    var parameters: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decoded(parts.first ?? "", "a parameter")
      guard !name.isEmpty, parameters[name] == nil else {
        throw malformed(
          name.isEmpty ? "a parameter has no name" : "it has the parameter '\(name)' twice")
      }
      parameters[name] = try decoded(parts.count > 1 ? parts[1] : "", "'\(name)'")
    }
    return parameters
  }

  /// `///path` and `//localhost/path` are ways to write a path too (RFC 8089).
  private static func filePath(_ name: String) -> String {
    for prefix in ["//localhost/", "///"] where name.hasPrefix(prefix) {
      return "/" + name.dropFirst(prefix.count)
    }
    return name
  }

  private static func decoded(
    _ text: Substring, _ what: String
  ) throws(SecretStoreError) -> String {
    guard let bytes = PercentEscape.bytes(text) else {
      throw malformed("\(what) has a '%' without two hexadecimal digits behind it")
    }
    guard let decoded = String(validating: bytes, as: UTF8.self),
      !decoded.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
    else { throw malformed("\(what) is no text, or has control characters") }
    return decoded
  }

  private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func malformed(
    _ detail: String, advice: String = "",
    at location: StoreLocation = StoreLocation(scheme: "store", name: "URL")
  ) -> SecretStoreError {
    SecretStoreError(
      .misconfigured, at: location, operation: "parse", "the store's URL cannot be used: \(detail)",
      advice: advice, delivery: .notSent)
  }
}
