import TestSupport
import Testing

@testable import WireDump

/// The examples of RFC 7541 appendix C.
@Suite struct HeaderDecoderTests {
  private func decode(_ blocks: [String], capacity: Int? = nil) -> [[String]] {
    var decoder = HeaderDecoder()
    if let capacity {
      // A size update to 256: 001 with a prefix of 31, then 225.
      precondition(capacity == 256)
      _ = decoder.decode(hex("3fe101").span, 0..<3)
    }
    return blocks.map { text in
      let bytes = hex(text)
      let block = decoder.decode(bytes.span, bytes.indices)
      guard block.failure == nil else { return ["failed"] }
      return block.fields.map {
        String(decoding: $0.name ?? [], as: UTF8.self) + ": "
          + String(decoding: $0.value ?? [], as: UTF8.self)
      }
    }
  }

  private static let requests = [
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    [
      ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com",
      "cache-control: no-cache",
    ],
    [
      ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
      "custom-key: custom-value",
    ],
  ]

  @Test func decodesRequestsWithoutHuffmanCoding() {
    let blocks = [
      "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ]
    #expect(decode(blocks) == Self.requests)
  }

  @Test func decodesRequestsWithHuffmanCoding() {
    let blocks = [
      "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ]
    #expect(decode(blocks) == Self.requests)
  }

  @Test func evictsAsTheTableIsSmall() {
    let blocks = [
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97"
        + "c8e9ae82ae43d3",
      "4883640effc1c0bf",
    ]
    let decoded = decode(blocks, capacity: 256)
    #expect(decoded[0].first == ":status: 302" && decoded[0].count == 4)
    #expect(decoded[1].first == ":status: 307" && decoded[1].count == 4)
    #expect(decoded[1].last == "location: https://www.example.com")
  }

  @Test(arguments: [
    ("80", "index 0"), ("be", "an index beyond the table"), ("41", "a literal that ends"),
    ("410fff", "a string that is too long"), ("418100", "Huffman padding of zeros"),
    ("4184ffffffff", "the end mark of Huffman"), ("ffffffffffff7f", "an integer beyond 2^32"),
  ])
  func sayWhereAFaultIs(block: String, what: String) {
    var decoder = HeaderDecoder()
    let bytes = hex(block)
    let decoded = decoder.decode(bytes.span, bytes.indices)
    #expect(decoded.failure == 0 && decoded.violations.count == 1, "\(what)")
  }
}
