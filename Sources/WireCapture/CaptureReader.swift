package import WireCaptureModel

/// Reads a capture file (pcap or pcapng) piece by piece, and hands the bytes of its TCP connections
/// to a sink, in memory that does not grow with the file.
package struct CaptureReader<Sink: CaptureSink> {
  /// How many bytes are added to a record that is not complete, at least.
  private static var leastMore: Int { 4096 }

  private var reassembly: TCPReassembly<TLSOpening<Sink>>
  private var format: CaptureFormat?
  /// What was begun and is not complete.
  private var buffer: [UInt8] = []
  /// Where the buffer starts in the file.
  private var base: UInt64 = 0
  private var hasEnded = false

  /// A reader of a file from its first byte.
  ///
  /// - Parameter keyLog: the secrets of TLS connections, in the NSS key log format; those that a
  ///   pcapng file embeds are added to them.
  package init(_ sink: Sink, keyLog: [UInt8] = []) {
    reassembly = TCPReassembly(TLSOpening(sink))
    reassembly.sink.keyLog.add(keyLog)
  }

  /// What the connections' bytes are handed to.
  package var sink: Sink {
    get { reassembly.sink.inner }
    // In place: what the sink has gathered is not copied.
    _modify { yield &reassembly.sink.inner }
  }

  /// Takes the file's next bytes.
  package mutating func receive(_ bytes: [UInt8]) {
    let start = complete(with: bytes)
    guard !hasEnded, start < bytes.count else { return }
    // Where they are: a copy of all of them would be one of the whole file.
    base -= UInt64(start)
    let end = read(bytes, from: start)
    base += UInt64(end)
    buffer = Array(bytes[end...])
  }

  /// Completes what was begun with as few bytes as it takes.
  ///
  /// - Returns: how many of them it took.
  private mutating func complete(with bytes: [UInt8]) -> Int {
    var taken = 0
    while !hasEnded, !buffer.isEmpty, taken < bytes.count {
      let known = buffer.count
      let more = min(bytes.count - taken, max(Self.leastMore, known))
      buffer += bytes[taken..<taken + more]
      taken += more
      let end = read(buffer, from: 0)
      base += UInt64(end)
      // The record that was begun is the first to end, if one does.
      if end >= known {
        taken -= buffer.count - end
        buffer = []
      }
    }
    return taken
  }

  /// Reads what is complete.
  ///
  /// - Returns: where it ends.
  private mutating func read(_ bytes: [UInt8], from place: Int) -> Int {
    var place = place + start(bytes, at: place)
    while !hasEnded, let next = step(bytes, at: place) { place = next }
    return place
  }

  /// The file has no more bytes.
  package mutating func finish() {
    if !hasEnded, !buffer.isEmpty {
      reassembly.sink.note(
        "the file ends within a record, \(buffer.count) bytes after its start", offset: base)
    }
    hasEnded = true
    buffer = []
    reassembly.finish()
  }

  /// Finds the format if it is not known: how many bytes its header takes.
  private mutating func start(_ bytes: [UInt8], at place: Int) -> Int {
    guard format == nil, place == 0, bytes.count >= PcapFile.headerSize else { return 0 }
    if let file = PcapFile(header: bytes) {
      format = .pcap(file)
      return PcapFile.headerSize
    }
    guard CaptureFile.isCapture(bytes) else {
      end("this is neither a pcap nor a pcapng file", at: 0)
      return 0
    }
    format = .pcapng(PcapngFile())
    return 0
  }

  /// Takes the record at a place of the bytes: where the next one is, nil if it is not all there.
  private mutating func step(_ bytes: [UInt8], at place: Int) -> Int? {
    switch format?.next(bytes, at: place) ?? .incomplete {
    case .incomplete: return nil
    case .skipped(let next): return next
    case .keyLog(let secrets, let next):
      reassembly.sink.keyLog.add(Array(bytes[secrets]))
      return next
    case .packet(let packet, let next):
      reassembly.receive(packet, bytes, base: base)
      return next
    case .damaged(let reason):
      end(reason, at: place)
      return nil
    }
  }

  private mutating func end(_ reason: String, at place: Int) {
    hasEnded = true
    reassembly.sink.note(reason, offset: base + UInt64(place))
  }
}
