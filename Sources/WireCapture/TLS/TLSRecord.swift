/// One record of TLS (RFC 8446, section 5.1).
struct TLSRecord {
  /// Type, version and length: five bytes.
  let header: [UInt8]
  let payload: [UInt8]
  /// Where the payload begins in the file.
  let offset: UInt64
  let time: UInt64?

  var type: UInt8 { header[0] }
}

/// Cuts one direction of a connection into records.
struct RecordReader {
  /// RFC 5246, section 6.2.3: no record's payload is longer.
  private static let longestPayload = 16_384 + 2_048

  private var buffer: [UInt8] = []
  private var offsets: [(start: Int, offset: UInt64)] = []
  private var place = 0

  /// Whether bytes turned out to be no record.
  private(set) var isBroken = false

  mutating func receive(_ bytes: [UInt8], offset: UInt64) {
    buffer.removeFirst(place)
    offsets = offsets.map { ($0.start - place, $0.offset) }
    while offsets.count > 1, offsets[1].start <= 0 { offsets.removeFirst() }
    place = 0
    offsets.append((buffer.count, offset))
    buffer += bytes
  }

  mutating func next(time: UInt64?) -> TLSRecord? {
    guard !isBroken, let length = ByteOrder.big.integer(buffer, at: place + 3, size: 2) else {
      return nil
    }
    guard (20...24).contains(buffer[place]), buffer[place + 1] == 3, length <= Self.longestPayload
    else {
      isBroken = true
      return nil
    }
    let start = place + 5
    guard buffer.count - start >= length else { return nil }
    defer { place = start + length }
    return TLSRecord(
      header: Array(buffer[place..<start]), payload: Array(buffer[start..<start + length]),
      offset: offset(of: start), time: time)
  }

  private func offset(of index: Int) -> UInt64 {
    guard let run = offsets.last(where: { $0.start <= index }) else { return 0 }
    return run.offset + UInt64(index - run.start)
  }
}
