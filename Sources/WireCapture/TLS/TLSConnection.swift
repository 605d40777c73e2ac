/// A connection of TLS that a capture holds, as far as its handshake is understood.
struct TLSConnection {
  /// One direction of it.
  private struct Side {
    var records = RecordReader()
    var keys: RecordKeys?
    var handshake: [UInt8] = []
    var isProtected = false
  }

  /// What a direction's bytes turned out to be.
  enum Outcome {
    /// Application data, and where in the file the bytes that hold it are.
    case data([UInt8], offset: UInt64, time: UInt64?)
    /// The rest of the connection cannot be opened, and why.
    case failed(String)
  }

  private var client = Side()
  private var server = Side()
  private var clientRandom: [UInt8] = []
  private var serverHello: Hello?

  /// Takes the next bytes of a direction.
  mutating func receive(
    _ bytes: [UInt8], offset: UInt64, time: UInt64?, isClient: Bool, _ keyLog: KeyLog
  ) -> [Outcome] {
    change(isClient) { $0.records.receive(bytes, offset: offset) }
    var outcomes: [Outcome] = []
    while let record = change(isClient, { $0.records.next(time: time) }) {
      if let outcome = take(record, isClient, keyLog) { outcomes.append(outcome) }
      if case .failed = outcomes.last { return outcomes }
    }
    if change(isClient, { $0.records.isBroken }) {
      outcomes.append(.failed("its bytes are not TLS records"))
    }
    return outcomes
  }

  @discardableResult
  private mutating func change<Result>(
    _ isClient: Bool, _ body: (inout Side) -> Result
  ) -> Result {
    isClient ? body(&client) : body(&server)
  }

  private mutating func take(
    _ record: TLSRecord, _ isClient: Bool, _ keyLog: KeyLog
  ) -> Outcome? {
    if record.type == 20 { return startTLS12Keys(isClient, keyLog) }
    guard change(isClient, { $0.isProtected }) else {
      if record.type == 23 {
        return .failed("its data begins before a handshake that was captured, or is early data")
      }
      guard record.type == 22 else { return nil }
      return takeHandshake(record.payload, isClient, keyLog)
    }
    guard let opened = change(isClient, { $0.keys?.open(record) }) else {
      return .failed(
        "a record cannot be opened with what the key log says, of the "
          + (isClient ? "client" : "server"))
    }
    switch opened.type {
    case 22: return takeHandshake(opened.content, isClient, keyLog)
    case 23:
      return .data(
        opened.content, offset: record.offset + UInt64(opened.start), time: record.time)
    default: return nil
    }
  }

  /// Takes handshake bytes; messages may be spread over records.
  private mutating func takeHandshake(
    _ bytes: [UInt8], _ isClient: Bool, _ keyLog: KeyLog
  ) -> Outcome? {
    change(isClient) { $0.handshake += bytes }
    while let message = change(isClient, { Self.nextMessage(&$0.handshake) }) {
      if let failure = take(message.type, message.body, isClient, keyLog) { return failure }
    }
    return change(isClient, { $0.handshake.count }) > 1 << 20
      ? .failed("a handshake message is longer than 1 MiB") : nil
  }

  private static func nextMessage(_ bytes: inout [UInt8]) -> (type: UInt8, body: [UInt8])? {
    guard let length = ByteOrder.big.integer(bytes, at: 1, size: 3), bytes.count >= 4 + length
    else { return nil }
    defer { bytes.removeFirst(4 + length) }
    return (bytes[0], Array(bytes[4..<4 + length]))
  }

  private mutating func take(
    _ type: UInt8, _ body: [UInt8], _ isClient: Bool, _ keyLog: KeyLog
  ) -> Outcome? {
    switch (type, isClient) {
    case (1, true):
      clientRandom = Hello(client: body)?.random ?? []
      return nil
    case (2, false):
      guard let hello = Hello(server: body), !hello.isRetry else { return nil }
      serverHello = hello
      guard hello.isTLS13 else { return nil }
      return startKeys("CLIENT_HANDSHAKE_TRAFFIC_SECRET", isClient: true, keyLog)
        ?? startKeys("SERVER_HANDSHAKE_TRAFFIC_SECRET", isClient: false, keyLog)
    // Finished: what follows has other keys (RFC 8446, section 4.4.4).
    case (20, _) where serverHello?.isTLS13 == true:
      return startKeys(
        isClient ? "CLIENT_TRAFFIC_SECRET_0" : "SERVER_TRAFFIC_SECRET_0", isClient: isClient,
        keyLog)
    case (24, _):
      change(isClient) { $0.keys = $0.keys?.updated }
      return nil
    default: return nil
    }
  }

  private mutating func startKeys(
    _ label: String, isClient: Bool, _ keyLog: KeyLog
  ) -> Outcome? {
    guard let suite = CipherSuite(serverHello?.suite ?? 0) else { return unknownSuite }
    guard let secret = keyLog.secret(label, clientRandom) else {
      return .failed("the key log has no \(label) for it")
    }
    change(isClient) {
      $0.keys = RecordKeys(suite, secret: secret)
      $0.isProtected = true
    }
    return nil
  }

  /// A ChangeCipherSpec of TLS 1.2; one of TLS 1.3 means nothing (RFC 8446, appendix D.4).
  private mutating func startTLS12Keys(_ isClient: Bool, _ keyLog: KeyLog) -> Outcome? {
    // In TLS 1.3 a client may send its own before the ServerHello that tells the version.
    guard let hello = serverHello, !hello.isTLS13 else { return nil }
    guard let suite = CipherSuite(hello.suite) else { return unknownSuite }
    guard let master = keyLog.secret("CLIENT_RANDOM", clientRandom) else {
      return .failed("the key log has no CLIENT_RANDOM for it")
    }
    let randoms = (client: clientRandom, server: hello.random)
    change(isClient) {
      $0.keys = RecordKeys(suite, master: master, randoms: randoms, isClient: isClient)
      $0.isProtected = true
    }
    return nil
  }

  private var unknownSuite: Outcome {
    let number = String(serverHello?.suite ?? 0, radix: 16)
    return .failed("the cipher suite 0x\(number) is not understood")
  }
}
