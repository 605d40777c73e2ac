import Foundation
import ProtobufSchema
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct ProtoscopeRoundTripTests {
  private func text(
    _ bytes: [UInt8], _ context: DumpContext, isFramed: Bool = false, type: String? = nil
  ) -> String {
    let output = ProtoscopeOutput(schema: context.schema, reveals: context.redactor.reveals)
    if isFramed {
      var messages = FramedMessages(context, output, type: type)
      messages.receive(bytes)
      messages.finish()
      return messages.output.lines.take()
    }
    var dump = Dump(context, output)
    dump.explain(message: bytes, type: type)
    return dump.output.lines.take()
  }

  private func expectSame(
    _ bytes: [UInt8], _ context: DumpContext, type: String? = nil, _ what: String = ""
  ) throws {
    let text = text(bytes, context, type: type)
    #expect(try Protoscope.assemble(Array(text.utf8)) == bytes, "\(what) \(hex(bytes))\n\(text)")
  }

  /// How many inputs are tried: more where the environment asks for it.
  private static let count =
    Int(ProcessInfo.processInfo.environment["WIREDUMP_ROUND_TRIPS"] ?? "") ?? 1000

  @Test func randomBytesComeBackAsTheyWere() throws {
    let context = try DumpContext.testing(reveals: true)
    var random = SeededGenerator(seed: 1)
    for index in 0..<Self.count {
      try expectSame(RandomMessage.bytes(index, &random), context, "input \(index)")
    }
  }

  @Test func randomBytesOfAKnownTypeComeBackAsTheyWere() throws {
    let schema = try RandomMessage.schema()
    let context = DumpContext(schema: schema, redactor: Redactor(reveals: true) { _ in [] })
    var random = SeededGenerator(seed: 2)
    for index in 0..<Self.count {
      try expectSame(
        RandomMessage.bytes(index, &random), context, type: "test.All", "input \(index)")
    }
  }

  @Test func aHiddenMessageKeepsItsSize() throws {
    let context = try DumpContext.testing()
    var random = SeededGenerator(seed: 3)
    for index in 0..<(Self.count / 4) {
      let bytes = RandomMessage.bytes(index, &random)
      let text = text(bytes, context)
      #expect(try Protoscope.assemble(Array(text.utf8)).count == bytes.count, "\(hex(bytes))")
    }
  }

  private static let nested = (0..<3000).reduce(into: [UInt8]()) { bytes, _ in
    var length: [UInt8] = []
    Varint.encode(UInt64(bytes.count), to: &length)
    bytes = [0x0a] + length + bytes
  }

  private static let special: [(what: String, bytes: [UInt8])] = [
    ("nothing", []), ("an over-long varint", hex("0885808000")),
    ("an over-long tag", hex("88800001")),
    ("an over-long length", hex("0a8280006162")), ("ten bytes", hex("08ffffffffffffffffff01")),
    ("eleven bytes", hex("0880808080808080808080" + "01")), ("field number 0", hex("0001")),
    ("wire type 6", hex("080146")), ("wire type 7", hex("080147")), ("a group", hex("0b08010c")),
    ("an over-long end", hex("0b08018c8000")), ("an over-long begin", hex("8b80000c")),
    ("an end without a begin", hex("0c0801")), ("ends that cross", hex("0b130c14")),
    ("a group in a group", hex("0b13140c")), ("a begin without an end", hex("0b0801")),
    ("a group cut by its message", hex("0a020b080c")), ("a signalling NaN", hex("0d0100a07f")),
    ("a quiet NaN", hex("09010000000000f87f")), ("a negative NaN", hex("0d0000c0ff")),
    ("infinities", hex("0d0000807f0d000080ff09000000000000f07f09000000000000f0ff")),
    ("subnormals", hex("0d01000000090100000000000000")),
    ("zeros", hex("0d00000080090000000000000080")),
    ("extremes", hex("0dffff7f7f09ffffffffffffef7f0900000000000010000d00008000")),
    ("text like a message", [0x0a, 4] + Array("0101".utf8)), ("empty fields", hex("0a001200")),
    ("quotes", [0x0a, 9] + Array("a\"\\\n#`{}\t".utf8)),
    ("bidi", [0x0a, 3] + Array("\u{202e}".utf8)),
    ("a long text", [0x0a, 0xc8, 1] + [UInt8](repeating: 0x61, count: 200)),
    ("long bytes", [0x0a, 0xc8, 1] + [UInt8](repeating: 0xff, count: 200)),
    ("messages 3000 deep", nested),
    (
      "groups 3000 deep",
      [UInt8](repeating: 0x0b, count: 3000)
        + [UInt8](repeating: 0x0c, count: 3000)
    ),
  ]

  @Test func whateverIsUnusualComesBackAsItWas() throws {
    for context in [
      try DumpContext.testing(reveals: true), try .testing(reveals: true, guesses: false),
    ] {
      for (what, bytes) in Self.special where !bytes.isEmpty {
        try expectSame(bytes, context, what)
      }
    }
  }

  @Test func aDepthBombIsWrittenInLinesThatStayShort() throws {
    let context = try DumpContext.testing(reveals: true)
    for what in ["messages 3000 deep", "groups 3000 deep"] {
      let bytes = try #require(Self.special.first { $0.what == what }).bytes
      let lines = text(bytes, context).split(separator: "\n")
      #expect(lines.allSatisfy { $0.utf8.count < 400 })
      #expect(lines.contains { $0.prefix { $0 == " " }.count >= 196 })
    }
  }

  @Test(arguments: Recordings.names)
  func messagesOfARecordingComeBackWithTheirPrefixes(name: String) throws {
    let context = try DumpContext.testing(reveals: true)
    let bytes = try Recordings.bytes(name, .clientToServer)
    let text = ProtoscopeOutput(schema: context.schema, verbose: true, reveals: true)
      .text(bytes, .clientToServer, context)
    let messages = try Protoscope.assemble(Array(text.utf8))
    #expect(try messages == Self.dataOfCalls(bytes))
  }

  /// The payloads of DATA frames by stream, each stream's messages whole, in the order of their ends.
  private static func dataOfCalls(_ bytes: [UInt8]) throws -> [UInt8] {
    var position = FrameScanner.preface.count
    var open: [UInt32: [UInt8]] = [:]
    var whole: [UInt8] = []
    while position + FrameHeader.size <= bytes.count {
      let header = FrameHeader(bytes.span, at: position)
      let payload = position + FrameHeader.size
      position = payload + header.length
      guard header.type == .data else { continue }
      var data = open[header.stream, default: []] + bytes[payload..<position]
      while data.count >= 5, case let size = 5 + Int(data.span.number(at: 1, 4)), data.count >= size
      {
        whole += data.prefix(size)
        data.removeFirst(size)
      }
      open[header.stream] = data
    }
    return whole
  }

  @Test func textIsPreferredToAMessageThatWouldBeAnAccident() throws {
    let text = text([0x0a, 4] + Array("0101".utf8), try .testing(reveals: true))
    #expect(text.contains("1: {\"0101\"}  # or: message{6: 49, 6: 49}"))
  }

  @Test func namesAndTimesAreRemarks() throws {
    let schema = try RandomMessage.schema()
    let context = DumpContext(schema: schema, redactor: Redactor(reveals: true) { _ in [] })
    let bytes = hex(
      "0801" + "2080c8afa00d" + "320301" + "0203" + "3801" + "4204" + "0000803f" + "2801")
    let text = text(bytes, context, type: "test.All")
    for line in [
      "1: true  # flag", "4: 3557549056  # time; as a time: 2082-09-25T08:04:16Z",
      "6: {-1z 1z -2z}  # zigzags", "8: {1.0i32}  # floats", "5: 1  # kind: SOME = 1",
    ] { #expect(text.contains(line), "\(text)") }
  }

  @Test func aSecretIsAsManyAsterisks() throws {
    let bytes = try Recordings.bytes("generate-api-token", .clientToServer)
    let context = try DumpContext.testing()
    let text = ProtoscopeOutput(schema: context.schema).text(bytes, .clientToServer, context)
    #expect(
      text.contains("3: {\"*****************\"}  # auth_token; <redacted len=17 sha256:c8462315>"))
    #expect(!text.contains("synthetic"))
    #expect(text.contains("send stream 1 /auth.Auth/GenerateApiToken: gRPC message 1"))
    #expect(try Protoscope.assemble(Array(text.utf8)).count == Self.dataOfCalls(bytes).count)
  }
}

/// Bytes that are messages, nearly messages, or nothing of the kind.
enum RandomMessage {
  static func bytes(_ index: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    switch index % 4 {
    case 0:
      bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        .random(in: 0...255, using: &random)
      }
    default: message(depth: 0, isWild: index % 4 == 3, &bytes, &random)
    }
    if index % 5 == 4, bytes.count > 1 {
      bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    }
    if index % 7 == 6, !bytes.isEmpty {
      bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
    }
    return bytes.isEmpty ? [0x0a] : bytes
  }

  private static func message(
    depth: Int, isWild: Bool, _ bytes: inout [UInt8], _ random: inout SeededGenerator
  ) {
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let number = UInt64.random(in: isWild ? 0...20 : 1...16, using: &random)
      let type = UInt64.random(in: 0...(isWild ? 7 : 5), using: &random)
      let extra = isWild && Int.random(in: 0..<4, using: &random) == 0 ? 2 : 0
      Varint.encode(number << 3 | type, longForm: extra, to: &bytes)
      value(type, number, depth, isWild, extra, &bytes, &random)
    }
  }

  private static func value(
    _ type: UInt64, _ number: UInt64, _ depth: Int, _ isWild: Bool, _ extra: Int,
    _ bytes: inout [UInt8], _ random: inout SeededGenerator
  ) {
    let bits =
      UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0...63, using: &random)
    switch type {
    case 0: Varint.encode(bits, longForm: extra, to: &bytes)
    case 1: bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    case 5: bytes += (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    case 2:
      var content: [UInt8] = []
      switch Int.random(in: 0...3, using: &random) {
      case 0 where depth < 4: message(depth: depth + 1, isWild: isWild, &content, &random)
      case 1:
        content = (0..<Int.random(in: 0...90, using: &random)).map { _ in
          .random(in: 0...255, using: &random)
        }
      default:
        content = Array("0101 \"text\" \\ é\n".utf8.prefix(Int.random(in: 0...14, using: &random)))
      }
      Varint.encode(UInt64(content.count), longForm: extra, to: &bytes)
      bytes += content
    case 3 where depth < 4:
      message(depth: depth + 1, isWild: isWild, &bytes, &random)
      if Int.random(in: 0..<8, using: &random) > 0 {
        Varint.encode(number << 3 | 4, longForm: extra, to: &bytes)
      }
    default: break
    }
  }

  /// A message with a field of each type, numbered so that random tags meet them.
  static func schema() throws -> Schema {
    var loader = ProtoLoader { _ in
      Array(
        """
        syntax = "proto3"; package test;
        enum Kind { NONE = 0; SOME = 1; }
        message All {
          bool flag = 1; int32 small = 2; sint64 zigzag = 3; int64 time = 4; Kind kind = 5;
          repeated sint32 zigzags = 6; uint64 unsigned = 7; repeated float floats = 8;
          fixed64 fixed = 9; sfixed32 signed = 10; double real = 11; float single = 12;
          string text = 13; bytes data = 14; All inner = 15; repeated bool flags = 16;
        }
        """.utf8)
    }
    try loader.load("test.proto")
    return loader.schema
  }
}
