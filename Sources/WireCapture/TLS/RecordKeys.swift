import TLSSession

/// What opens the records of one direction.
struct RecordKeys {
  private let suite: CipherSuite
  /// TLS 1.3's traffic secret; nil in TLS 1.2.
  private let secret: [UInt8]?
  private let key: [UInt8]
  private let iv: [UInt8]
  private var sequence: UInt64 = 0

  /// The keys of a traffic secret of TLS 1.3 (RFC 8446, section 7.3).
  init(_ suite: CipherSuite, secret: [UInt8]) {
    self.suite = suite
    self.secret = secret
    key = Crypto.expandLabel(
      suite.hash, secret: secret, label: "key", count: suite.cipher.keySize)
    iv = Crypto.expandLabel(suite.hash, secret: secret, label: "iv", count: 12)
  }

  /// The keys of one side of a TLS 1.2 connection (RFC 5246, section 6.3).
  init(
    _ suite: CipherSuite, master: [UInt8], randoms: (client: [UInt8], server: [UInt8]),
    isClient: Bool
  ) {
    self.suite = suite
    secret = nil
    let keySize = suite.cipher.keySize
    let ivSize = suite.cipher == .chaCha20Poly1305 ? 12 : 4
    let block = Crypto.tls12PRF(
      suite.hash, secret: master, label: "key expansion", seed: randoms.server + randoms.client,
      count: 2 * (keySize + ivSize))
    key = Array(block.dropFirst(isClient ? 0 : keySize).prefix(keySize))
    iv = Array(block.dropFirst(2 * keySize + (isClient ? 0 : ivSize)).prefix(ivSize))
  }

  /// The keys after a KeyUpdate (RFC 8446, section 7.2).
  var updated: RecordKeys {
    guard let secret else { return self }
    return RecordKeys(
      suite,
      secret: Crypto.expandLabel(
        suite.hash, secret: secret, label: "traffic upd", count: suite.hash.size))
  }

  /// What a record holds: its type, its content, and how far into the record's payload the content
  /// began; nil if it cannot be opened.
  mutating func open(_ record: TLSRecord) -> (type: UInt8, content: [UInt8], start: Int)? {
    defer { sequence &+= 1 }
    return secret == nil ? openTLS12(record) : openTLS13(record)
  }

  private func openTLS13(_ record: TLSRecord) -> (type: UInt8, content: [UInt8], start: Int)? {
    guard
      let inner = suite.cipher.open(
        record.payload, key: key, nonce: mixedNonce, associated: record.header),
      // RFC 8446, section 5.4: the last byte that is not zero is the type, the rest is padding.
      let end = inner.lastIndex(where: { $0 != 0 })
    else { return nil }
    return (inner[end], Array(inner[..<end]), 0)
  }

  private func openTLS12(_ record: TLSRecord) -> (type: UInt8, content: [UInt8], start: Int)? {
    // RFC 5288, section 3: GCM's nonce ends with eight bytes that the record begins with.
    let explicit = iv.count == 4 ? 8 : 0
    guard record.payload.count >= explicit + 16 else { return nil }
    let count = UInt64(record.payload.count - explicit - 16)
    let associated =
      Self.bytes(sequence) + record.header.prefix(3) + Self.bytes(count).suffix(2)
    let nonce = explicit == 0 ? mixedNonce : iv + record.payload.prefix(8)
    let content = suite.cipher.open(
      Array(record.payload.dropFirst(explicit)), key: key, nonce: nonce, associated: associated)
    return content.map { (record.type, $0, explicit) }
  }

  private var mixedNonce: [UInt8] {
    let number = [UInt8](repeating: 0, count: max(0, iv.count - 8)) + Self.bytes(sequence)
    return zip(iv, number).map { $0 ^ $1 }
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
  }
}
