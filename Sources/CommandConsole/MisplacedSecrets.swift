import MomentoAuth

/// Words of a command line that may be secrets in the wrong place: a key where the name of a file
/// belongs, a password in a URL. What is told of an error repeats none of them.
///
/// Names are told from secrets by how they look, so that a mistyped name is still shown: a secret is
/// long, and mixes digits, small and capital letters. It has no ending such as `.json`, and does not
/// begin as a path does.
struct MisplacedSecrets {
  /// Fewer bytes of a word in a row give nothing away.
  private static let shortest = 12

  private let words: [[UInt8]]

  init(arguments: [String]) {
    words = arguments.flatMap(Self.suspects).filter { $0.count >= Self.shortest / 2 }
  }

  /// The text with every one of these words, or a part of one, taken out of it.
  func hidden(in text: String) -> String {
    guard !words.isEmpty else { return text }
    var bytes = Array(text.utf8)
    for word in words { Self.hide(word, in: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What may be a secret in one argument, in small letters: errors may show it in either.
  private static func suspects(_ argument: String) -> [[UInt8]] {
    var value = Substring(argument)
    if value.hasPrefix("--") {
      value = value.dropFirst(2)
      if let equals = value.firstIndex(of: "="), !looksSecret(value) {
        value = value[value.index(after: equals)...]
      }
    }
    var words: [Substring] = looksSecret(value) ? [value] : []
    for part in value.split(separator: "@").dropLast() {
      if let colon = part.lastIndex(of: ":") { words.append(part[part.index(after: colon)...]) }
    }
    return words.map { $0.utf8.map(lowered) }
  }

  private static func looksSecret(_ word: Substring) -> Bool {
    guard word.utf8.count >= shortest, !isPath(word), !hasFileEnding(word), !word.contains(":")
    else { return false }
    return word.looksMachineMade || looksBase64(word)
  }

  /// A path within this folder has slashes, too, but hardly so many capital letters.
  private static func looksBase64(_ word: Substring) -> Bool {
    word.utf8.count >= 32 && word.utf8.count { 0x41...0x5a ~= $0 } >= 8
      && word.utf8.contains { 0x30...0x39 ~= $0 } && !word.contains { "-_.".contains($0) }
  }

  private static func isPath(_ word: Substring) -> Bool {
    ["/", "./", "../", "~"].contains { word.hasPrefix($0) }
  }

  /// `.json`, `.pcapng`: a point, and a few small letters or digits.
  private static func hasFileEnding(_ word: Substring) -> Bool {
    guard let point = word.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = word.utf8[point...].dropFirst()
    return 1...8 ~= ending.count && ending.allSatisfy { 0x61...0x7a ~= $0 || 0x30...0x39 ~= $0 }
  }

  /// Takes out every run that the text and the word have in common, if it is long enough.
  private static func hide(_ word: [UInt8], in text: inout [UInt8]) {
    let least = min(shortest, word.count)
    var position = 0
    while position + least <= text.count {
      let rest = text[position...]
      let length = word.indices.map { common(rest, word[$0...]) }.max() ?? 0
      guard length >= least else {
        position += 1
        continue
      }
      text.replaceSubrange(position..<(position + length), with: replacement)
      position += replacement.count
    }
  }

  /// How long the beginning is that both have in common, whatever the case of letters.
  private static func common(_ text: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) -> Int {
    zip(text, word).prefix { lowered($0) == $1 }.count
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    0x41...0x5a ~= byte ? byte | 0x20 : byte
  }

  private static let replacement = Array("<redacted>".utf8)
}
