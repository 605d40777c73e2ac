extension String {
  /// The text with every word taken out of it that looks like a key, a token or a password made by a
  /// machine: what a server says may repeat what it was told, in whatever form.
  ///
  /// Such a word is a run of the characters of base64, of base64url and of JWTs. Names are none: one part
  /// of it at least mixes digits, small and capital letters as no name does.
  package var withoutSuspectWords: String {
    var text = ""
    var word = Substring()
    var rest = self[...]
    while let character = rest.popFirst() {
      if character.isOfWord {
        word.append(character)
      } else {
        text += word.orRedaction
        text.append(character)
        word = Substring()
      }
    }
    return text + word.orRedaction
  }
}

extension Substring {
  fileprivate var orRedaction: String { looksMachineMade ? redaction : String(self) }
}

extension StringProtocol {
  /// Whether a part of the word mixes digits, small and capital letters as no name does.
  package var looksMachineMade: Bool {
    split { "-_./=".contains($0) }.contains { $0.mixes }
  }

  private var mixes: Bool {
    let count = utf8.count
    // Fewer characters of a secret in a row give nothing away.
    guard count >= 12 else { return false }
    let digits = utf8.count { 0x30...0x39 ~= $0 }
    let capitals = utf8.count { 0x41...0x5a ~= $0 }
    let smalls = utf8.count { 0x61...0x7a ~= $0 }
    if digits > 0 && capitals > 0 && smalls > 0 { return true }
    // Names that are written together have a capital letter in four, or in more.
    if count >= 16 && capitals * 3 >= count && smalls * 3 >= count { return true }
    return count >= 20 && digits >= 4 && capitals + smalls >= 4
  }
}

extension Character {
  fileprivate var isOfWord: Bool {
    isASCII && (isLetter || isNumber) || "+/=_-.".contains(self)
  }
}
