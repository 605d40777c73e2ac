/// What decryption has to know of a ClientHello or ServerHello (RFC 8446, section 4.1).
struct Hello {
  /// The random of a ServerHello that asks for another ClientHello (RFC 8446, section 4.1.3).
  private static let retryRandomStart: [UInt8] = [0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11]

  let random: [UInt8]
  /// The suite that a server chose.
  let suite: Int
  let isTLS13: Bool

  var isRetry: Bool { random.starts(with: Self.retryRandomStart) }

  /// Reads the body of a ClientHello, of which only the random counts.
  init?(client body: [UInt8]) {
    guard body.count >= 34 else { return nil }
    (random, suite, isTLS13) = (Array(body[2..<34]), 0, false)
  }

  /// Reads the body of a ServerHello.
  init?(server body: [UInt8]) {
    guard body.count >= 38, case let place = 35 + Int(body[34]),
      let suite = ByteOrder.big.integer(body, at: place, size: 2)
    else { return nil }
    random = Array(body[2..<34])
    self.suite = suite
    isTLS13 = Self.choosesTLS13(body, extensions: place + 5)
  }

  /// Whether supported_versions, extension 43, says 0x0304.
  private static func choosesTLS13(_ body: [UInt8], extensions start: Int) -> Bool {
    var place = start
    while let type = ByteOrder.big.integer(body, at: place, size: 2),
      let size = ByteOrder.big.integer(body, at: place + 2, size: 2)
    {
      if type == 43 { return ByteOrder.big.integer(body, at: place + 4, size: 2) == 0x0304 }
      place += 4 + size
    }
    return false
  }
}
