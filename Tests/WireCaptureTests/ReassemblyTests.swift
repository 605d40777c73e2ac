import Testing
import WireCapture
import WireCaptureModel

/// What a capture says of streams whose packets were repeated, exchanged or lost.
@Suite struct ReassemblyTests {
  private func packets() throws -> PacketFile { PacketFile(try Captures.bytes("grpcio.pcap")) }

  @Test("Repeated packets change nothing")
  func repeated() throws {
    var file = try packets()
    let whole = Collector.read(file.bytes)
    file.records = file.records.flatMap { [$0, $0] }
    let found = Collector.read(file.bytes)
    #expect(found.streams == whole.streams)
    #expect(found.notes == [])
  }

  @Test("Exchanged neighbours are put into their order")
  func reordered() throws {
    let file = try packets()
    let whole = Collector.read(file.bytes)
    for index in file.indices(withPayload: 1).dropLast() {
      var other = file
      other.records.swapAt(index, index + 1)
      let found = Collector.read(other.bytes)
      #expect(found.streams == whole.streams)
      #expect(found.gaps == 0)
    }
  }

  @Test("A lost packet is a gap of its size, in its place")
  func lost() throws {
    let file = try packets()
    let whole = Collector.read(file.bytes)
    let total = whole.runs.reduce(0) { $0 + $1.bytes.count }
    for index in file.indices(withPayload: 1) {
      var other = file
      other.records.remove(at: index)
      let found = Collector.read(other.bytes)
      let size = found.runs.reduce(0) { $0 + $1.bytes.count }
      #expect(size < total)
      #expect(size + found.gaps + found.missingAtEnds == total)
      for run in found.runs where run.gapBefore != nil {
        let stream = try #require(whole.streams[run.connection]?[run.direction])
        #expect(stream.hex.contains(run.bytes.hex))
      }
    }
  }

  @Test("A capture that starts within a connection still knows the client by its port")
  func middle() throws {
    var file = try packets()
    let first = try #require(file.indices(withPayload: 100).first)
    file.records.removeFirst(first + 1)
    let found = Collector.read(file.bytes)
    let whole = Collector.read(try packets().bytes)
    for (direction, stream) in found.streams[0] ?? [:] {
      let all = try #require(whole.streams[0]?[direction])
      #expect(all.reversed().starts(with: stream.reversed()))
    }
    #expect(found.streams[0]?.count == 2)
  }

  @Test("The same two ports, used again, are another connection")
  func reuse() throws {
    var file = try packets()
    let whole = Collector.read(file.bytes)
    // Every sequence and acknowledgement number is another the second time.
    let again = file.records.map { record in
      var record = record
      for place in [16 + 14 + 20 + 4, 16 + 14 + 20 + 8] where record.count > place {
        record[place] &+= 0x5A
      }
      return record
    }
    file.records += again
    let found = Collector.read(file.bytes)
    #expect(found.streams.count == 2 * whole.streams.count)
    for number in whole.streams.keys {
      #expect(found.streams[number + whole.streams.count] == whole.streams[number])
    }
  }

  @Test("Sequence numbers may wrap anywhere")
  func wrap() throws {
    let file = try packets()
    let whole = Collector.read(file.bytes)
    for shift in stride(from: UInt32(0), to: .max - 0x1000_0000, by: 0x0FFF_FF01) {
      var other = file
      other.records = file.records.map { Self.shifted($0, by: shift) }
      #expect(Collector.read(other.bytes).streams == whole.streams)
    }
  }

  private static func shifted(_ record: [UInt8], by shift: UInt32) -> [UInt8] {
    var record = record
    for start in [16 + 14 + 20 + 4, 16 + 14 + 20 + 8] {
      let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(record[start + $1]) } &+ shift
      for index in 0..<4 {
        record[start + index] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index))
      }
    }
    return record
  }
}
