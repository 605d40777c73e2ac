import Testing
import WireCapture
import WireCaptureModel

@Suite struct CaptureFileTests {
  @Test(
    "Every format of the same packets gives the streams that tshark finds",
    arguments: ["grpcio.pcap", "grpcio.pcapng", "grpcio-nano.pcap"], [1 << 20, 7])
  func sameAsTshark(file: String, step: Int) throws {
    let found = Collector.read(try Captures.bytes(file), step: step)
    let expected = try Captures.tsharkStreams()
    #expect(found.streams.count == expected.count)
    for (number, sides) in expected.enumerated() {
      #expect(found.streams[number]?[.clientToServer]?.hex == sides["client"])
      #expect(found.streams[number]?[.serverToClient]?.hex == sides["server"])
    }
    #expect(found.notes == [])
    #expect(found.gaps == 0)
    #expect(found.ended.sorted() == Array(expected.indices))
  }

  @Test("Each run of bytes knows where it stands in the file")
  func offsets() throws {
    for file in ["grpcio.pcap", "grpcio.pcapng"] {
      let bytes = try Captures.bytes(file)
      let runs = Collector.read(bytes, step: 1000).runs
      #expect(!runs.isEmpty)
      for run in runs {
        let start = Int(run.offset)
        #expect(Array(bytes[start..<start + run.bytes.count]) == run.bytes)
      }
    }
  }

  @Test("Times count from the first packet and do not depend on the format")
  func times() throws {
    let micro = Collector.read(try Captures.bytes("grpcio.pcap")).runs.map(\.time)
    let nano = Collector.read(try Captures.bytes("grpcio-nano.pcap")).runs.map(\.time)
    let blocks = Collector.read(try Captures.bytes("grpcio.pcapng")).runs.map(\.time)
    #expect(micro == nano)
    #expect(micro == blocks)
    #expect(micro.allSatisfy { ($0 ?? .max) < 60_000_000_000 })
  }

  @Test("Bytes that a snap length cut off are a gap before those that follow")
  func snapLength() throws {
    let whole = Collector.read(try Captures.bytes("grpcio.pcap"))
    let cut = Collector.read(try Captures.bytes("grpcio-snap200.pcap"))
    let size = { (found: Collector) in found.runs.reduce(0) { $0 + $1.bytes.count } }
    #expect(cut.gaps > 0)
    #expect(size(cut) + cut.gaps + cut.missingAtEnds == size(whole))
  }

  @Test("A capture that ends anywhere gives a beginning of its streams")
  func truncations() throws {
    let bytes = try Captures.bytes("grpcio.pcapng")
    let whole = Collector.read(bytes)
    for length in stride(from: 0, to: bytes.count, by: 97) {
      let part = Collector.read(Array(bytes.prefix(length)))
      for (number, sides) in part.streams {
        for (direction, stream) in sides {
          #expect(whole.streams[number]?[direction]?.starts(with: stream) == true)
        }
      }
    }
  }

  @Test("No damage of a capture does harm", arguments: ["grpcio.pcap", "grpcio.pcapng"])
  func mutations(file: String) throws {
    let bytes = Array(try Captures.bytes(file).prefix(6000))
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        damaged[Int.random(in: damaged.indices, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let found = Collector.read(damaged)
      #expect(found.runs.reduce(0) { $0 + $1.bytes.count } <= bytes.count)
    }
  }

  @Test("Other files are told from captures")
  func detection() throws {
    #expect(CaptureFile.isCapture(try Captures.bytes("grpcio.pcap")))
    #expect(CaptureFile.isCapture(try Captures.bytes("grpcio.pcapng")))
    #expect(!CaptureFile.isCapture(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)))
    #expect(!CaptureFile.isCapture([]))
    #expect(
      Collector.read([UInt8](repeating: 0, count: 100)).notes == [
        "this is neither a pcap nor a pcapng file"
      ])
  }
}
