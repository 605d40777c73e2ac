import GRPCCall
import Testing

@Suite("Metadata")
struct MetadataTests {
  @Test("keeps entries in order and a name any number of times")
  func order() throws {
    var metadata = Metadata()
    try metadata.add("B", "1")
    try metadata.add("a", "2")
    try metadata.add("b", "3")
    #expect(metadata.map(\.key) == ["b", "a", "b"])
    #expect(metadata.all("B") == [.ascii("1"), .ascii("3")])
    #expect(metadata["b"] == "1")
    #expect(metadata["c"] == nil)
    #expect(metadata.keys == ["b", "a"])
    #expect(metadata.count == 3)
    metadata.removeAll("B")
    #expect(metadata == ["a": "2"])
  }

  @Test("bytes go under names that end in -bin, text under all others")
  func binary() throws {
    var metadata = Metadata()
    try metadata.addBinary("Trace-Bin", [0, 255])
    #expect(metadata.binary("trace-bin") == [0, 255])
    #expect(metadata["trace-bin"] == nil)
    #expect(throws: MetadataError.asciiValueForBinaryKey(key: "x-bin")) {
      try metadata.add("x-bin", "text")
    }
    #expect(throws: MetadataError.binaryValueForASCIIKey(key: "x")) {
      try metadata.addBinary("x", [1])
    }
    #expect(metadata.count == 1)
  }

  @Test(
    "refuses names that are not made of key characters", arguments: ["", "a b", "ä", "a:b", "a\n"])
  func invalidKey(key: String) {
    var metadata = Metadata()
    #expect(throws: MetadataError.invalidKey(key)) { try metadata.add(key, "v") }
    #expect(metadata.isEmpty)
  }

  @Test(
    "refuses names that the protocol keeps to itself",
    arguments: [
      ":path", ":x", "grpc-status", "grpc-anything", "te", "content-type", "user-agent", "host",
      "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
      "content-length",
    ])
  func reservedKey(key: String) {
    var metadata = Metadata()
    #expect(throws: MetadataError.reservedKey(key)) { try metadata.add(key.uppercased(), "v") }
  }

  @Test("refuses what is not printable ASCII", arguments: ["ä", "a\u{7f}", "a\r\nb", "\t", "a\0"])
  func invalidValue(value: String) {
    var metadata = Metadata()
    #expect(throws: MetadataError.invalidValue(key: "k")) { try metadata.add("k", value) }
  }

  @Test("cuts off spaces at the ends of a text")
  func trimming() throws {
    var metadata = Metadata()
    try metadata.add("k", "  a b ")
    try metadata.add("empty", "  ")
    #expect(metadata["k"] == "a b")
    #expect(metadata["empty"] == "")
  }

  @Test("a literal that breaks a rule remembers which")
  func literal() {
    let good: Metadata = ["a": "1"]
    #expect(good.literalError == nil)
    let bad: Metadata = ["a": "1", "te": "x", "": "y"]
    #expect(bad.literalError == .reservedKey("te"))
    #expect(bad.count == 1)
  }

  @Test("shows no value of a sensitive name, in description or reflection")
  func redaction() {
    let metadata: Metadata = ["authorization": "hunter2", "a": "1"]
    #expect("\(metadata)" == "[authorization: <redacted>, a: 1]")
    var text = ""
    dump(metadata, to: &text)
    dump(Array(metadata), to: &text)
    text += String(reflecting: metadata)
    #expect(text.contains("a: 1"))
    #expect(!text.contains("hunter2"))
  }

  @Test("a joined list of base64 becomes several values; what is not base64 is refused")
  func received() {
    var metadata = Metadata()
    #expect(metadata.receive("x-bin", "AQ, Ag==,") == true)
    #expect(metadata.all("x-bin") == [.binary([1]), .binary([2]), .binary([])])
    #expect(metadata.receive("x-bin", "!") == false)
    #expect(metadata.receive("x", "a,b") == true)
    #expect(metadata["x"] == "a,b")
  }
}

extension Metadata {
  fileprivate mutating func receive(_ name: String, _ value: String) -> Bool {
    appendReceived(name: Array(name.utf8).span, value: Array(value.utf8).span)
  }
}
