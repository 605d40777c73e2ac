import GRPCCall

/// Finds credentials within a text that is more than they are: an error's message that repeats one, a
/// path's query, JSON in a string.
struct SecretText {
  private let text: [UInt8]
  private let redactor: Redactor

  /// How many beginnings of a token are looked into: each costs as much as the token is long.
  private static let mostTokens = 16
  /// Shorter values are words of a sentence, or nothing worth hiding.
  private static let (shortestAssigned, shortestNamed) = (8, 16)
  /// Names of secrets are no shorter.
  private static let shortestName = 3

  /// What is longer is not looked through.
  static let longest = 1 << 16

  /// Whether one is found.
  static func holds(_ text: [UInt8], _ redactor: Redactor) -> Bool {
    guard text.count >= shortestAssigned, text.count <= longest else { return false }
    switch SecretText(text: text, redactor: redactor).reading {
    case .found: return true
    case .nothing: return false
    case .encoded(let first): return holdsEncoded(text, from: first, redactor)
    }
  }

  /// Looks into what is percent-encoded, as `grpc-message` and queries are: runs of printable ASCII.
  private static func holdsEncoded(_ text: [UInt8], from first: Int, _ redactor: Redactor) -> Bool {
    var isFound = false
    var end = first
    SecretBeginnings.forEach(in: text.span, from: first) { place in
      guard place >= end, PercentEncoding.isEncoded(text.span, at: place) else { return true }
      var start = place
      end = place
      while start > 0, isPrintable(text[start - 1]) { start -= 1 }
      while end < text.count, isPrintable(text[end]) { end += 1 }
      guard end - start >= shortestAssigned else { return true }
      let decoded = PercentEncoding.decodedBytes(text.span.extracting(start..<end))
      if case .found = SecretText(text: decoded, redactor: redactor).reading { isFound = true }
      return !isFound
    }
    return isFound
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { 0x20..<0x7f ~= byte }

  /// What is found in a text.
  private enum Reading {
    case nothing, found
    /// No secret as it is; but something is percent-encoded, at a place and perhaps behind it.
    case encoded(Int)
  }

  private var reading: Reading {
    var tokens = 0
    var encoded: Int?
    var isFound = false
    let text = text.span
    SecretBeginnings.forEach(in: text) { index in
      if text[index] == UInt8(ascii: "%") {
        if encoded == nil, PercentEncoding.isEncoded(text, at: index) { encoded = index }
      } else {
        isFound = holds(at: index, &tokens)
      }
      return !isFound
    }
    return isFound ? .found : encoded.map { .encoded($0) } ?? .nothing
  }

  private func holds(at index: Int, _ tokens: inout Int) -> Bool {
    let text = text.span
    switch text[index] {
    case UInt8(ascii: "e"):
      guard tokens < Self.mostTokens, begins(index, "eyJ") || begins(index, "eyA") else {
        return false
      }
      tokens += 1
      return isToken(index)
    case UInt8(ascii: "B"), UInt8(ascii: "b"):
      guard begins(index, "Bearer ") || begins(index, "bearer ") else { return false }
      return word(index + 7).count >= Self.shortestNamed
    // Most are not behind a name.
    case UInt8(ascii: "=") where index > 0 && Self.mayEndName(text[index - 1]):
      return isSecretName(before: index) && word(index + 1).count >= Self.shortestAssigned
    case UInt8(ascii: ":") where index > 0 && Self.mayEndName(text[index - 1]):
      return isSecretMember(index)
    default: return false
    }
  }

  private func begins(_ index: Int, _ word: StaticString) -> Bool {
    let end = index + word.utf8CodeUnitCount
    return end <= text.count && text.span.extracting(index..<end).equalsText(word)
  }

  /// A token or a bundle from here on, to the end of the characters that either may have.
  private func isToken(_ start: Int) -> Bool {
    let run = text[start...].prefix { Self.isOfName($0) || ".+/=".utf8.contains($0) }
    let token = run.prefix { Self.isOfName($0) || $0 == UInt8(ascii: ".") }
    // A sentence may end behind it.
    let ended = token.last == UInt8(ascii: ".") ? token.dropLast() : token
    let bundle = run.prefix { $0 != UInt8(ascii: ".") }
    return Credential(Array(ended), redactor) != nil || Credential(Array(bundle), redactor) != nil
  }

  /// What stands from a place on, to the end of a word.
  private func word(_ start: Int) -> ArraySlice<UInt8> {
    guard start < text.count else { return [] }
    let rest = text[start...]
    let value = rest.first == UInt8(ascii: "\"") ? rest.dropFirst() : rest
    return value.prefix { $0 > 0x20 && !"\"&,;}".utf8.contains($0) }
  }

  /// `"name": "value"` of JSON, or `name: value` if the value is too long for a word.
  private func isSecretMember(_ colon: Int) -> Bool {
    let rest = text[(colon + 1)...]
    let value = rest.drop { $0 == 0x20 }
    guard let first = value.first, isSecretName(before: colon) else { return false }
    let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "\\")
    return isQuoted || word(value.startIndex).count >= Self.shortestNamed
  }

  private func isSecretName(before end: Int) -> Bool {
    var last = end
    while last > 0, Self.mayFollowName(text[last - 1]) { last -= 1 }
    var first = last
    while first > 0, last - first < 64, Self.isOfName(text[first - 1]) { first -= 1 }
    guard last - first >= Self.shortestName else { return false }
    let name = String(decoding: text[first..<last], as: UTF8.self).lowercased()
    return redactor.isSecretHeader(name) || redactor.isSecretField(name)
  }

  private static func mayEndName(_ byte: UInt8) -> Bool {
    isOfName(byte) || mayFollowName(byte)
  }

  private static func mayFollowName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x20: true
    default: false
    }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
