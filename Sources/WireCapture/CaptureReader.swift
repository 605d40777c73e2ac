package import WireCaptureModel

/// Reads a capture file (pcap or pcapng) piece by piece, and hands the bytes of its TCP connections
/// to a sink, in memory that does not grow with the file.
package struct CaptureReader<Sink: CaptureSink> {
  private var reassembly: TCPReassembly<TLSOpening<Sink>>
  private var format: CaptureFormat?
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
    guard !hasEnded else { return }
    buffer += bytes
    var place = start()
    while !hasEnded, let next = step(at: place) { place = next }
    buffer.removeFirst(place)
    base += UInt64(place)
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
  private mutating func start() -> Int {
    guard format == nil, buffer.count >= PcapFile.headerSize else { return 0 }
    if let file = PcapFile(header: buffer) {
      format = .pcap(file)
      return PcapFile.headerSize
    }
    guard CaptureFile.isCapture(buffer) else {
      end("this is neither a pcap nor a pcapng file", at: 0)
      return 0
    }
    format = .pcapng(PcapngFile())
    return 0
  }

  /// Takes the record at a place of the buffer: where the next one is, nil if it is not all there.
  private mutating func step(at place: Int) -> Int? {
    switch format?.next(buffer, at: place) ?? .incomplete {
    case .incomplete: return nil
    case .skipped(let next): return next
    case .keyLog(let secrets, let next):
      reassembly.sink.keyLog.add(Array(buffer[secrets]))
      return next
    case .packet(let packet, let next):
      reassembly.receive(packet, buffer, base: base)
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
