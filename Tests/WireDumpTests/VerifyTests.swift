import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct VerifyTests {
  private func verdicts(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("verify") }
  }

  /// What is said about one direction of a connection.
  private func verify(
    _ bytes: [UInt8], _ direction: CaptureDirection = .clientToServer
  ) throws -> String {
    let context = try DumpContext.testing(reveals: true)
    let text = VerifyOutput(TextOutput(), context, style: .text).text(bytes, direction, context)
    return verdicts(text).joined(separator: "\n")
  }

  /// What is said about a message of the type `test.All`, or of none.
  private func verify(message bytes: [UInt8], type: String?) throws -> String {
    let schema = try RandomMessage.schema()
    let context = DumpContext(schema: schema, redactor: Redactor(reveals: true) { _ in [] })
    var dump = Dump(context, VerifyOutput(TextOutput(), context, style: .text))
    dump.explain(message: bytes, type: type)
    return verdicts(dump.output.lines.take()).joined(separator: "\n")
  }

  // MARK: Recordings

  @Test(arguments: Recordings.names, [CaptureDirection.clientToServer, .serverToClient])
  func realPeersWriteNothingThatIsNotCanonical(
    name: String, direction: CaptureDirection
  ) throws {
    let said = try verify(try Recordings.bytes(name, direction), direction)
    #expect(said.contains("\nverify: same bytes") && said.contains("verify h2: same bytes"))
    #expect(!said.contains("not canonical"), "\(said)")
  }

  @Test func whatCameBeforeTheCaptureCannotBeKnown() throws {
    let bytes = try Recordings.bytes("calls-in-a-row", .clientToServer)
    let said = try verify(Array(bytes[500...]))
    #expect(said.contains("cannot be known"))
    #expect(said.contains("which came before the capture began"))
    #expect(said.hasSuffix("verify: same bytes, as far as can be known"))
  }

  // MARK: Messages

  private static let messages: [(bytes: String, offset: Int, what: String)] = [
    ("080112020102", -1, ""), ("0880808000", 1, "the varint has 4 bytes, 1 would do"),
    ("88000a", 0, "the tag has 2 bytes, 1 would do"),
    ("128100" + "01", 1, "the length has 2 bytes"),
    ("10010801", 2, "field 1 stands behind field 2"), ("0b0c13", 3, "group 2 is not closed"),
    ("0b14", 1, "group 2 ends and is not open"), ("0b8c800008" + "01", 1, "the tag has 3 bytes"),
    ("0b1001080" + "10c", 3, "field 1 stands behind field 2"),
    ("120410010801", 4, "field 1 stands behind field 2"),
  ]

  @Test func namesWhatIsNotCanonicalInAMessageOfNoType() throws {
    for (bytes, offset, what) in Self.messages {
      let said = try verify(message: hex(bytes), type: nil)
      if offset < 0 {
        #expect(said == "verify pb: same bytes, 1 messages\nverify: same bytes")
      } else if bytes == "120410010801" {
        // It may be no message at all.
        #expect(said.contains("cannot be known at 0x4: \(what), if these bytes are a message"))
      } else {
        #expect(said.contains("canonical is at 0x\(offset), pb: \(what)"), "\(bytes): \(said)")
      }
    }
  }

  private static let typed: [(bytes: String, offset: Int, what: String)] = [
    ("0801", -1, ""), ("0802", 2 - 1, "a bool of 2"),
    ("0800", 0, "field 1 is there, and has the default"),
    ("10ffffffff0f", 1, "a negative number of 32 bits in 5 bytes"),
    ("10ffffffffffffffffff01", -1, ""),
    ("108080808010", 1, "a number of 32 bits with more bits"), ("3001", 0, "field 6 is not packed"),
    ("3200", 0, "field 6 is packed and has no value"),
    ("3202" + "8000", 2, "the varint has 2 bytes"),
    ("08010801", 2, "field 1 stands twice"), ("6a00", 0, "field 13 is there, and has the default"),
    ("6a0161", -1, ""), ("6900000000" + "00000000", -1, ""), ("4d00000000", -1, ""),
    ("490000000000000000", 0, "field 9 is there, and has the default"), ("7a00", -1, ""),
    ("7a020800", 2, "field 1 is there, and has the default"), ("320203" + "01", -1, ""),
    ("f80101", -1, ""), ("080107", 2, "1 bytes that are no field"),
  ]

  @Test func namesWhatIsNotCanonicalInAMessageOfAKnownType() throws {
    for (bytes, offset, what) in Self.typed {
      let said = try verify(message: hex(bytes), type: "test.All")
      if offset < 0 {
        #expect(said.hasSuffix("verify: same bytes"), "\(bytes): \(said)")
      } else {
        #expect(said.contains("canonical is at 0x\(offset), pb: \(what)"), "\(bytes): \(said)")
      }
    }
  }

  // MARK: Frames and header fields

  private let start = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + hex("000000040000000000")

  /// A frame of stream 1, whose header begins at 0x21.
  private func frame(_ type: UInt8, _ flags: UInt8, _ payload: String, stream: String = "00000001")
    -> [UInt8]
  {
    let payload = hex(payload)
    return [0, 0, UInt8(payload.count), type, flags] + hex(stream) + payload
  }

  private func expect(
    _ frames: [UInt8], _ verdict: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let said = try verify(start + frames)
    #expect(said.contains(verdict), "\(said)", sourceLocation: sourceLocation)
  }

  @Test func namesWhatIsNotCanonicalInFrames() throws {
    let canonical = "the first choice that is not canonical is at 0x"
    try expect(frame(0, 0, "00"), "verify h2: same bytes, 2 frames")
    try expect(frame(0, 0x40, "00"), canonical + "25, h2: flags 0x40, which DATA does not define")
    try expect(
      frame(0, 0, "00", stream: "80000001"), canonical + "26, h2: the reserved bit of the stream")
    try expect(frame(0, 8, "0201020000"), canonical + "2a, h2: padding of 2 bytes")
    try expect(frame(0, 8, "00"), canonical + "2a, h2: padding of 0 bytes")
    try expect(frame(8, 0, "80000001"), canonical + "2a, h2: the reserved bit of WINDOW_UPDATE")
    try expect(
      frame(1, 0, "82") + frame(9, 4, "84"),
      canonical + "2b, h2: CONTINUATION, and the header block of 2 bytes fits in one frame")
    try expect(frame(0xee, 0xff, "00"), "cannot be known at 0x24: a frame of type 0xee")
  }

  @Test func namesWhatIsNotCanonicalInHeaderBlocks() throws {
    let canonical = "the first choice that is not canonical is at 0x"
    try expect(frame(1, 4, "8286"), "verify hpack: same bytes, 2 header fields\n")
    try expect(
      frame(1, 4, "0f8000" + "0161"),
      canonical + "2a, hpack: the index has 3 bytes, more than it needs")
    try expect(frame(1, 4, "0f00" + "0161"), "verify hpack: same bytes")
    try expect(
      frame(1, 4, "047f8000" + String(repeating: "61", count: 127)),
      canonical + "2b, hpack: the length of the value has 3 bytes")
    // A backslash has 19 bits.
    try expect(
      frame(1, 4, "0483fffe1f"),
      "canonical is at 0x2b, hpack: the value has 3 bytes in Huffman code and 1")
    try expect(frame(1, 4, "0403616161"), "remark at 0x2b: the value has 3 bytes, and 2 in Huffman")
    try expect(
      frame(1, 4, "00073a6d6574686f6403474554"),
      canonical + "2a, hpack: :method is a literal, and entry 2")
    try expect(frame(1, 4, "10073a6d6574686f6403474554"), "remark at 0x2a: :method is a literal")
    try expect(
      frame(1, 4, "00053a7061746801" + "61"), "remark at 0x2a: the name :path is a literal")
    try expect(
      frame(1, 4, "4001780179" + "4001780179"),
      canonical + "2f, hpack: x is a literal, and entry 62 says")
    try expect(frame(1, 4, "3fe11f" + "82"), "verify hpack: same bytes, 1 header fields")
    try expect(frame(1, 4, "3f8000" + "82"), canonical + "2a, hpack: the table size has 3 bytes")
  }

  @Test func namesFlagsOfPrefixes() throws {
    let body = frame(
      1, 4, "838684" + "0f100e6170706c69636174696f6e2f67727063".replacing("0e", with: "10"))
    try expect(
      body + frame(0, 0, "02000000020801"),
      "0x49, grpc: compressed flag 2, 0 and 1 are the only ones")
  }

  // MARK: The command

  @Test func theExitCodeTellsAndEveryFormHasTheVerdict() async throws {
    let bad = hex("0880808000")
    for (form, verdict) in [
      ("text", "\nverify: the first choice"), ("hex", "\n# verify: the first choice"),
      ("protoscope", "\n# verify: the first choice"),
      (
        "json", "\n{\"v\":1,\"type\":\"verdict\",\"same\":false,\"layer\":\"pb\",\"off\":1,\"what\""
      ),
    ] {
      let options = ["--input", "protobuf", "--format", form]
      let run = await wiredump(["--verify"] + options, input: bad)
      #expect(run.exitCode == 1 && run.output.contains(verdict), "\(form): \(run.output)")
      #expect(await wiredump(options, input: bad).exitCode == 0)
      let good = await wiredump(["--verify"] + options, input: hex("0801"))
      #expect(good.exitCode == 0 && good.output.contains("same"), "\(form): \(good.output)")
    }
  }

  @Test func everythingThatIsFoundIsListedWhereThatIsAskedFor() async throws {
    let bytes = hex("1080000880" + "00")
    let options = ["--verify", "--input", "protobuf"]
    #expect(await wiredump(options, input: bytes).output.contains("would do (and 2 more)\n"))
    let text = await wiredump(options + ["-v"], input: bytes).output
    for line in [
      "verify pb: difference at 0x1: the varint", "verify pb: difference at 0x3: field 1 stands",
      "verify pb: difference at 0x4: the varint",
    ] { #expect(text.contains(line), "\(text)") }
    let json = await wiredump(options + ["-v", "--format", "json"], input: bytes).output
    #expect(
      json.contains("\"off\":3,\"layer\":\"pb\",\"type\":\"finding\",\"kind\":\"difference\""))
  }

  @Test func aDumpWithAVerdictIsReadBack() async throws {
    for form in [["hex"], ["json", "--bytes"], ["protoscope"]] {
      let dump = await wiredump(
        ["--verify", "--reveal", "--input", "protobuf", "--format"] + form,
        input: hex("0a0568656c6c6f"))
      let run = await wiredump(["encode"], input: Array(dump.output.utf8))
      #expect(run.bytes == hex("0a0568656c6c6f"), "\(run.errors)\(dump.output)")
    }
  }

  @Test func noVerdictShowsASecret() throws {
    for direction in [CaptureDirection.clientToServer, .serverToClient] {
      let bytes = try Recordings.bytes("generate-api-token", direction)
      let context = try DumpContext.testing()
      for text in [
        VerifyOutput(TextOutput(), context, style: .text).text(bytes, direction, context),
        VerifyOutput(JSONOutput(), context, style: .json).text(bytes, direction, context),
        VerifyOutput(ProtoscopeOutput(schema: context.schema), context, style: .comment)
          .text(bytes, direction, context),
      ] { #expect(!text.contains("synthetic") && !text.contains("73796e746865746963")) }
    }
  }

  @Test func whateverTheBytesAreThereIsAVerdict() throws {
    var random = SeededGenerator(seed: 5)
    for index in 0..<300 {
      let said = try verify(
        message: RandomMessage.bytes(index, &random), type: index % 2 == 0 ? "test.All" : nil)
      #expect(said.split(separator: "\n").last?.hasPrefix("verify: ") ?? false)
    }
    let bytes = try Recordings.bytes("binary-metadata-raw", .clientToServer)
    for _ in 0..<100 {
      var damaged = bytes
      damaged[Int.random(in: damaged.indices, using: &random)] = .random(
        in: 0...255, using: &random)
      #expect(try verify(damaged).contains("verify: "))
    }
  }
}
