/// Makes a long capture of a short one: the same packets again and again, each time between another
/// two ends, so that every copy is a connection of its own.
struct CaptureMultiplier {
  /// The capture file's header of 24 bytes, then records of packets that begin with IPv4, as
  /// `FileWireTap` writes them.
  private let header: [UInt8]
  private let records: [[UInt8]]

  /// How many connections of a batch are open at the same time.
  let connectionsAtOnce: Int

  /// Where parts of a record are: 16 bytes of its own header, then IPv4 of 20 bytes and TCP.
  private enum Place {
    static let source = 16 + 12
    static let target = 16 + 16
    static let sourcePort = 16 + 20
    static let targetPort = 16 + 22
  }

  /// - Parameter file: a capture file of one connection, little-endian; what is cut off at its end is
  ///   left out.
  init(_ file: [UInt8], connectionsAtOnce: Int) {
    header = Array(file.prefix(24))
    var records: [[UInt8]] = []
    var place = 24
    while place + 16 <= file.count {
      let length = (0..<4).reduce(0) { $0 | Int(file[place + 8 + $1]) << (8 * $1) }
      guard length >= 40, place + 16 + length <= file.count else { break }
      records.append(Array(file[place..<place + 16 + length]))
      place += 16 + length
    }
    self.records = records
    self.connectionsAtOnce = connectionsAtOnce
  }

  /// Writes a capture of at least `size` bytes, piece by piece.
  ///
  /// - Returns: how many connections it has.
  func write(_ size: Int, to output: ([UInt8]) throws -> Void) rethrows -> Int {
    try output(header)
    guard !records.isEmpty else { return 0 }
    var written = header.count
    var connections = 0
    while written < size {
      for record in records {
        var piece: [UInt8] = []
        for number in connections..<connections + connectionsAtOnce {
          piece += copy(of: record, for: number)
        }
        try output(piece)
        written += piece.count
      }
      connections += connectionsAtOnce
    }
    return connections
  }

  /// The packet of another connection: of the client's address and port, the server's is 80.
  private func copy(of record: [UInt8], for number: Int) -> [UInt8] {
    var record = record
    let isSent = record[Place.targetPort] == 0 && record[Place.targetPort + 1] == 80
    let address = isSent ? Place.source : Place.target
    let port = isSent ? Place.sourcePort : Place.targetPort
    let (host, last) = (number >> 14, 32_768 + number & 0x3FFF)
    record[address + 1] = UInt8(truncatingIfNeeded: host >> 16)
    record[address + 2] = UInt8(truncatingIfNeeded: host >> 8)
    record[address + 3] = UInt8(truncatingIfNeeded: host)
    record[port] = UInt8(truncatingIfNeeded: last >> 8)
    record[port + 1] = UInt8(truncatingIfNeeded: last)
    return record
  }
}
