import FoundationEssentials
import Testing
import WireCapture
import WireCaptureModel

/// Captures of every link layer, of disorder and of more ciphers: tshark says what they carry.
@Suite struct LayerTests {
  private enum Expected: Decodable {
    case sides([String: String])
    /// The same as another capture.
    case same(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let other = try? container.decode(String.self) {
        self = .same(other)
      } else {
        self = .sides(try container.decode([String: String].self))
      }
    }
  }

  private func expected(_ name: String) throws -> [String: String] {
    let all = try JSONDecoder().decode(
      [String: Expected].self, from: Data(contentsOf: Captures.url("layers.streams.json")))
    switch all[name] {
    case .sides(let sides): return sides
    case .same(let other): return try expected(other)
    case nil: return [:]
    }
  }

  private func read(_ name: String) throws -> Collector {
    let keys = (try? Captures.bytes("\(name).keys")) ?? []
    var reader = CaptureReader(Collector(), keyLog: keys)
    reader.receive(try Captures.bytes("\(name).pcap"))
    reader.finish()
    return reader.sink
  }

  @Test(
    "tshark finds the same bytes",
    arguments: [
      "vlan", "vlan-twice", "cooked", "cooked2", "raw-ip", "bsd-loopback", "ipv6-extensions",
      "retransmitted", "reordered", "tls13-aes128", "tls13-chacha",
      "tls13-keyupdate",
    ])
  func sameBytes(name: String) throws {
    let found = try read(name)
    let wanted = try expected(name)
    #expect(found.streams[0]?[.clientToServer]?.hex == wanted["client"])
    #expect(found.streams[0]?[.serverToClient]?.hex == wanted["server"])
    #expect(!(wanted["client"] ?? "").isEmpty)
    #expect(found.gaps == 0)
  }

  @Test("Keys that are changed in the middle go on opening records")
  func keyUpdates() throws {
    let found = try read("tls13-keyupdate")
    let sent = found.streams[0]?[.clientToServer] ?? []
    #expect(String(decoding: sent, as: UTF8.self) == "one\ntwo\nthree\nfour\n")
    #expect(found.notes == [])
  }

  @Test("A cipher that is not understood is named, and nothing is made up")
  func cipherBlockChaining() throws {
    let found = try read("tls12-cbc")
    #expect(found.streams.isEmpty)
    #expect(found.notes.first?.contains("cipher suite 0xc009 is not understood") == true)
  }

  @Test("A packet that is missing is a gap of its size")
  func gap() throws {
    let found = try read("gap")
    let whole = try read("vlan")
    let stream = found.streams[0]?[.clientToServer]?.count ?? 0
    let all = whole.streams[0]?[.clientToServer]?.count ?? 0
    #expect(stream < all && stream + found.gaps == all)
    #expect(found.streams[0]?[.serverToClient] == whole.streams[0]?[.serverToClient])
  }
}
